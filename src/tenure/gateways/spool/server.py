"""Delivers what was told, as files: each attempt once, whatever dies in between.

A message is first a hidden file.  Then its attempt is committed, and only after that the file gets
its name, and the attempt is reported as handed over.  So whoever opens the folder knows what became
of each attempt that nobody reported: where a hidden file lies, it gets its name now; where none
lies, it got its name before.  A hidden file without an attempt was never decided, and goes.
"""

import asyncio
import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

from tenure.gateways.spool import wire
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Dispatch, Medium, Route
from tenure.promises.numbers import operations as numbers
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

AT_ONCE: Final = 200
LOOK_SECONDS: Final = 0.5
"""How often it looks for what was told; a notice leaves within a second."""


class Spool:
    """The only one who delivers into its folder, as long as it has the folder's lock."""

    def __init__(
        self,
        pool: Pool,
        pack: Pack,
        folder: Path,
        now: Callable[[], Instant],
        beside: frozenset[Medium] = frozenset(),
    ) -> None:
        """``folder`` is made when it is not there; ``beside``: where a second try may go."""
        self._pool, self._terms, self._wording = pool, pack.terms, notices.wording(pack)
        self._folder, self._now, self._beside = folder, now, beside
        self._lock: IO[bytes] | None = None

    @property
    def route(self) -> Route:
        """Texts, of which nobody reports the delivery, carried by way of this folder."""
        name = hashlib.sha256(os.fsencode(self._folder.resolve())).hexdigest()[:12]
        return Route(Medium.SMS, f"spool-{name}", receipts=False, beside=self._beside)

    async def run(self) -> None:
        """Deliver until cancelled; a failure is logged, and tried again."""
        try:
            while True:
                try:
                    await self.deliver_all()
                except Exception:
                    log.exception("notices could not be delivered; it is tried again")
                    self.close()  # what was begun is finished when the folder is opened again
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
        try:
            await self._finish()
        except BaseException:
            self.close()
            raise
        return True

    async def _finish(self) -> None:
        found = (wire.delivery_of_part(path.name) for path in self._folder.iterdir())
        hidden = {delivery_id for delivery_id in found if delivery_id is not None}
        decided = await perform(self._pool, notices.handing, self.route.via)
        await asyncio.to_thread(self._name, sorted(hidden.intersection(decided)))
        for delivery_id in hidden.difference(decided):
            (self._folder / wire.part_name(delivery_id)).unlink()
        await self._report(decided)

    async def _deliver_some(self) -> tuple[int, int]:
        looked, sent = await perform(self._pool, self._prepare)
        await asyncio.to_thread(self._name, sent)
        await self._report(sent)
        return looked, len(sent)

    async def _prepare(self, tx: Transaction) -> tuple[int, list[int]]:
        """Write hidden files and record their attempts; how many were looked at, which leave."""
        at = self._now()
        waiting = await notices.waiting(tx, Medium.SMS, AT_ONCE, at)
        if not waiting:
            return 0, []
        reach = await numbers.lifecycle.reach(tx, waiting)
        sent = await notices.decide(tx, self._terms, self.route, waiting, reach, at)
        await asyncio.to_thread(self._write, sent)
        return len(waiting), [one.delivery_id for one in sent]

    def _write(self, sent: Sequence[Dispatch]) -> None:
        for one in sent:
            octets = wire.written(one.to, notices.words(self._wording, one.notice.telling))
            with (self._folder / wire.part_name(one.delivery_id)).open("wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())

    def _name(self, delivery_ids: Sequence[int]) -> None:
        """Let the messages be seen by whoever sends them."""
        for delivery_id in delivery_ids:
            part = self._folder / wire.part_name(delivery_id)
            part.replace(self._folder / wire.ready_name(delivery_id))
        if delivery_ids:
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    async def _report(self, delivery_ids: Sequence[int]) -> None:
        if delivery_ids:
            taken = [(one, wire.ready_name(one)) for one in delivery_ids]
            await perform(self._pool, notices.handed, taken, self._now())
