"""A log with its signer and witnesses over HTTP, as tests need them."""

import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from tenure.gateways.witness.server import Outside, Publisher, Signer, Witness, WitnessServer
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Log, NewLeaf, Trust
from tenure.values.instant import Instant

AT = Instant(1_800_000_000_000)
ACT = Act("sok", AT, bytes(range(32)), "asked by Dara")


def now() -> Instant:
    return AT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def serving(folder: Path, name: str, vkeys: list[str]) -> AsyncIterator[Outside]:
    """A witness over HTTP, and how it is reached."""
    witness = Witness(folder, name, now)
    witness.trust(vkeys)
    server = WitnessServer(witness, "127.0.0.1", free_port())
    await server.start()
    outside = Outside(f"http://127.0.0.1:{server.port}", witness.vkey)
    try:
        yield outside
    finally:
        outside.close()
        await server.stop()
        witness.close()


class Record(msgspec.Struct):
    """A log under way."""

    pool: Pool
    log: Log
    signer: Signer
    publisher: Publisher
    witnesses: list[Outside]

    @property
    def trust(self) -> Trust:
        return Trust(
            tuple(key.vkey for key in self.signer.verifiers()),
            tuple(one.key.vkey for one in self.witnesses),
        )

    async def add(self, count: int, start: int = 0) -> list[int]:
        """So many leaves, recorded and nothing more."""
        leaves = [
            NewLeaf("test.done", {"n": n}, {"msisdn": f"855{n}"})
            for n in range(start, start + count)
        ]
        return await perform(self.pool, record.append_all, ACT, leaves)


@contextlib.asynccontextmanager
async def recording(pool: Pool, folder: Path) -> AsyncIterator[Record]:
    """A fresh log with two witnesses."""
    signer = Signer.made(folder / "record", "test")
    vkey = signer.verifiers()[0].vkey
    opened = await perform(pool, record.log.open_log, signer.origin, vkey, AT)
    async with (
        serving(folder / "one", "one.example", [vkey]) as one,
        serving(folder / "two", "two.example", [vkey]) as two,
    ):
        publisher = Publisher(pool, signer, [one, two], now)
        yield Record(pool, opened, signer, publisher, [one, two])
