"""Result codes of RFC 6733 section 7.1 and RFC 8506 section 9, and the fault that carries one."""

from enum import IntEnum
from typing import Final

import msgspec


class Result(IntEnum):
    """The values of Result-Code that we send; a 3xxx goes with the E bit."""

    SUCCESS = 2001
    COMMAND_UNSUPPORTED = 3001
    UNABLE_TO_DELIVER = 3002
    REALM_NOT_SERVED = 3003
    TOO_BUSY = 3004
    LOOP_DETECTED = 3005
    APPLICATION_UNSUPPORTED = 3007
    INVALID_HDR_BITS = 3008
    INVALID_AVP_BITS = 3009
    UNKNOWN_PEER = 3010
    END_USER_SERVICE_DENIED = 4010
    CREDIT_LIMIT_REACHED = 4012
    AVP_UNSUPPORTED = 5001
    UNKNOWN_SESSION_ID = 5002
    AUTHORIZATION_REJECTED = 5003
    INVALID_AVP_VALUE = 5004
    MISSING_AVP = 5005
    RESOURCES_EXCEEDED = 5006
    AVP_OCCURS_TOO_MANY_TIMES = 5009
    NO_COMMON_APPLICATION = 5010
    UNSUPPORTED_VERSION = 5011
    UNABLE_TO_COMPLY = 5012
    INVALID_BIT_IN_HEADER = 5013
    INVALID_AVP_LENGTH = 5014
    INVALID_MESSAGE_LENGTH = 5015
    NO_COMMON_SECURITY = 5017
    USER_UNKNOWN = 5030
    RATING_FAILED = 5031


PROTOCOL_ERRORS: Final = frozenset(one for one in Result if one // 1000 == 3)  # noqa: PLR2004
"""Results that go with the E bit (RFC 6733 section 7.1.3)."""


class Fault(msgspec.Struct, frozen=True):
    """Why a message is not accepted: what its sender is answered."""

    result: Result
    reason: str
    """For the Error-Message; names AVPs and limits, never what a peer sent."""
    failed: bytes = b""
    """AVPs to be shown in Failed-AVP (RFC 6733 section 7.5)."""
