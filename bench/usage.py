"""How fast a month of usage ends, and what charging notices of it.

    python bench/usage.py [--records 10000000] [--purses 1000000]

A closed month is made: every purse topped up once and then used.  Its details end, then it becomes
totals, then its books are carried forward and it goes (ten years later, by the instant that is
told); each is one transaction, in which the database compares what it came to before and after.
Meanwhile somebody is charged every twenty milliseconds in a month of today.  The month that was is
dropped in the last moment of that transaction, and for how long that locks entries is told apart.
"""

import argparse
import asyncio
import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg
from psycopg import sql

from bench.ground import FIRST_IMSI, FIRST_MSISDN, cpu_seconds, folder, now, postgres_below
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Ask, GroupAsk, Request, Used
from tenure.promises.money import operations as money
from tenure.promises.privacy.model.usage import Ended, Stage
from tenure.promises.privacy.operations import usage
from tenure.promises.privacy.store import usage as store
from tenure.promises.record.model import Act
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Service
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

KH: Final = pack.load("smart-kh")
MONTH: Final = dt.date(2025, 1, 1)
TARGET: Final = 50_000
"""Records a second that are made anonymous."""
BOOKS_DAYS: Final = 4_000
LINES: Final = 32
EVERY_SECONDS: Final = 0.02
TOPPED_UP: Final = 1_000_000_000

# A purse's calls, texts and data follow each other in the month; the runs of an explanation are as
# charging writes them.
POPULATION: Final = """
INSERT INTO money.purse (purse_id, seq, funds_micros, funds_end)
SELECT n, {each} + 1, {funds} - {each} * 37500, now() + interval '300 days'
FROM generate_series(1, {purses}) AS n;

INSERT INTO money.entry
SELECT n, 1, timestamptz '2025-01-01Z' + (n % 86400) * interval '1 s', 4, 11, {funds}, 0, 0, 0, 0,
       -{funds}, {funds}, 'topup ' || n, '', '{{"what":"topup","words":"Topped up."}}'
FROM generate_series(1, {purses}::bigint) AS n;

INSERT INTO money.entry
SELECT p, 1 + i, timestamptz '2025-01-02Z'
           + ((i - 1) * ({span} / {each}) + (p * 7919) % ({span} / {each})) * interval '1 s',
       1, (ARRAY[1, 2, 4])[1 + (p + i) % 3], -37500, 0, 0, 3409, 0, 34091, {funds} - i * 37500,
       'gw1.example;' || p || ';' || i, (85512000000 + (p * 31 + i) % 900000)::text,
       '{{"service":"voice","route":"'
       || (ARRAY['voice/out/onnet', 'sms/out/offnet', 'data/-/internet', 'voice/out/intl-1',
                 'voice/out/onnet', 'data/-/social'])[1 + (p * 13 + i) % 6]
       || '","used":60,"total":60,"runs":[[60,37500,60,60,"2025-01/prepaid/voice/out/onnet/*"]],'
       || '"rounding":"up","exact":[37500,1],"due":37500,"funds":37500,"tax":3409,'
       || '"began":1735776000000}}'
FROM generate_series(1, {purses}::bigint) AS p, generate_series(1, {each}) AS i;

INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
SELECT ({msisdn} + n)::text, ({imsi} + n)::text, n, 'prepaid', 'en', now()
FROM generate_series(1, {lines}) AS n
"""
BOOKS: Final = """
SELECT (SELECT sum(funds_micros) FROM money.purse WHERE purse_id > {lines}),
       sum(funds_micros), sum(tax_micros), sum(contra_micros),
       sum(CASE WHEN kind = 14 THEN (explanation::jsonb ->> 'entries')::bigint ELSE 1 END)
FROM money.entry WHERE purse_id > {lines}
"""


