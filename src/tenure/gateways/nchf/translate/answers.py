"""From an Answer of charging to a response of the standard, by tables proved complete."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from tenure.gateways.nchf.wire.messages import (
    ChargingDataRequest,
    ChargingDataResponse,
    ChargingNotifyRequest,
    FinalUnitIndication,
    GrantedUnit,
    InvalidParam,
    MultipleUnitInformation,
    ProblemDetails,
    RedirectServer,
)
from tenure.promises.charging.model import Answer, FinalUnit, Granted, Refusal
from tenure.promises.tariffs.model import UNIT_OF, Service
from tenure.values.instant import SECOND_MS, Instant, iso
from tenure.values.quantity import Unit

TITLES: Final[Mapping[int, str]] = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    411: "Length Required",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Problem(msgspec.Struct, frozen=True):
    """How a refusal of a whole request is answered (TS 32.291 table 6.1.7.3-1, TS 29.500)."""

    status: int
    cause: str
    param: str = ""
    """The member at fault, when it is always the same one."""


PROBLEM: Final[Mapping[Refusal, Problem]] = {
    Refusal.UNKNOWN_SUBSCRIBER: Problem(404, "USER_UNKNOWN"),
    Refusal.KEY_REUSED: Problem(400, "MANDATORY_IE_INCORRECT", "/invocationSequenceNumber"),
    Refusal.UNKNOWN_SESSION: Problem(404, "CONTEXT_NOT_FOUND"),
    Refusal.OUT_OF_ORDER: Problem(400, "MANDATORY_IE_INCORRECT", "/invocationSequenceNumber"),
    Refusal.SESSION_EXISTS: Problem(400, "CHARGING_FAILED"),
    Refusal.LOST_OR_STOLEN: Problem(403, "END_USER_REQUEST_DENIED"),
    Refusal.SUSPENDED: Problem(403, "END_USER_REQUEST_DENIED"),
    Refusal.RESTRICTED: Problem(403, "END_USER_REQUEST_DENIED"),
    Refusal.BARRED: Problem(403, "END_USER_REQUEST_DENIED"),
    Refusal.STAGE_BLOCKED: Problem(403, "END_USER_REQUEST_DENIED"),
    Refusal.NOTHING_ASKED: Problem(400, "CHARGING_FAILED", "/multipleUnitUsage"),
    Refusal.INVALID_UNITS: Problem(400, "OPTIONAL_IE_INCORRECT", "/multipleUnitUsage"),
    Refusal.TOO_MANY_GROUPS: Problem(400, "OPTIONAL_IE_INCORRECT", "/multipleUnitUsage"),
    Refusal.TOO_MANY_SESSIONS: Problem(403, "END_USER_REQUEST_REJECTED"),
    Refusal.RATING_FAILED: Problem(400, "CHARGING_FAILED"),
    Refusal.UNKNOWN_RATING_GROUP: Problem(400, "CHARGING_FAILED", "/multipleUnitUsage"),
    Refusal.CREDIT_EXHAUSTED: Problem(403, "QUOTA_LIMIT_REACHED"),
    Refusal.NOTHING_TO_REFUND: Problem(400, "CHARGING_FAILED"),
    Refusal.TOO_BUSY: Problem(503, "NF_CONGESTION"),
    Refusal.ACCIDENT: Problem(500, "SYSTEM_FAILURE"),
    Refusal.PURCHASE_TOO_LARGE: Problem(403, "END_USER_REQUEST_DENIED"),
}

INSTANCE_ID: Final = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""NfInstanceId: a UUID (TS 29.571)."""

RESULT_CODE: Final[Mapping[Refusal, str]] = {
    Refusal.UNKNOWN_SUBSCRIBER: "END_USER_SERVICE_REJECTED",
    Refusal.KEY_REUSED: "END_USER_SERVICE_REJECTED",
    Refusal.UNKNOWN_SESSION: "END_USER_SERVICE_REJECTED",
    Refusal.OUT_OF_ORDER: "END_USER_SERVICE_REJECTED",
    Refusal.SESSION_EXISTS: "END_USER_SERVICE_REJECTED",
    Refusal.LOST_OR_STOLEN: "END_USER_SERVICE_DENIED",
    Refusal.SUSPENDED: "END_USER_SERVICE_DENIED",
    Refusal.RESTRICTED: "END_USER_SERVICE_DENIED",
    Refusal.BARRED: "END_USER_SERVICE_DENIED",
    Refusal.STAGE_BLOCKED: "END_USER_SERVICE_DENIED",
    Refusal.NOTHING_ASKED: "END_USER_SERVICE_REJECTED",
    Refusal.INVALID_UNITS: "END_USER_SERVICE_REJECTED",
    Refusal.TOO_MANY_GROUPS: "END_USER_SERVICE_REJECTED",
    Refusal.TOO_MANY_SESSIONS: "END_USER_SERVICE_REJECTED",
    Refusal.RATING_FAILED: "RATING_FAILED",
    Refusal.UNKNOWN_RATING_GROUP: "RATING_FAILED",
    Refusal.CREDIT_EXHAUSTED: "QUOTA_LIMIT_REACHED",
    Refusal.NOTHING_TO_REFUND: "END_USER_SERVICE_REJECTED",
    Refusal.TOO_BUSY: "END_USER_SERVICE_REJECTED",
    Refusal.ACCIDENT: "END_USER_SERVICE_REJECTED",
    Refusal.PURCHASE_TOO_LARGE: "END_USER_SERVICE_DENIED",
}
"""Per rating group (TS 32.291 table 6.1.6.3.14-1)."""

