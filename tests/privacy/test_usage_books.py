"""When the books need a month no longer it goes, and every balance can still be explained."""

import datetime as dt

import psycopg
import pytest

from tenure.commands.privacy.usage import ending
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.money import operations as money
from tenure.promises.privacy.model.retention import Ending, State
from tenure.promises.privacy.model.usage import Months, Refusal, Stage
from tenure.promises.privacy.operations import retention
from tenure.promises.privacy.rules import usage as rules
from tenure.values.instant import Instant
from tests.privacy.ended import published
from tests.privacy.test_usage import BY_PURSE, HOLD, TENURES, audited, done
from tests.privacy.used import JANUARY, KH, LATER, Use, crowd, ended, planted, refused, rows

FIGURES = rules.figures_of(KH)
MARCH = JANUARY.replace(month=3)
CLOSING = rules.due_at(JANUARY, Stage.BOOKS, FIGURES)
"""The first instant at which the books of January may go: ten years after its last movement."""
PARTITIONS = "SELECT tablename FROM pg_tables WHERE tablename ~ '^entry_2[0-9_]+$' ORDER BY 1"
LEGS = """
SELECT sum(CASE WHEN kind = 14 THEN (explanation::jsonb ->> 'entries')::bigint ELSE 1 END)::bigint,
       sum(funds_micros)::bigint, sum(contra_micros)::bigint FROM money.entry
"""
TOTALS = """
SELECT account, entries, purses, funds_micros FROM money.usage_total ORDER BY account
"""


IN_MARCH = """
INSERT INTO money.entry
SELECT purse_id, seq + 1, '2025-03-05Z', 1, 1, -7, 0, 0, 0, 0, 7, funds_micros - 7, 'late', '',
       '{"ended":"2025-07-01","route":"voice/out/onnet"}' FROM money.purse
"""


def followed(owner: str, purses: int = 12) -> None:
    """A month of as many purses, who used more in March."""
    planted(owner, crowd(purses))
    done(owner, "SELECT money.open_month('2025-03-01Z')")
    done(owner, IN_MARCH)
    done(owner, "UPDATE money.purse SET seq = seq + 1, funds_micros = funds_micros - 7")


async def test_a_month_goes_and_opens_what_follows(pool: Pool, owner: str) -> None:
    followed(owner)
    before = rows(owner, BY_PURSE), rows(owner, LEGS)
    await ended(pool)
    made = await ended(pool, Stage.BOOKS, CLOSING)
    assert (made.ended, made.held) == (24, 0)
    assert (rows(owner, BY_PURSE), rows(owner, LEGS)) == before
    assert rows(owner, PARTITIONS) == [("entry_2025_03",)]
    one_day = sum(40_000 + purse for purse in range(1, 13))
    # What was told by day and route went; the whole of each account stays.
    assert rows(owner, TOTALS) == [(11, 12, 12, 12 * 10**9), (19, 12, 12, -4 * one_day)]
    leaf = rows(owner, "SELECT body FROM record.leaf WHERE kind = 'privacy.books_closed'")
    assert made.totals_sha256 in leaf[0][0]
    await audited(pool)


async def test_an_opening_is_told_in_words(pool: Pool, owner: str) -> None:
    followed(owner)
    await ended(pool, Stage.BOOKS, CLOSING)
    words = [charging.explain(one, "USD") for one in await perform(pool, money.entries, 3, 9)]
    assert words[-1] == (
        "Carried forward up to 2025-01: USD 999.839988, 5 entries (closed on 2035-01-30,"
        " as promised). USD 999.839988 left."
    )


async def test_books_roll_on_from_month_to_month(pool: Pool, owner: str) -> None:
    followed(owner)
    planted(owner, [Use(99, 40, 5)], JANUARY.replace(year=2026))
    before = rows(owner, BY_PURSE)
    await ended(pool, Stage.BOOKS, CLOSING)
    later = rules.due_at(MARCH, Stage.BOOKS, FIGURES)
    made = await ended(pool, Stage.BOOKS, later, MARCH)
    assert made.ended == 24
    assert rows(owner, BY_PURSE) == before
    assert rows(owner, "SELECT max(explanation) FROM money.entry WHERE kind = 14") == [
        ('{"ended":"2035-03-30","entries":6,"opening":"2025-03"}',)
    ]
    await audited(pool)


async def test_few_purses_are_carried_and_not_told_of(pool: Pool, owner: str) -> None:
    followed(owner, 10)
    before = rows(owner, BY_PURSE)
    made = await ended(pool, Stage.BOOKS, CLOSING)
    assert (made.ended, made.totals, made.legs) == (50, 0, (0,) * 7)
    assert rows(owner, TOTALS) == []
    assert rows(owner, BY_PURSE) == before
    await audited(pool)


