"""Who may do what, who proved who they are, and whose approval counts; pure.

Read members, keys, approvals, cases, concerns.
"""

from tenure.promises.staff.rules.approvals import approved, asked, counting
from tenure.promises.staff.rules.cases import (
    about,
    at_rest,
    broken,
    closed,
    looked,
    opened,
    salt_of,
)
from tenure.promises.staff.rules.concerns import dismissed
from tenure.promises.staff.rules.keys import (
    accepted,
    challenged,
    invited,
    of_session,
    proven,
)
from tenure.promises.staff.rules.members import MAY, allowed, enrolled

__all__ = [
    "MAY",
    "about",
    "accepted",
    "allowed",
    "approved",
    "asked",
    "at_rest",
    "broken",
    "challenged",
    "closed",
    "counting",
    "dismissed",
    "enrolled",
    "invited",
    "looked",
    "of_session",
    "opened",
    "proven",
    "salt_of",
]
