"""GTC-MKT over all orders: no offer leaves without the consent of who holds the number then."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Answer
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Dispatch,
    Dropped,
    NoticeKind,
    Telling,
    delivery_of,
)
from tenure.promises.notices.rules import sending
from tenure.terms.model import Terms
from tenure.terms.notice_kinds import NoticeClass
from tenure.values.instant import DAY_MS, HOUR_MS, SECOND_MS, Instant, moment_of
from tenure.values.msisdn import Msisdn
from tests.consent import given
from tests.notices.carrying import PLAIN, carry, take
from tests.numbers import asked
from tests.numbers.stocked import KH, msisdn

A, B = 1, 2
UNCAPPED: Final = msgspec.structs.replace(
    KH,
    notices={
        **KH.notices,
        NoticeClass.MARKETING: msgspec.structs.replace(
            KH.notices[NoticeClass.MARKETING], most=0, per_ms=0, quiet=None
        ),
    },
)
"""So that only consent and the holder decide."""


def offer(number: Msisdn, person: int | None, at: Instant, purpose: str = "offers") -> Telling:
    facts = {"text": "Twice the data.", "purpose": purpose}
    return Telling(number, person, "km", NoticeKind.MARKETING_OFFER, facts, at)


# What may happen to a number of A; B is whoever may get it.
ALL_ORDERS: Final = (
    ("A agrees", "A withdraws", "B agrees", "B withdraws", "transferred to B"),
    ("A agrees", "A withdraws", "transferred to B", "recycled", "sold to B", "B agrees"),
)
START: Final = Instant(1_800_000_000_000)


class Story:
    """One order of events, about a number and two people of its own; and what must be true."""

    def __init__(self, index: int, order: Sequence[str]) -> None:
        self.number = Msisdn(f"8551{index:07d}")
        self.order = order
        self.people = {"A": 2 * index + 1, "B": 2 * index + 2}
        self.holder: str | None = "A"
        self.agrees = {"A": False, "B": False}

    def happens(self, event: str) -> None:
        """The books of this test: no rule of ours is asked."""
        who = event[0]
        if event.endswith("agrees"):
            self.agrees[who] = True
        elif event.endswith("withdraws"):
            self.agrees[who] = False
        elif event == "transferred to B":
            self.holder = "B" if self.holder is not None else None
        elif event == "recycled":
            self.holder = None
        else:
            self.holder = "B"

    def may_leave(self, who: str) -> bool:
        """Whether an offer that was planned for somebody may leave now."""
        return self.holder == who and self.agrees[who]


def stories() -> list[Story]:
    """Every order of every set of events."""
    orders = itertools.chain(*(itertools.permutations(events) for events in ALL_ORDERS))
    return [Story(index, order) for index, order in enumerate(orders)]


SOLD = """
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
VALUES (%(number)s, %(imsi)s, %(id)s, 'prepaid', 'km', %(at)s) ON CONFLICT DO NOTHING
"""
HELD = """
INSERT INTO numbers.tenure
    (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
VALUES (%(number)s, %(person)s, tstzrange(%(at)s, NULL), 'first-sale', %(leaf)s, %(id)s, true)
"""
LEFT = """
UPDATE numbers.tenure SET during = tstzrange(lower(during), %(at)s)
WHERE msisdn = %(number)s AND upper_inf(during) AND lower(during) < %(at)s
"""
GONE = "DELETE FROM numbers.line WHERE msisdn = %(number)s"


def moved(connection: psycopg.Connection, story: Story, step: int, after: str | None) -> None:
    """The register of numbers, made to say so: how it got there other tests tell."""
    at = moment_of(Instant(START + step * HOUR_MS - 1))
    index = int(story.number[4:])
    values = {
        "number": story.number, "imsi": f"45606{index:010d}", "id": 10_000 + 10 * index + step,
        "leaf": 10_000_000 + 10 * index + step, "at": at,
    }  # fmt: skip
    connection.execute(LEFT, values)
    if after is None:
        connection.execute(GONE, values)
        return
    connection.execute(SOLD, values)
    connection.execute(HELD, {**values, "person": story.people[after]})


async def said(tx: Transaction, words: Sequence[tuple[int, bool]], at: Instant) -> None:
    """Who agrees, and who does not any more."""
    for person, agrees in words:
        if agrees:
            whose = msgspec.structs.replace(given.DARA, person_id=person)
            found = await consent.give(tx, KH, given.yes(whose=whose), given.act(at))
        else:
            found = await consent.withdraw(tx, KH, given.no(person_id=person), given.act(at))
        assert isinstance(found, Answer), found


async def test_no_offer_leaves_without_the_consent_of_who_holds_the_number_in_any_order(
    pool: Pool, owner: str
) -> None:
    """Offers are planned for A and for B before each event, and again after it; then all leave."""
    played = stories()
    assert len(played) == 120 + 720
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for story in played:
            moved(connection, story, 0, "A")
        left = 0
        for step in range(1, max(map(len, ALL_ORDERS)) + 1):
            at = Instant(START + step * HOUR_MS)
            going = [story for story in played if len(story.order) >= step]
            left += await one_step(pool, connection, going, step, at)
    assert left > 500, "many did leave"


async def one_step(
    pool: Pool, connection: psycopg.Connection, going: Sequence[Story], step: int, at: Instant
) -> int:
    """Plan, let it happen, plan again, send; how many rightly left."""
    before = [(story, who) for story in going for who in story.people]
    planned = [offer(one.number, one.people[who], Instant(at - SECOND_MS)) for one, who in before]
    await perform(pool, notices.tell, planned)
    words = []
    for story in going:
        event, was = story.order[step - 1], story.holder
        story.happens(event)
        if event[0] in story.people and event[1] == " ":
            words.append((story.people[event[0]], event.endswith("agrees")))
        elif story.holder != was or event == "recycled":
            moved(connection, story, step, story.holder)
    await perform(pool, said, words, Instant(at - 1))
    await perform(pool, notices.tell, [offer(one.number, one.people[w], at) for one, w in before])

    out: list[Dispatch] = []
    while found := await perform(pool, carry, UNCAPPED, at):
        out += found

    wanted = {(one.number, one.people[who]): 2 for one, who in before if one.may_leave(who)}
    seen: dict[tuple[str, int | None], int] = {}
    for one in out:
        telling = one.notice.telling
        assert one.to == telling.msisdn
        key = (telling.msisdn, telling.person_id)
        seen[key] = seen.get(key, 0) + 1
    assert seen == wanted
    return len(out)


@pytest.fixture
async def held(pool: Pool) -> Pool:
    """A number of person 1, people and staff with passkeys, all of them real."""
    await asked.populated(pool)
    return pool


LATER: Final = asked.LATER


async def sends(pool: Pool, person: int, at: Instant, terms: Terms = UNCAPPED) -> list[int]:
    """An offer for somebody at the number, told and sent at once; what left."""
    (notice_id,) = await perform(pool, notices.tell, [offer(msisdn(0), person, at)])
    out = await perform(pool, carry, terms, at)
    return [one.notice.notice_id for one in out if one.notice.notice_id == notice_id]


async def test_consent_does_not_go_with_the_number(held: Pool) -> None:
    """A real transfer: what A agreed to is nothing to B, and B's own word counts from then on."""
    await perform(held, said, [(A, True)], Instant(LATER - 1))
    assert await sends(held, A, LATER)
    await asked.complete(held)
    due = asked.later(days=2)
    assert await sends(held, A, Instant(due - 1))
    planned = await perform(held, notices.tell, [offer(msisdn(0), A, due)])

    await asked.effect(held, 1, due)

    assert await sends(held, A, due) == []
    assert await sends(held, B, due) == []
    (notice,) = [
        one
        for one in await perform(held, notices.of_number, msisdn(0), 100)
        if one.notice_id == planned[0]
    ]
    assert notice.dropped is Dropped.CHANGED_HANDS
    await perform(held, said, [(B, True)], Instant(due + 1))
    assert await sends(held, B, Instant(due + 2))
    assert await sends(held, A, Instant(due + 2)) == []
    await perform(held, said, [(B, False)], Instant(due + 3))
    assert await sends(held, B, Instant(due + 4)) == []


async def test_a_withdrawal_between_planning_and_sending_counts(held: Pool) -> None:
    await perform(held, said, [(A, True)], Instant(LATER - 1))
    planned = await perform(held, notices.tell, [offer(msisdn(0), A, Instant(LATER + DAY_MS))] * 2)
    await perform(held, said, [(A, False)], Instant(LATER + HOUR_MS))

    assert await perform(held, carry, UNCAPPED, Instant(LATER + DAY_MS)) == []

    found = await perform(held, notices.of_number, msisdn(0), 100)
    ends = {one.notice_id: one.dropped for one in found if one.notice_id in planned}
    assert ends == dict.fromkeys(planned, Dropped.NO_CONSENT)


async def test_an_offer_for_nobody_or_for_a_purpose_that_nobody_agreed_to_stays(held: Pool) -> None:
    await perform(held, said, [(A, True)], Instant(LATER - 1))
    told = [
        offer(msisdn(0), None, LATER),
        offer(msisdn(0), A, LATER, "partner-offers"),
        offer(msisdn(0), A, LATER, "no-such-purpose"),
        offer(msisdn(0), A, LATER),
    ]
    *stay, leaves = await perform(held, notices.tell, told)
    out = await perform(held, carry, UNCAPPED, LATER)
    assert leaves in [one.notice.notice_id for one in out]
    assert not {one.notice.notice_id for one in out}.intersection(stay)


async def test_offers_wait_for_the_morning_and_are_so_many_a_week(held: Pool) -> None:
    """By the terms of smart-kh: not from 20:00 to 08:00, and two a week."""
    noon = Instant(LATER - LATER % DAY_MS + 5 * HOUR_MS)  # 12:00 in Phnom Penh
    await perform(held, said, [(A, True)], Instant(noon - 1))
    night = Instant(noon + 8 * HOUR_MS)
    first = await perform(held, notices.tell, [offer(msisdn(0), A, Instant(night - 1))])
    evening = await perform(held, carry, KH, Instant(night - 1))
    assert [one.notice.notice_id for one in evening][-1:] == first
    second = await perform(held, notices.tell, [offer(msisdn(0), A, night)] * 2)
    assert await perform(held, carry, KH, night) == []
    morning = Instant(night + 12 * HOUR_MS)
    assert await perform(held, carry, KH, Instant(morning - SECOND_MS)) == []

    out = await perform(held, carry, KH, morning)

    assert [one.notice.notice_id for one in out] == second[:1], "the second of this week"
    assert await perform(held, carry, KH, Instant(morning + DAY_MS)) == []
    found = await perform(held, notices.of_number, msisdn(0), 100)
    ends = {one.notice_id: one.dropped for one in found}
    assert ends[second[1]] is Dropped.TOO_MANY
    a_week_later = Instant(night - 1 + 7 * DAY_MS)
    third = await perform(held, notices.tell, [offer(msisdn(0), A, Instant(a_week_later - 1))])
    assert await perform(held, carry, KH, Instant(a_week_later - 1)) == []
    out = await perform(held, carry, KH, a_week_later)
    assert [one.notice.notice_id for one in out] == third


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A rule that forgets to ask for consent, and one that forgets the holder."""
    monkeypatch.setattr(sending, "purpose_of", lambda _: None)
    whole = sending.step

    def step(notice, known, *rest):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN202
        reach = msgspec.structs.replace(known.reach, holder_id=notice.telling.person_id)
        return whole(notice, msgspec.structs.replace(known, reach=reach, consents=True), *rest)

    monkeypatch.setattr(sending, "step", step)
    return iter(())


@pytest.mark.usefixtures("forgetful")
async def test_the_database_lets_no_offer_leave_without_consent(held: Pool) -> None:
    await perform(held, notices.tell, [offer(msisdn(0), A, LATER)])
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        await perform(held, take, UNCAPPED, LATER)
    assert caught.value.diag.constraint_name == "delivery_of_an_offer_has_consent"


@pytest.mark.usefixtures("forgetful")
async def test_the_database_lets_no_offer_go_to_another_holder(held: Pool) -> None:
    await perform(held, said, [(B, True)], Instant(LATER - 1))
    await perform(held, notices.tell, [offer(msisdn(0), B, LATER)])
    with pytest.raises(psycopg.errors.SerializationFailure) as caught:
        await perform(held, take, UNCAPPED, LATER)
    assert caught.value.diag.constraint_name == "delivery_of_an_offer_reaches_its_person"


async def test_a_withdrawal_that_was_answered_is_seen_and_a_later_one_waits(held: Pool) -> None:
    """Whoever decides holds off a withdrawal until the commit: it never comes in between."""
    await perform(held, said, [(A, True)], Instant(LATER - 1))
    await perform(held, notices.tell, [offer(msisdn(0), A, LATER)])

    async def withdraws(connection: Transaction) -> None:
        async with connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '300ms'")
            await consent.withdraw(connection, KH, given.no(person_id=A), given.act(LATER))

    async def decides(tx: Transaction) -> int:
        out = await take(tx, UNCAPPED, LATER, PLAIN)
        assert out
        async with held.connection() as other:
            with pytest.raises(psycopg.errors.LockNotAvailable):
                await withdraws(other)
        return len(out)

    assert await perform(held, decides)
    await perform(held, said, [(A, False)], Instant(LATER + 1))
    assert await sends(held, A, Instant(LATER + 2)) == []


def test_an_attempt_is_numbered_by_its_notice() -> None:
    assert delivery_of(7, 3) == 7003
    with pytest.raises(AssertionError):
        delivery_of(7, 1000)
