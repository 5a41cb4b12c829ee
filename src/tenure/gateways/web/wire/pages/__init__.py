"""The pages as HTML; every word from outside is escaped, and the words of a page open its file.

Read frame (what all have), front, line, signing, requests, own.
"""

from tenure.gateways.web.wire.pages import own, requests, signing
from tenure.gateways.web.wire.pages.frame import Frame, problem
from tenure.gateways.web.wire.pages.front import home, moving, when
from tenure.gateways.web.wire.pages.line import number

__all__ = ["Frame", "home", "moving", "number", "own", "problem", "requests", "signing", "when"]
