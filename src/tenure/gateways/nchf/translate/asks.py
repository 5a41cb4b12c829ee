"""From a request of the standard to an Ask of charging, or to the problem that it is."""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

import msgspec

from tenure.gateways.nchf.translate import parties, services
from tenure.gateways.nchf.translate.services import Subject
from tenure.gateways.nchf.translate.units import groups_of
from tenure.gateways.nchf.wire.messages import (
    ChargingDataRequest,
    InvalidParam,
    ProblemDetails,
)
from tenure.gateways.nchf.wire.reading import problem_of_members
from tenure.gateways.nchf.wire.reference import Reference
from tenure.promises.charging.model import Ask, GroupAsk, Request, Used
from tenure.promises.tariffs.model import UNIT_OF, Direction, Service
from tenure.values.instant import Instant

KEY_PREFIX: Final = "nchf-"
"""Every session and event key of this gateway begins so: it tells our stale sessions apart."""

NOTIFY_URI_MAX: Final = 512

MICROS_IN_MS: Final = 1_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)

IN_ONE_PIECE: Final = frozenset({Service.SMS, Service.MMS})
"""An event of these that names no units is one message."""


class Stamp(msgspec.Struct, frozen=True):
    """The clock of the consumer, in microseconds since 1970."""

    micros: int

    @property
    def at(self) -> Instant:
        """The same as an instant."""
        return Instant(self.micros // MICROS_IN_MS)


class Opening(msgspec.Struct, frozen=True):
    """A create: what charging is asked, and what the reference in its Location will hold."""

    ask: Ask
    reference: Reference


def stamp_of(request: ChargingDataRequest) -> Stamp | ProblemDetails:
    """The invocationTimeStamp; a problem when it is no date-time (RFC 3339) with an offset."""
    moment: datetime | None = None
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(request.invocation_time_stamp)
    if moment is None or moment.tzinfo is None:
        return problem_of_members(
            "MANDATORY_IE_INCORRECT",
            InvalidParam("/invocationTimeStamp", "is no date-time with an offset (RFC 3339)"),
        )
    return Stamp((moment - EPOCH) // MICROSECOND)


_pack: Final = msgspec.msgpack.Encoder().encode


def identity(request: ChargingDataRequest, secret: bytes, *, stamped: bool) -> str:
    """A key that is the same for a request and its repetition, and for no other; 120 bits.

    It is a keyed hash, because it travels into records and must not give a subscriber away.
    ``stamped=False`` leaves the time stamp out, for consumers that stamp a repetition anew.
    """
    alike = msgspec.structs.replace(
        request,
        retransmission_indicator=False,
        invocation_time_stamp=request.invocation_time_stamp if stamped else "",
    )
    made = blake2b(_pack(alike), key=secret, digest_size=15, person=b"tenure-nchf").digest()
    return KEY_PREFIX + made.hex()


def opening(
    request: ChargingDataRequest, key: str, stamp: Stamp, at: Instant, emergency_number: str
) -> Opening | ProblemDetails:
    """A create or a one-time event."""
    about = services.subject(request, emergency_number)
    if about is None:
        return ProblemDetails(
            status=403,
            title="Forbidden",
            cause="CHARGING_NOT_APPLICABLE",
            detail="no tariff prices this service: it may be given without charging",
        )
    who = services.subscriber(request, about.direction)
    if not who:
        return _nobody(request)
    kind = _kind(request)
    if isinstance(kind, ProblemDetails):
        return kind
    once = kind is Request.DEBIT
    groups = groups_of(request, about.service)
    used_at: Instant | None = None
    if once:
        groups = events(request, groups, about.service)
        if any(group.used is not None for group in groups):
            used_at = Instant(min(stamp.at, at))
    ask = Ask(
        request=kind,
        key=key,
        number=request.invocation_sequence_number or 0,
        at=at,
        service=about.service,
        direction=about.direction,
        msisdn=who.msisdn,
        imsi=who.imsi,
        other_party=about.other_party,
        visited_plmn=about.visited_plmn,
        groups=groups,
        used_at=used_at,
        peer="" if once else notify_uri(request),
        retransmitted=request.retransmission_indicator,
    )
    return Opening(ask=ask, reference=_reference(ask, about, stamp, once=once))


def _kind(request: ChargingDataRequest) -> Request | ProblemDetails:
    if not request.one_time_event:
        return Request.INITIAL
    if request.one_time_event_type not in ONE_TIME:
        return problem_of_members(
            "OPTIONAL_IE_INCORRECT",
            InvalidParam("/oneTimeEventType", "is neither IEC nor PEC"),
        )
    return Request.DEBIT


ONE_TIME: Final[Mapping[str, bool]] = {"IEC": False, "PEC": True, "": False}
"""Whether a one-time event is charged after the fact; immediate when the type is left out."""


def events(
    request: ChargingDataRequest, groups: tuple[GroupAsk, ...], service: Service
) -> tuple[GroupAsk, ...]:
    """The groups of a one-time event: an immediate one asks for its units, a past one used them.

    A message without units is one message, or as many as ``numberofMessagesSent``.
    """
    after = ONE_TIME[request.one_time_event_type]
    if not groups and service in IN_ONE_PIECE:
        groups = (GroupAsk(rating_group=0, unit=UNIT_OF[service]),)
    return tuple(_event(request, group, service, after=after) for group in groups)


def _event(
    request: ChargingDataRequest, group: GroupAsk, service: Service, *, after: bool
) -> GroupAsk:
    used = group.used.units if group.used is not None else 0
    units = used or group.requested or 0
    if not units and service in IN_ONE_PIECE:
        sent = request.sms.messages_sent if request.sms is not None else None
        units = 1 if sent is None else sent
    if after:
        return msgspec.structs.replace(group, requested=None, used=Used(units))
    return msgspec.structs.replace(group, requested=units, used=None)


def _nobody(request: ChargingDataRequest) -> ProblemDetails:
    if request.subscriber_identifier:
        # Well formed, but of a kind (gci-, gli-, a network-specific name) that no line here has.
        return ProblemDetails(
            status=404,
            title="Not Found",
            cause="USER_UNKNOWN",
            detail="the subscriber is named by no IMSI and no MSISDN",
        )
    return problem_of_members(
        "CHARGING_FAILED",
        InvalidParam("/subscriberIdentifier", "is missing, and no served GPSI stands for it"),
    )


def _reference(ask: Ask, about: Subject, stamp: Stamp, *, once: bool) -> Reference:
    return Reference(
        key=ask.key,
        service=about.service,
        direction=about.direction,
        once=once,
        opened_at=stamp.micros,
        msisdn=ask.msisdn,
        imsi=ask.imsi,
        other_party=about.other_party,
        visited_plmn=about.visited_plmn,
    )


def notify_uri(request: ChargingDataRequest) -> str:
    """Where the consumer wants to be notified; "" when it is no plain URI of sensible length."""
    uri = request.notify_uri
    if len(uri) > NOTIFY_URI_MAX or not uri.isascii() or not uri.isprintable() or " " in uri:
        return ""
    return uri if uri.lower().startswith(("http://", "https://")) else ""


def number_by_clock(stamp: Stamp, reference: Reference) -> int:
    """A request number from the consumer's clock, for consumers that send none.

    Microseconds since the create: a repetition has the same one, a later request a higher one, and
    nothing needs to be remembered.  Charging does not mind the numbers in between.
    """
    return max(stamp.micros - reference.opened_at, 1)


def continuation(
    kind: Request,
    request: ChargingDataRequest,
    reference: Reference,
    number: int,
    at: Instant,
    emergency_number: str,
) -> Ask | ProblemDetails:
    """An update or a release.  The reference says whose session it is; the request may too."""
    named = parties.by_supi(request.subscriber_identifier)
    if named.imsi and reference.imsi and named.imsi != reference.imsi:
        return problem_of_members(
            "CHARGING_FAILED",
            InvalidParam("/subscriberIdentifier", "is not the subscriber of this session"),
        )
    service = Service(reference.service)
    about = services.subject(request, emergency_number)
    known = about is not None and about.service is service
    return Ask(
        request=kind,
        key=reference.key,
        number=number,
        at=at,
        service=service,
        direction=Direction(reference.direction),
        msisdn=reference.msisdn,
        imsi=reference.imsi,
        other_party=(about.other_party if known and about else "") or reference.other_party,
        visited_plmn=(about.visited_plmn if known and about else "") or reference.visited_plmn,
        groups=groups_of(request, service),
        peer=notify_uri(request),
        retransmitted=request.retransmission_indicator,
    )
