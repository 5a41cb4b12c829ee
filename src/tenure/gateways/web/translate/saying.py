"""Refusals of staff in the words of the page, and what a look may be for."""

from collections.abc import Mapping
from typing import Final

from tenure.promises.staff.model import Purpose, Refusal

SIGN_IN_FAILED: Final = (
    "You are not signed in. The login, the passkey or the time was wrong; try again, or ask a"
    " supervisor for an invitation."
)
"""One sentence for all reasons, so that nobody learns who is one of ours."""
TOO_OFTEN: Final = "Too many attempts; wait a minute."

SAID: Final[Mapping[Refusal, str]] = {
    Refusal.UNKNOWN_MEMBER: SIGN_IN_FAILED,
    Refusal.SUSPENDED: "You are suspended; a supervisor can tell why.",
    Refusal.PASSKEY_MISSING: SIGN_IN_FAILED,
    Refusal.CHALLENGE_UNKNOWN: SIGN_IN_FAILED,
    Refusal.CHALLENGE_USED: SIGN_IN_FAILED,
    Refusal.CHALLENGE_EXPIRED: SIGN_IN_FAILED,
    Refusal.NOT_PROVEN: "This passkey does not prove that it is you; use your own.",
    Refusal.SESSION_UNKNOWN: "Sign in first.",
    Refusal.SESSION_ENDED: "Your session has ended; sign in again.",
    Refusal.ROLE_MISSING: "Your role does not allow this.",
    Refusal.LOGIN_MALFORMED: SIGN_IN_FAILED,
    Refusal.NAME_MISSING: "A name is missing.",
    Refusal.DOCUMENT_MALFORMED: "The document cannot be read.",
    Refusal.LOGIN_TAKEN: "This login exists; choose another.",
    Refusal.NAME_DIFFERS: "This document is known under another name.",
    Refusal.PASSKEY_KNOWN: "This passkey is somebody's already; make another one.",
    Refusal.INVITATION_UNKNOWN: "No invitation has this code; type it as it was given to you.",
    Refusal.INVITATION_USED: "This code was used; a supervisor can give you another.",
    Refusal.INVITATION_EXPIRED: "This code is too old; a supervisor can give you another.",
    Refusal.OWN_INVITATION: "Another supervisor has to invite you.",
    Refusal.REQUEST_KNOWN: "Exactly this was asked before; wait for its answer.",
    Refusal.REQUEST_UNKNOWN: "There is no such request.",
    Refusal.OWN_REQUEST: "Who asked cannot approve, under any login; somebody else has to.",
    Refusal.APPROVED_ALREADY: "You approved this before; somebody else has to.",
    Refusal.REQUEST_EXPIRED: "This request is too old; it has to be asked again.",
    Refusal.REASON_MISSING: "Say why; it is kept in the record.",
    Refusal.CASE_MISSING: "Name an open case about this number, or open one.",
    Refusal.CASE_UNKNOWN: "There is no such case.",
    Refusal.CASE_CLOSED: "This case is closed; open another.",
    Refusal.CASE_OF_ANOTHER_NUMBER: "This case is about another number; open one about this one.",
    Refusal.GLASS_WHOLE: "Break the glass first, if somebody is in danger.",
    Refusal.CONCERN_UNKNOWN: "There is no such concern.",
    Refusal.CONCERN_CLOSED: "This concern is closed.",
    Refusal.OWN_CONCERN: "Somebody else has to look at what is about you.",
    Refusal.RESTRICTED: "What is held of them rests; only a case of theirs or an order shows it.",
}

PURPOSE: Final[Mapping[Purpose, str]] = {
    Purpose.CARE: "The holder asked for it",
    Purpose.COMPLAINT: "A complaint",
    Purpose.FAULT: "A fault",
    Purpose.BILLING: "A bill",
    Purpose.FRAUD: "Fraud",
    Purpose.LEGAL_ORDER: "A legal order",
    Purpose.PRIVACY: "What is held about the holder",
    Purpose.BREAK_GLASS: "Break-glass: somebody is in danger",
}
"""What a look may be for; a demonstration is no purpose that anybody could choose."""
PURPOSES: Final = {purpose.value: words for purpose, words in PURPOSE.items()}
