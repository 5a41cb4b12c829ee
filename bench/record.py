"""The record: leaves a second from append to proof, and every attack on a million leaves."""

import argparse
import asyncio
import contextlib
import json
import logging
import random
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import uvloop
from psycopg import sql

from bench.ground import folder, now
from tenure.gateways.witness.server import Outside, Publisher, Signer, Witness, WitnessServer
from tenure.gateways.witness.wire import AddCheckpoint
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import (
    Act,
    Checkpoint,
    Log,
    NewLeaf,
    Proven,
    Receipt,
    Refusal,
    Trust,
)
from tenure.promises.record.rules import Fault, Known
from tenure.values.refused import Refused
from tests.record import attacks
from tools import verify_receipt

BATCH = 1_000
TARGET = 5_000
MEASURED = 30_000
LATENCIES = 100
PLACES = 20
MILLION = 1_000_000
NAME = "record"


class Ground(msgspec.Struct):
    """A log with two witnesses over HTTP."""

    pool: Pool
    owner: str
    log: Log
    signer: Signer
    witnesses: list[Outside]
    publisher: Publisher

    @property
    def trust(self) -> Trust:
        keys = tuple(one.key.vkey for one in self.witnesses)
        return Trust(tuple(self.signer.vkeys()), keys)

    @property
    def known(self) -> list[Known]:
        last = self.signer.last()
        return [Known(last.size, last.root, Fault.SIGNED_OTHER, "the signer")]


def act() -> Act:
    """Somebody acts now."""
    return Act("bench", now(), random.randbytes(32), "measured")


def leaves(count: int, start: int) -> list[NewLeaf]:
    """Leaves as numbers writes them: two things about somebody, two in clear."""
    return [
        NewLeaf(
            "numbers.opened",
            {"opened_as": "first-sale", "n": start + n},
            {"msisdn": f"855{start + n:09}", "holder": f"{start + n:032x}"},
        )
        for n in range(count)
    ]


@contextlib.asynccontextmanager
async def ground(cluster: Cluster, where: Path) -> AsyncIterator[Ground]:
    """An empty database with an empty log."""
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        name = sql.Identifier(NAME)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    owner = cluster.dsn_of(SUPERUSER, NAME)
    migrations.migrate(owner, migrations.read(migrations.folder()), at=now())
    async with (
        pool_of(cluster.dsn_of(APPLICATION, NAME)) as pool,
        contextlib.AsyncExitStack() as open_,
    ):
        signer = Signer.made(where / "record", "bench")
        vkey = signer.verifiers()[0].vkey
        log = await perform(pool, record.log.open_log, signer.origin, vkey, now())
        outside = [await witness(open_, where / each, each, vkey) for each in ("one", "two")]
        publisher = Publisher(pool, signer, outside, now)
        yield Ground(pool, owner, log, signer, outside, publisher)


async def witness(open_: contextlib.AsyncExitStack, where: Path, name: str, vkey: str) -> Outside:
    """A witness over HTTP, in this process."""
    one = Witness(where, f"{name}.example", now)
    one.trust([vkey])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = WitnessServer(one, "127.0.0.1", port)
    await server.start()
    open_.push_async_callback(server.stop)
    return Outside(f"http://127.0.0.1:{port}", one.vkey)


async def throughput(world: Ground, count: int) -> dict[str, Any]:
    """Leaves from append to a proof that was verified, one thing after the other."""
    spent = dict.fromkeys(("append", "publish", "prove", "verify"), 0.0)
    for start in range(0, count, BATCH):
        began = time.perf_counter()
        seqs = await perform(world.pool, record.append_all, act(), leaves(BATCH, start))
        appended = time.perf_counter()
        if not await world.publisher.step():
            raise SystemExit(f"not published: {world.publisher.trouble}")
        published = time.perf_counter()
        receipts = await perform(world.pool, record.receipts, seqs, ["msisdn"])
        proved = time.perf_counter()
        for one in receipts.values():
            if isinstance(one, Refused):
                raise SystemExit(f"no receipt: {one.detail}")
        sample = receipts[random.choice(seqs)]
        assert isinstance(sample, Receipt)
        assert isinstance(rules.verify(sample, world.trust), Proven)
        spent["append"] += appended - began
        spent["publish"] += published - appended
        spent["prove"] += proved - published
        spent["verify"] += time.perf_counter() - proved
    whole = spent["append"] + spent["publish"] + spent["prove"]
    return {
        "leaves": count,
        "a batch": BATCH,
        "leaves_per_second": round(count / whole),
        "target_per_second": TARGET,
        **{f"{name}_us_a_leaf": round(seconds / count * 1e6, 1) for name, seconds in spent.items()},
    }


