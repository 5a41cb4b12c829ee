"""Delivers what was told, as files: each notice once, whatever dies in between.

A message is first a hidden file.  Then its notice is marked as sent, and only after that commit the
file gets its name.  Who finds hidden files asks which were marked: those get their name, the others
go, and are written again.
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

from tenure.gateways.spool import wire
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Notice, Send
from tenure.promises.numbers import operations as numbers
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
LOOK_SECONDS: Final = 0.5
"""How often it looks for what was told; a notice leaves within a second."""


class Spool:
    """The only one who delivers into its folder, as long as it has the folder's lock."""

    def __init__(
        self, pool: Pool, wording: notices.Wording, folder: Path, now: Callable[[], Instant]
    ) -> None:
        """``folder`` is made when it is not there."""
        self._pool, self._wording, self._folder, self._now = pool, wording, folder, now
        self._lock: IO[bytes] | None = None

    async def run(self) -> None:
        """Deliver until cancelled; a failure is logged, and tried again."""
        try:
            while True:
                try:
                    await self.deliver_all()
                except Exception:
                    log.exception("notices could not be delivered; it is tried again")
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.close()

    async def deliver_all(self) -> int | None:
        """Deliver what waits; how many.  None: another process delivers into this folder."""
        if self._lock is None and not await self._open():
            return None
        delivered = 0
        while True:
            looked, sent = await self._deliver_some()
            delivered += sent
            if looked < AT_ONCE:
                return delivered

    def close(self) -> None:
        """Leave the folder to another."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def _open(self) -> bool:
        """Take the lock of the folder, and finish what was left behind in it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (self._folder / ".lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._lock = lock
        found = (wire.notice_of_part(path.name) for path in self._folder.iterdir())
        left = sorted(notice_id for notice_id in found if notice_id is not None)
        if left:
            marked = await perform(self._pool, notices.sent_among, left)
            await asyncio.to_thread(self._name, sorted(marked))
            for notice_id in set(left) - marked:
                (self._folder / wire.part_name(notice_id)).unlink()
        return True

    async def _deliver_some(self) -> tuple[int, int]:
        looked, sent = await perform(self._pool, self._prepare)
        await asyncio.to_thread(self._name, sent)
        return looked, len(sent)

    async def _prepare(self, tx: Transaction) -> tuple[int, list[int]]:
        """Write hidden files and mark their notices; how many were looked at, which are sent."""
        waiting = await notices.waiting(tx, AT_ONCE)
        if not waiting:
            return 0, []
        reach = await numbers.lifecycle.reach(tx, waiting)
        sent = await notices.decide(tx, waiting, reach, self._now())
        await asyncio.to_thread(self._write, sent)
        return len(waiting), [notice.notice_id for notice, _ in sent]

    def _write(self, sent: Sequence[tuple[Notice, Send]]) -> None:
        for notice, send in sent:
            octets = wire.written(send.to, notices.words(self._wording, notice.telling))
            with (self._folder / wire.part_name(notice.notice_id)).open("wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())

    def _name(self, notice_ids: Sequence[int]) -> None:
        """Let the messages be seen by whoever sends them."""
        for notice_id in notice_ids:
            part = self._folder / wire.part_name(notice_id)
            part.replace(self._folder / wire.ready_name(notice_id))
        if notice_ids:
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
