"""Races for one number, round after round: one transfer wins each, and how long a round takes.

Each round: eight people ask for the same number at once, one is heard; everybody signs; then eight
try to let it take effect at once.  python bench/transfers.py [--rounds 1000]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
import uuid
from pathlib import Path

import psycopg
from psycopg import sql

from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Ask, Kind, Party, Progress
from tenure.values.instant import DAY_MS, Instant
from tests.conftest import furnish
from tests.numbers.asked import LATER, approved, consented, populated
from tests.numbers.stocked import KH, act, msisdn

RACERS = 8
EVERY_MS = 2 * DAY_MS


async def round_of(pool: Pool, number: int) -> tuple[int, int]:
    """One round: how many were heard, and how many effects happened."""
    at = Instant(LATER + number * EVERY_MS)
    held = await perform(pool, numbers.holding.holder, msisdn(0))
    assert held is not None
    taker = 2 if held.holder_id == 1 else 1
    asks = [
        Ask(str(uuid.uuid4()), Kind.TRANSFER, msisdn(0), taker, None, 10**6 + number * RACERS + one)
        for one in range(RACERS)
    ]
    answers = await asyncio.gather(
        *(perform(pool, numbers.requests.ask, KH, ask, act("sok", at)) for ask in asks)
    )
    heard = [one for one in answers if isinstance(one, Progress)]
    parties = ((Party.FROM, held.holder_id), (Party.TO, taker))
    made = await consented(pool, heard[0], *parties, at=at)
    await approved(pool, made, at=at)
    due = act("<clock>", Instant(at + DAY_MS))
    ends = await asyncio.gather(
        *(
            perform(pool, numbers.requests.effect, KH, made.request.request_id, due)
            for _ in range(RACERS)
        )
    )
    return len(heard), sum(isinstance(one, Progress) for one in ends)


async def race(dsn: str, rounds: int) -> None:
    """All rounds, and what they came to."""
    took: list[float] = []
    wrong = 0
    async with pool_of(dsn, size_min=4, size_max=RACERS) as pool:
        await populated(pool)
        for number in range(rounds):
            began = time.perf_counter()
            wrong += await round_of(pool, number) != (1, 1)
            took.append((time.perf_counter() - began) * 1000)
            if (number + 1) % 100 == 0:
                print(f"{number + 1} rounds, {wrong} without exactly one winner", flush=True)
        held = await perform(pool, numbers.holding.history, msisdn(0), LATER)
    print(
        f"{rounds} rounds of {RACERS} racers: {rounds - wrong} had exactly one winner, {wrong} not"
    )
    print(f"tenures of the number: {len(held.tenures)} (one more than rounds)")
    ordered = sorted(took)
    p95 = ordered[len(ordered) * 95 // 100]
    print(f"a round: p50 {statistics.median(ordered):.0f} ms, p95 {p95:.0f} ms")
    assert wrong == 0
    assert len(held.tenures) == rounds + 1


def main() -> None:
    """A throw-away PostgreSQL, fsync on as everywhere."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=1000)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with Cluster.start(Path(folder)) as cluster:
            name = "transfers"
            with psycopg.connect(
                cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True
            ) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            steps = migrations.read(migrations.folder())
            migrations.migrate(cluster.dsn_of(SUPERUSER, name), steps, at=LATER)
            furnish(cluster.dsn_of(SUPERUSER, name), "smart-kh")
            asyncio.run(race(cluster.dsn_of(APPLICATION, name), rounds))


if __name__ == "__main__":
    main()
