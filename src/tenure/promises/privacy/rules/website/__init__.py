"""What a form takes, who wins, and what may be recorded of a visit; pure.

Read reading (forms), drawing (contests), visiting (cookies and visits).
"""

from tenure.promises.privacy.rules.website.drawing import (
    commitment_of,
    in_order,
    masked,
    proclaimed,
    verified,
)
from tenure.promises.privacy.rules.website.reading import mark_of, read
from tenure.promises.privacy.rules.website.visiting import (
    address_in_part,
    answered,
    seen,
    text_of,
)

__all__ = [
    "address_in_part",
    "answered",
    "commitment_of",
    "in_order",
    "mark_of",
    "masked",
    "proclaimed",
    "read",
    "seen",
    "text_of",
    "verified",
]
