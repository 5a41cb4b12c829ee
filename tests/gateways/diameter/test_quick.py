"""The quick reader and the thorough one agree on everything, and no bytes make either stumble."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.gateways.diameter.wire.avp import avp, group, packed
from tenure.gateways.diameter.wire.credit import Ccr, ccr_of
from tenure.gateways.diameter.wire.message import Malformed, Message, decoded
from tenure.gateways.diameter.wire.quick import quick_ccr
from tenure.gateways.diameter.wire.result import Fault
from tests.gateways.diameter.given import (
    CONTENT,
    DATA,
    IMSI,
    PGW,
    SMS,
    VOICE,
    ccr_bytes,
    information,
    money,
    mscc,
    rsu,
    subscription,
    usu,
)

PLACE = bytes.fromhex("8254f660000154f66000000001")
BOTH = subscription(0, "85512345678") + subscription(1, IMSI)
SESSION_OF_DATA = ccr_bytes(
    avp("Destination-Host", "ocs.example.net"),
    avp("Origin-State-Id", 7),
    avp("Event-Timestamp", 3_900_000_000),
    avp("Multiple-Services-Indicator", 1),
    mscc(
        rsu(CC_Total_Octets=1_000_000),
        usu(CC_Total_Octets=5, CC_Input_Octets=2, CC_Output_Octets=3),
        avp("Reporting-Reason", 3),
        rating_group=100,
    ),
    mscc(
        rsu(),
        usu(CC_Time=7, Tariff_Change_Usage=0),
        usu(CC_Time=9, Tariff_Change_Usage=1),
        rating_group=200,
        service=7,
    ),
    information(
        "PS-Information",
        avp("3GPP-Charging-Id", b"abcd"),
        avp("PDP-Address", b"\0\1\x0a\0\0\1"),
        avp("Called-Station-Id", "internet"),
        avp("3GPP-SGSN-MCC-MNC", "45604"),
        avp("3GPP-User-Location-Info", PLACE),
        avp("3GPP-RAT-Type", b"\6"),
    ),
    who=BOTH,
    CC_Request_Type=2,
    CC_Request_Number=1,
)
CALL = ccr_bytes(
    mscc(rsu(CC_Time=60), rating_group=100, service=1000),
    information(
        "IMS-Information",
        group("Event-Type", avp("SIP-Method", "INVITE")),
        avp("Role-Of-Node", 0),
        avp("Calling-Party-Address", "sip:+85512345678@example.net"),
        avp("Called-Party-Address", "tel:+85510999888"),
    ),
    Service_Context_Id="ext.01.456.8.32260@3gpp.org",
    who=subscription(2, "sip:+85512345678@example.net"),
)
TEXT = ccr_bytes(
    avp("Requested-Action", 0),
    rsu(CC_Service_Specific_Units=1),
    information(
        "SMS-Information",
        avp("SM-Message-Type", 0),
        group("Originator-Received-Address", avp("Address-Data", "85512345678")),
        group("Recipient-Info", group("Recipient-Address", avp("Address-Data", "85510999888"))),
    ),
    Service_Context_Id=SMS,
    CC_Request_Type=4,
)
PURCHASE = ccr_bytes(
    avp("Requested-Action", 0),
    mscc(group("Requested-Service-Unit", money(499, -2)), rating_group=5),
    group(
        "Service-Parameter-Info",
        avp("Service-Parameter-Type", 1),
        avp("Service-Parameter-Value", b"A song"),
    ),
    avp("CC-Correlation-Id", b"order"),
    Service_Context_Id=CONTENT,
    CC_Request_Type=4,
)
RELAYED = ccr_bytes(
    avp("Route-Record", "relay.example.net"),
    group("Proxy-Info", avp("Proxy-Host", "relay.example.net"), avp("Proxy-State", b"xyz")),
    usu(CC_Time=61),
    avp("Service-Identifier", 3),
    avp("Termination-Cause", 1),
    Service_Context_Id=VOICE,
    CC_Request_Type=3,
    CC_Request_Number=4,
)
REPEATED = ccr_bytes(avp("Origin-Host", PGW), mscc(rsu()))
COMMON = {
    "data": SESSION_OF_DATA,
    "call": CALL,
    "text": TEXT,
    "purchase": PURCHASE,
    "relayed": RELAYED,
    "repeated": REPEATED,
}


def thorough(raw: bytes) -> Ccr | None:
    """The request as the thorough reader sees it; None if it refuses it."""
    message = decoded(raw)
    if isinstance(message, Malformed):
        return None
    found = ccr_of(raw, message)
    return None if isinstance(found, Fault) else found


@pytest.mark.parametrize("raw", COMMON.values(), ids=COMMON)
def test_common_requests_are_read_quickly_and_alike(raw: bytes) -> None:
    quick = quick_ccr(raw)
    assert quick is not None, "the quick reader gave up on a common request"
    assert quick == thorough(raw)


def test_what_is_kept() -> None:
    found = quick_ccr(SESSION_OF_DATA)
    assert found is not None
    assert found.context == DATA.encode()
    assert found.subscriptions == ((0, b"85512345678"), (1, IMSI.encode()))
    assert found.groups[0].used == ({421: 5, 412: 2, 414: 3},)
    assert found.groups[1].requested == {}
    assert found.facts[18] == b"45604"
    assert found.facts[22] == PLACE


ODD = {
    "unknown mandatory": ccr_bytes(packed(9_999_999, 0, 0x40, b"abc")),
    "unknown in a group": ccr_bytes(mscc(packed(9_999_999, 0, 0x40, b"abc"))),
    "unknown vendor, mandatory": ccr_bytes(packed(1, 99_999, 0x40, b"abc")),
    "no session": ccr_bytes(Session_Id=None),
    "type 0": ccr_bytes(CC_Request_Type=0),
    "type 5": ccr_bytes(CC_Request_Type=5),
    "another realm given twice": ccr_bytes(avp("Origin-Realm", "other.net")),
    "session not UTF-8": ccr_bytes(Session_Id=b"\xff\xfe\xfd"),
    "no subscriber": ccr_bytes(who=b""),
    "an AVP of vendor 0": ccr_bytes(bytes.fromhex("000001b4c0000010") + bytes(8)),
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_odd_requests_are_left_to_the_thorough_reader(raw: bytes) -> None:
    assert quick_ccr(raw) is None


@pytest.mark.parametrize("raw", COMMON.values(), ids=COMMON)
def test_each_changed_octet_is_read_alike(raw: bytes) -> None:
    """Every octet becomes 0, 255, one more, and has each flag flipped."""
    disagreements = []
    for at in range(20, len(raw)):
        for value in {0, 255, raw[at] ^ 1, raw[at] ^ 0x40, raw[at] ^ 0x80, raw[at] ^ 4}:
            changed = raw[:at] + bytes([value]) + raw[at + 1 :]
            quick = quick_ccr(changed)
            if quick is not None and quick != thorough(changed):
                disagreements.append((at, value))
    assert disagreements[:5] == []


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(list(COMMON.values())),
    st.lists(st.tuples(st.integers(0), st.sampled_from((0, 1, 8, 12, 64, 192, 255)))),
    st.lists(st.tuples(st.integers(0), st.integers(0)), max_size=3),
)
def test_many_changes_are_read_alike(
    raw: bytes, octets_set: list[tuple[int, int]], words_moved: list[tuple[int, int]]
) -> None:
    octets = bytearray(raw)
    for place, value in octets_set:
        octets[20 + place % (len(octets) - 20)] = value
    for place, other in words_moved:
        target, source = (20 + 4 * (one % (len(octets) // 4 - 5)) for one in (place, other))
        octets[target : target + 4] = octets[source : source + 4]
    changed = bytes(octets[: len(octets) & ~3])
    quick = quick_ccr(changed)
    assert quick is None or quick == thorough(changed)


@settings(max_examples=300, deadline=None)
@given(st.binary(min_size=20, max_size=400))
def test_any_bytes_are_a_message_or_say_what_is_wrong(raw: bytes) -> None:
    assert isinstance(decoded(raw), Message | Malformed)
    sized = b"\1" + (len(raw) & ~3).to_bytes(3) + b"\x80\0\1\x10\0\0\0\4" + raw[12 : len(raw) & ~3]
    assert isinstance(decoded(sized), Message | Malformed)
    quick = quick_ccr(sized)
    assert quick is None or quick == thorough(sized)
