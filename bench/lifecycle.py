"""How long the clock needs for all numbers: reminders, bars, recycling, by step.

    python bench/lifecycle.py [--lines 1000000]

The population has aged as one does: 12 in 100 have no validity any more, spread over ninety days,
and were reminded and barred as far as yesterday's clock saw to it.  Three runs are measured, each
on a copy: a day later, an hour after that, and a week later, as after an outage.  What should have
happened is counted by SQL before, and compared.  Tenure and SIMs of active numbers are left out:
a run does not look at them, and their indexes take longer to fill than all runs together.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import msgspec
import psycopg
from psycopg import sql

from bench.ground import FIRST_IMSI, FIRST_MSISDN, folder
from tenure.commands import recycling
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.rules.holding import figures_of
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.instant import DAY_MS, HOUR_MS, Instant

KH: Final = pack.load("smart-kh").terms
NOW: Final = Instant(1_800_000_000_000)
TARGET_SECONDS: Final = 60
LAPSED: Final = 12
"""Of a hundred."""
DAYS: Final = KH.lifecycle.outgoing_blocked_days + KH.lifecycle.both_blocked_days

# Line n lapsed 90 days ago or later when n modulo 100 is below 12; all others are active.
POPULATION: Final = """
CREATE TEMPORARY TABLE aged AS
SELECT n, n::text AS person, ({msisdn} + n)::text AS msisdn, ({imsi} + n)::text AS imsi,
       '8985506' || lpad(n::text, 11, '0') AS iccid,
       to_timestamp({now} / 1000.0) + CASE WHEN n %% 100 < {lapsed}
           THEN - (((n * 7919) %% ({days} * 86400))::text || ' s')::interval
           ELSE (((n * 7919) %% (30 * 86400) + 86400 * 9)::text || ' s')::interval END AS ends
FROM generate_series(1, {lines}::bigint) AS n;

INSERT INTO people.person (person_id, name, language, since)
SELECT n, 'Person ' || person, 'km', '2020-01-01' FROM aged;
INSERT INTO record.leaf (at, kind, body, leaf_hash)
VALUES ('2020-01-01', 'numbers.opened', '{{}}', sha256('\\x00'::bytea || '{{}}'));
INSERT INTO money.purse (purse_id, seq, funds_micros, funds_end)
SELECT n, 1, 1000000, ends FROM aged;
INSERT INTO money.entry
SELECT n, 1, ends - interval '30 days', 4, 11, 1000000, 0, 0, 0, 0, -1000000, 1000000, person, '',
       json_build_object('funds_end_ms', floor(extract(epoch FROM ends) * 1000)::bigint)::text
FROM aged;
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
SELECT msisdn, imsi, n, 'prepaid', 'km', '2020-01-01' FROM aged;
INSERT INTO numbers.sim (iccid, imsi, sealed, imported_at)
SELECT card, imsi, decode(repeat('00', 28), 'hex'), '2020-01-01' FROM (
    SELECT imsi, iccid || digit AS card FROM aged, generate_series(0, 9) AS digit
    WHERE n %% 100 < {lapsed} AND numbers.luhn_fits(iccid || digit)) cards;
INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
SELECT msisdn, n, tstzrange('2020-01-01', NULL), 'first-sale', 1, n, true FROM aged
WHERE n %% 100 < {lapsed};
INSERT INTO numbers.binding (msisdn, iccid, imsi, during, leaf_seq)
SELECT a.msisdn, s.iccid, a.imsi, tstzrange('2020-01-01', NULL), 1
FROM aged a JOIN numbers.sim s USING (imsi);

CREATE TEMPORARY TABLE told AS
SELECT row_number() OVER (ORDER BY n, step) AS notice_id, n, msisdn, ends, step,
       ends + day * interval '1 day' AS at
FROM aged, unnest(ARRAY[{steps}]) WITH ORDINALITY AS schedule (day, step)
WHERE ends + day * interval '1 day' <= to_timestamp({now} / 1000.0);
INSERT INTO notices.notice
    (notice_id, msisdn, person_id, language, kind, channel, facts, at, sent_at)
OVERRIDING SYSTEM VALUE
SELECT notice_id, msisdn, n, 'km', 'lifecycle.reminder', 'number', '{{}}', at, at FROM told;
SELECT setval('notices.notice_notice_id_seq', greatest(1, (SELECT max(notice_id) FROM told)));
INSERT INTO numbers.reminder SELECT n, ends, step, msisdn, at, notice_id FROM told;
INSERT INTO numbers.stage_bar
SELECT msisdn, ends + interval '60 days', 1 FROM aged
WHERE ends + interval '60 days' <= to_timestamp({now} / 1000.0);
"""
WANTED: Final = """
SELECT count(*) FILTER (WHERE p.funds_end <= at - interval '60 days' AND b.msisdn IS NULL),
       count(*) FILTER (WHERE p.funds_end <= at - interval '90 days' AND s.sent >= 3)
FROM (SELECT to_timestamp(%s / 1000.0) AS at) t, numbers.line l
JOIN money.purse p USING (purse_id)
LEFT JOIN numbers.stage_bar b USING (msisdn)
LEFT JOIN (SELECT purse_id, count(*) AS sent FROM numbers.reminder GROUP BY purse_id) s
     USING (purse_id)