FINAL_ACTION: Final[Mapping[FinalUnit, str]] = {
    FinalUnit.TERMINATE: "TERMINATE",
    FinalUnit.REDIRECT: "REDIRECT",
    FinalUnit.RESTRICT: "RESTRICT_ACCESS",
}

NOTIFICATION: Final[Mapping[bool, str]] = {True: "ABORT_CHARGING", False: "REAUTHORIZATION"}
"""By ``Stale.abort``."""


class Local(msgspec.Struct, frozen=True):
    """What this operator answers beside the grants."""

    emergency_number: str = "112"
    redirect_url: str = ""
    """Where a subscriber without funds is sent; "" turns REDIRECT into TERMINATE."""
    quota_holding_seconds: int = 0
    """Idle time after which a consumer gives a quota back; 0: not stated."""


def problem(
    status: int, cause: str = "", detail: str = "", params: tuple[InvalidParam, ...] = ()
) -> ProblemDetails:
    """A problem with the title of its status."""
    return ProblemDetails(
        status=status, title=TITLES[status], cause=cause, detail=detail, invalid_params=params
    )


def problem_of(refusal: Refusal, detail: str) -> ProblemDetails:
    """The problem that a refusal of the whole request is."""
    row = PROBLEM[refusal]
    params = (InvalidParam(row.param, detail or refusal.name.lower()),) if row.param else ()
    return problem(row.status, row.cause, detail or refusal.name.lower(), params)


@lru_cache(maxsize=8)
def _to_the_second(seconds: int) -> str:
    return iso(Instant(seconds * SECOND_MS))


def stamped(at: Instant) -> str:
    """An instant as the date-time of a response, to the second."""
    return _to_the_second(at // SECOND_MS)


def response(
    request: ChargingDataRequest, answer: Answer, service: Service, at: Instant, local: Local
) -> ChargingDataResponse:
    """The response to a create or an update that was not refused as a whole.

    The sequence number is the consumer's own; 0 for one that counts nothing.
    """
    unit = UNIT_OF[service]
    # What we return must have the form that the official file gives it, whatever came.
    planes = {
        usage.rating_group: usage.upf_id
        for usage in request.multiple_unit_usage
        if INSTANCE_ID.fullmatch(usage.upf_id)
    }
    return ChargingDataResponse(
        invocation_time_stamp=stamped(at),
        invocation_sequence_number=request.invocation_sequence_number or 0,
        multiple_unit_information=tuple(
            _group(group, unit, local, planes.get(group.rating_group, ""))
            for group in answer.groups
        ),
    )


def _group(granted: Granted, unit: Unit, local: Local, upf_id: str) -> MultipleUnitInformation:
    code = "SUCCESS" if granted.refusal is None else RESULT_CODE[granted.refusal]
    threshold = granted.threshold_units or None
    holding = local.quota_holding_seconds if granted.units else 0
    return MultipleUnitInformation(
        rating_group=granted.rating_group,
        result_code=code,
        granted_unit=None if granted.units is None else _granted(granted, granted.units, unit),
        validity_time=granted.validity_seconds or None,
        quota_holding_time=holding or None,
        final_unit_indication=None if granted.final is None else _final(granted.final, local),
        time_quota_threshold=threshold if unit is Unit.SECONDS else None,
        volume_quota_threshold=threshold if unit is Unit.OCTETS else None,
        unit_quota_threshold=threshold if unit in {Unit.MESSAGES, Unit.MICROS} else None,
        upf_id=upf_id,
    )


def _granted(granted: Granted, units: int, unit: Unit) -> GrantedUnit:
    change = granted.tariff_change_at
    return GrantedUnit(
        tariff_time_change="" if change is None else iso(change),
        time=units if unit is Unit.SECONDS else None,
        total_volume=units if unit is Unit.OCTETS else None,
        service_specific_units=units if unit in {Unit.MESSAGES, Unit.MICROS} else None,
    )


def _final(final: FinalUnit, local: Local) -> FinalUnitIndication:
    if final is FinalUnit.REDIRECT:
        if not local.redirect_url:
            return FinalUnitIndication(final_unit_action=FINAL_ACTION[FinalUnit.TERMINATE])
        server = RedirectServer(
            redirect_address_type="URL", redirect_server_address=local.redirect_url
        )
        return FinalUnitIndication(FINAL_ACTION[final], server)
    return FinalUnitIndication(FINAL_ACTION[final])


def notification(*, abort: bool) -> ChargingNotifyRequest:
    """What a consumer is told about a stale session: all its rating groups are meant."""
    return ChargingNotifyRequest(notification_type=NOTIFICATION[abort])
