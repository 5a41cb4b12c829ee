"""How fast what was kept for its longest time ends, and what charging notices of it.

    python bench/retention.py [--notices 1000000] [--people 20000]

Everybody holds a number and was told things for three years: each notice with its delivery, half of
them by person and half by number, of which a third is due; of one in a hundred a dispute is open.
The clock's own work ends what is due, in a program of its own that is killed with signal 9 on its
way and goes on, while somebody is charged every twenty milliseconds.  What should end is counted by
SQL of this file before, and what is left afterwards is compared with that.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from bench.ground import FIRST_IMSI, FIRST_MSISDN, cpu_seconds, folder, now, postgres_below
from bench.usage import KH, LINES, charged, tell
from tenure.commands import ending
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.ownership import perform_as_owner
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.privacy.operations import retention
from tenure.promises.privacy.operations.retention import Ledger
from tenure.promises.record.model import Act
from tenure.values.instant import Instant

TARGET: Final = 20_000
"""Rows a second."""
KILLED_AFTER: Final = 0.3
"""Of what is due."""
LOOK_SECONDS: Final = 0.2

# Notices of three years, the youngest of them of now, each with a delivery.  The tables' own
# triggers rest: these would queue every notice to be sent.
POPULATION: Final = """
SET session_replication_role = replica;
INSERT INTO people.person (person_id, name, language, since)
SELECT n, 'Person ' || n, 'km', '2020-01-01' FROM generate_series(1, {people}::bigint) AS n;
INSERT INTO record.leaf (at, kind, body, leaf_hash)
VALUES ('2020-01-01', 'numbers.opened', '{{}}', sha256('\\x00'::bytea || '{{}}'));
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
SELECT ({msisdn} + n)::text, ({imsi} + n)::text, n, 'prepaid', 'km', '2020-01-01'
FROM generate_series(1, {people}::bigint) AS n;
INSERT INTO money.purse (purse_id, funds_micros, funds_end)
SELECT n, 1000000000, now() + interval '300 days' FROM generate_series(1, {lines}) AS n;
ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_slot_within_the_market;
INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
SELECT ({msisdn} + n)::text, n, tstzrange('2020-01-01', NULL), 'import', 1, n, true
FROM generate_series(1, {people}::bigint) AS n;
INSERT INTO notices.notice (msisdn, person_id, language, kind, channel, facts, at, sent_at)
SELECT ({msisdn} + n)::text, CASE WHEN i % 2 = 0 THEN n END, 'km', 'usage.spent', 'number',
       '{{"percent":"80"}}', at, at + interval '1 minute'
FROM generate_series(0, {each} - 1) AS i, generate_series(1, {people}::bigint) AS n,
     LATERAL (SELECT now() - interval '1095 days' * ({each} - i) / {each} + n * interval '1 second'
              AS at) AS told;
INSERT INTO notices.delivery (delivery_id, medium, via, sent_to, receipts, handing_at, handed_at,
                              reference, ended_at, ended)
SELECT notice_id * 1000 + 1, 'sms', 'smsc', msisdn, true, at, sent_at, 'r' || notice_id, sent_at,
       'delivered'
FROM notices.notice;
INSERT INTO numbers.hold (msisdn, kind, reference, since, leaf_seq)
SELECT ({msisdn} + n)::text, 'dispute', 'C-' || n, '2020-02-01', 1
FROM generate_series(1, {people}::bigint, 100) AS n
"""
DUE: Final = """
WITH held AS (
    SELECT t.holder_id FROM numbers.hold h JOIN numbers.tenure t USING (msisdn)
), gone AS (
    SELECT n.notice_id FROM notices.notice n
    WHERE n.sent_at <= now() - interval '730 days' AND NOT EXISTS (
        SELECT FROM numbers.tenure t JOIN held USING (holder_id) WHERE t.msisdn = n.msisdn)
)
SELECT 2 * count(*), (SELECT 2 * count(*) FROM notices.notice) - 2 * count(*) FROM gone
"""
LEFT: Final = """
SELECT (SELECT count(*) FROM notices.notice) + (SELECT count(*) FROM notices.delivery)
"""


ENDED: Final = "SELECT coalesce(sum(rows), 0)::bigint FROM privacy.ended"


def populate(cluster: Cluster, notices: int, people: int) -> str:
    """A database with so many notices, made anew; its name."""
    name = "retention_run"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        one = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(one))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(one))
    dsn = cluster.dsn_of(SUPERUSER, name)
    migrations.migrate(dsn, migrations.read(migrations.folder()), at=now())
    asked = POPULATION.format(
        people=people,
        each=notices // people,
        lines=LINES,
        msisdn=FIRST_MSISDN,
        imsi=FIRST_IMSI,
    )
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in asked.split(";\n"):
            connection.execute(statement.encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    return name


def only(dsn: str, query: str) -> tuple[int, ...]:
    """The one row of a query."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row


