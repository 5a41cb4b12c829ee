"""Messages are read strictly and written exactly; every fault has the standard's own answer."""

import pytest

from tenure.gateways.diameter.wire.avp import Avp, avp, avps_of, encoded, group, packed
from tenure.gateways.diameter.wire.credit import Ccr, ccr_of
from tenure.gateways.diameter.wire.dictionary.table import ALL, BY_CODE, BY_NAME, Kind
from tenure.gateways.diameter.wire.message import (
    HEADER_OCTETS,
    Command,
    Malformed,
    decoded,
    frame_fault,
    request,
)
from tenure.gateways.diameter.wire.result import Fault, Result
from tests.gateways.diameter.given import ccr_bytes, cer, mscc, read, rsu, tree

UNKNOWN = 9_999_999


def test_an_avp_on_the_wire() -> None:
    assert avp("CC-Request-Number", 5) == bytes.fromhex("0000019f4000000c00000005")
    assert avp("Origin-Host", "a.b") == bytes.fromhex("000001084000000b") + b"a.b\0"
    assert avp("Volume-Quota-Threshold", 1) == bytes.fromhex("00000365c0000010000028af00000001")
    assert avp("Value-Digits", -1) == bytes.fromhex("000001bf40000010") + b"\xff" * 8


def test_a_message_on_the_wire() -> None:
    raw = request(Command.DEVICE_WATCHDOG, 0, (1, 2), avp("Origin-State-Id", 3))
    assert raw.hex() == (
        "01000020 80000118 00000000 00000001 00000002 00000116 4000000c 00000003".replace(" ", "")
    )
    message = read(raw)
    assert (message.header.hop_by_hop, message.header.end_to_end) == (1, 2)
    assert tree(message.avps) == {"Origin-State-Id": 3}


def test_no_code_and_no_name_stands_twice_in_the_table() -> None:
    assert len(BY_CODE) == len(ALL)
    assert len(BY_NAME) == len(ALL)


def wrong(raw: bytes) -> Fault:
    """The fault of a message."""
    message = decoded(raw)
    assert isinstance(message, Malformed), message
    return message.fault


def framed(avps: bytes) -> bytes:
    """A request around any bytes."""
    return request(Command.CREDIT_CONTROL, 4, (1, 2), avps)


FAULTS = [
    # what                                   bytes                                           answer
    ("an AVP shorter than its head", framed(bytes.fromhex("0000010740000007") + b"abcd"), 5014),
    ("an AVP longer than the message", framed(bytes.fromhex("0000010740000040") + b"abcd"), 5014),
    ("a length of zero", framed(bytes.fromhex("0000010740000000")), 5014),
    ("half an AVP head", framed(b"\0\0\1\7"), 5014),
    ("a vendor AVP without room for the vendor", framed(bytes.fromhex("00000369c0000008")), 5014),
    ("a number of two octets", framed(packed(415, 0, 0x40, b"\0\1")), 5014),
    ("a number of eight octets that has four", framed(packed(421, 0, 0x40, b"\0\0\0\1")), 5014),
    ("a reserved AVP flag", framed(packed(263, 0, 0x41, b"abc")), 3009),
    ("an unknown mandatory AVP", framed(packed(UNKNOWN, 0, 0x40, b"abc")), 5001),
    ("an unknown mandatory AVP of a vendor", framed(packed(1, 99_999, 0x40, b"abc")), 5001),
    ("one in a group", framed(mscc(packed(UNKNOWN, 0, 0x40, b"abc"))), 5001),
    ("a wrong length in a group", framed(mscc(packed(432, 0, 0x40, b"a"))), 5014),
    ("a reserved command flag", b"".join([ccr_bytes()[:4], b"\xc8", ccr_bytes()[5:]]), 5013),
    ("an error that is a request", b"".join([ccr_bytes()[:4], b"\xe0", ccr_bytes()[5:]]), 3008),
    ("a retransmitted answer", b"".join([ccr_bytes()[:4], b"\x10", ccr_bytes()[5:]]), 3008),
    ("a length that is not the message's", ccr_bytes() + b"\0\0\0\0", 5015),
    ("version 2", b"\2" + ccr_bytes()[1:], 5011),
]


@pytest.mark.parametrize(("what", "raw", "result"), FAULTS, ids=[what for what, _, _ in FAULTS])
def test_faults(what: str, raw: bytes, result: int) -> None:
    fault = wrong(raw)
    assert fault.result == result, what
    if result in (5001, 5014, 3009):
        shown = avps_of(fault.failed)
        assert isinstance(shown, list), "what is shown is itself well-formed"
        assert len(shown) == 1


def test_an_unknown_avp_without_the_m_bit_is_ignored() -> None:
    raw = ccr_bytes(packed(UNKNOWN, 0, 0, b"abc"), mscc(packed(UNKNOWN, 99_999, 0, b"abc")))
    assert isinstance(ccr_of(raw, read(raw)), Ccr)


def test_the_failed_avp_shows_the_groups_that_the_wrong_one_is_in() -> None:
    unknown = packed(UNKNOWN, 0, 0x40, b"abc")
    assert wrong(framed(mscc(rsu(), unknown))).failed == mscc(unknown)


def test_groups_may_be_nested_only_so_deep() -> None:
    nested = b""
    for _ in range(12):
        nested = group("Proxy-Info", nested)
    assert read(framed(nested)) is not None
    fault = wrong(framed(group("Proxy-Info", nested)))
    assert fault.result is Result.INVALID_AVP_VALUE


def test_nesting_beyond_reason_does_not_exhaust_the_stack() -> None:
    nested = b""
    for _ in range(5_000):
        nested = group("Proxy-Info", nested)
    assert wrong(framed(nested)).result is Result.INVALID_AVP_VALUE


def test_a_group_may_leave_out_the_padding_of_its_last_member() -> None:
    inner = avp("Subscription-Id-Type", 0) + avp("Subscription-Id-Data", "85512345678")[:-1]
    raw = ccr_bytes(who=packed(443, 0, 0x40, inner))
    found = ccr_of(raw, read(raw))
    assert isinstance(found, Ccr)
    assert found.subscriptions == ((0, b"85512345678"),)


def test_an_avp_is_written_as_it_was_read() -> None:
    for one in read(cer()).avps:
        again = avps_of(encoded(one))
        assert again == [one]


def test_the_length_of_a_message_is_checked_before_it_is_waited_for() -> None:
    assert frame_fault(b"\1\0\0\x14" + bytes(16)) is None
    for size in (16, 21, 65_540):
        fault = frame_fault(b"\1" + size.to_bytes(3) + bytes(16))
        assert fault is not None
        assert fault.result is Result.INVALID_MESSAGE_LENGTH
    fault = frame_fault(b"\2\0\0\x14" + bytes(16))
    assert fault is not None
    assert fault.result is Result.UNSUPPORTED_VERSION


def test_nothing_of_a_subscriber_is_in_a_repr() -> None:
    raw = ccr_bytes()
    message = read(raw)
    assert "12345678" not in repr(message)
    assert "12345678" not in repr(ccr_of(raw, message))


def test_kinds_that_are_numbers_have_a_length() -> None:
    assert BY_NAME["CC-Total-Octets"].kind is Kind.U64
    assert BY_NAME["Event-Timestamp"].kind is Kind.TIME
    assert Avp(1, 0, 0, b"").definition is BY_NAME["User-Name"]
    assert HEADER_OCTETS == 20