"""


def act(at: Instant) -> Act:
    """The clock acts."""
    return Act("<clock>", at, os.urandom(32))


def populate(cluster: Cluster, lines: int) -> str:
    """A database with an aged population, made once; its name."""
    name = f"aged_{lines}"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return name
        print(f"making {lines:,} numbers, once …", file=sys.stderr)
        building = sql.Identifier(f"{name}_building")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(building))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(building))
    dsn = cluster.dsn_of(SUPERUSER, f"{name}_building")
    migrations.migrate(dsn, migrations.read(migrations.folder()), at=NOW)
    asked = POPULATION.format(
        msisdn=FIRST_MSISDN,
        imsi=FIRST_IMSI,
        now=NOW,
        lapsed=LAPSED,
        days=DAYS,
        lines=lines,
        steps=", ".join(map(str, KH.keeping.recycling.reminder_days)),
    ).replace("%%", "%")
    with psycopg.connect(dsn, autocommit=True) as connection:
        figures = msgspec.json.encode(figures_of(KH)).decode()
        connection.execute("SET ROLE tenure_owner")
        connection.execute("SELECT numbers.keep_figures(%s::jsonb)", (figures,))
        connection.execute("RESET ROLE")
        for month in range(-4, 3):
            connection.execute(
                "SELECT money.open_month(to_timestamp(%s / 1000.0) + %s * interval '1 month')",
                (NOW, month),
            )
        for statement in asked.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(building, sql.Identifier(name))
        )
    return name


@contextmanager
def copied(cluster: Cluster, name: str) -> Iterator[str]:
    """A copy of a database for one run; its name."""
    copy = f"{name}_run"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
        )
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(copy), sql.Identifier(name)
            )
        )
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(copy), sql.Identifier(APPLICATION)
            )
        )
        try:
            yield copy
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy))
            )


class Steps:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    @asynccontextmanager
    async def timed(self, name: str) -> AsyncIterator[None]:
        """Add the time of what is done inside."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - began


async def run(pool: Pool, at: Instant) -> tuple[Counter[str], Steps]:
    """One run of the clock, as a running Tenure does it; what it caused, and how long it took."""
    done: Counter[str] = Counter()
    steps = Steps()
    after: int | None = recycling.FIRST
    while after is not None:
        async with steps.timed("reminders and bars"):
            swept = await perform(pool, numbers.lifecycle.sweep, KH, after, act(at))
        done.update(purses=swept.purses, reminded=swept.reminded, barred=swept.barred)
        after = swept.last
    async with steps.timed("who came back"):
        back = await perform(pool, numbers.lifecycle.bring_back, KH, act(at))
    done.update(back=back)
    after = recycling.FIRST
    while after is not None:
        after = await perform(pool, _page, after, at, (steps, done))
    return done, steps


async def _page(
    tx: Transaction, after: int, at: Instant, kept: tuple[Steps, Counter[str]]
) -> int | None:
    """As ``recycling``, with a clock for each step."""
    steps, done = kept
    async with steps.timed("who is due, with evidence"):
        due = await numbers.lifecycle.due(tx, KH, after, at)
    async with steps.timed("who is due, with evidence"):
        quiet = await charging.quiet(tx, [one.purse_id for one in due.found], at)
        judged = numbers.lifecycle.judged(due.found, quiet, KH)
    going = [one.evidence for one in judged if one.kept is None]
    async with steps.timed("recycling"):
        await numbers.lifecycle.recycle(tx, going, act(at))
    done.update(due=len(judged), recycled=len(going))
    return due.last


async def measure(cluster: Cluster, name: str, title: str, ats: list[Instant]) -> bool:
    """Measure the last of some runs on a copy; whether it was right and fast enough."""
    with copied(cluster, name) as copy:
        async with pool_of(cluster.dsn_of(APPLICATION, copy), size_min=1, size_max=2) as pool:
            for at in ats[:-1]:
                await run(pool, at)
            with psycopg.connect(cluster.dsn_of(SUPERUSER, copy)) as connection:
                wanted = connection.execute(WANTED, (ats[-1],)).fetchone()
            began = time.perf_counter()
            done, steps = await run(pool, ats[-1])
            seconds = time.perf_counter() - began
    right = wanted == (done["barred"], done["recycled"])
    print(f"{title}: {seconds:.1f} s for {done['purses']:,} numbers")
    print(f"    {done['reminded']:,} reminded, {done['barred']:,} barred, "
          f"{done['due']:,} due, {done['recycled']:,} recycled"
          + ("" if right else f"; WRONG: {wanted} were to be barred and recycled"))  # fmt: skip
    for step, spent in steps.seconds.most_common():
        print(f"    {step:28} {spent:6.2f} s  {100 * spent / seconds:3.0f} %")
    return right and seconds < TARGET_SECONDS


def main() -> int:
    """Measure; 0 when every run was right and within a minute."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    day, hour = Instant(NOW + DAY_MS), Instant(NOW + DAY_MS + HOUR_MS)
    runs = {
        "a day later": [day],
        "an hour after that": [day, hour],
        "a week later, after an outage": [Instant(NOW + 7 * DAY_MS)],
    }
    with Cluster.start(folder("lifecycle")) as cluster:
        name = populate(cluster, options.lines)
        good = [asyncio.run(measure(cluster, name, *one)) for one in runs.items()]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