async def latency(world: Ground) -> dict[str, Any]:
    """From the commit of one leaf to its published checkpoint, when nothing else happens."""
    task = asyncio.create_task(world.publisher.run(connector_of(world)))
    waited = []
    for number in range(LATENCIES):
        seq = await perform(
            world.pool, record.append, act(), "test.done", {"n": number}, {"msisdn": "855"}
        )
        began = time.perf_counter()
        while True:
            found = await perform(world.pool, record.receipt, seq)
            if isinstance(found, Receipt):
                break
            assert found.refusal is Refusal.NOT_YET_PUBLISHED
            await asyncio.sleep(0.002)
        waited.append((time.perf_counter() - began) * 1_000)
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    waited.sort()
    return {
        "commit_to_published_ms_p50": round(statistics.median(waited), 1),
        "commit_to_published_ms_p95": round(waited[int(len(waited) * 0.95)], 1),
        "commit_to_published_ms_max": round(waited[-1], 1),
    }


def connector_of(world: Ground) -> Any:
    """What opens a connection to listen on."""
    from tenure.postgres.connection import connector  # noqa: PLC0415 -- one use

    return connector(world.pool.conninfo)


async def fill(world: Ground, size: int) -> None:
    """Make the log as long as that; the tenth of a million shows on the way."""
    standing = await perform(world.pool, record.log.standing)
    assert standing is not None
    done = standing.size
    while done < size:
        step = min(5 * BATCH, size - done)
        await perform(world.pool, record.append_all, act(), leaves(step, done))
        while (await perform(world.pool, record.log.standing)).waiting:  # type: ignore[union-attr]
            if not await world.publisher.step():
                raise SystemExit(f"not published: {world.publisher.trouble}")
        done += step
        if done % 100_000 < step:
            print(f"  {done:,} leaves", file=sys.stderr)


