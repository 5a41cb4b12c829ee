"""Those of us who act, how they prove who they are, and what two of them must agree to.

Read members, keys, approvals, cases, concerns.
"""

from tenure.promises.staff.model.approvals import (
    APPROVES,
    NOBODY_OF_OURS,
    OPEN_MS,
    Approval,
    Asked,
)
from tenure.promises.staff.model.cases import (
    GLASS_MS,
    TELL_MS,
    Alert,
    Case,
    Glass,
    Look,
    Purpose,
    ToTell,
)
from tenure.promises.staff.model.concerns import (
    WATCH,
    Concern,
    Event,
    Pattern,
    Report,
    Watch,
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
    "GLASS_MS",
    "INVENTED",
    "INVITATION_MS",
    "NOBODY_OF_OURS",
    "OPEN_MS",
    "READING",
    "SECRET_OCTETS",
    "SESSION_MS",
    "TELL_MS",
    "WATCH",
    "Alert",
    "Approval",
    "Asked",
    "Case",
    "Challenge",
    "Concern",
    "Document",
    "Event",
    "Glass",
    "Human",
    "Invitation",
    "KeyOf",
    "Look",
    "Member",
    "Pattern",
    "Proof",
    "Purpose",
    "Refusal",
    "Report",
    "Role",
    "Session",
    "Task",
    "ToTell",
    "Watch",
]
