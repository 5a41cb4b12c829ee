"""A Credit-Control-Request as what charging is asked (RFC 8506, TS 32.299)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.gateways.diameter.translate.parties import number_of, subscriber
from tenure.gateways.diameter.translate.places import visited_plmn
from tenure.gateways.diameter.translate.units import group_ask, merged
from tenure.gateways.diameter.wire.avp import avp, group
from tenure.gateways.diameter.wire.credit import (
    CALLED_ASSERTED,
    CALLED_PARTY,
    CALLING_PARTY,
    CORRELATION_ID,
    EVENT_TIMESTAMP,
    MESSAGE_TYPE,
    ORIGINATOR,
    ORIGINATOR_RECEIVED,
    RECIPIENT,
    REFUND_INFORMATION,
    REQUESTED_ACTION,
    REQUESTED_PARTY,
    ROLE_OF_NODE,
    SERVICE_PARAMETER_VALUE,
    Ccr,
    Facts,
    Group,
    missing,
)
from tenure.gateways.diameter.wire.dictionary.table import TGPP
from tenure.gateways.diameter.wire.message import RETRANSMITTED
from tenure.gateways.diameter.wire.result import Fault, Result
from tenure.promises.charging.model import Ask, GroupAsk, Request
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import SECOND_MS, Instant

CONTEXTS: Final[Mapping[str, Service]] = {
    "32251@3gpp.org": Service.DATA,
    "32260@3gpp.org": Service.VOICE,
    "32276@3gpp.org": Service.VOICE,
    "32274@3gpp.org": Service.SMS,
    "32270@3gpp.org": Service.MMS,
    "content@tenure": Service.CONTENT,
}
"""What the end of a Service-Context-Id names (TS 32.299 section 7.1.12); the rest is free."""
CONTEXT_OCTETS_MAX: Final = 256
CONTEXTS_REMEMBERED_MAX: Final = 1_000

EVENT: Final = 4
SESSION_REQUESTS: Final = {1: Request.INITIAL, 2: Request.UPDATE, 3: Request.TERMINATE}
EVENT_REQUESTS: Final = {
    0: Request.DEBIT,
    1: Request.REFUND,
    2: Request.BALANCE_CHECK,
    3: Request.PRICE_ENQUIRY,
}
"""Requested-Action (RFC 8506 section 8.41)."""

TERMINATING: Final = 1
"""Role-Of-Node (TS 32.299 section 7.2.180)."""
DELIVERY: Final = 3
"""SM-Message-Type (TS 32.299): a message to the subscriber."""

NTP_ERA_SECONDS: Final = 1 << 32
NTP_TO_UNIX_SECONDS: Final = 2_208_988_800
FIRST_OF_SECOND_ERA: Final = 1 << 31
"""Time with its highest bit zero is after 7 February 2036 (RFC 6733 section 4.3.1)."""


class Terms(msgspec.Struct, frozen=True):
    """What of the operator's terms a request is read by."""

    currency: int
    """By number (ISO 4217)."""
    home_plmns: frozenset[str]


# Members of an enumeration are slow to reach by their class.
_DATA: Final = Service.DATA
_CONTENT: Final = Service.CONTENT
_OUT: Final = Direction.OUT
_remembered: dict[bytes, Service] = {}


def service_of(context: bytes) -> Service | Fault:
    """The service that a Service-Context-Id ends with; 5004 for one we do not have."""
    found = _remembered.get(context)
    if found is not None:
        return found
    text = context[:CONTEXT_OCTETS_MAX].decode("ascii", "replace")
    for suffix, service in CONTEXTS.items():
        if text == suffix or text.endswith("." + suffix):
            if len(_remembered) < CONTEXTS_REMEMBERED_MAX:
                _remembered[context] = service
            return service
    reason = f"known service contexts: {', '.join(CONTEXTS)}"
    shown = avp("Service-Context-Id", context[:CONTEXT_OCTETS_MAX])
    return Fault(Result.INVALID_AVP_VALUE, reason, shown)


def instant_of(seconds: int) -> Instant:
    """Diameter's Time as an instant."""
    era = NTP_ERA_SECONDS if seconds < FIRST_OF_SECOND_ERA else 0
    return Instant((seconds + era - NTP_TO_UNIX_SECONDS) * SECOND_MS)


def ask_of(ccr: Ccr, terms: Terms, peer: str, at: Instant) -> Ask | Fault:
    """What is asked of charging, or why the request cannot be read as such."""
    service = service_of(ccr.context)
    if isinstance(service, Fault):
        return service
    if not ccr.subscriptions:
        return _no_subscription()
    msisdn, imsi = subscriber(ccr.subscriptions)
    if not msisdn and not imsi:
        return Fault(Result.USER_UNKNOWN, "no Subscription-Id has an E.164 number or an IMSI")
    groups = _groups(ccr, service, terms)
    if isinstance(groups, Fault):
        return groups
    if service is _DATA:
        direction, other_party = _OUT, ""
    else:
        direction, other_party = _parties(ccr.facts, service, msisdn)
    if ccr.kind == EVENT:
        event = _event(ccr)
        if isinstance(event, Fault):
            return event
        request, key, used_at, refunds = event
    else:
        request, key, used_at, refunds = SESSION_REQUESTS[ccr.kind], ccr.session_id, None, ""
    return Ask(
        request,
        key,
        ccr.number,
        at,
        service,
        direction,
        msisdn,
        imsi,
        other_party,
        visited_plmn(ccr.facts, terms.home_plmns) if ccr.facts else "",
        groups,
        used_at,
        peer,
        _description(ccr.facts) if service is _CONTENT else "",
        refunds,
        bool(ccr.flags & RETRANSMITTED),
    )