async def end(dsn: str, ledger: Path) -> None:
    """What the clock does: the periods of everybody."""
    async with pool_of(dsn, size_min=1, size_max=2) as pool:
        at = now()
        went = await ending.end_periods(pool, Ledger(ledger), at)
        await ending.go_on(pool, Ledger(ledger), at)
        print(sum(one.rows for one in went.gone) if went else 0, flush=True)


async def ender(dsn: str, ledger: Path, *, killed_at: tuple[str, int] | None = None) -> float:
    """End in a program of its own, killed when so many rows have ended; its seconds."""
    asked = [__file__, "--end", dsn, str(ledger)]
    began = time.perf_counter()
    program = await asyncio.create_subprocess_exec(
        sys.executable, *asked, stdout=asyncio.subprocess.PIPE
    )
    if killed_at is not None:
        owner, many = killed_at
        while program.returncode is None and only(owner, ENDED)[0] < many:
            await asyncio.wait({asyncio.create_task(program.wait())}, timeout=LOOK_SECONDS)
        if program.returncode is None:
            program.send_signal(signal.SIGKILL)
    await program.communicate()
    return time.perf_counter() - began


def worked() -> float:
    """Processor seconds of PostgreSQL so far, of who ended as well."""
    found = postgres_below(os.getpid())
    ended = 0
    for pid in found:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ended += int(fields[13]) + int(fields[14])  # cutime and cstime of proc(5)
    return sum(cpu_seconds(pid) for pid in found) + ended / os.sysconf("SC_CLK_TCK")


async def measure(cluster: Cluster, name: str) -> bool:
    """End what is due; whether it was fast enough, and exactly what should be gone is."""
    owner, app = cluster.dsn_of(SUPERUSER, name), cluster.dsn_of(APPLICATION, name)
    await perform_as_owner(owner, retention.keep, KH.terms, Act("<bench>", now(), os.urandom(32)))
    due, stays = only(owner, DUE)
    book = folder("retention") / "ledger"
    async with pool_of(app, size_min=2, size_max=4) as pool:
        await perform(pool, money.open_months, now())
        await foretold(pool_at=now(), dsn=app)
        idle, until = list[float](), asyncio.Event()
        asyncio.get_running_loop().call_later(5, until.set)
        busy = worked()
        await charged(pool, until, idle)
        answer = (worked() - busy) / len(idle)
        tell("charging, nothing else", idle)
        done, waits = asyncio.Event(), list[float]()
        probe = asyncio.create_task(charged(pool, done, waits))
        busy = worked()
        many = round(due * KILLED_AFTER)
        seconds = await ender(app, book, killed_at=(owner, many))
        first = due + stays - only(owner, LEFT)[0]
        seconds += await ender(app, book)
        busy = worked() - busy
        done.set()
        await probe
    left = only(owner, LEFT)[0]
    rate = due / seconds
    print(f"{due:,} rows due, {stays:,} to stay; killed after {first:,} rows, then gone on:"
          f" {seconds:.1f} s, {rate:,.0f} a second,"
          f" {1e6 * (busy - answer * len(waits)) / due:.1f} µs of a processor of PostgreSQL each,"
          f" beside {1e6 * answer:.0f} µs for each answer of charging;"
          f" left: {left:,}, {'as counted' if left == stays else 'NOT AS COUNTED'}")  # fmt: skip
    tell("charging meanwhile", waits)
    return left == stays and rate >= TARGET


async def foretold(pool_at: Instant, dsn: str) -> None:
    """How long the forecast takes."""
    async with pool_of(dsn, size_min=1, size_max=1) as pool:
        began = time.perf_counter()
        found = await perform(pool, retention.forecast, pool_at)
        rows = sum(one.rows for one in found)
        print(f"forecast of {rows:,} rows: {time.perf_counter() - began:.1f} s")


def main() -> int:
    """Measure; 0 when it was fast enough and what was left is what should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--end", nargs=2, metavar=("DSN", "LEDGER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.end:
        asyncio.run(end(options.end[0], Path(options.end[1])))
        return 0
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    with Cluster.start(folder("retention")) as cluster:
        began = time.perf_counter()
        name = populate(cluster, options.notices, options.people)
        print(f"made {options.notices:,} notices in {time.perf_counter() - began:.0f} s")
        good = asyncio.run(measure(cluster, name))
        with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
            one = sql.Identifier(name)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(one))
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
