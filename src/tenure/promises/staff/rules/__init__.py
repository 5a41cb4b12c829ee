"""Who may do what, who proved who they are, and whose approval counts; pure.

Read members, keys, approvals.
"""

from tenure.promises.staff.rules.approvals import approved, asked, counting
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
    "accepted",
    "allowed",
    "approved",
    "asked",
    "challenged",
    "counting",
    "enrolled",
    "invited",
    "of_session",
    "proven",
]
