"""The pages as HTML; every word from outside is escaped, and the words of a page open its file.

Read frame (what all have), front, line, signing, requests, own, consents.
"""

from tenure.gateways.web.wire.pages import consents, held, own, requests, signing
from tenure.gateways.web.wire.pages.frame import Frame, problem
from tenure.gateways.web.wire.pages.front import home, moving, when
from tenure.gateways.web.wire.pages.line import number

__all__ = [
    "Frame",
    "consents",
    "held",
    "home",
    "moving",
    "number",
    "own",
    "problem",
    "requests",
    "signing",
    "when",
]