def places(size: int) -> list[int]:
    """Twenty places, each in a tile of its own, the ends of the log among them."""
    tiles = random.sample(range(1, size // 256 - 1), PLACES - 2)
    return sorted([1, size - 3, *(tile * 256 + random.randrange(2, 250) for tile in tiles)])


async def on_leaves(world: Ground, size: int) -> list[tuple[str, int, float]]:
    """Attacks within the log: each at twenty places, all found by building it again."""
    rows = []
    for name, attack in attacks.ON_A_LEAF.items():
        async with attacks.attacking(world.owner) as (tx, inside):
            where = places(size)
            for place in where:
                await attack(tx, world.log.log_id, place)
            began = time.perf_counter()
            found = await record.checking.verify(inside, world.log, world.trust, world.known)
            took = time.perf_counter() - began
        said = " ".join(one.where for one in found.findings) + " "
        rows.append((name, sum(f"place {place} " in f"{said} " for place in where), took))
    return rows


async def dropped(world: Ground) -> tuple[str, int, float]:
    """Leaves whose waiting row is deleted before the sequencer comes."""
    async with attacks.attacking(world.owner) as (tx, inside):
        seqs = await perform(inside, record.append_all, act(), leaves(PLACES, MILLION))
        for seq in seqs:
            await attacks.drop_waiting(tx, seq)
        began = time.perf_counter()
        found = await record.checking.verify(inside, world.log, world.trust, world.known)
        took = time.perf_counter() - began
    said = {one.where for one in found.findings if one.fault is Fault.LEAF_WITHOUT_PLACE}
    return "dropped waiting row", len(said & {f"leaf {seq}" for seq in seqs}), took


async def cut(world: Ground, size: int, *, grows: bool) -> tuple[str, int, float]:
    """A log that is cut off, or restored from a backup and in use again; who still signs it?"""
    found, slowest = 0, 0.0
    for _ in range(PLACES):
        at = size - random.randrange(1, 3_000)
        async with attacks.attacking(world.owner) as (tx, inside):
            await attacks.truncate(tx, world.log.log_id, at)
            publisher = Publisher(inside, world.signer, world.witnesses, now)
            if grows:
                more = leaves(size - at + 100, MILLION)
                await perform(inside, record.append_all, act(), more)
                while await perform(inside, record.log.sequence, 2_000):
                    pass
            began = time.perf_counter()
            published = await publisher.step()
            slowest = max(slowest, time.perf_counter() - began)
            words = "does not begin as" if grows else "has signed a longer log"
            found += not published and words in publisher.trouble
    return "restored backup" if grows else "truncate", found, slowest


async def split(world: Ground, size: int) -> tuple[str, int, float]:
    """Another log of the same size under the stolen key: witnesses refuse, two papers convict."""
    found, slowest = 0, 0.0
    published = await perform(world.pool, record.log.latest)
    assert published is not None
    secret = rules.secret_of((world.signer.folder / "keys").read_text())
    for place in places(size):
        (seq,) = await perform(world.pool, record.log.seqs, world.log, place, 1)
        real = await perform(world.pool, record.receipt, seq)
        assert isinstance(real, Receipt)
        began = time.perf_counter()
        other = verify_receipt.leaf_hash(b"forged")
        root = verify_receipt.root_from_path(other, place, size, list(real.proof))
        assert root is not None
        text = rules.checkpoint_text(Checkpoint(world.log.origin, size, root))
        note = rules.assembled(text, [rules.signed(secret, text)])
        answers = [
            await asyncio.to_thread(one.ask, AddCheckpoint(size, (), note), text)
            for one in world.witnesses
        ]
        papers = [("real", verify_receipt.Checkpoint(real.note))]
        papers.append(("forged", verify_receipt.Checkpoint(note)))
        refused = all(one.conflict_size == size for one in answers)
        found += refused and len(verify_receipt.split_views(papers)) == 1
        slowest = max(slowest, time.perf_counter() - began)
    return "split view", found, slowest


async def tampering(world: Ground, size: int) -> bool:
    """Every attack on a large log, as a table; whether all were found."""
    await fill(world, size)
    began = time.perf_counter()
    clean = await record.checking.verify(world.pool, world.log, world.trust, world.known)
    took = time.perf_counter() - began
    print(
        f"{clean.leaves:,} clean leaves and {clean.checkpoints:,} checkpoints built again in"
        f" {took:.1f} s: {len(clean.findings)} alarms"
    )
    rows = await on_leaves(world, size)
    rows += [await dropped(world), await cut(world, size, grows=False)]
    rows += [await cut(world, size, grows=True), await split(world, size)]
    print(
        f"\n{'attack on ' + format(size, ',') + ' leaves':32} {'found':>8} {'seconds to find':>16}"
    )
    for name, found, seconds in rows:
        print(f"{name:32} {found:>5}/{PLACES} {seconds:>16.2f}")
    return not clean.findings and all(found == PLACES for _, found, _ in rows)


async def measured(cluster: Cluster, where: Path, size: int) -> bool:
    """All of it."""
    async with ground(cluster, where) as world:
        figures = await throughput(world, MEASURED)
        figures |= await latency(world)
        print(json.dumps(figures, indent=2), flush=True)
        return size == 0 or await tampering(world, size)


def main() -> None:
    """Measure, print, and say whether everything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--leaves", type=int, default=MILLION, help="that are attacked; 0 leaves the attacks out"
    )
    size: int = parser.parse_args().leaves
    random.seed(20261122)
    # What stops the publisher is what is measured here; it need not be said sixty times.
    logging.disable(logging.ERROR)
    where = Path(tempfile.mkdtemp(prefix="tenure-bench-record-"))
    try:
        with Cluster.start(folder("record")) as cluster:
            found = uvloop.run(measured(cluster, where, size))
    finally:
        shutil.rmtree(where)
    sys.exit(0 if found else 1)


if __name__ == "__main__":
    main()
