"""Receipts: how they are read and written, and how each finds what it tells of."""

from collections.abc import Mapping

import pytest

from tenure.gateways.smpp.translate.receipts import (
    OUTCOMES,
    WAIT_MS,
    Expected,
    Outcome,
    Part,
    spellings,
)
from tenure.gateways.smpp.wire.bodies import Address, Message
from tenure.gateways.smpp.wire.names import State, Tag
from tenure.gateways.smpp.wire.receipt import (
    WORD_OF,
    Receipt,
    is_receipt,
    parameters,
    receipt_of,
    written,
)
from tenure.values.instant import Instant
from tests.gateways.smpp.transcripts import RECEIPT_TEXT

MONY, DARA = "85512345678", "85587654321"
AT = Instant(1_000_000)
NO_TLVS: Mapping[str, bytes] = {}


def message(text: bytes, esm: int = 4, tlvs: Mapping[str, bytes] = NO_TLVS) -> Message:
    given: dict[int, bytes] = {Tag[name.upper()]: value for name, value in tlvs.items()}
    return Message(Address(MONY), Address("888"), text, esm_class=esm, tlvs=given)


READ = [
    (RECEIPT_TEXT, {}, Receipt("abc1", None, State.DELIVERED, "000")),
    (b"ID:7 STAT:UNDELIV ERR:00b", {}, Receipt("7", None, State.UNDELIVERABLE, "00b")),
    (b"id: 7 stat: REJECTD", {}, Receipt("7", None, State.REJECTED, "")),
    (b"", {}, Receipt("", None, State.UNKNOWN, "")),
    (b"id:7 stat:WHATEVER", {}, Receipt("7", None, State.UNKNOWN, "")),
    (b"id:7 stat:DELIVRD text:stat:EXPIRED", {}, Receipt("7", None, State.DELIVERED, "")),
    (
        b"id:7 stat:ENROUTE",
        {
            "receipted_message_id": b"x9\0",
            "message_state": b"\2",
            "user_message_reference": b"\0\7",
        },
        Receipt("x9", 7, State.DELIVERED, ""),
    ),
    (b"id:7 stat:EXPIRED", {"message_state": b"\x63"}, Receipt("7", None, State.EXPIRED, "")),
]


@pytest.mark.parametrize(("text", "tlvs", "expected"), READ)
def test_receipts_are_read(text: bytes, tlvs: dict[str, bytes], expected: Receipt) -> None:
    found = message(text, tlvs=tlvs)
    assert is_receipt(found)
    assert receipt_of(found) == expected


@pytest.mark.parametrize("state", State)
def test_what_we_write_is_read(state: State) -> None:
    text = written("17", state, ("2611220743", "2611220744"))
    assert receipt_of(message(text)).state is state
    bare = Message(Address(MONY), Address("888"), b"", tlvs=parameters("17", state))
    assert receipt_of(bare) == Receipt("17", None, state, "")
    assert state in WORD_OF
    assert state in OUTCOMES


def test_our_receipts_are_as_the_appendix_has_them() -> None:
    assert written("abc1", State.DELIVERED, ("2611220743", "2611220744")) == RECEIPT_TEXT


def test_a_text_is_no_receipt() -> None:
    assert not is_receipt(message(b"id:7 stat:DELIVRD", esm=0))
    assert not is_receipt(message(b"BAL", esm=1))
    assert is_receipt(message(b"", esm=0x20))


def part(delivery_id: int, message_id: str, to: str = MONY, **more: int) -> Part:
    number, total = more.get("number", 1), more.get("total", 1)
    reference = more.get("reference", 100 + 10 * delivery_id + number)
    at = Instant(more.get("at", AT))
    return Part(delivery_id, number, total, to, reference, message_id, f"kept-{delivery_id}", at)


def receipt(
    message_id: str, state: State = State.DELIVERED, reference: int | None = None
) -> Receipt:
    return Receipt(message_id, reference, state)


def told(expected: Expected, what: Receipt, about: str = MONY) -> tuple[str, Outcome | None] | None:
    found = expected.told(what, about)
    return None if found is None else (found.kept_as, found.outcome)


SAME_NUMBER = [
    ("as it was", "abc1", "abc1"),
    ("hexadecimal, then decimal", "1A2B", "6699"),
    ("decimal, then hexadecimal", "6699", "1a2b"),
    ("with zeros before", "6699", "0000006699"),
    ("other letters", "1a2b", "1A2B"),
    ("hexadecimal that looks decimal", "10", "16"),
]


