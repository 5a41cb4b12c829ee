"""The Credit-Control-Request (RFC 8506 section 3.1) as what charging needs of it, read from AVPs.

This is the thorough reader: it names every fault.  ``quick`` reads the common shapes of the same
thing straight from bytes, and gives up, so that this one is asked, whenever it meets another.
"""

from typing import Final

import msgspec

from tenure.gateways.diameter.wire.avp import FAILED_AVP, MANDATORY, Avp, encoded, packed
from tenure.gateways.diameter.wire.dictionary.table import BY_CODE, OCTETS_OF, TGPP, Kind
from tenure.gateways.diameter.wire.message import Message
from tenure.gateways.diameter.wire.result import Fault, Result

SESSION_ID: Final = 263
ORIGIN_HOST: Final = 264
ORIGIN_REALM: Final = 296
DESTINATION_HOST: Final = 293
DESTINATION_REALM: Final = 283
AUTH_APPLICATION_ID: Final = 258
SERVICE_CONTEXT_ID: Final = 461
CC_REQUEST_TYPE: Final = 416
CC_REQUEST_NUMBER: Final = 415
REQUESTED_ACTION: Final = 436
EVENT_TIMESTAMP: Final = 55
CORRELATION_ID: Final = 411
SUBSCRIPTION_ID: Final = 443
SUBSCRIPTION_TYPE: Final = 450
SUBSCRIPTION_DATA: Final = 444
MSCC: Final = 456
REQUESTED: Final = 437
USED: Final = 446
RATING_GROUP: Final = 432
SERVICE_IDENTIFIER: Final = 439
PROXY_INFO: Final = 284
ROUTE_RECORD: Final = 282
CC_TIME: Final = 420
CC_TOTAL_OCTETS: Final = 421
CC_INPUT_OCTETS: Final = 412
CC_OUTPUT_OCTETS: Final = 414
CC_SERVICE_SPECIFIC_UNITS: Final = 417
CC_MONEY: Final = 413
UNIT_VALUE: Final = 445
VALUE_DIGITS: Final = 447
EXPONENT: Final = 429
CURRENCY_CODE: Final = 425
TARIFF_CHANGE_USAGE: Final = 452
SERVICE_PARAMETER_VALUE: Final = 442

SERVICE_INFORMATION: Final = 873
SGSN_MCC_MNC: Final = 18
USER_LOCATION: Final = 22
VISITED_NETWORK: Final = 600
ROLE_OF_NODE: Final = 829
CALLING_PARTY: Final = 831
CALLED_PARTY: Final = 832
ORIGINATOR: Final = 886
ADDRESS_DATA: Final = 897
RECIPIENT: Final = 1201
CALLED_ASSERTED: Final = 1250
REQUESTED_PARTY: Final = 1251
MESSAGE_TYPE: Final = 2007
REFUND_INFORMATION: Final = 2022
ORIGINATOR_RECEIVED: Final = 2027
IMS_VISITED_NETWORK: Final = 2713

TEXTS: Final = {
    SGSN_MCC_MNC, USER_LOCATION, VISITED_NETWORK, CALLING_PARTY, CALLED_PARTY, CALLED_ASSERTED,
    REQUESTED_PARTY, REFUND_INFORMATION, IMS_VISITED_NETWORK, ADDRESS_DATA,
}  # fmt: skip
"""AVPs of 3GPP, anywhere in the request, whose bytes are kept in ``Ccr.facts``."""
NUMBERS: Final = {ROLE_OF_NODE, MESSAGE_TYPE}
"""AVPs of 3GPP, anywhere in the request, whose number is kept in ``Ccr.facts``."""

SINGLE: Final = (
    SESSION_ID, ORIGIN_HOST, ORIGIN_REALM, DESTINATION_REALM, SERVICE_CONTEXT_ID,
    CC_REQUEST_TYPE, CC_REQUEST_NUMBER, AUTH_APPLICATION_ID, DESTINATION_HOST, REQUESTED_ACTION,
    EVENT_TIMESTAMP, CORRELATION_ID, REQUESTED,
)  # fmt: skip
"""AVPs that may occur once at the level of the command.  Kamailio repeats some; an equal repeat is
as good as none."""
REQUIRED: Final = SINGLE[:7]
"""Those that must (RFC 8506 section 3.1).  Auth-Application-Id must too, but Kamailio puts it into
a Vendor-Specific-Application-Id, and the header says the same."""
REQUEST_TYPES: Final = range(1, 5)
EVENT: Final = 4

