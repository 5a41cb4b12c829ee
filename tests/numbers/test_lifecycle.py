"""The end of a number's life on a real PostgreSQL: reminded, barred, recycled, or kept."""

import asyncio
from collections import Counter, defaultdict

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar, Sold
from tenure.promises.numbers.model.lifecycle import Kept
from tenure.values.instant import Instant
from tests.numbers import aged
from tests.numbers.stocked import KH, act, days, msisdn, sell, stock

NUMBER, PURSE = msisdn(0), 1_000


@pytest.fixture
async def sold(pool: Pool) -> Pool:
    """Number 0 is held by person 1 since AT, and was never topped up: its validity ended at AT."""
    await perform(pool, stock)
    assert isinstance(await perform(pool, numbers.holding.activate, KH, sell(), act()), Sold)
    return pool


async def reminded(pool: Pool, *on_days: float) -> None:
    """The clock runs, and texts leave, on these days."""
    for day in on_days:
        await aged.sweep(pool, days(day))
        await aged.deliver(pool, days(day))


def asked(owner: str, query: str) -> list[tuple[object, ...]]:
    """What somebody sees who may see everything."""
    with psycopg.connect(owner) as connection:
        return connection.execute(query.encode()).fetchall()


DAILY = {"reminded": [1, 30, 53, 58], "barred": [60], "recycled": [90]}
RUNS = {
    "every day": (range(92), DAILY),
    "every day, twice": (sorted([*range(92)] * 2), DAILY),
    "twice a day, off the hour": ([n / 2 + 0.1 for n in range(184)], {
        "reminded": [1.1, 30.1, 53.1, 58.1], "barred": [60.1], "recycled": [90.1]}),
    "only when something is due": ([1, 30, 53, 58, 60, 90], DAILY),
    "not before the 54th day, and then caught up a day at a time": (range(54, 92), {
        "reminded": [54, 55, 56, 58], "barred": [60], "recycled": [90]}),
    "not for a month": ([*range(25), *range(55, 92)], {
        "reminded": [1, 55, 56, 58], "barred": [60], "recycled": [90]}),
    "late for the end": ([1, 30, 53, 58, 75, 120], {
        "reminded": [1, 30, 53, 58], "barred": [75], "recycled": [120]}),
    "only once, far too late": ([400], {"barred": [400]}),
    "too late for three reminders": ([58, 59, 61, 90, 200], {
        "reminded": [58, 59], "barred": [61]}),
}  # fmt: skip


@pytest.mark.parametrize(("runs", "wanted"), RUNS.values(), ids=list(RUNS))
async def test_whenever_the_clock_runs_nothing_comes_early_or_twice(
    sold: Pool, runs: list[float], wanted: dict[str, list[float]]
) -> None:
    when: dict[str, list[float]] = defaultdict(list)
    for day in runs:
        done = await aged.clock(sold, days(day))
        assert set(done.values()) <= {1}
        for effect in done:
            when[effect].append(day)
    assert when == wanted
    assert (await perform(sold, numbers.find, NUMBER) is None) == ("recycled" in wanted)


async def test_two_clocks_at_the_same_time_are_one(sold: Pool) -> None:
    for day in (1, 30, 53, 58, 60):
        await asyncio.gather(*(aged.sweep(sold, days(day)) for _ in range(4)))
        await aged.deliver(sold, days(day))
    told = await perform(sold, notices.of_number, NUMBER)
    assert len(told) == 4
    done = await asyncio.gather(*(aged.recycle(sold, days(90)) for _ in range(4)))
    assert sum(tally.recycled for tally in done) == 1


async def test_each_boundary_to_the_millisecond(sold: Pool) -> None:
    for day in (1, 30, 53, 58):
        assert await aged.sweep(sold, Instant(days(day) - 1)) == {}
        assert await aged.sweep(sold, days(day)) == {"reminded": 1}
        await aged.deliver(sold, days(day))
    assert await aged.sweep(sold, Instant(days(60) - 1)) == {}
    assert await aged.sweep(sold, days(60)) == {"barred": 1}
    early = await aged.recycle(sold, Instant(days(90) - 1))
    assert (early.recycled, early.kept) == (0, Counter())
    assert (await aged.recycle(sold, days(90))).recycled == 1


