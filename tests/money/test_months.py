"""Months of entries are opened in time; late ones take what came before them."""

import asyncio

import psycopg

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.values.instant import Instant, parse_instant

EARLY = """
INSERT INTO money.entry SELECT 7, n, '2026-11-30T23:59:59.999Z'::timestamptz + n * interval '1 ms',
       1, 1, -5, 0, 0, 0, 0, 5, 0, 'k', '', '{}'
  FROM generate_series(0, 1) AS n
"""
WHERE = "SELECT tableoid::regclass::text, count(*) FROM money.entry GROUP BY 1 ORDER BY 1"
NOON = parse_instant("2026-11-22T12:00:00Z")


async def test_a_month_opened_late_takes_its_entries_from_the_others(
    pool: Pool, owner: str
) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(EARLY)
        assert connection.execute(WHERE).fetchall() == [("money.entry_other", 2)]
        await perform(pool, money.open_months, NOON, months=1)
        assert connection.execute(WHERE).fetchall() == [
            ("money.entry_2026_11", 1),
            ("money.entry_2026_12", 1),
        ]
        plan = connection.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = 'money.entry_2026_11'::regclass AND indisprimary"
        ).fetchall()
        assert len(plan) == 1, "the month has the key of all entries"


async def test_servers_that_start_at_once_open_a_month_once(pool: Pool) -> None:
    later = Instant(NOON + 400 * 86_400_000)
    await asyncio.gather(*(perform(pool, money.open_months, later) for _ in range(4)))
