"""How long a campaign to everybody takes to plan, in how much memory, and what a kill -9 leaves.

    python bench/campaign.py [--lines 1000000]

The planner is a program of its own, as Tenure would be.  It is measured once undisturbed, then
planned again from nothing while it is killed three times; then everybody is looked at again, as
once a day for who came later, and some are released to the sender.  Every tenure is there, but the
exclusion constraints are left out of this database: planning does not look at them, and filling
their indexes takes longer than all runs together.
"""

import argparse
import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from typing import Final

import psycopg
from psycopg import sql

from bench.ground import FIRST_IMSI, FIRST_MSISDN, folder
from tenure.commands import campaigning
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Audience, Campaign, NewCampaign, NoticeKind
from tenure.promises.record.model import Act
from tenure.values.instant import DAY_MS, NEVER, Instant

NOW: Final = Instant(1_800_000_000_000)
TARGET_SECONDS: Final = 120
KILLS: Final = 3
FACTS: Final = {
    language: {
        "effective_at": "2027-03-01T00:00:00Z",
        "summary": "Calls to other networks cost one cent more a minute by day.",
        "page": "https://www.example.net/updates",
    }
    for language in ("en", "km")
}
POPULATION: Final = """
INSERT INTO people.person (person_id, name, language, since)
SELECT n, 'Person ' || n, 'km', '2020-01-01' FROM generate_series(1, {lines}::bigint) AS n;
INSERT INTO record.leaf (at, kind, body, leaf_hash)
VALUES ('2020-01-01', 'numbers.opened', '{{}}', sha256('\\x00'::bytea || '{{}}'));
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
SELECT ({msisdn} + n)::text, ({imsi} + n)::text, n, 'prepaid', 'km', '2020-01-01'
FROM generate_series(1, {lines}::bigint) AS n;
ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_one_holder_at_a_time;
ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_a_purse_has_one_holder;
ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_no_more_than_the_market_allows;
ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_slot_within_the_market;
INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
SELECT ({msisdn} + n)::text, n, tstzrange('2020-01-01', NULL), 'import', 1, n, true
FROM generate_series(1, {lines}::bigint) AS n
"""


def populate(cluster: Cluster, lines: int) -> str:
    """A database with so many lines, all of them held, made once; its name."""
    name = f"crowd_{lines}"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return name
        print(f"making {lines:,} lines, once …", file=sys.stderr)
        building = sql.Identifier(f"{name}_building")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(building))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(building))
    dsn = cluster.dsn_of(SUPERUSER, f"{name}_building")
    migrations.migrate(dsn, migrations.read(migrations.folder()), at=NOW)
    asked = POPULATION.format(lines=lines, msisdn=FIRST_MSISDN, imsi=FIRST_IMSI)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in asked.split(";\n"):
            connection.execute(statement.encode())
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(building, sql.Identifier(name))
        )
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(APPLICATION)
            )
        )
    return name


def emptied(dsn: str) -> None:
    """Forget the campaigns of an earlier run."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("TRUNCATE notices.recipient, notices.campaign, notices.notice CASCADE")


async def opened(dsn: str) -> int:
    """A campaign to everybody; its number."""
    new = NewCampaign(
        "tariff bench", NoticeKind.TARIFF_CHANGE, Audience(), FACTS, "en", Instant(NEVER)
    )
    async with pool_of(dsn, size_min=1, size_max=1) as pool:
        act = Act("<bench>", NOW, os.urandom(32))
        found = await perform(pool, notices.campaigns.open_one, new, act)
    assert isinstance(found, Campaign)
    return found.campaign_id


def planner(dsn: str, campaign_id: int) -> "subprocess.Popen[str]":
    """The planner as a program: says how many it has looked at, and at last its memory."""
    asked = [sys.executable, __file__, "--plan", dsn, str(campaign_id)]
    return subprocess.Popen(asked, stdout=subprocess.PIPE, text=True)


async def _plan(dsn: str, campaign_id: int, at: Instant) -> None:
    async with pool_of(dsn, size_min=1, size_max=1) as pool:
        found = await perform(pool, notices.campaigns.find, campaign_id)
        assert isinstance(found, Campaign)
        await campaigning.plan(pool, found, lambda: at, lambda looked, _: print(looked, flush=True))
    print("octets", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)


def undisturbed(dsn: str, campaign_id: int) -> tuple[float, int]:
    """Seconds and the most memory of a planner that nobody disturbs."""
    began = time.perf_counter()
    with planner(dsn, campaign_id) as program:
        assert program.stdout is not None
        last = program.stdout.read().split()[-1]
    return time.perf_counter() - began, int(last)


def killed(dsn: str, campaign_id: int, pages: int) -> float:
    """Seconds of a planner that is killed again and again, and goes on."""
    began = time.perf_counter()
    for turn in range(KILLS + 1):
        with planner(dsn, campaign_id) as program:
            assert program.stdout is not None
            if turn < KILLS:
                for _ in range(pages * (turn + 1) // (KILLS * 2) + 1):
                    program.stdout.readline()
                program.send_signal(signal.SIGKILL)
            else:
                program.stdout.read()
    return time.perf_counter() - began


async def afterwards(pool: Pool, campaign_id: int) -> tuple[float, float]:
    """Seconds of looking at everybody again a day later, and of releasing a few thousand."""
    later = Instant(NOW + DAY_MS)
    found = await perform(pool, notices.campaigns.find, campaign_id)
    assert isinstance(found, Campaign)
    began = time.perf_counter()
    _, added = await campaigning.plan(pool, found, lambda: later)
    assert added == 0
    again = time.perf_counter()
    released = await perform(pool, notices.campaigns.release, campaign_id, later)
    assert released > 0
    return again - began, (time.perf_counter() - again) / released


def counted(dsn: str) -> tuple[int, int]:
    """How many are planned, and how many numbers that is."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT count(*), count(DISTINCT msisdn) FROM notices.recipient"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def measure(cluster: Cluster, lines: int) -> bool:
    """Measure and print; whether everybody was planned once, in time."""
    name = populate(cluster, lines)
    owner, dsn = cluster.dsn_of(SUPERUSER, name), cluster.dsn_of(APPLICATION, name)
    emptied(owner)
    seconds, octets = undisturbed(dsn, asyncio.run(opened(dsn)))
    right = counted(owner) == (lines, lines)
    print(f"planned {lines:,}: {seconds:.1f} s, {octets / 2**20:.0f} MiB of the planner at most")
    emptied(owner)
    campaign_id = asyncio.run(opened(dsn))
    with_kills = killed(dsn, campaign_id, lines // notices.campaigns.PAGE)
    found = counted(owner)
    right = right and found == (lines, lines)
    print(f"killed {KILLS} times: {with_kills:.1f} s; {found[0]:,} planned, {found[1]:,} numbers")

    async def rest() -> tuple[float, float]:
        async with pool_of(dsn, size_min=1, size_max=1) as pool:
            return await afterwards(pool, campaign_id)

    again, each = asyncio.run(rest())
    print(f"looked at all again: {again:.1f} s; released: {each * 1e6:.0f} µs a notice")
    emptied(owner)
    return right and max(seconds, with_kills) < TARGET_SECONDS


def main() -> int:
    """Measure; 0 when everybody was planned once, within two minutes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--plan", nargs=2, metavar=("DSN", "CAMPAIGN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plan:
        dsn, campaign_id = options.plan
        asyncio.run(_plan(dsn, int(campaign_id), NOW))
        return 0
    with Cluster.start(folder("campaign")) as cluster:
        return 0 if measure(cluster, options.lines) else 1


if __name__ == "__main__":
    sys.exit(main())