async def test_a_reminder_tells_until_when_and_in_the_language_of_the_line(sold: Pool) -> None:
    await reminded(sold, 30)
    (told,) = await perform(sold, notices.of_number, NUMBER)
    assert told.telling.facts == {
        "days": "60", "recycled_at": "2027-04-15T08:00:00+00:00", "step": "1",
    }  # fmt: skip
    assert (told.telling.language, told.telling.person_id) == ("km", 1)


async def test_a_top_up_begins_anew(sold: Pool) -> None:
    await reminded(sold, 1, 30, 53)
    await aged.top_up(sold, PURSE, until=days(60), at=days(54))
    await reminded(sold, 58, 60.9)
    assert await aged.sweep(sold, days(61)) == {"reminded": 1}
    assert await aged.sweep(sold, days(120)) == {"barred": 1} | {}
    looked = await aged.recycle(sold, days(149.9))
    assert (looked.recycled, looked.kept) == (0, Counter())
    assert (await aged.recycle(sold, days(150))).kept == {Kept.TOO_FEW_REMINDERS: 1}


async def test_a_top_up_brings_a_barred_number_back_into_the_network(
    sold: Pool, owner: str
) -> None:
    assert await aged.sweep(sold, days(60)) == {"barred": 1}
    await aged.top_up(sold, PURSE, until=days(68), at=days(61))

    async def back(tx: Transaction, purses: list[int]) -> int:
        return await numbers.lifecycle.bring_back(tx, KH, act("<clock>", days(61)), purses)

    assert await perform(sold, back, [77]) == 0
    assert await perform(sold, back, [77, PURSE]) == 1
    assert await perform(sold, back, [77, PURSE]) == 0
    tasks = asked(owner, """
        SELECT l.kind FROM numbers.provisioning p JOIN record.leaf l ON l.seq = p.leaf_seq
        WHERE p.done_at IS NULL ORDER BY task_id
    """)  # fmt: skip
    assert [kind for (kind,) in tasks] == [
        "numbers.activated", "numbers.stage_barred", "numbers.stage_unbarred",
    ]  # fmt: skip
    assert await aged.sweep(sold, days(61)) == {}
    assert await aged.sweep(sold, days(128)) == {"barred": 1}


async def test_who_cannot_receive_is_reminded_when_they_can(sold: Pool) -> None:
    change = Bar(incoming=True)
    await perform(sold, numbers.change, NUMBER, change, act())
    await reminded(sold, 1, 30)
    await perform(sold, numbers.change, NUMBER, Bar(incoming=False), act())
    assert await aged.sweep(sold, days(40)) == {"reminded": 1}


async def test_reminders_that_were_not_sent_in_time_are_none(sold: Pool) -> None:
    for day in (1, 30, 53, 58):
        assert await aged.sweep(sold, days(day)) == {"reminded": 1}
    await aged.sweep(sold, days(60))
    assert (await aged.recycle(sold, days(90))).kept == {Kept.TOO_FEW_REMINDERS: 1}
    await aged.deliver(sold, days(90))
    assert (await aged.recycle(sold, days(90))).kept == {Kept.TOO_FEW_REMINDERS: 1}


async def test_looking_does_nothing(sold: Pool, owner: str) -> None:
    await reminded(sold, 1, 30, 53, 58, 60)
    for _ in range(2):
        looked = await aged.recycle(sold, days(90), do=False)
        assert (looked.recycled, looked.kept) == (1, Counter())
    assert asked(owner, "SELECT count(*) FROM numbers.recycled") == [(0,)]
    assert await perform(sold, numbers.find, NUMBER) is not None
