"""How fast a database is copied and put back, and how much longer a sealed copy is.

python bench/copies.py [--entries 200000] [--people 20000]
"""

import argparse
import asyncio
import resource
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg

from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.postgres import migrations
from tenure.postgres.connection import connector
from tenure.postgres.embedded import Cluster
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.model import Made
from tenure.values.instant import Instant

AT: Final = Instant(1_780_000_000_000)
# What people do is not what is measured, so the rows come without the ways that lead to them.
WORLD: Final = """
SET session_replication_role = replica;
ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_slot_within_the_market;
INSERT INTO people.person (person_id, name, language, since, document_kind, document_number)
SELECT n, 'Somebody Number ' || n, 'km', now(), 'national-id', lpad(n::text, 9, '0')
FROM generate_series(1, {people}) n;
INSERT INTO record.leaf (at, kind, body, leaf_hash)
VALUES (now(), 'bench.made', 'x', sha256('\\x00'::bytea || 'x'));
INSERT INTO numbers.tenure
    (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid, slot)
SELECT '8551' || lpad(n::text, 8, '0'), n, tstzrange(now() - interval '1 year', NULL),
    'import', 1, n, true, 1
FROM generate_series(1, {people}) n;
INSERT INTO money.entry
SELECT 1 + n % {people}, n, now() - n * interval '1 second', 1, 1, 0, 0, 0, 0, 0, 0, 0,
    'session;' || n || ';pgw.example', '85516' || lpad((n * 7919 % 9999999)::text, 7, '0'),
    '{{"tariff": "v3", "steps": [[60, 1, 37500]]}}'
FROM generate_series(1, {entries}) n;
ANALYZE;
"""

TEXT: Final = (
    "COPY people.person TO STDOUT",
    "COPY numbers.tenure TO STDOUT",
    "COPY (SELECT * FROM money.entry) TO STDOUT",
)


async def _copied(owner: str, shelf: Shelf, target: Path) -> tuple[int, int, float]:
    """Rows, octets and seconds of a copy."""
    connection = await connector(owner)()
    async with connection, connection.transaction():
        began = time.perf_counter()
        made = await privacy.make_copy(connection, shelf, target, operator="bench", at=AT)
        assert isinstance(made, Made)
        return made.rows, made.octets, time.perf_counter() - began


async def _put_back(owner: str, shelf: Shelf, copy: Path) -> tuple[int, float]:
    """Rows and seconds of putting it back."""
    connection = await connector(owner)()
    began = time.perf_counter()
    async with connection, connection.transaction():
        back = await privacy.put_copy_back(connection, shelf, copy, operator="bench")
    return back.rows, time.perf_counter() - began


def measure(folder: Path, people: int, entries: int) -> None:
    """One run, told in lines."""
    steps = migrations.read(migrations.folder())
    with (
        Cluster.start(folder / "one", throw_away=True) as one,
        Cluster.start(folder / "two", throw_away=True) as two,
    ):
        for cluster in (one, two):
            migrations.migrate(cluster.owner_dsn, steps, at=AT)
        with psycopg.connect(one.owner_dsn) as connection:
            connection.execute(WORLD.format(people=people, entries=entries).encode())
            found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        size = found[0] if found else 0
        with closing(opening.make(folder / "keys", at_ms=AT)) as shelf:
            for name in ("with new keys", "with known keys"):
                rows, octets, took = asyncio.run(_copied(one.owner_dsn, shelf, folder / name))
                print(f"copied {name}: {rows / took:,.0f} rows/s ({rows:,} rows, {took:.1f} s)")
            plain = _dumped(one.owner_dsn)
            print(
                f"{octets:,} octets sealed, {plain:,} as COPY sends them, {size:,} in the database"
            )
            rows, took = asyncio.run(_put_back(two.owner_dsn, shelf, folder / "with new keys"))
            print(f"put back: {rows / took:,.0f} rows/s ({took:.1f} s)")
            began = time.perf_counter()
            shelf.begin_epoch(at_ms=AT)
            wrapped = max(shelf.rewrap(at_ms=AT), default=0)
            print(f"wrapped anew: {wrapped / (time.perf_counter() - began):,.0f} keys/s")
            print(f"{shelf.path.stat().st_size / max(wrapped, 1):,.0f} octets a key on disk")
        print(f"CPU of this process: {time.process_time():.1f} s; most memory: {_memory():,} KiB")


def _dumped(owner: str) -> int:
    """How many octets the same rows are as text."""
    octets = 0
    with psycopg.connect(owner) as connection:
        for statement in TEXT:
            with connection.cursor().copy(statement) as copy:
                octets += sum(len(part) for part in copy)
    return octets


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--entries", type=int, default=200_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tenure-bench-") as made:
        Path(made).chmod(0o711)
        measure(Path(made), asked.people, asked.entries)
