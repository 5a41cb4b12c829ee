"""What a form takes, who wins, and what may be recorded of a visit; pure.

Read reading (forms), answering (letters), drawing (contests), visiting (cookies and visits).
"""

from tenure.promises.privacy.rules.website.answering import (
    address_of,
    contact_of,
    next_at,
    said,
    state,
    text_of_answer,
)
from tenure.promises.privacy.rules.website.drawing import (
    commitment_of,
    in_order,
    masked,
    proclaimed,
    verified,
)
from tenure.promises.privacy.rules.website.reading import address_in, mark_of, read
from tenure.promises.privacy.rules.website.visiting import (
    address_in_part,
    answered,
    seen,
    text_of,
)

__all__ = [
    "address_in",
    "address_in_part",
    "address_of",
    "answered",
    "commitment_of",
    "contact_of",
    "in_order",
    "mark_of",
    "masked",
    "next_at",
    "proclaimed",
    "read",
    "said",
    "seen",
    "state",
    "text_of",
    "text_of_answer",
    "verified",
]