Units = dict[int, int]
"""Unit AVPs by code; CC-Money is flattened into Value-Digits, Exponent and Currency-Code."""
Facts = dict[int, bytes | int]
"""What else the request says, by AVP code; the first of each.  Addresses stand under the code of
the group they are in."""


class Group(msgspec.Struct, frozen=True, gc=False):
    """A Multiple-Services-Credit-Control, or the units at the level of the command."""

    rating_group: int | None
    service_ids: tuple[int, ...]
    requested: Units | None
    """None: no Requested-Service-Unit.  Empty: one without an amount."""
    used: tuple[Units, ...]


class Ccr(msgspec.Struct, frozen=True, gc=False):
    """A Credit-Control-Request."""

    raw: bytes
    flags: int
    session_avp: bytes
    """The Session-Id as it came, header and padding included: answers begin with it."""
    session_id: str
    origin_host: bytes
    origin_realm: bytes
    destination_host: bytes
    """Empty when the request names none."""
    destination_realm: bytes
    application: int
    context: bytes
    kind: int
    number: int
    subscriptions: tuple[tuple[int, bytes], ...]
    groups: tuple[Group, ...]
    command: Group | None
    """Units outside any group."""
    facts: Facts
    proxies: bytes
    """Proxy-Info AVPs as they came: the answer returns them (RFC 6733 section 6.2)."""
    routes: tuple[bytes, ...]
    """Route-Record identities."""

    def __repr__(self) -> str:
        """Nothing of the subscriber: a repr ends up in logs."""
        return f"Ccr(kind={self.kind}, number={self.number}, groups={len(self.groups)})"


class Asked(msgspec.Struct, frozen=True, gc=False):
    """What of a request its answer needs, kept while charging has the rest: as little as can be."""

    raw: bytes
    flags: int
    kind: int
    number: int
    session_avp: bytes
    groups: tuple[tuple[int | None, tuple[int, ...]], ...]
    """Rating-Group and Service-Identifiers of each Multiple-Services-Credit-Control."""
    action: int | None
    """Requested-Action of an event."""
    event: str
    """Session-Id of an event, which its answer may name."""
    proxies: bytes

    def __repr__(self) -> str:
        """Nothing of the subscriber: a repr ends up in logs."""
        return f"Asked(kind={self.kind}, number={self.number}, groups={len(self.groups)})"


def asked_of(ccr: Ccr) -> Asked:
    """The part of a request that waits for its answer; the rest may be forgotten meanwhile."""
    action, event = None, ""
    if ccr.kind == EVENT:
        found = ccr.facts.get(REQUESTED_ACTION)
        action, event = (found if isinstance(found, int) else None), ccr.session_id
    return Asked(
        ccr.raw,
        ccr.flags,
        ccr.kind,
        ccr.number,
        ccr.session_avp,
        tuple([(one.rating_group, one.service_ids) for one in ccr.groups]),
        action,
        event,
        ccr.proxies,
    )


def ccr_of(raw: bytes, message: Message) -> Ccr | Fault:
    """What charging needs of the message, or which AVP is missing, superfluous or wrong."""
    single: dict[int, Avp] = {}
    for avp in message.avps:
        if avp.vendor == 0 and avp.code in SINGLE and single.setdefault(avp.code, avp) != avp:
            return _faulty(Result.AVP_OCCURS_TOO_MANY_TIMES, avp, "occurs more than once")
    for code in REQUIRED:
        if code not in single:
            return missing(code)
    kind = int.from_bytes(single[CC_REQUEST_TYPE].data)
    if kind not in REQUEST_TYPES:
        return _faulty(Result.INVALID_AVP_VALUE, single[CC_REQUEST_TYPE], "has an unknown value")
    session = single[SESSION_ID]
    try:
        session_id = session.data.decode()
    except UnicodeDecodeError:
        return _faulty(Result.INVALID_AVP_VALUE, session, "is not UTF-8")
    return _assembled(raw, message, single, session_id)