@pytest.mark.parametrize(("name", "answered", "reported"), SAME_NUMBER)
def test_ids_are_found_in_every_spelling(name: str, answered: str, reported: str) -> None:
    del name
    expected = Expected()
    expected.submitted(part(1, answered))
    expected.submitted(part(2, "zzz", DARA))
    assert told(expected, receipt(reported), DARA) is None
    assert told(expected, receipt(reported)) == ("kept-1", Outcome.DELIVERED)
    assert told(expected, receipt(reported)) is None
    assert answered in spellings(reported) or answered.lower() in spellings(reported)


def test_an_unknown_id_is_nobodys() -> None:
    expected = Expected()
    expected.submitted(part(1, "abc1"))
    assert told(expected, receipt("other")) is None
    assert told(expected, receipt("abc1"), DARA) is None
    assert len(expected) == 1


def test_useless_ids_are_replaced_by_the_reference() -> None:
    expected = Expected()
    expected.submitted(part(1, "none", reference=7))
    assert expected.tells_nothing("none")
    expected.submitted(part(2, "none", reference=8))
    assert expected.is_useless("none")
    assert told(expected, receipt("none", reference=8)) == ("kept-2", Outcome.DELIVERED)
    assert told(expected, receipt("none", reference=7)) == ("kept-1", Outcome.DELIVERED)


def test_an_id_that_comes_again_was_useless_all_along() -> None:
    expected = Expected()
    expected.submitted(part(1, "none"))
    assert told(expected, receipt("none")) == ("kept-1", Outcome.DELIVERED)
    assert expected.tells_nothing("none")
    expected.submitted(part(2, "none"))
    assert expected.is_useless("none")
    assert told(expected, receipt("none")) == ("kept-2", Outcome.DELIVERED)


def test_one_id_for_all_parts_is_not_useless() -> None:
    expected = Expected()
    for number in (1, 2, 3):
        expected.submitted(part(1, "a", number=number, total=3))
    assert not expected.is_useless("a")
    assert told(expected, receipt("a")) == ("kept-1", Outcome.DELIVERED)
    assert len(expected) == 0


def test_useless_ids_without_a_reference_go_by_order() -> None:
    expected = Expected()
    for delivery_id, to in ((1, MONY), (2, DARA), (3, MONY)):
        expected.submitted(part(delivery_id, "none", to))
    assert told(expected, receipt("none"), DARA) == ("kept-2", Outcome.DELIVERED)
    assert told(expected, receipt("none")) == ("kept-1", Outcome.DELIVERED)
    assert told(expected, receipt("none", State.UNDELIVERABLE)) == ("kept-3", Outcome.FAILED)
    assert told(expected, receipt("none")) is None


def test_ids_that_are_known_to_be_useless_are_not_looked_at() -> None:
    expected = Expected(useless_ids=True)
    expected.submitted(part(1, "a"))
    expected.submitted(part(2, "b"))
    assert told(expected, receipt("b")) == ("kept-1", Outcome.DELIVERED)


def test_a_text_is_delivered_when_its_last_part_is() -> None:
    expected = Expected()
    for number in (1, 2, 3):
        expected.submitted(part(1, f"id{number}", number=number, total=3))
    assert told(expected, receipt("id1")) == ("kept-1", None)
    assert told(expected, receipt("id3")) == ("kept-1", Outcome.DELIVERED)
    assert told(expected, receipt("id2", State.UNDELIVERABLE)) is None
    assert len(expected) == 0


def test_a_text_fails_when_a_part_does() -> None:
    expected = Expected()
    for number in (1, 2, 3):
        expected.submitted(part(1, f"id{number}", number=number, total=3))
    assert told(expected, receipt("id2", State.EXPIRED)) == ("kept-1", Outcome.EXPIRED)
    assert told(expected, receipt("id3")) is None


def test_what_is_under_way_is_not_the_end() -> None:
    expected = Expected()
    expected.submitted(part(1, "a"))
    assert told(expected, receipt("a", State.ENROUTE)) == ("kept-1", None)
    assert told(expected, receipt("a")) == ("kept-1", Outcome.DELIVERED)


def test_what_nobody_reports_is_let_go() -> None:
    expected = Expected(open_max=100)
    expected.submitted(part(1, "a"))
    expected.submitted(part(2, "b", at=AT + WAIT_MS))
    assert len(expected) == 1
    for delivery_id in range(3, 200):
        expected.submitted(part(delivery_id, str(delivery_id), str(delivery_id), at=AT + WAIT_MS))
    assert len(expected) == len(expected._by_reference) == len(expected._by_id) == 100
