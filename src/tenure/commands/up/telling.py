"""Tells the network of sessions whose grant no longer fits: after a top-up, a bar, a new price."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final, Protocol

from tenure.postgres.listening import announcements
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Stale
from tenure.promises.numbers import operations as numbers
from tenure.promises.tariffs.rules import Book
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

CHANNEL: Final = "tenure_changed"
AT_ONCE: Final = 500
TOLD_AT_ONCE_MAX: Final = 50
"""Messages to peers that are under way at the same time."""


class Gateway(Protocol):
    """Who can reach the peers of its protocol."""

    async def tell(self, stale: Stale) -> bool:
        """Have the peer ask again or end the session; False: not a session of this gateway."""
        ...


class Telling:
    """Computes which sessions are stale and has their gateways tell the peers."""

    def __init__(
        self,
        pool: Pool,
        book: Book,
        starts: Sequence[Instant],
        now: Callable[[], Instant],
        gateways: Sequence[Gateway],
        changed: Callable[[Sequence[int]], None],
    ) -> None:
        """``starts``: when versions take effect; the list may change.  ``changed`` is told the
        purses that were changed outside of charging."""
        self._pool, self._book, self._now = pool, book, now
        self._starts, self._looked_at = starts, now()
        self._gateways, self._changed = gateways, changed
        self._few = asyncio.Semaphore(TOLD_AT_ONCE_MAX)
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, connect: Callable[[], Awaitable[Transaction]]) -> None:
        """Act on what is announced; after a gap, look at every live session once."""
        async for heard in announcements(connect, CHANNEL):
            try:
                if heard is None:
                    await self.everybody()
                else:
                    purse_ids = [int(text) for text in heard if text.isdecimal()]
                    self._changed(purse_ids)
                    await self._tell_purses(purse_ids)
            except Exception:
                log.exception("stale sessions could not be told")

    async def at_new_versions(self, at: Instant) -> None:
        """When a version of the tariff has taken effect, look at every grant of the old one."""
        since, self._looked_at = self._looked_at, at
        if any(since < start <= at for start in self._starts):
            log.info("a new version of the tariff is in force")
            await self.everybody()

    async def everybody(self) -> None:
        """Look at every live session."""
        await self._tell_purses(await perform(self._pool, _live_purses, self._now()))

    async def _tell_purses(self, purse_ids: Sequence[int]) -> None:
        for start in range(0, len(purse_ids), AT_ONCE):
            some = purse_ids[start : start + AT_ONCE]
            at = self._now()
            self._tell(await perform(self._pool, charging.stale, self._book, some, at))

    def _tell(self, found: Iterable[Stale]) -> None:
        for stale in found:
            task = asyncio.create_task(self._tell_one(stale))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _tell_one(self, stale: Stale) -> None:
        async with self._few:
            for gateway in self._gateways:
                try:
                    if await gateway.tell(stale):
                        return
                except Exception:
                    log.exception("a gateway could not tell its peer")


async def _live_purses(tx: Transaction, at: Instant) -> list[int]:
    msisdns = sorted({one.msisdn for one in await charging.live_sessions(tx, at)})
    lines = await numbers.find_all(tx, msisdns)
    return [line.purse_id for line in lines.values()]