def _no_subscription() -> Fault:
    example = avp("Subscription-Id-Type", 0) + avp("Subscription-Id-Data", "")
    reason = "Subscription-Id is missing"
    return Fault(Result.MISSING_AVP, reason, group("Subscription-Id", example))


def event_key(session_id: str, number: int) -> str:
    """The idempotency key of an event: its session, and its number if it is not the first."""
    return f"{session_id}#{number}" if number else session_id


def _event(ccr: Ccr) -> tuple[Request, str, Instant | None, str] | Fault:
    action = ccr.facts.get(REQUESTED_ACTION)
    if action is None:
        return missing(REQUESTED_ACTION)
    assert isinstance(action, int)
    request = EVENT_REQUESTS.get(action)
    if request is None:
        shown = avp("Requested-Action", action.to_bytes(4))
        return Fault(Result.INVALID_AVP_VALUE, "Requested-Action has an unknown value", shown)
    seconds = ccr.facts.get(EVENT_TIMESTAMP)
    used_at = instant_of(seconds) if isinstance(seconds, int) else None
    key = event_key(ccr.session_id, ccr.number)
    if request is not Request.REFUND:
        return request, key, used_at, ""
    refunds = _refunds(ccr)
    return refunds if isinstance(refunds, Fault) else (request, key, used_at, refunds)


def _refunds(ccr: Ccr) -> str | Fault:
    """The debit to undo: named by what its answer told, or the request before in the session."""
    for code in (REFUND_INFORMATION, CORRELATION_ID):
        named = ccr.facts.get(code)
        if isinstance(named, bytes) and named:
            return named.decode("utf-8", "replace")
    if ccr.number:
        return event_key(ccr.session_id, ccr.number - 1)
    return missing(REFUND_INFORMATION, TGPP)


def _groups(ccr: Ccr, service: Service, terms: Terms) -> tuple[GroupAsk, ...] | Fault:
    found = ccr.groups or _single(ccr, service)
    asks: list[GroupAsk] = []
    for one in found:
        ask = group_ask(one, service, terms.currency)
        if isinstance(ask, Fault):
            return ask
        asks.append(ask)
    if len(asks) > 1:
        asks = _distinct(asks)
    if ccr.kind == EVENT and service in (Service.SMS, Service.MMS):
        asks = [_at_least_one(ask) for ask in asks]
    return tuple(asks)


def _single(ccr: Ccr, service: Service) -> tuple[Group, ...]:
    """The units of a request without groups.

    Sessions other than data ask for a quota by beginning or going on (RFC 8506 section 5.2);
    an event of a message is one message.
    """
    asks_anyway = ccr.kind != EVENT and SESSION_REQUESTS[ccr.kind] is not Request.TERMINATE
    if ccr.kind == EVENT:
        action = ccr.facts.get(REQUESTED_ACTION)
        is_message = service in (Service.SMS, Service.MMS)
        asks_anyway = is_message and action in (0, 3)
    elif service is Service.DATA:
        asks_anyway = False
    if ccr.command is None:
        return (Group(None, (), {}, ()),) if asks_anyway else ()
    if ccr.command.requested is None and asks_anyway:
        return (Group(ccr.command.rating_group, ccr.command.service_ids, {}, ccr.command.used),)
    return (ccr.command,)


def _at_least_one(ask: GroupAsk) -> GroupAsk:
    if ask.requested or ask.used is not None or ask.unit is not None:
        return ask
    return msgspec.structs.replace(ask, requested=1)


def _distinct(asks: list[GroupAsk]) -> list[GroupAsk]:
    by_identity: dict[tuple[int, int], GroupAsk] = {}
    for ask in asks:
        identity = ask.rating_group, ask.service_id
        earlier = by_identity.get(identity)
        by_identity[identity] = ask if earlier is None else merged(earlier, ask)
    return asks if len(by_identity) == len(asks) else list(by_identity.values())


def _number(facts: Facts, *codes: int) -> str:
    for code in codes:
        found = facts.get(code)
        if isinstance(found, bytes):
            return number_of(found)
    return ""


def _parties(facts: Facts, service: Service, msisdn: str) -> tuple[Direction, str]:
    """Which way it goes, seen from who is charged, and who is at the other end."""
    if service is Service.VOICE:
        source = _number(facts, CALLING_PARTY)
        target = _number(facts, CALLED_PARTY, REQUESTED_PARTY, CALLED_ASSERTED)
        incoming = facts.get(ROLE_OF_NODE) == TERMINATING
        told = ROLE_OF_NODE in facts
    elif service is Service.CONTENT:
        return Direction.OUT, ""
    else:
        source = _number(facts, ORIGINATOR, ORIGINATOR_RECEIVED)
        target = _number(facts, RECIPIENT)
        incoming = facts.get(MESSAGE_TYPE) == DELIVERY
        told = MESSAGE_TYPE in facts
    if not told:
        incoming = bool(msisdn) and target == msisdn and source != msisdn
    return (Direction.IN, source) if incoming else (Direction.OUT, target)


def _description(facts: Facts) -> str:
    """What is bought, for the explanation: Service-Parameter-Value (RFC 8506 section 8.44)."""
    found = facts.get(SERVICE_PARAMETER_VALUE)
    return found.decode("utf-8", "replace")[:200] if isinstance(found, bytes) else ""
