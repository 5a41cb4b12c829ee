"""What may be asked of staff: who may act, who proved it, and who else agreed.

Read members, keys, approvals.
"""

from tenure.promises.staff.operations.approvals import approvals, approve, ask, asked
from tenure.promises.staff.operations.keys import (
    SIGN_IN,
    accept_invitation,
    challenge,
    end_passkey,
    invite,
    passkeys,
    prove,
    session,
    sign_in,
    sign_out,
)
from tenure.promises.staff.operations.members import (
    ENROLS_FIRST,
    allowed,
    enrol,
    is_known,
    member,
    members,
    refused,
    suspend,
)
from tenure.promises.staff.operations.witnessing import witness

__all__ = [
    "ENROLS_FIRST",
    "SIGN_IN",
    "accept_invitation",
    "allowed",
    "approvals",
    "approve",
    "ask",
    "asked",
    "challenge",
    "end_passkey",
    "enrol",
    "invite",
    "is_known",
    "member",
    "members",
    "passkeys",
    "prove",
    "refused",
    "session",
    "sign_in",
    "sign_out",
    "suspend",
    "witness",
]
