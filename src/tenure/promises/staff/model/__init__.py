"""Those of us who act, how they prove who they are, and what two of them must agree to.

Read members, keys, approvals.
"""

from tenure.promises.staff.model.approvals import (
    APPROVES,
    NOBODY_OF_OURS,
    OPEN_MS,
    Approval,
    Asked,
)
from tenure.promises.staff.model.keys import (
    CHALLENGE_MS,
    INVITATION_MS,
    SECRET_OCTETS,
    SESSION_MS,
    Challenge,
    Invitation,
    KeyOf,
    Proof,
    Session,
)
from tenure.promises.staff.model.members import (
    INVENTED,
    READING,
    Document,
    Human,
    Member,
    Refusal,
    Role,
    Task,
)

__all__ = [
    "APPROVES",
    "CHALLENGE_MS",
    "INVENTED",
    "INVITATION_MS",
    "NOBODY_OF_OURS",
    "OPEN_MS",
    "READING",
    "SECRET_OCTETS",
    "SESSION_MS",
    "Approval",
    "Asked",
    "Challenge",
    "Document",
    "Human",
    "Invitation",
    "KeyOf",
    "Member",
    "Proof",
    "Refusal",
    "Role",
    "Session",
    "Task",
]
