"""How fast and in how much memory everything held about a heavy subscriber is exported.

    python bench/exports.py [--records 2000000]

One subscriber with so many usage records, ten thousand others with some.  The export runs in a
process of its own, of which the peak of resident memory is taken (VmHWM), beside the seconds from
the request to the sealed package, its paper and its leaf.  Then the package is opened by the tool
that people are given, and the records in it are counted.
"""

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import psycopg

from bench.ground import folder
from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.desk import Desk
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import pool_of
from tenure.promises.numbers.rules.holding import figures_of
from tenure.promises.people.rules.publishing import published
from tenure.promises.privacy.model.exports import BY_THEMSELVES, Kind, Scope, Whose
from tenure.promises.record.rules import canonical
from tenure.terms import pack
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tools import open_export

KH: Final = pack.load("smart-kh").terms
NOW: Final = Instant(1_800_000_000_000)
SECRET: Final = bytes(32)
PURSE: Final = 1

POPULATION: Final = """
INSERT INTO people.person (person_id, name, language, since)
VALUES (1, 'Person 1', 'km', '2020-01-01');
INSERT INTO record.leaf (at, kind, body, leaf_hash)
VALUES ('2020-01-01', 'numbers.opened', '{}', sha256('\\x00'::bytea || '{}'));
INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
SELECT '85510000001', 1, tstzrange('2020-01-01', NULL), 'import', max(seq), 1, true
FROM record.leaf;
INSERT INTO money.purse (purse_id, funds_micros, funds_end) VALUES (1, 5000000, '2027-06-01');
SELECT money.open_month('2026-01-01'::timestamptz + n * interval '1 month')
FROM generate_series(0, 12) n;
"""
ENTRIES: Final = """
INSERT INTO money.entry (purse_id, seq, at, kind, account, funds_micros, grants_micros, owed_micros,
    tax_micros, overrun_micros, contra_micros, funds_after_micros, reference, party, explanation)
SELECT %(purse)s + n %% %(purses)s, n, timestamptz '2026-01-01T00:00:00Z' + n * %(step)s::interval,
       1, 1, -37500, 0, 0, 3409, 0, 34091, 5000000, 'session ' || n, '855' || (10000000 + n),
       '{"version":"2026-1","runs":[{"rate_micros":37500,"units":1}],"rounding":"up"}'
FROM generate_series(1, %(count)s) n
"""


def main() -> None:
    """Fill, export in a process of its own, open, and say what it took."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--records", type=int, default=2_000_000)
    reader.add_argument("--export", help=argparse.SUPPRESS)
    asked = reader.parse_args()
    if asked.export:
        asyncio.run(_export(asked.export, Path(sys.stdin.readline().strip())))
        return
    with _cluster() as cluster, tempfile.TemporaryDirectory() as room:
        began = time.monotonic()
        _fill(cluster.dsn_of(SUPERUSER, "postgres"), asked.records)
        print(f"{asked.records:,} records of one subscriber in {time.monotonic() - began:.0f} s")
        print(f"load before: {os.getloadavg()[0]:.1f}")
        done = subprocess.run(
            [sys.executable, __file__, "--export", cluster.dsn_of(APPLICATION, "postgres")],
            input=f"{room}\n", capture_output=True, text=True, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        print(f"load after: {os.getloadavg()[0]:.1f}")
        _say(told, asked.records)
        _open(Path(told["file"]), told["passphrase"], Path(room), asked.records)


def _say(told: dict[str, float], records: int) -> None:
    seconds = told["seconds"]
    print(f"exported in {seconds:.1f} s, {records / seconds:,.0f} records/s")
    print(f"CPU of the process: {told['cpu']:.1f} s, {told['cpu'] / records * 1e6:.1f} us a record")
    print(
        f"peak memory: {told['peak_mib']:.0f} MiB; before the first piece {told['first_mib']:.0f}"
    )
    print(f"package: {told['octets'] / (1 << 20):.0f} MiB")


def _open(file: Path, passphrase: str, room: Path, records: int) -> None:
    began = time.monotonic()
    end = open_export.opened(file, passphrase, room / "opened")
    seconds = time.monotonic() - began
    document = room / "opened" / "held.json"
    with document.open("rb") as lines:
        found = sum(line.startswith(b'{"seq"') for line in lines)
    size = document.stat().st_size >> 20
    print(f"opened in {seconds:.1f} s: {end['records']:,} records, {size:,} MiB of JSON")
    if found != records:
        print(f"FAILED: {found:,} usage records are in it")
        sys.exit(1)


async def _export(dsn: str, room: Path) -> None:
    """The export alone, as ``tenure privacy export`` does it."""
    async with pool_of(dsn, size_min=1, size_max=2) as pool:
        desk = Desk(pool, KH, SECRET, room, lambda: NOW)
        began = time.monotonic()
        begun = await exporting.ask(
            desk, Whose(Kind.PERSON, 1), Scope.KNOW, "km", BY_THEMSELVES, None
        )
        assert not isinstance(begun, Refused), begun
        first = _peak_mib()
        job = await exporting.run(desk, begun.job, BY_THEMSELVES)
        assert not isinstance(job, Refused), job
        seconds = time.monotonic() - began
    job_octets = os.stat(job.file).st_size  # noqa: PTH116 -- one call in a benchmark
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "peak_mib": _peak_mib(),
        "first_mib": first, "octets": job_octets, "file": job.file,
        "passphrase": begun.passphrase,
    }  # fmt: skip
    print(json.dumps(told))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def _cluster() -> Iterator[Cluster]:
    shutil.rmtree(folder("exports"), ignore_errors=True)
    with Cluster.start(folder("exports"), throw_away=True) as cluster:
        dsn = cluster.dsn_of(SUPERUSER, "postgres")
        migrations.migrate(dsn, migrations.read(migrations.folder()), at=NOW)
        yield cluster


def _fill(dsn: str, records: int) -> None:
    figures = msgspec.json.encode(figures_of(KH)).decode()
    with psycopg.connect(dsn) as connection:
        connection.execute("SET LOCAL ROLE tenure_owner")
        connection.execute("SELECT people.publish(%s::jsonb)", [canonical(published(KH))])
        connection.execute("SELECT numbers.keep_figures(%s::jsonb)", [figures])
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(POPULATION.encode())
        step = f"{int(360 * 86400 / records * 1000)} ms"
        own = {"purse": PURSE, "purses": 1, "step": step, "count": records}
        connection.execute(ENTRIES, own)
        others = {"purse": 1_000, "purses": 10_000, "step": "5 min", "count": 100_000}
        connection.execute(ENTRIES, others)
        connection.execute("VACUUM ANALYZE")


main()