def _assembled(raw: bytes, message: Message, single: dict[int, Avp], session_id: str) -> Ccr:
    facts: Facts = {}
    _collect(message.avps, facts, within=0)
    for code in (REQUESTED_ACTION, EVENT_TIMESTAMP):
        if code in single:
            facts[code] = int.from_bytes(single[code].data)
    if CORRELATION_ID in single:
        facts[CORRELATION_ID] = single[CORRELATION_ID].data
    destination_host = single.get(DESTINATION_HOST)
    application = single.get(AUTH_APPLICATION_ID)
    command = _group(list(message.avps))
    return Ccr(
        raw,
        message.header.flags,
        encoded(single[SESSION_ID]),
        session_id,
        single[ORIGIN_HOST].data,
        single[ORIGIN_REALM].data,
        destination_host.data if destination_host else b"",
        single[DESTINATION_REALM].data,
        int.from_bytes(application.data) if application else message.header.application,
        single[SERVICE_CONTEXT_ID].data,
        int.from_bytes(single[CC_REQUEST_TYPE].data),
        int.from_bytes(single[CC_REQUEST_NUMBER].data),
        tuple(_subscription(avp) for avp in _subscriptions(message)),
        tuple(_group(_members(avp)) for avp in message.every(MSCC)),
        command if command.requested is not None or command.used else None,
        facts,
        b"".join(encoded(avp) for avp in message.every(PROXY_INFO)),
        tuple(avp.data for avp in message.every(ROUTE_RECORD)),
    )


def _members(avp: Avp) -> list[Avp]:
    members = avp.members()
    assert not isinstance(members, Fault), "a Message was examined before"
    return members


def _subscriptions(message: Message) -> list[Avp]:
    """Those of the command, else those that only the Service-Information has (TS 32.299)."""
    found = message.every(SUBSCRIPTION_ID)
    information = message.first(SERVICE_INFORMATION, TGPP)
    if found or information is None:
        return found
    return [avp for avp in _members(information) if avp.code == SUBSCRIPTION_ID and not avp.vendor]


def _collect(avps: tuple[Avp, ...] | list[Avp], facts: Facts, within: int) -> None:
    for avp in avps:
        if avp.vendor == 0 and avp.code == SERVICE_PARAMETER_VALUE:
            facts.setdefault(avp.code, avp.data)
        elif avp.vendor == TGPP and avp.code in TEXTS:
            facts.setdefault(within if avp.code == ADDRESS_DATA else avp.code, avp.data)
        elif avp.vendor == TGPP and avp.code in NUMBERS:
            facts.setdefault(avp.code, int.from_bytes(avp.data))
        elif avp.code != FAILED_AVP and avp.definition and avp.definition.kind is Kind.GROUPED:
            _collect(_members(avp), facts, avp.code)


def _subscription(avp: Avp) -> tuple[int, bytes]:
    kind, data = -1, b""
    for member in _members(avp):
        if member.vendor == 0 and member.code == SUBSCRIPTION_TYPE:
            kind = int.from_bytes(member.data)
        elif member.vendor == 0 and member.code == SUBSCRIPTION_DATA:
            data = member.data
    return kind, data


def _group(members: list[Avp]) -> Group:
    rating_group: int | None = None
    service_ids: list[int] = []
    requested: Units | None = None
    used: list[Units] = []
    for avp in members:
        if avp.vendor:
            continue
        if avp.code == RATING_GROUP:
            rating_group = int.from_bytes(avp.data)
        elif avp.code == SERVICE_IDENTIFIER:
            service_ids.append(int.from_bytes(avp.data))
        elif avp.code == REQUESTED:
            requested = _units(_members(avp))
        elif avp.code == USED:
            used.append(_units(_members(avp)))
    return Group(rating_group, tuple(service_ids), requested, tuple(used))


UNSIGNED: Final = frozenset({
    CC_TIME, CC_TOTAL_OCTETS, CC_INPUT_OCTETS, CC_OUTPUT_OCTETS, CC_SERVICE_SPECIFIC_UNITS,
    TARIFF_CHANGE_USAGE, CURRENCY_CODE,
})  # fmt: skip
SIGNED: Final = frozenset({VALUE_DIGITS, EXPONENT})


def _units(members: list[Avp]) -> Units:
    units: Units = {}
    for avp in members:
        if avp.vendor:
            continue
        if avp.code in UNSIGNED:
            units[avp.code] = int.from_bytes(avp.data)
        elif avp.code in SIGNED:
            units[avp.code] = int.from_bytes(avp.data, signed=True)
        elif avp.code in (CC_MONEY, UNIT_VALUE):
            units |= _units(_members(avp))
    return units


def _faulty(result: Result, avp: Avp, what: str) -> Fault:
    name = avp.definition.name if avp.definition else f"AVP {avp.code}"
    return Fault(result, f"{name} {what}", encoded(avp))


def missing(code: int, vendor: int = 0) -> Fault:
    """5005, with an example of the AVP, its value the least and zero (RFC 6733 section 7.5)."""
    definition = BY_CODE[vendor, code]
    least = 0 if definition.kind is Kind.GROUPED else OCTETS_OF.get(definition.kind, 1)
    example = packed(code, vendor, MANDATORY, bytes(least))
    return Fault(Result.MISSING_AVP, f"{definition.name} is missing", example)