def populate(cluster: Cluster, records: int, purses: int) -> str:
    """A database with a month of usage, made anew; its name."""
    name = "usage_run"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        one = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(one))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(one))
    dsn = cluster.dsn_of(SUPERUSER, name)
    migrations.migrate(dsn, migrations.read(migrations.folder()), at=now())
    asked = POPULATION.format(
        purses=purses,
        each=records // purses,
        funds=TOPPED_UP,
        span=29 * 86_400,
        lines=LINES,
        msisdn=FIRST_MSISDN,
        imsi=FIRST_IMSI,
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT money.open_month(%s)", [MONTH])
        connection.execute("SELECT money.open_month(now())")
        for statement in asked.split(";\n"):
            connection.execute(statement.encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    return name


def call(line: int, key: str, request: Request) -> Ask:
    """A minute of a call begins, or ends."""
    used = Used(60) if request is Request.TERMINATE else None
    return Ask(
        request,
        key,
        0 if used is None else 1,
        now(),
        Service.VOICE,
        Direction.OUT,
        msisdn=str(FIRST_MSISDN + line),
        other_party="85512345678",
        groups=(GroupAsk(0, 0, 60, used),),
    )


async def charged(pool: Pool, until: asyncio.Event, waits: list[float]) -> None:
    """Charge somebody again and again, and note how long each answer took."""
    book = tariffs.compile_book(KH)
    for n in range(1, 1 << 30):
        line, key = 1 + n % LINES, f"bench;{time.time_ns()}"
        for request in (Request.INITIAL, Request.TERMINATE):
            began = time.perf_counter()
            (answer,) = await perform(pool, charging.charge, book, [call(line, key, request)])
            waits.append(time.perf_counter() - began)
            assert answer.refusal is None, answer
        if until.is_set():
            return
        await asyncio.sleep(EVERY_SECONDS)


class Clock:
    """How long the moment is in which the month is replaced."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def replace(self, tx: Transaction, made: Ended, leaf_seq: int, at: Instant) -> None:
        """As the store does it, with a look at the clock."""
        began = time.perf_counter()
        await _REPLACE(tx, made, leaf_seq, at)
        await (await tx.execute("SELECT 1")).fetchall()
        self.seconds = time.perf_counter() - began


_REPLACE: Final[Callable[..., Any]] = store.replace


def worked() -> float:
    """Processor seconds of PostgreSQL so far."""
    return sum(cpu_seconds(pid) for pid in postgres_below(os.getpid()))


async def staged(pool: Pool, stage: Stage) -> tuple[Ended, float, Clock, list[float]]:
    """Carry out a stage while others are charged."""
    done, waits, clock = asyncio.Event(), list[float](), Clock()
    store.replace = clock.replace
    probe = asyncio.create_task(charged(pool, done, waits))
    await asyncio.sleep(1)
    at = Instant(now() + BOOKS_DAYS * DAY_MS) if stage is Stage.BOOKS else now()
    act = Act("<clock>", at, os.urandom(32))
    began = time.perf_counter()
    made = await perform(pool, usage.anonymise, KH.terms, MONTH, stage, act)
    seconds = time.perf_counter() - began
    done.set()
    await probe
    assert not isinstance(made, Refused), made
    return made, seconds, clock, waits


def books(dsn: str) -> tuple[Any, ...]:
    """What all entries come to of those who are not charged meanwhile, and what they have."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(BOOKS.format(lines=LINES).encode()).fetchone()
    assert row is not None
    return row


async def measure(cluster: Cluster, name: str) -> bool:
    """Both stages; whether they were fast enough and changed no sum."""
    good = True
    owner = cluster.dsn_of(SUPERUSER, name)
    async with pool_of(cluster.dsn_of(APPLICATION, name), size_min=2, size_max=4) as pool:
        await perform(pool, money.open_months, now())
        idle, until = list[float](), asyncio.Event()
        asyncio.get_running_loop().call_later(5, until.set)
        await charged(pool, until, idle)
        tell("charging, nothing else", idle)
        for stage in Stage:
            before = books(owner)
            busy = worked()
            made, seconds, clock, waits = await staged(pool, stage)
            busy = worked() - busy
            after = books(owner)
            equal = before == after
            rate = made.ended / seconds
            print(f"{stage.value}: {made.ended:,} records in {seconds:.1f} s, {rate:,.0f} a second,"
                  f" {1e6 * busy / made.ended:.1f} µs of a processor each;"
                  f" replaced and dropped in {clock.seconds:.3f} s; {made.totals:,} totals;"
                  f" books {'equal' if equal else 'CHANGED'}")  # fmt: skip
            tell("charging meanwhile", waits)
            good = good and equal and rate >= TARGET
    return good


def tell(what: str, waits: list[float]) -> None:
    """How long answers took."""
    cuts = statistics.quantiles(waits, n=100)
    shown = [f"{1000 * cuts[place - 1]:.1f}" for place in (50, 95, 99)]
    print(f"    {what}: {len(waits):,} answers, p50 {shown[0]}, p95 {shown[1]}, p99 {shown[2]},"
          f" longest {max(waits) * 1000:.0f} ms")  # fmt: skip


def main() -> int:
    """Measure; 0 when it was fast enough and every sum stayed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--purses", type=int, default=1_000_000)
    options = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    with Cluster.start(folder("usage")) as cluster:
        began = time.perf_counter()
        name = populate(cluster, options.records, options.purses)
        print(f"made {options.records:,} records in {time.perf_counter() - began:.0f} s")
        good = asyncio.run(measure(cluster, name))
        with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
            one = sql.Identifier(name)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(one))
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
