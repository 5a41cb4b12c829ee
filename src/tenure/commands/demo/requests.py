"""The Credit-Control-Requests that the demo's network elements send, built with our own encoder."""

from typing import Final

import msgspec

from tenure.gateways.diameter.wire.avp import avp, avps_of, group, number_of
from tenure.gateways.diameter.wire.message import Message
from tenure.gateways.diameter.wire.result import Fault

VOICE: Final = "voice"
DATA: Final = "data"
SMS: Final = "sms"
CONTENT: Final = "content"

INITIAL, UPDATE, TERMINATE, EVENT = 1, 2, 3, 4
DEBIT, REFUND, BALANCE_CHECK, PRICE_ENQUIRY = 0, 1, 2, 3
SUCCESS: Final = 2001

_CONTEXT: Final = {
    VOICE: "32260@3gpp.org",
    DATA: "32251@3gpp.org",
    SMS: "32274@3gpp.org",
    CONTENT: "content@tenure",
}
_UNIT: Final = {VOICE: "CC-Time", DATA: "CC-Total-Octets", SMS: "CC-Service-Specific-Units"}
_RESULT_CODE, _MSCC, _RATING_GROUP, _GRANTED, _FINAL = 268, 456, 432, 431, 430
_GRANTED_UNITS: Final = {420, 421, 417}


class Part(msgspec.Struct, frozen=True):
    """One rating group of a request."""

    rating_group: int | None = None
    requested: int | None = None
    """0 asks for an amount that the other side chooses."""
    used: int | None = None


class Request(msgspec.Struct, frozen=True):
    """A request as a network element means it."""

    service: str
    kind: int
    number: int
    subscriber: str
    parts: tuple[Part, ...] = ()
    other_party: str = ""
    incoming: bool = False
    visited: str = ""
    action: int | None = None
    title: str = ""
    """What is bought."""

    def __repr__(self) -> str:
        return f"Request({self.service}, {self.kind}, {self.number})"


class Reply(msgspec.Struct, frozen=True):
    """What a Credit-Control-Answer says."""

    result: int
    groups: dict[int, tuple[int, int, bool]]
    """By rating group: result, granted units, whether they are the last."""


def encoded(request: Request, session: str, host: str, realm: str) -> bytes:
    """The AVPs of a request (RFC 8506 section 3.1)."""
    said = [
        avp("Session-Id", session),
        avp("Origin-Host", host),
        avp("Origin-Realm", realm),
        avp("Destination-Realm", realm),
        avp("Auth-Application-Id", 4),
        avp("Service-Context-Id", _CONTEXT[request.service]),
        avp("CC-Request-Type", request.kind),
        avp("CC-Request-Number", request.number),
    ]
    if request.action is not None:
        said.append(avp("Requested-Action", request.action))
    said.append(
        group(
            "Subscription-Id",
            avp("Subscription-Id-Type", 0),
            avp("Subscription-Id-Data", request.subscriber),
        )
    )
    said += [_part(request.service, part) for part in request.parts]
    if request.title:
        said.append(
            group(
                "Service-Parameter-Info",
                avp("Service-Parameter-Type", 1),
                avp("Service-Parameter-Value", request.title.encode()),
            )
        )
    said.append(_information(request))
    return b"".join(said)


def _part(service: str, part: Part) -> bytes:
    said = []
    if part.requested is not None:
        asked = _units(service, part.requested) if part.requested else b""
        said.append(group("Requested-Service-Unit", asked))
    if part.used:
        said.append(group("Used-Service-Unit", _units(service, part.used)))
    if part.rating_group is not None:
        said.append(avp("Rating-Group", part.rating_group))
    return group("Multiple-Services-Credit-Control", *said)


def _units(service: str, units: int) -> bytes:
    if service == CONTENT:
        value = group("Unit-Value", avp("Value-Digits", units), avp("Exponent", -6))
        return group("CC-Money", value)
    return avp(_UNIT[service], units)


def _information(request: Request) -> bytes:
    """Service-Information (TS 32.299): who is at the other end, and where it happens."""
    near, far = request.subscriber, request.other_party
    source, target = (far, near) if request.incoming else (near, far)
    said = []
    if request.service == VOICE:
        said.append(
            group(
                "IMS-Information",
                avp("Role-Of-Node", 1 if request.incoming else 0),
                avp("Calling-Party-Address", f"tel:+{source}"),
                avp("Called-Party-Address", f"tel:{target}"),
            )
        )
    if request.service == SMS:
        said.append(_message(source, target, incoming=request.incoming))
    if request.visited:
        said.append(group("PS-Information", avp("3GPP-SGSN-MCC-MNC", request.visited)))
    return group("Service-Information", *said) if said else b""


def _message(source: str, target: str, *, incoming: bool) -> bytes:
    def address(name: str, digits: str) -> bytes:
        return group(name, avp("Address-Type", 1), avp("Address-Data", digits))

    return group(
        "SMS-Information",
        address("Originator-Received-Address", source),
        avp("SM-Message-Type", 3 if incoming else 0),
        group("Recipient-Info", address("Recipient-Address", target)),
    )


def reply_of(message: Message) -> Reply:
    """What an answer says; a message without a Result-Code says 0."""
    result = message.first(_RESULT_CODE)
    groups = {}
    for each in message.every(_MSCC):
        members = each.members()
        if isinstance(members, Fault):
            continue
        by_code = {member.code: member for member in members}
        code, rating_group = by_code.get(_RESULT_CODE), by_code.get(_RATING_GROUP)
        granted = by_code.get(_GRANTED)
        groups[int(number_of(rating_group)) if rating_group else 0] = (
            int(number_of(code)) if code else SUCCESS,
            _granted(granted.data) if granted else 0,
            _FINAL in by_code,
        )
    return Reply(int(number_of(result)) if result else 0, groups)


def _granted(data: bytes) -> int:
    found = avps_of(data)
    if isinstance(found, Fault):
        return 0
    return next((int(number_of(each)) for each in found if each.code in _GRANTED_UNITS), 0)
