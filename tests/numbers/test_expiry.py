"""The end of a validity is told when it is due, once, in time, and never falsely."""

import asyncio
from collections import defaultdict

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.commands import recycling
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Dropped, NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Sold
from tenure.promises.numbers.model.expiry import Expiring
from tenure.promises.numbers.rules import expiry as rules
from tenure.terms.model import Expiry
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tests.notices import carrying
from tests.numbers import aged
from tests.numbers.stocked import AT, KH, act, days, msisdn, sell, stock

END = days(30)
SCHEDULE = Expiry(before_days=(7, 3, 1), news_ms=12 * HOUR_MS)
ENDED = rules.ENDED


def expiring(told: int | None = None, since: Instant | None = AT) -> Expiring:
    return Expiring(msisdn(0), 1_000, END, "km", 1, since, told)


# When, in milliseconds from the end; what was told of it before; what is due.
BOUNDARIES = [
    ("long before", -30 * DAY_MS, None, None),
    ("just before the first day", -7 * DAY_MS - 1, None, None),
    ("the first day", -7 * DAY_MS, None, 7),
    ("the first day, again", -7 * DAY_MS + 1, 7, None),
    ("just before the second day", -3 * DAY_MS - 1, 7, None),
    ("the second day", -3 * DAY_MS, 7, 3),
    ("the second day, the first was missed", -3 * DAY_MS, None, 3),
    ("the second day, again", -3 * DAY_MS, 3, None),
    ("the last day", -DAY_MS, 3, 1),
    ("the last day, all others were missed", -DAY_MS, None, 1),
    ("a clock that was set back", -5 * DAY_MS, 3, None),
    ("just before the end", -1, None, 1),
    ("just before the end, told", -1, 1, None),
    ("the end", 0, 1, ENDED),
    ("the end, all was missed", 0, None, ENDED),
    ("the end, again", 1, ENDED, None),
    ("just still news", 12 * HOUR_MS - 1, 1, ENDED),
    ("no news any more", 12 * HOUR_MS, 1, None),
    ("long after", 30 * DAY_MS, None, None),
]


@pytest.mark.parametrize(
    ("when_ms", "told", "wanted"),
    [row[1:] for row in BOUNDARIES],
    ids=[row[0] for row in BOUNDARIES],
)
def test_each_boundary(when_ms: int, told: int | None, wanted: int | None) -> None:
    assert rules.due(expiring(told), SCHEDULE, Instant(END + when_ms)) == wanted


def test_what_never_began_does_not_end() -> None:
    assert rules.due(expiring(since=END), SCHEDULE, END) is None
    assert rules.due(expiring(since=Instant(END - 1)), SCHEDULE, END) == ENDED
    assert rules.due(expiring(since=None), SCHEDULE, END) == ENDED


def test_a_pack_may_tell_of_the_end_only() -> None:
    only = Expiry(before_days=(), news_ms=DAY_MS)
    assert rules.due(expiring(), only, Instant(END - 1)) is None
    assert rules.due(expiring(), only, END) == ENDED


@given(
    st.lists(st.integers(-10 * DAY_MS, 3 * DAY_MS), max_size=60),
    st.lists(st.integers(1, 9), max_size=4, unique=True).map(lambda d: sorted(d, reverse=True)),
)
def test_whenever_a_clock_runs_each_step_is_told_once_and_only_while_it_is_true(
    runs: list[int], before: list[int]
) -> None:
    schedule = Expiry(before_days=tuple(before), news_ms=DAY_MS)
    told: list[int] = []
    for run in runs:
        at = Instant(END + run)
        step = rules.due(expiring(min(told, default=None)), schedule, at)
        if step is None:
            continue
        assert (step == ENDED) == (at >= END)
        assert END - at <= step * DAY_MS
        told.append(step)
    assert told == sorted(set(told), reverse=True)


@given(st.integers(-40 * DAY_MS, 40 * DAY_MS))
def test_what_is_loaded_is_all_that_can_be_due(when_ms: int) -> None:
    at = Instant(END + when_ms)
    after, until = rules.looked_at(SCHEDULE, at)
    if rules.due(expiring(), SCHEDULE, at) is not None:
        assert after < END <= until
        assert min(days for days, by in rules.steps_by(SCHEDULE, at) if by >= END) == rules.step(
            END, SCHEDULE, at
        )


@pytest.fixture
async def sold(pool: Pool) -> Pool:
    """Number 0 is held by person 1 since AT, with a top-up that is valid until the 30th day."""
    await perform(pool, stock)
    assert isinstance(await perform(pool, numbers.holding.activate, KH, sell(), act()), Sold)
    await aged.top_up(pool, 1_000, until=END, at=AT)
    return pool


async def told(pool: Pool, at: Instant, rows: int = 3) -> tuple[int, int]:
    """One run of the clock over all numbers; how many were told that it ends, and that it ended."""
    soon = ended = 0
    after: int | None = recycling.FIRST
    while after is not None:
        page = await perform(pool, numbers.expiry.tell, KH, after, at, rows)
        soon, ended, after = soon + page.soon, ended + page.ended, page.last
    return soon, ended


