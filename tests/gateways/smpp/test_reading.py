"""Texts that come: each coding, each kind of part, and what is no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.smpp.translate.reading import (
    ASSEMBLIES_MAX,
    PART_WAIT_MS,
    READERS,
    Assemblies,
    spoken,
)
from tenure.gateways.smpp.translate.sending import Manner, messages_of, sender_of
from tenure.gateways.smpp.wire.bodies import Address, Message
from tenure.gateways.smpp.wire.names import Tag
from tenure.values.instant import Instant

AT = Instant(1_000_000)
PHONE, CODE = Address("85512345678"), Address("888")


def came(octets: bytes, coding: int = 0, esm: int = 0, **tlvs: bytes) -> Message:
    given: dict[int, bytes] = {Tag[name.upper()]: value for name, value in tlvs.items()}
    return Message(PHONE, CODE, octets, coding, esm, tlvs=given)


READ = [
    ("the default alphabet", came(b"BAL \x1b\x65\x02"), "BAL €$"),
    ("ASCII", came(b"BAL", 1), "BAL"),
    ("ASCII that is none", came(b"BAL\xff", 1), "BAL\ufffd"),
    ("ASCII that is GSM 03.38", came(b"\x1b\x65 a\0b", 1), "€ a@b"),
    ("Latin-1", came(b"caf\xe9", 3), "café"),
    ("UCS-2", came("សមតុល្យ".encode("utf-16-be"), 8), "សមតុល្យ"),
    ("emoji", came("👍".encode("utf-16-be"), 8), "👍"),
    ("half a pair", came(b"\xd8\x3d", 8), "\ufffd"),
    ("half a unit", came(b"\0a\0", 8), "a\ufffd"),
    ("class 1 of the default alphabet", came(b"BAL", 0xF1), "BAL"),
    ("class 0 of UCS-2", came(b"\0B", 0x18), "B"),
    ("a mode, which is nobody's matter", came(b"BAL", 1, 1), "BAL"),
    ("nothing", came(b""), ""),
    ("a payload", came(b"", 0, 0, message_payload=b"x" * 1_600), "x" * 1_600),
    ("a header that is no part", came(b"\3\x24\1\1BAL", 0, 0x40), "BAL"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "message", "text"), READ, ids=[row[0] for row in READ])
def test_texts_are_read(name: str, message: Message, text: str) -> None:
    del name
    part = spoken(message)
    assert part is not None
    assert Assemblies().add(message, part, AT) == text


@pytest.mark.parametrize(
    "message",
    [
        came(b"\1\2", 2),
        came(b"\1\2", 4),
        came(b"x", 0xFF),
        came(b"\x30abc", 0, 0x40),
        came(b"", 0, 64),
    ],
)
def test_what_is_no_text_is_none(message: Message) -> None:
    assert spoken(message) is None


TEXTS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("ស្រុក€{👍")), min_size=1, max_size=700
)


@given(TEXTS, st.data(), st.integers(0, 65_535))
def test_parts_come_in_any_order_and_twice(text: str, data: st.DataObject, reference: int) -> None:
    messages = messages_of("85512345678", text, Manner(sender_of("888")), reference)
    assert messages is not None
    shuffled = data.draw(st.permutations(messages))
    assemblies = Assemblies()
    found = []
    for message in shuffled:
        part = spoken(message)
        assert part is not None
        found.append(assemblies.add(message, part, AT))
        if found[-1] is None:
            assert assemblies.add(message, part, AT) is None
    assert [one for one in found if one is not None] == [text]
    assert len(assemblies) == 0


def test_parts_are_told_apart_by_phone_and_reference() -> None:
    assemblies = Assemblies()
    for source, reference in (("1", 1), ("2", 1), ("1", 2)):
        octets = bytes([5, 0, 3, reference, 2, 1]) + b"x"
        message = Message(Address(source), CODE, octets, esm_class=0x40)
        part = spoken(message)
        assert part is not None
        assert assemblies.add(message, part, AT) is None
    assert len(assemblies) == 3


def test_segments_are_parts_too() -> None:
    assemblies, found = Assemblies(), []
    for number, text in ((2, b"LL"), (1, b"HE")):
        message = came(text, sar_msg_ref_num=b"\0\7", sar_total_segments=b"\2",
                       sar_segment_seqnum=bytes([number]))  # fmt: skip
        part = spoken(message)
        assert part is not None
        found.append(assemblies.add(message, part, AT))
    assert found == [None, "HELL"]


def test_a_pair_that_was_cut_between_parts_is_whole_again() -> None:
    octets = "👍".encode("utf-16-be")
    assemblies, found = Assemblies(), []
    for number, half in ((1, octets[:2]), (2, octets[2:])):
        message = came(bytes([5, 0, 3, 1, 2, number]) + half, 8, 0x40)
        part = spoken(message)
        assert part is not None
        found.append(assemblies.add(message, part, AT))
    assert found == [None, "👍"]


def test_parts_whose_others_never_come_are_let_go() -> None:
    assemblies = Assemblies()
    for number in range(ASSEMBLIES_MAX + 50):
        message = Message(Address(str(number)), CODE, bytes([5, 0, 3, 1, 2, 1]), esm_class=0x40)
        part = spoken(message)
        assert part is not None
        assemblies.add(message, part, AT)
    assert len(assemblies) <= ASSEMBLIES_MAX + 1
    message = came(bytes([5, 0, 3, 1, 2, 1]), 0, 0x40)
    part = spoken(message)
    assert part is not None
    assemblies.add(message, part, Instant(AT + PART_WAIT_MS))
    assert len(assemblies) == 1


@given(st.binary(max_size=140), st.integers(0, 255), st.sampled_from([0, 1, 0x40, 0x43]))
def test_any_octets_are_a_text_or_none(octets: bytes, coding: int, esm: int) -> None:
    part = spoken(came(octets, coding, esm))
    assert part is None or isinstance(part.text, str)
    assert (coding in READERS) or part is None
