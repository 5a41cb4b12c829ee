"""What each refusal of charging is in Diameter (RFC 6733 section 7.1, RFC 8506 section 9)."""

from collections.abc import Mapping
from typing import Final

from tenure.gateways.diameter.wire.result import Result
from tenure.promises.charging.model import Refusal

RESULT_OF: Final[Mapping[Refusal, Result]] = {
    Refusal.UNKNOWN_SUBSCRIBER: Result.USER_UNKNOWN,
    Refusal.KEY_REUSED: Result.UNABLE_TO_COMPLY,
    Refusal.UNKNOWN_SESSION: Result.UNKNOWN_SESSION_ID,
    Refusal.OUT_OF_ORDER: Result.UNABLE_TO_COMPLY,
    Refusal.SESSION_EXISTS: Result.UNABLE_TO_COMPLY,
    # TS 32.299 section 6.3.12: 5003 tears the bearer down; a lost SIM must not stay attached.
    Refusal.LOST_OR_STOLEN: Result.AUTHORIZATION_REJECTED,
    Refusal.SUSPENDED: Result.AUTHORIZATION_REJECTED,
    # "Service restrictions" (RFC 8506 section 9.1): they end, with time, a top-up or on request.
    Refusal.RESTRICTED: Result.END_USER_SERVICE_DENIED,
    Refusal.BARRED: Result.END_USER_SERVICE_DENIED,
    Refusal.STAGE_BLOCKED: Result.END_USER_SERVICE_DENIED,
    Refusal.NOTHING_ASKED: Result.MISSING_AVP,
    Refusal.INVALID_UNITS: Result.INVALID_AVP_VALUE,
    Refusal.TOO_MANY_GROUPS: Result.AVP_OCCURS_TOO_MANY_TIMES,
    Refusal.TOO_MANY_SESSIONS: Result.RESOURCES_EXCEEDED,
    Refusal.RATING_FAILED: Result.RATING_FAILED,
    Refusal.UNKNOWN_RATING_GROUP: Result.RATING_FAILED,
    Refusal.CREDIT_EXHAUSTED: Result.CREDIT_LIMIT_REACHED,
    Refusal.NOTHING_TO_REFUND: Result.UNABLE_TO_COMPLY,
    # A protocol error, so that the peer tries another node, and this one later.
    Refusal.TOO_BUSY: Result.TOO_BUSY,
    Refusal.ACCIDENT: Result.UNABLE_TO_COMPLY,
    Refusal.PURCHASE_TOO_LARGE: Result.END_USER_SERVICE_DENIED,
}
"""At the level of the command and of a Multiple-Services-Credit-Control alike."""

FAILED_AVP: Final[Mapping[Refusal, tuple[str, ...]]] = {
    Refusal.NOTHING_ASKED: ("Requested-Service-Unit",),
    Refusal.INVALID_UNITS: ("Used-Service-Unit", "Requested-Service-Unit"),
    Refusal.TOO_MANY_GROUPS: ("Multiple-Services-Credit-Control",),
}
"""Which AVPs of the request are shown in Failed-AVP with refusals whose results require one."""
