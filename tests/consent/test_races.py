"""Who says no and who sends at the same time: the order is the order of commits, and no wins."""

import asyncio

import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Answer, Refusal, Word
from tenure.values.refused import Refused
from tests.consent.given import AT, KH, act, later, no, yes

PAIRS = [(1, "offers"), (2, "offers")]
SETTLED_SECONDS = 0.2
"""Long enough for a statement that does not wait; how long it takes proves nothing."""


async def test_what_was_answered_is_seen_by_every_sender_after_it(pool: Pool) -> None:
    """The transaction of a sender that began before a no was committed sees the no."""
    await perform(pool, consent.give, KH, yes(), act())
    began, ended = asyncio.Event(), asyncio.Event()

    async def send(tx: Transaction) -> set[tuple[int, str]]:
        await (await tx.execute("SELECT 1")).fetchone()
        began.set()
        await ended.wait()
        return await consent.standing(tx, KH, PAIRS, "sms", later(2))

    sender = asyncio.create_task(perform(pool, send))
    await began.wait()
    await perform(pool, consent.withdraw, KH, no(), act(later()))
    ended.set()

    assert await sender == set()


async def test_a_sender_that_was_first_is_waited_for(pool: Pool) -> None:
    """A no is answered only when the sender that was handing over has done so."""
    await perform(pool, consent.give, KH, yes(), act())
    asked, go = asyncio.Event(), asyncio.Event()
    order: list[str] = []

    async def send(tx: Transaction) -> set[tuple[int, str]]:
        found = await consent.standing(tx, KH, PAIRS, "sms", later(2))
        asked.set()
        await go.wait()
        order.append("handed over")
        return found

    async def end() -> None:
        await perform(pool, consent.withdraw, KH, no(), act(later()))
        order.append("answered")

    sender = asyncio.create_task(perform(pool, send))
    await asked.wait()
    ending = asyncio.create_task(end())
    await asyncio.sleep(SETTLED_SECONDS)
    assert not ending.done()
    go.set()

    assert await sender == {(1, "offers")}
    await ending
    assert order == ["handed over", "answered"]
    assert await perform(pool, consent.standing, KH, PAIRS, "sms", later(3)) == set()


async def test_senders_do_not_wait_for_each_other(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(), act())

    async def both(tx: Transaction) -> set[tuple[int, str]]:
        await consent.standing(tx, KH, PAIRS, "sms", later())
        return await perform(pool, consent.standing, KH, PAIRS, "sms", later())

    assert await asyncio.wait_for(perform(pool, both), 30) == {(1, "offers")}


async def test_two_noes_at_once_are_one(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(), act())

    found = await asyncio.gather(
        *(perform(pool, consent.withdraw, KH, no("offers"), act(later())) for _ in range(4))
    )

    changed = [len(one.changed) for one in found if isinstance(one, Answer)]
    assert sorted(changed) == [0, 0, 0, 3]
    events = await perform(pool, consent.history, 1)
    assert [one.word for one in events].count(Word.WITHDRAWN) == 3


async def test_two_yeses_at_once_are_one(pool: Pool) -> None:
    found = await asyncio.gather(*(perform(pool, consent.give, KH, yes(), act()) for _ in range(4)))

    changed = [len(one.changed) for one in found if isinstance(one, Answer)]
    assert sorted(changed) == [0, 0, 0, 3]


@pytest.mark.parametrize("times", range(5))
async def test_a_yes_and_a_no_at_once_end_as_a_no(pool: Pool, times: int) -> None:
    """Both at one instant, whichever gets there first."""
    asked = [
        perform(pool, consent.give, KH, yes(), act(AT)),
        perform(pool, consent.withdraw, KH, no("offers"), act(AT)),
    ]
    first, second = await asyncio.gather(*(asked if times % 2 else asked[::-1]))

    refused = [one.refusal for one in (first, second) if isinstance(one, Refused)]
    assert refused in ([], [Refusal.WITHDRAWN_SINCE])
    assert await perform(pool, consent.standing, KH, PAIRS, "sms", later(10)) == set()


async def test_many_orders_of_senders_and_noes_send_nothing_after_an_answer(pool: Pool) -> None:
    """Each of thirty people is ended while senders ask; what was answered is never sent to."""
    people = range(1, 31)
    for person in people:
        whose = yes().whose.__class__(person, yes().whose.born_on)
        await perform(pool, consent.give, KH, yes(whose=whose, media="sms"), act())
    pairs = [(person, "offers") for person in people]
    answered: set[int] = set()
    wrong: list[int] = []

    async def end(person: int) -> None:
        asked = no("offers", person_id=person, media="sms")
        await perform(pool, consent.withdraw, KH, asked, act(later()))
        answered.add(person)

    async def send() -> None:
        while len(answered) < len(people):
            before = set(answered)
            found = await perform(pool, consent.standing, KH, pairs, "sms", later(2))
            wrong.extend(person for person, _ in found if person in before)

    await asyncio.gather(send(), send(), *(end(person) for person in people))

    assert wrong == []
    assert await perform(pool, consent.standing, KH, pairs, "sms", later(2)) == set()
