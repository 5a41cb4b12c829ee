"""Answers to forms over a real store: sealed, tried as the pack says, sent once, and ended."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psycopg
import pytest

from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.letters import SILENT_MS, Going, Letter, NewAnswer, State
from tenure.promises.privacy.model.website import FormRefusal, Given, Sent
from tenure.promises.privacy.operations import Keys, letters, website
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Role
from tenure.values.instant import DAY_MS, Instant
from tenure.values.sealing import Whose
from tests.privacy.test_website import AT, TERMS, act, receive, refusal, sent
from tests.staff.given import by, enrolled

KEY = b"c" * 32
DARA = "Dara@example.com"
TEXT = "The shop is open until 8."
AGAIN_MS = TERMS.privacy.website.answers.again_ms


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as shelf:
        yield Keys(shelf)


def written(number: int, address: str = DARA, form: str = "question") -> Sent:
    items = {"email": address, "question": "Where?"} if address else {"message": "Well done"}
    contact = website.contact_of(KEY, address) if address else None
    return msgspec.structs.replace(sent(number, form, **items), contact=contact)


async def asked(pool: Pool, keys: Keys, number: int = 1) -> str:
    """Somebody sent a form, and Dara of ours has a case about it."""
    await enrolled(pool, "dara", Role.CARE)
    await receive(pool, keys, written(number))
    return await cased(pool, number)


async def cased(pool: Pool, number: int) -> str:
    case = str(uuid.UUID(int=1000 + number))
    act_ = msgspec.structs.replace(by("dara", AT), reason="to answer it")
    assert await perform(pool, website.open_case, uuid.UUID(int=number), case, act_) is None
    return case


async def answer(
    pool: Pool, keys: Keys, case: str, number: int = 1, text: str = TEXT, *, more: bool = False
) -> object:
    new = NewAnswer(uuid.UUID(int=number), case, text, more)
    return await perform(pool, letters.answer, TERMS, keys, new, by("dara", AT))


async def begun(pool: Pool, keys: Keys, at: Instant = AT) -> Going:
    going = await perform(pool, letters.begin, TERMS, keys, at)
    assert going is not None
    return going


async def states(pool: Pool, at: Instant = AT) -> list[State]:
    return [letters.state(one, at) for one in await perform(pool, letters.listed)]


async def test_an_answer_goes_to_the_address_of_its_form_once(
    pool: Pool, keys: Keys, owner: str
) -> None:
    case = await asked(pool, keys)
    letter = await answer(pool, keys, case)
    assert isinstance(letter, Letter)
    assert TEXT.encode() not in letter.sealed
    going = await begun(pool, keys)
    assert going.to == DARA
    assert going.subject == "Our answer to your message"
    assert going.text.startswith(f"{TEXT}\n\n--\n\n")
    assert str(uuid.UUID(int=1)) in going.text
    assert await states(pool) == [State.UNDER_WAY]
    assert await perform(pool, letters.begin, TERMS, keys, AT) is None
    for _ in range(2):
        await perform(pool, letters.handed, going.letter, Instant(AT + 5))
    assert await states(pool) == [State.SENT]
    (entry,) = await perform(pool, website.listed, "", AT)
    assert (entry.answered_at, entry.answered_by) == (AT + 5, "dara")
    assert refusal(await answer(pool, keys, case)) is FormRefusal.ANSWERED_ALREADY
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.CheckViolation) as no:
        connection.execute("UPDATE privacy.letter SET handing_at = NULL, due_at = written_at")
    assert no.value.diag.constraint_name == "letter_leaves_once"


async def test_nobody_answers_without_a_case_an_address_or_words(pool: Pool, keys: Keys) -> None:
    case = await asked(pool, keys)
    assert refusal(await answer(pool, keys, case, text=" \r\n")) is FormRefusal.LETTER_IS_EMPTY
    assert refusal(await answer(pool, keys, case, text="a" * 20_001)) is FormRefusal.LETTER_IS_EMPTY
    none = str(uuid.UUID(int=5))
    assert refusal(await answer(pool, keys, none)) is StaffRefusal.CASE_MISSING
    await receive(pool, keys, written(2, "", "feedback"))
    without = await cased(pool, 2)
    assert refusal(await answer(pool, keys, without, 2)) is FormRefusal.NO_ADDRESS
    assert await states(pool) == []


async def test_what_is_refused_is_tried_as_often_as_the_pack_says(pool: Pool, keys: Keys) -> None:
    case = await asked(pool, keys)
    await answer(pool, keys, case)
    at = AT
    for wait in AGAIN_MS:
        going = await begun(pool, keys, at)
        await perform(pool, letters.refused, TERMS, going.letter, ("reader 451", False), at)
        assert await states(pool, at) == [State.WAITING]
        assert not await perform(pool, letters.is_due, Instant(at + wait - 1))
        at = Instant(at + wait)
    going = await begun(pool, keys, at)
    await perform(pool, letters.refused, TERMS, going.letter, ("reader 451", False), at)
    ((stuck, how),) = await perform(pool, letters.stuck, at)
    assert (how, stuck.reason, stuck.tries) == (State.FAILED, "reader 451", len(AGAIN_MS) + 1)
    about = (uuid.UUID(int=1), 1)
    assert (
        refusal(await perform(pool, letters.again, (about[0], 7), case, by("dara", at)))
        is FormRefusal.UNKNOWN_LETTER
    )
    again = await perform(pool, letters.again, about, case, by("dara", at))
    assert isinstance(again, Letter), again
    assert (
        refusal(await perform(pool, letters.again, about, case, by("dara", at)))
        is FormRefusal.NOT_STUCK
    )
    assert (await begun(pool, keys, at)).letter.tries == 1


async def test_a_wrong_address_is_not_tried_again(pool: Pool, keys: Keys) -> None:
    case = await asked(pool, keys)
    await answer(pool, keys, case)
    going = await begun(pool, keys)
    await perform(pool, letters.refused, TERMS, going.letter, ("reader 550 5.1.1", True), AT)
    assert await states(pool) == [State.FAILED]


@pytest.mark.parametrize("dead", [False, True])
async def test_what_nobody_knows_is_not_sent_twice_unasked(
    pool: Pool, keys: Keys, *, dead: bool
) -> None:
    case = await asked(pool, keys)
    await answer(pool, keys, case)
    going = await begun(pool, keys)
    if not dead:
        await perform(pool, letters.unsure, going.letter, "the connection ended after the text")
        assert await states(pool) == [State.DOUBTFUL]
    later = Instant(AT + SILENT_MS)
    assert await states(pool, later) == [State.DOUBTFUL]
    assert not await perform(pool, letters.is_due, Instant(AT + 30 * DAY_MS))
    about = (uuid.UUID(int=1), 1)
    await perform(pool, letters.again, about, case, by("dara", later))
    assert (await begun(pool, keys, later)).letter.number == going.letter.number


async def test_a_letter_that_was_not_tried_counts_as_none(pool: Pool, keys: Keys) -> None:
    case = await asked(pool, keys)
    await answer(pool, keys, case)
    going = await begun(pool, keys)
    await perform(pool, letters.returned, going.letter, AT)
    assert (await begun(pool, keys)).letter.tries == 1


async def test_a_letter_ends_with_its_form(pool: Pool, keys: Keys, owner: str) -> None:
    case = await asked(pool, keys)
    await answer(pool, keys, case)
    (entry,) = await perform(pool, website.listed, "", AT)
    # Its time is over: it leaves no more, even before the clock has come by.
    assert not await perform(pool, letters.is_due, entry.keep_until)
    assert await perform(pool, letters.begin, TERMS, keys, entry.keep_until) is None
    await perform(pool, website.end, keys, act(entry.keep_until))
    with psycopg.connect(owner) as connection:
        assert connection.execute("SELECT count(*) FROM privacy.letter").fetchone() == (0,)


async def test_a_form_that_cannot_be_read_is_not_answered(pool: Pool, keys: Keys) -> None:
    case = await asked(pool, keys)
    await answer(pool, keys, case)
    await perform(pool, keys.destroy, Whose("subject", 1), "website", act())
    assert await perform(pool, letters.begin, TERMS, keys, AT) is None
    ((stuck, how),) = await perform(pool, letters.stuck, AT)
    assert (how, stuck.reason) == (State.FAILED, "its form cannot be read")


async def test_all_forms_of_an_address_are_found_by_who_proves_it(pool: Pool, keys: Keys) -> None:
    contact = website.contact_of(KEY, DARA)
    link = "https://mine.example/site/en/held?code=abc"
    assert not await perform(pool, letters.ask, TERMS, keys, contact, link, act())
    case = await asked(pool, keys)
    await answer(pool, keys, case)
    going = await begun(pool, keys)
    await perform(pool, letters.handed, going.letter, AT)
    await receive(pool, keys, written(2, "dara@EXAMPLE.com"), Instant(AT + 1))
    await receive(pool, keys, written(3, "mony@example.com"), Instant(AT + 2))

    at = Instant(AT + 3)
    assert await perform(pool, letters.ask, TERMS, keys, contact, link, act(at))
    # Nobody's mailbox is filled from here.
    assert not await perform(pool, letters.ask, TERMS, keys, contact, link, act(at))
    going = await begun(pool, keys, at)
    assert (going.to, going.letter.entry_id) == ("dara@EXAMPLE.com", uuid.UUID(int=2))
    assert going.subject == "What we hold about you"
    assert link in going.text
    await perform(pool, letters.handed, going.letter, at)
    # A link is no answer.
    entries = await perform(pool, website.listed, "question", at)
    assert [one.answered_at for one in entries] == [None, None, AT]
    link_ms = TERMS.privacy.website.answers.link_ms
    assert await perform(pool, letters.ask, TERMS, keys, contact, link, act(Instant(at + link_ms)))

    found = await perform(pool, letters.mine, keys, contact, at)
    assert [one.entry.entry_id.int for one in found] == [2, 1]
    assert found[1].given == Given({"email": DARA, "question": "Where?"})
    assert [text for _, text in found[1].answers] == [TEXT]
    assert found[0].answers == ()