ALL = {"soon": [27, 29], "ended": [30]}
RUNS = {
    "every day": (range(40), ALL),
    "every day, twice": (sorted([*range(40)] * 2), ALL),
    "off the hour": ([n + 0.3 for n in range(40)], {"soon": [27.3, 29.3], "ended": [30.3]}),
    "not for three days": ([*range(27), *range(29, 40)], {"soon": [29], "ended": [30]}),
    "only once, late": ([30.9], {"ended": [30.9]}),
    "only once, too late": ([31], {}),
    "set back": ([29, 27, 28, 29.5, 30], {"soon": [29], "ended": [30]}),
}


@pytest.mark.parametrize(("runs", "wanted"), RUNS.values(), ids=list(RUNS))
async def test_whenever_the_clock_runs_nothing_is_told_twice_nor_falsely(
    sold: Pool, runs: list[float], wanted: dict[str, list[float]]
) -> None:
    when: dict[str, list[float]] = defaultdict(list)
    for day in runs:
        soon, ended = await told(sold, days(day))
        assert soon + ended <= 1
        for _ in range(soon):
            when["soon"].append(day)
        for _ in range(ended):
            when["ended"].append(day)
    assert when == wanted


async def test_what_is_told(sold: Pool) -> None:
    for day in (27.5, 30):
        await told(sold, days(day))
    ended, soon = await perform(sold, notices.of_number, msisdn(0))
    assert soon.telling.kind is NoticeKind.EXPIRY_SOON
    assert soon.telling.facts == {"days": "2", "ends_at": "2027-02-14T08:00:00+00:00"}
    assert (soon.telling.person_id, soon.telling.language) == (1, "km")
    assert ended.telling.kind is NoticeKind.EXPIRY_ENDED
    assert ended.telling.facts == {
        "ends_at": "2027-02-14T08:00:00+00:00",
        "recycled_at": "2027-05-15T08:00:00+00:00",
    }


async def test_a_top_up_begins_anew(sold: Pool) -> None:
    assert await told(sold, days(29)) == (1, 0)
    await aged.top_up(sold, 1_000, until=days(60), at=days(29.5))
    assert await told(sold, days(30)) == (0, 0)
    assert await told(sold, days(57)) == (1, 0)
    assert await told(sold, days(60)) == (0, 1)


async def waiting_and_dropped(pool: Pool, at: Instant) -> list[tuple[NoticeKind, Dropped | None]]:
    """What the notices of number 0 become when a gateway looks at them now."""
    await perform(pool, carrying.carry, KH, at)
    found = await perform(pool, notices.of_number, msisdn(0))
    return [(one.telling.kind, one.dropped) for one in found]


async def test_what_a_top_up_made_false_never_leaves(sold: Pool) -> None:
    await told(sold, days(29))
    await aged.top_up(sold, 1_000, until=days(60), at=days(29.1))
    assert await waiting_and_dropped(sold, days(29.2)) == [
        (NoticeKind.EXPIRY_SOON, Dropped.NO_LONGER_TRUE)
    ]


async def test_an_end_that_has_come_is_not_told_as_one_to_come(sold: Pool) -> None:
    await told(sold, days(29.5))
    assert await waiting_and_dropped(sold, END) == [
        (NoticeKind.EXPIRY_SOON, Dropped.NO_LONGER_TRUE)
    ]


async def test_what_is_still_true_leaves(sold: Pool) -> None:
    await told(sold, days(29))
    assert await waiting_and_dropped(sold, Instant(days(29) + 1)) == [
        (NoticeKind.EXPIRY_SOON, None)
    ]


async def test_two_clocks_at_the_same_time_are_one(sold: Pool) -> None:
    for day in (27, 29, 30):
        found = await asyncio.gather(*(told(sold, days(day)) for _ in range(4)))
        assert sum(soon + ended for soon, ended in found) == 1
    assert len(await perform(sold, notices.of_number, msisdn(0))) == 3


async def test_who_was_never_topped_up_is_not_told_that_it_ended(sold: Pool) -> None:
    bought = await perform(sold, numbers.holding.activate, KH, sell(1, holder_id=2), act())
    assert isinstance(bought, Sold)
    assert await told(sold, Instant(AT + 1)) == (0, 0)


WRONG = [
    ("expiry_notice_says_what_is", "days_before = 0"),
    ("expiry_notice_says_what_is", "at = validity_end"),
    ("expiry_notice_says_what_is", "days_before = -1"),
    ("expiry_notice_of_a_notice", "notice_id = 0"),
]


@pytest.mark.parametrize(("constraint", "change"), WRONG)
async def test_the_second_keeper(sold: Pool, owner: str, constraint: str, change: str) -> None:
    await told(sold, days(29))
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.IntegrityError) as hit:
        connection.execute(b"UPDATE numbers.expiry_notice SET " + change.encode())
    assert hit.value.diag.constraint_name == constraint


async def test_the_application_cannot_tell_twice_nor_forget(sold: Pool, database: str) -> None:
    await told(sold, days(29))
    again = """
        INSERT INTO numbers.expiry_notice SELECT purse_id, validity_end, days_before, msisdn, at, 0
        FROM numbers.expiry_notice
    """
    with psycopg.connect(database) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
            connection.execute(again)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM numbers.expiry_notice")