async def test_what_is_held_stays_in_its_month(pool: Pool, owner: str) -> None:
    followed(owner, 13)
    done(
        owner, TENURES + ";" + HOLD.replace("2026-", "2034-").replace("2030-", "2040-"), bypass=True
    )
    before = rows(owner, BY_PURSE)
    made = await ended(pool, Stage.BOOKS, Instant(CLOSING))
    assert made.held == 5
    assert rows(owner, "SELECT DISTINCT purse_id FROM money.entry_2025_01") == [(7,)]
    assert rows(owner, BY_PURSE) == before
    assert await refused(pool, Stage.BOOKS, CLOSING) is Refusal.NOTHING_TO_END


async def test_the_books_are_kept_for_their_period_and_into_a_month(pool: Pool, owner: str) -> None:
    planted(owner, crowd())
    early = Instant(CLOSING - 1)
    assert await refused(pool, Stage.BOOKS, early) is Refusal.TOO_EARLY
    assert await refused(pool, Stage.BOOKS, CLOSING) is Refusal.NO_MONTH_FOLLOWS


async def test_the_clock_closes_what_is_due(pool: Pool, owner: str) -> None:
    followed(owner)
    before = rows(owner, BY_PURSE)
    for _ in range(2):
        await ending(pool, KH)(CLOSING)
        runs = rows(owner, "SELECT month::text, stage, ended FROM money.usage_ended ORDER BY 1")
        assert runs == [("2025-01-01", "books", 60), ("2025-03-01", "totals", 12)]
    assert rows(owner, BY_PURSE) == before


END = (
    "SELECT privacy.end_usage('2025-01-01', 'books', {}::smallint, 11::smallint,"
    " 'Asia/Phnom_Penh', '{}')"
)
FALSE = """
UPDATE money.entry SET funds_micros = funds_micros + 1, contra_micros = contra_micros - 1
WHERE purse_id = 3 AND seq = 2
"""
MISTAKES = [
    ("books_open_with_the_balance", FALSE, 3650, "2035-06-01Z"),
    ("usage_ended_after_its_period", "SELECT 1", 3650, "2034-06-01Z"),
    ("usage_ended_books_are_kept", "SELECT 1", 364, "2035-06-01Z"),
]


@pytest.mark.parametrize(("named", "before", "days", "at"), MISTAKES)
def test_a_mistake_of_ours_is_refused_by_the_database(
    owner: str, named: str, before: str, days: int, at: str
) -> None:
    followed(owner)
    with psycopg.connect(owner) as connection:
        connection.execute(before.encode())
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            connection.execute(END.format(days, at).encode())
    assert refusal.value.diag.constraint_name == named


def test_what_ended_is_told_wholly_or_not_at_all(owner: str) -> None:
    followed(owner)
    with psycopg.connect(owner) as connection:
        connection.execute(END.format(3650, "2035-06-01Z").encode())
        connection.execute("DELETE FROM money.usage_total WHERE account = 11")
        connection.execute("UPDATE money.usage_ended SET leaf_seq = 1")
        connection.execute("DROP TABLE money.entry_2025_01_next")
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert refusal.value.diag.constraint_name == "usage_ended_is_told_wholly_or_not_at_all"


async def test_the_forecast_tells_the_next_stage_of_each_month(pool: Pool, owner: str) -> None:
    await published(owner)
    followed(owner)
    done(owner, "ANALYZE money.entry")
    found = await perform(pool, retention.forecast, LATER)
    months = [one for one in found if one.store == "money.entry"]
    due_at = [rules.due_at(month, Stage.TOTALS, FIGURES) for month in (JANUARY, MARCH)]
    assert months == [
        Ending("money.entry", "usage", State.DUE, due_at[0], 60),
        Ending("money.entry", "usage", State.DUE, due_at[1], 12),
    ]


# month, stages so far | instant: what comes next
NEXT = [
    ("2025-02-01", "", "details"),
    ("2025-06-01", "", "details"),
    ("2026-06-01", "", "totals"),
    ("2025-06-01", "details", "totals"),
    ("2026-06-01", "details totals", "books"),
    ("2036-01-01", "details", "books"),
]


@pytest.mark.parametrize(("day", "made", "stage"), NEXT)
def test_what_comes_next_of_a_month(day: str, made: str, stage: str) -> None:
    one = Months(JANUARY, 1, 1, "details" in made, "totals" in made)
    at = rules.begins(dt.date.fromisoformat(day))
    found, due_at = rules.next_stage(one, FIGURES, at)
    assert (found.value, due_at) == (stage, rules.due_at(JANUARY, Stage(stage), FIGURES))
