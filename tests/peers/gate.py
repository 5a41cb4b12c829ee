"""Everything between a promise and a phone: a log, its witnesses, the gateway and osmo-hlr."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tenure.gateways.hlr.server.gateway import Gateway, Settings
from tenure.gateways.hlr.server.memory import Memory
from tenure.gateways.hlr.server.register import Register
from tenure.gateways.hlr.translate.trust import Trusted
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Task
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint
from tenure.values.instant import SECOND_MS, Instant
from tests.gateways.hlr.dossiers import LOG, TRUST, WITNESSES
from tests.numbers.stocked import AT, KEY
from tests.peers.osmo import Osmo, osmo_hlr

TRUSTED: Final = Trusted(TRUST, networks=("45606",))
SEQUENCED_MAX: Final = 10_000


class Gate:
    """The gateway and what it stands between."""

    def __init__(self, pool: Pool, osmo: Osmo, register: Register, memory: Memory) -> None:
        self.pool, self.osmo, self.register, self.memory = pool, osmo, register, memory
        self.gateway = Gateway(pool, register, memory, Settings(TRUSTED, KEY), lambda: AT)

    async def published(self, at: Instant, seen_at: Instant | None = None) -> None:
        """What is recorded is given its place and cosigned: the witnesses look at their clocks."""
        found = await perform(self.pool, record.log.sequence, SEQUENCED_MAX)
        assert isinstance(found, int)
        log = await perform(self.pool, record.log.current)
        assert log is not None
        head = await perform(self.pool, record.log.head, log)
        assert isinstance(head, Checkpoint)
        text = rules.checkpoint_text(head)
        second = (at if seen_at is None else seen_at) // SECOND_MS
        signatures = [rules.signed(LOG, text)]
        signatures += [rules.signed(witness, text, second) for witness in WITNESSES]
        await perform(
            self.pool, record.log.publish, log, head, rules.assembled(text, signatures), at
        )

    async def works(self, at: Instant, seen_at: Instant | None = None) -> None:
        """Publish, and let the gateway go through its tasks."""
        await self.published(at, seen_at)
        await self.gateway.work()

    async def problems(self) -> list[str | None]:
        """How each task that waits stands."""
        waiting: list[Task] = await perform(self.pool, numbers.network.waiting)
        return [task.problem for task in waiting]


@asynccontextmanager
async def gate(pool: Pool, folder: Path) -> AsyncIterator[Gate]:
    """A gate over this database, with an osmo-hlr in this folder."""
    await perform(pool, record.log.open_log, LOG.name, LOG.key.vkey, AT)
    async with osmo_hlr(folder) as osmo:
        register = Register(osmo.endpoint)
        memory = Memory(folder / "network" / "known.db")
        try:
            yield Gate(pool, osmo, register, memory)
        finally:
            await register.close()
            memory.close()
