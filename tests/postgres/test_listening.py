"""Announcements are heard, in batches, and a gap in hearing them is told."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest

from tenure.postgres.connection import connector
from tenure.postgres.listening import announcements
from tenure.postgres.pool import Pool
from tenure.postgres.state import look
from tenure.postgres.transaction import Transaction, perform

CHANNEL = "tenure_changed"


async def announce(pool: Pool, *texts: str) -> None:
    async def said(tx: Transaction) -> None:
        for text in texts:
            await tx.execute("SELECT pg_notify(%s, %s)", (CHANNEL, text))

    await perform(pool, said)


async def heard(stream: AsyncIterator[list[str] | None]) -> list[str] | None:
    return await asyncio.wait_for(anext(stream), timeout=20)


async def test_what_is_announced_is_heard_after_the_commit(pool: Pool, database: str) -> None:
    stream = announcements(connector(database), CHANNEL)
    assert await heard(stream) is None
    await announce(pool, "1", "2", "2", "3")
    assert await heard(stream) == ["1", "2", "3"]
    await announce(pool, "4")
    assert await heard(stream) == ["4"]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_what_is_rolled_back_was_never_announced(pool: Pool, database: str) -> None:
    stream = announcements(connector(database), CHANNEL)
    assert await heard(stream) is None

    async def thought_better(tx: Transaction) -> None:
        await tx.execute("SELECT pg_notify(%s, 'no')", (CHANNEL,))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await perform(pool, thought_better)
    await announce(pool, "yes")
    assert await heard(stream) == ["yes"]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_after_a_lost_connection_the_gap_is_told(
    pool: Pool, database: str, owner: str
) -> None:
    stream = announcements(connector(database), CHANNEL)
    assert await heard(stream) is None
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as attacker:
        await attacker.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
        )
    assert await heard(stream) is None
    await announce(pool, "5")
    assert await heard(stream) == ["5"]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_the_store_says_how_it_is(pool: Pool) -> None:
    health = await perform(pool, look)
    assert health.version.split(".")[0].isdecimal()
    assert health.octets > 1_000_000
