"""A small world of people with numbers, its copies, and a look at what is in them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import psycopg

from tenure.keystore.shelf import Shelf
from tenure.postgres.connection import connector
from tenure.postgres.embedded import SUPERUSER, Cluster
from tenure.promises.privacy.model.copies import CopyRefusal, Made, PutBack
from tenure.promises.privacy.operations import copying, putting_back, register
from tenure.promises.privacy.store import copy_files
from tenure.promises.privacy.store.reach import PERSON, about
from tenure.values.instant import parse_instant
from tenure.values.refused import Refused
from tenure.values.sealing import Key, Sealer, Whose, key_id_of, place_of

AT: Final = parse_instant("2026-11-22T08:00:00+07:00")
OPERATOR: Final = "smart-kh"
CANARY: Final = "canary-2f7c91"

_ALL: Final = "SELECT t::text FROM {} t"
TABLES: Final = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'migrations')
"""
MARKED: Final = """
UPDATE people.person SET name = '{canary} name', document_kind = 'passport',
    document_number = '{canary} passport' WHERE person_id = {person};
INSERT INTO people.contact_code VALUES (gen_random_uuid(), {person}, 'email',
    '{canary}@example.com', sha256('code'), now(), now() + interval '1 hour', 0, NULL)
"""
"""A marker in what is told about somebody; what they do is theirs already."""
KEEPS: Final = sorted({one.keep for _, one in register.holdings() if one.keep})
"""The class of every key that anybody can have."""
BUSIEST: Final = """
SELECT t.holder_id FROM numbers.tenure t JOIN money.entry e USING (purse_id)
WHERE upper_inf(t.during) GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


@contextmanager
def database_of(cluster: Cluster, template: str, name: str) -> Iterator[str]:
    """One more database, as somebody who may do anything connects to it."""
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        try:
            yield cluster.dsn_of(SUPERUSER, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def marked(owner: str) -> int:
    """Mark whoever used their number most; who they are."""
    with psycopg.connect(owner) as connection:
        found = connection.execute(BUSIEST).fetchone()
        assert found is not None
        connection.execute("SELECT money.open_month(min(at)) FROM money.entry")
        connection.execute(MARKED.format(canary=CANARY, person=found[0]).encode())
    return int(found[0])


async def copied(
    owner: str, shelf: Shelf, target: Path, progress: copying.Progress = lambda _t, _r: None
) -> Made | Refused[CopyRefusal]:
    """A copy of a database."""
    connection = await connector(owner)()
    async with connection, connection.transaction():
        return await copying.make(
            connection, shelf, target, operator=OPERATOR, at=AT, progress=progress
        )


async def put_back(owner: str, shelf: Shelf, folder: Path, operator: str = OPERATOR) -> PutBack:
    """A copy, put back; UnfitError says why not."""
    connection = await connector(owner)()
    async with connection, connection.transaction():
        return await putting_back.put_back(connection, shelf, folder, operator=operator)


def rows_of(dsn: str) -> dict[str, Counter[str]]:
    """Every row of every table, as text."""
    with psycopg.connect(dsn) as connection:
        connection.execute("SET timezone = 'UTC'")
        return {
            table: Counter(text for (text,) in connection.execute(_ALL.format(table)))
            for (table,) in connection.execute(TABLES).fetchall()
        }


def rows_about(dsn: str, person: int) -> dict[str, Counter[str]]:
    """Every row that is about somebody, alone or with others."""
    found = {}
    with psycopg.connect(dsn) as connection:
        connection.execute("SET timezone = 'UTC'")
        for promise, row in register.rows():
            table = f"{promise}.{row.table}"
            asked = f"{_ALL.format(table)} WHERE {about(row, PERSON, str(person))}"
            found[table] = Counter(text for (text,) in connection.execute(asked.encode()))
    return found


def readable(folder: Path, shelf: Shelf) -> bytes:
    """All that somebody reads in a copy who has it, and every key that is left.

    Not by the way a copy is put back: every envelope is tried at its place, whatever it is.
    """
    manifest = copy_files.manifest_of(folder)
    assert not isinstance(manifest, Refused)
    found = shelf.by_id(copy_files.key_id_of_content(manifest) or b"")
    assert isinstance(found, Key)
    sealer = Sealer(found)
    content = copy_files.content_of(manifest, sealer)
    assert not isinstance(content, Refused)
    told = [msgspec.json.encode(content)]
    for table in content.tables:
        name = f"{table.schema}.{table.table}"
        for chunk in copy_files.rows_of(folder, manifest.copy_id, name, table.chunks, sealer):
            assert not isinstance(chunk, Refused)
            nth, rows = chunk
            for at, row in enumerate(rows):
                place = place_of(manifest.copy_id, name, nth, at)
                told += opened(shelf, place, row)
    return b"\n".join(told)


def opened(shelf: Shelf, place: bytes, row: copy_files.Stored) -> Iterator[bytes]:
    """What of a row can be read."""
    values = [value for value in row if isinstance(value, bytes)]
    yield from values
    for value in values:
        key = shelf.by_id(key_id_of(value) or b"")
        if isinstance(key, Key):
            sealer = Sealer(key)
            tries = (
                sealer.open(place_of(place, group, keep), value)
                for group in range(5)
                for keep in KEEPS
            )
            yield next((one for one in tries if one is not None), b"")


def ended(shelf: Shelf, whose: Whose) -> int:
    """End every key of somebody; how many there were."""
    fences = [shelf.ask_fence(shelf.mark(whose, class_)) for class_ in KEEPS]
    return sum(len(shelf.raise_fence(fence)) for fence in fences)
