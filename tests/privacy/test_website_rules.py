"""What a form takes, who wins, and what is recorded of a visit: tables, then laws."""

import hashlib
import uuid
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.privacy.model.website import Fault, Given
from tenure.promises.privacy.rules import website as rules
from tenure.promises.privacy.rules.website.drawing import masked
from tenure.terms import pack
from tenure.values.instant import Instant

SITES = {name: pack.load(name).terms for name in pack.names()}
SMART = SITES["smart-kh"].privacy.website
FULL = {"email": "Dara@Example.COM", "question": "Where is\r\nthe shop?  "}


def read(typed: Mapping[str, str], form: str = "question", *, agreed: bool = False) -> object:
    found = SMART.form(form)
    assert found is not None
    return rules.read(found, typed, SMART.limits, "KH", agreed=agreed)


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({"email": ""}, {"email": Fault.MISSING}),
        ({"email": "dara"}, {"email": Fault.MALFORMED}),
        ({"email": "dara@example"}, {"email": Fault.MALFORMED}),
        ({"phone": "12"}, {"phone": Fault.MALFORMED}),
        ({"question": "x" * 1601}, {"question": Fault.TOO_LONG}),
        ({"question": "http://a http://b www.c"}, {"question": Fault.TOO_MANY_LINKS}),
        # The first letter is Cyrillic, and looks like ours.
        ({"name": "\u0410dmin"}, {"name": Fault.MIXED_SCRIPTS}),
        ({"email": "d\u0430ra@example.com"}, {"email": Fault.MIXED_SCRIPTS}),
        ({"email": "", "question": " \n "}, {"email": Fault.MISSING, "question": Fault.MISSING}),
    ],
)
def test_what_is_wrong_is_said_item_by_item(
    typed: dict[str, str], faults: dict[str, Fault]
) -> None:
    assert read(FULL | typed) == faults


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({}, {"email": "Dara@example.com", "question": "Where is\nthe shop?"}),
        ({"name": "ដារ៉ា Dara"}, {"name": "ដារ៉ា Dara"}),
        ({"question": "ក" * 1600}, {"question": "ក" * 1600}),
        ({"phone": "012 345 678"}, {"phone": "85512345678"}),
        ({"question": "a\x00b\u202ec\x1b"}, {"question": "abc"}),
        ({"name": "e\u0301"}, {"name": "\u00e9"}),
        ({"name": "Ελένη"}, {"name": "Ελένη"}),
        ({"nobody-asks": "for this"}, {}),
    ],
)
def test_what_is_kept(typed: dict[str, str], kept: dict[str, str]) -> None:
    found = read(FULL | typed)
    assert isinstance(found, Given)
    assert found.items == {"email": "Dara@example.com", "question": "Where is\nthe shop?"} | kept


def test_a_contest_needs_its_own_yes() -> None:
    typed = {"answer": "tonle-sap", "name": "Dara", "phone": "012345678"}
    assert read(typed, "quiz") == {"agree": Fault.NOT_AGREED}
    assert isinstance(read(typed, "quiz", agreed=True), Given)
    assert read({**typed, "answer": "nile"}, "quiz", agreed=True) == {"answer": Fault.MALFORMED}


@given(st.dictionaries(st.sampled_from(["email", "question", "name", "phone"]), st.text()))
def test_whatever_is_typed_is_kept_whole_or_faulted(typed: dict[str, str]) -> None:
    found = read(typed)
    if isinstance(found, Given):
        assert {"email", "question"} <= set(found.items)
        assert all(len(one) <= SMART.limits.longest for one in found.items.values())
        # What is kept is read again as it is, but for a number, which has its country now.
        plain = {name: one for name, one in found.items.items() if name != "phone"}
        assert read(plain) == Given(plain)


