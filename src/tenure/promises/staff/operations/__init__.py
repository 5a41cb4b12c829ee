"""What may be asked of staff: who may act, who proved it, and who else agreed.

Read members, keys, approvals, cases, concerns.
"""

from tenure.promises.staff.operations.approvals import approvals, approve, ask, asked
from tenure.promises.staff.operations.cases import (
    LOOK,
    alerts,
    break_glass,
    cases,
    close_case,
    glasses,
    look,
    open_case,
    to_tell,
    told,
)
from tenure.promises.staff.operations.concerns import (
    close_concern,
    concerns,
    raise_concerns,
    report,
)
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
    "LOOK",
    "SIGN_IN",
    "accept_invitation",
    "alerts",
    "allowed",
    "approvals",
    "approve",
    "ask",
    "asked",
    "break_glass",
    "cases",
    "challenge",
    "close_case",
    "close_concern",
    "concerns",
    "end_passkey",
    "enrol",
    "glasses",
    "invite",
    "is_known",
    "look",
    "member",
    "members",
    "open_case",
    "passkeys",
    "prove",
    "raise_concerns",
    "refused",
    "report",
    "session",
    "sign_in",
    "sign_out",
    "suspend",
    "to_tell",
    "told",
    "witness",
]
