"""Messages as network elements send them, in a few words."""

from collections.abc import Iterable
from typing import Any, Final

from tenure.gateways.diameter.session import Node, Peer
from tenure.gateways.diameter.translate.request import Terms
from tenure.gateways.diameter.translate.response import Voice
from tenure.gateways.diameter.wire.avp import Avp, Value, avp, group, number_of
from tenure.gateways.diameter.wire.credit import Ccr, ccr_of
from tenure.gateways.diameter.wire.dictionary.table import OCTETS_OF, Kind
from tenure.gateways.diameter.wire.message import (
    BASE,
    CREDIT_CONTROL,
    Command,
    Message,
    decoded,
    request,
)
from tenure.gateways.diameter.wire.result import Fault

ADA: Final = "85512345678"
IMSI: Final = "456061234567890"
OCS: Final = "ocs.example.net"
PGW: Final = "pgw.example.net"
REALM: Final = "example.net"
SESSION: Final = "pgw.example.net;1;2"
DATA: Final = "32251@3gpp.org"
VOICE: Final = "32260@3gpp.org"
SMS: Final = "32274@3gpp.org"
MMS: Final = "32270@3gpp.org"
CONTENT: Final = "content@tenure"
IDS: Final = (0x01020304, 0x0A0B0C0D)
USD: Final = 840
TERMS: Final = Terms(USD, frozenset({"45606"}))
SPEAKER: Final = Voice(OCS, REALM, USD, "http://topup.example.net/")
NODE: Final = Node(OCS, REALM, "127.0.0.1", 7, (Peer(PGW), Peer("relay.example.net")))

INITIAL, UPDATE, TERMINATE, EVENT = 1, 2, 3, 4
DEBIT, REFUND, BALANCE, PRICE = 0, 1, 2, 3


def subscription(kind: int, data: str) -> bytes:
    """A Subscription-Id."""
    return group(
        "Subscription-Id", avp("Subscription-Id-Type", kind), avp("Subscription-Id-Data", data)
    )


def rsu(**units: int) -> bytes:
    """A Requested-Service-Unit of ``CC_Time=60`` and the like."""
    return group("Requested-Service-Unit", *_units(units))


def usu(**units: int) -> bytes:
    """A Used-Service-Unit."""
    return group("Used-Service-Unit", *_units(units))


def _units(units: dict[str, int]) -> list[bytes]:
    return [avp(name.replace("_", "-"), value) for name, value in units.items()]


def money(digits: int, exponent: int | None = None, currency: int | None = USD) -> bytes:
    """A CC-Money."""
    parts = [avp("Value-Digits", digits)]
    if exponent is not None:
        parts.append(avp("Exponent", exponent))
    stated = b"" if currency is None else avp("Currency-Code", currency)
    return group("CC-Money", group("Unit-Value", *parts), stated)


def mscc(*members: bytes, rating_group: int | None = None, service: int | None = None) -> bytes:
    """A Multiple-Services-Credit-Control."""
    named = b"" if service is None else avp("Service-Identifier", service)
    if rating_group is not None:
        named += avp("Rating-Group", rating_group)
    return group("Multiple-Services-Credit-Control", named, *members)


def information(name: str, *members: bytes) -> bytes:
    """A Service-Information with one part, such as ``PS-Information``."""
    return group("Service-Information", group(name, *members))


HEAD: Final[dict[str, Value]] = {
    "Session-Id": SESSION,
    "Origin-Host": PGW,
    "Origin-Realm": REALM,
    "Destination-Realm": REALM,
    "Auth-Application-Id": 4,
    "Service-Context-Id": DATA,
    "CC-Request-Type": INITIAL,
    "CC-Request-Number": 0,
}


def ccr_bytes(*rest: bytes, who: bytes | None = None, **head: Value | None) -> bytes:
    """A Credit-Control-Request; ``CC_Request_Type=2`` replaces a part, None leaves it out."""
    parts = dict(HEAD)
    for name, value in head.items():
        if value is None:
            del parts[name.replace("_", "-")]
        else:
            parts[name.replace("_", "-")] = value
    body = b"".join(avp(name, value) for name, value in parts.items())
    body += (subscription(0, ADA) if who is None else who) + b"".join(rest)
    return request(Command.CREDIT_CONTROL, CREDIT_CONTROL, IDS, body)


def flagged(raw: bytes, flags: int) -> bytes:
    """The message with other command flags."""
    return raw[:4] + bytes([flags]) + raw[5:]


def read(raw: bytes) -> Message:
    """The message, which must be in order."""
    message = decoded(raw)
    assert isinstance(message, Message), message
    return message


def ccr(*rest: bytes, who: bytes | None = None, **head: Value | None) -> Ccr:
    """A request as the thorough reader sees it."""
    raw = ccr_bytes(*rest, who=who, **head)
    found = ccr_of(raw, read(raw))
    assert isinstance(found, Ccr), found
    return found


def base(command: Command, *avps: bytes, host: str = PGW) -> bytes:
    """A request of the base protocol from a peer."""
    identity = avp("Origin-Host", host) + avp("Origin-Realm", REALM)
    return request(command, BASE, IDS, identity + b"".join(avps))


def cer(*more: bytes, host: str = PGW, application: int = 4) -> bytes:
    """A Capabilities-Exchange-Request."""
    return base(
        Command.CAPABILITIES_EXCHANGE,
        avp("Host-IP-Address", b"\0\1\x7f\0\0\1"),
        avp("Vendor-Id", 10415),
        avp("Product-Name", "element"),
        avp("Auth-Application-Id", application),
        *more,
        host=host,
    )


def tree(avps: Iterable[Avp]) -> dict[str, Any]:
    """AVPs by name: numbers, bytes, groups as such trees; a list where a name comes again."""
    found: dict[str, Any] = {}
    for one in avps:
        definition = one.definition
        assert definition is not None, one
        value: Any = one.data
        if definition.kind is Kind.GROUPED and definition.name != "Failed-AVP":
            members = one.members()
            assert not isinstance(members, Fault), members
            value = tree(members)
        elif definition.kind in OCTETS_OF:
            value = number_of(one)
        elif definition.kind in (Kind.TEXT, Kind.IDENTITY):
            value = one.data.decode()
        if definition.name not in found:
            found[definition.name] = value
        elif isinstance(found[definition.name], list):
            found[definition.name].append(value)
        else:
            found[definition.name] = [found[definition.name], value]
    return found