def test_an_entrant_is_known_by_the_number_alone_and_only_here() -> None:
    quiz = SMART.form("quiz")
    assert quiz is not None
    once = Given({"name": "Dara", "phone": "85512345678", "answer": "bassac"})
    again = Given({"name": "DARA K", "phone": "85512345678", "answer": "mekong"})
    other = Given({"name": "Dara", "phone": "85512345679", "answer": "bassac"})
    mark = rules.mark_of(b"k" * 32, quiz, once)
    assert mark == rules.mark_of(b"k" * 32, quiz, again)
    assert mark != rules.mark_of(b"k" * 32, quiz, other)
    assert mark != rules.mark_of(b"j" * 32, quiz, once)
    question = SMART.form("question")
    assert question is not None
    assert rules.mark_of(b"k" * 32, question, once) is None


SEEDS = st.binary(min_size=32, max_size=32)
TICKETS = st.lists(st.uuids(), max_size=30, unique=True)


@given(SEEDS, TICKETS, st.integers(1, 5), st.randoms(use_true_random=False))
def test_anybody_finds_the_same_winners(
    seed: bytes, tickets: list[uuid.UUID], winners: int, chance: object
) -> None:
    shown = rules.proclaimed("a-contest", seed, tickets, winners)
    chance.shuffle(tickets)  # type: ignore[attr-defined]
    assert rules.proclaimed("a-contest", seed, tickets, winners) == shown
    assert rules.verified(shown) == ()
    assert len(shown.winners) == min(winners, len(tickets))


def test_a_draw_by_hand() -> None:
    """The whole of it in a few lines that share nothing with ours."""
    tickets = [uuid.UUID(int=number) for number in range(1, 8)]
    seed = bytes(range(32))
    listed = hashlib.sha256(b"".join(one.bytes for one in tickets)).digest()
    best = min(tickets, key=lambda one: hashlib.sha256(seed + listed + one.bytes).hexdigest())
    assert rules.proclaimed("x", seed, tickets, 1).winners == (str(best),)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": "00" * 32}, "not the one whose hash"),
        ({"seed": "no"}, "cannot be read"),
        ({"winners": ("00000000-0000-0000-0000-000000000009",)}, "not the winners"),
        ({"tickets": ("00000000-0000-0000-0000-000000000001",)}, "not the winners"),
        ({"tickets": ("00000000-0000-0000-0000-000000000001",) * 2}, "twice"),
    ],
)
def test_a_draw_that_was_changed_is_seen(change: dict[str, object], told: str) -> None:
    tickets = [uuid.UUID(int=number) for number in range(1, 8)]
    shown = rules.proclaimed("x", bytes(range(32)), tickets, 1)
    assert any(told in one for one in rules.verified(msgspec.structs.replace(shown, **change)))


def test_a_winner_is_shown_in_part() -> None:
    assert masked("Sok Dara", "85512345678") == "S… D… …678"
    assert masked("ដារ៉ា", "85512345678") == "ដ… …678"


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("203.0.113.77", "203.0.0.0/16"),
        ("2001:db8:1:2::3", "2001:0db8::/32"),
        ("::ffff:203.0.113.77", "203.0.0.0/16"),
        ("::1", "0000:0000::/32"),
        ("", ""),
        ("a name", ""),
    ],
)
def test_an_address_is_kept_in_part(address: str, part: str) -> None:
    assert rules.address_in_part(address) == part


def test_a_visit_is_recorded_by_kinds() -> None:
    agent = "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 Chrome/131.0 Mobile"
    answer = (uuid.UUID(int=1), Instant(5))
    found = rules.seen(uuid.UUID(int=2), answer, Instant(9), ("203.0.113.7", agent, "/site/en"), 10)
    assert found is not None
    assert (found.browser, found.system, found.keep_until) == ("Chrome", "Android", 19)
    about = ("203.0.113.7", agent, "/site/en?phone=012345678")
    assert rules.seen(uuid.UUID(int=2), answer, Instant(9), about, 10) is None
