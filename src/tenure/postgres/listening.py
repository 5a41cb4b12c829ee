"""Listens to what other connections announce, and says when announcements may have been missed."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import psycopg
from psycopg import sql

from tenure.postgres.transaction import Transaction

log = logging.getLogger(__name__)

TOGETHER_MAX: Final = 500
AGAIN_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0)


async def announcements(
    connect: Callable[[], Awaitable[Transaction]], channel: str
) -> AsyncIterator[list[str] | None]:
    """What is announced on a channel, many at a time; ends only when it is closed.

    None comes first, and after every reconnection: what was announced before it is not known.
    """
    failed = 0
    while True:
        try:
            connection = await connect()
            try:
                await connection.set_autocommit(True)
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                failed = 0
                yield None
                while True:
                    heard = await _heard(connection)
                    if heard:
                        yield heard
            finally:
                with contextlib.suppress(psycopg.Error):
                    await connection.close()
        except (psycopg.Error, OSError) as lost:
            log.warning("nothing is heard from the database: %s", type(lost).__name__)
            await asyncio.sleep(AGAIN_SECONDS[min(failed, len(AGAIN_SECONDS) - 1)])
            failed += 1


async def _heard(connection: Transaction) -> list[str]:
    """Wait for an announcement; return it with those that came at the same time, each once."""
    first = [notice.payload async for notice in connection.notifies(stop_after=1)]
    more = [
        notice.payload async for notice in connection.notifies(timeout=0, stop_after=TOGETHER_MAX)
    ]
    return list(dict.fromkeys(first + more))
