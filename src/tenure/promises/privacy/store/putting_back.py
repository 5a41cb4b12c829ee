"""SQL that fills an empty database from a copy: constraints between tables come last, checked anew.

Nothing here needs more than the owner of the tables.  References are taken off before the rows
come, and put on again after them, so that PostgreSQL itself proves that none is broken.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.copies import Shape

_ROOM: Final = """
    n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'migrations', 'public')
"""
_REFERENCES: Final = f"""
SELECT n.nspname::text, c.relname::text, k.conname::text, pg_get_constraintdef(k.oid),
       pn.nspname::text, p.relname::text,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (num, nth)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY u.nth),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (num, nth)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.nth)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND {_ROOM}
ORDER BY 1, 2, 3
"""
_TABLES: Final = f"""
SELECT n.nspname::text, c.relname::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {_ROOM} ORDER BY 1, 2
"""
_FIRM: Final = """
SELECT a.attname::text, coalesce(nullif(t.typbasetype, 0)::regtype::text, t.typname::text),
       t.typelem
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND NOT a.atthasdef AND a.attidentity = '' AND (a.attnotnull OR a.attname = ANY (%s))
"""
_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_TRAILER: Final = struct.pack("!h", -1)
_NULL: Final = struct.pack("!i", -1)
_EIGHT: Final = bytes(8)
_WORD: Final = (b"", "''")
_INSTANT: Final = (_EIGHT, "'2000-01-01 00:00:00+00'")
NEUTRAL: Final[Mapping[str, tuple[bytes, str]]] = {
    "text": _WORD,
    "bytea": _WORD,
    "jsonb": (b"\x01{}", "'{}'"),
    "boolean": (bytes(1), "false"),
    "bool": (bytes(1), "false"),
    "smallint": (bytes(2), "0"),
    "int2": (bytes(2), "0"),
    "integer": (bytes(4), "0"),
    "int4": (bytes(4), "0"),
    "bigint": (_EIGHT, "0"),
    "int8": (_EIGHT, "0"),
    "date": (bytes(4), "'2000-01-01'"),
    "timestamptz": _INSTANT,
    "uuid": (bytes(16), "'00000000-0000-0000-0000-000000000000'"),
}
"""What stands where something was and nothing may not stand, as the server reads it and in SQL."""


class NotTakenError(Exception):
    """The tables here do not take the rows; the message names the constraint."""


@contextmanager
def taking() -> Iterator[None]:
    """Say by name which constraint is in the way."""
    try:
        yield
    except psycopg.errors.IntegrityError as error:
        named = error.diag.constraint_name or error.diag.message_primary
        raise NotTakenError(f"the tables here do not take it: {named}") from error


class Reference:
    """A foreign key: taken off while rows come, and put on again."""

    def __init__(self, row: Sequence[object]) -> None:
        """A row of the catalogue."""
        schema, table, self.name, self.text, to_schema, to_table, columns, keys = row
        self.child = f'"{schema}"."{table}"'
        self.parent = f'"{to_schema}"."{to_table}"'
        self.parent_name = f"{to_schema}.{to_table}"
        assert isinstance(columns, list)
        assert isinstance(keys, list)
        self.columns: list[str] = columns
        self.keys: list[str] = keys

    @property
    def dangling(self) -> str:
        """The condition that a row c refers to something that is not there."""
        told = " AND ".join(f'c."{column}" IS NOT NULL' for column in self.columns)
        same = " AND ".join(
            f'p."{key}" = c."{column}"' for column, key in zip(self.columns, self.keys, strict=True)
        )
        return f"{told} AND NOT EXISTS (SELECT FROM {self.parent} p WHERE {same})"


async def filled(tx: Transaction) -> str | None:
    """The name of a table that is not empty, if there is one."""
    for schema, table in await (await tx.execute(_TABLES)).fetchall():
        found = await tx.execute(f'SELECT EXISTS (SELECT FROM "{schema}"."{table}")'.encode())
        if (await found.fetchall())[0][0]:
            return f"{schema}.{table}"
    return None


async def containing(tx: Transaction, word: str) -> int:
    """How many rows have a word in them, whatever the column."""
    found = 0
    for schema, table in await (await tx.execute(_TABLES)).fetchall():
        statement = f'SELECT count(*) FROM "{schema}"."{table}" t WHERE strpos(t::text, %s) > 0'
        found += (await (await tx.execute(statement.encode(), [word])).fetchall())[0][0]
    return found


async def begin(tx: Transaction) -> list[Reference]:
    """Take off what would look at single rows while they come; the references."""
    for word in ("row_security = off", "search_path = pg_catalog", "timezone = 'UTC'"):
        await tx.execute(f"SET LOCAL {word}".encode())
    for schema, table in await (await tx.execute(_TABLES)).fetchall():
        await tx.execute(f'ALTER TABLE "{schema}"."{table}" DISABLE TRIGGER USER'.encode())
    found = [Reference(row) for row in await (await tx.execute(_REFERENCES)).fetchall()]
    for one in found:
        await tx.execute(f'ALTER TABLE {one.child} DROP CONSTRAINT "{one.name}"'.encode())
    return found


async def reshape(tx: Transaction, there: Shape, here: Shape) -> None:
    """Make the partitions and checks of the copy, where the empty database has others."""
    known = set(here.partitions)
    for part in there.partitions:
        if part not in known:
            schema, parent, name, bound = part
            statement = (
                f'CREATE TABLE "{schema}"."{name}" PARTITION OF "{schema}"."{parent}" {bound}'
            )
            await tx.execute(statement.encode())
            await tx.execute(f'ALTER TABLE "{schema}"."{name}" OWNER TO tenure_owner'.encode())
    for schema, table, name, _ in set(here.checks) - set(there.checks):
        statement = f'ALTER TABLE "{schema}"."{table}" DROP CONSTRAINT "{name}"'
        await tx.execute(statement.encode())
    for schema, table, name, text in set(there.checks) - set(here.checks):
        statement = f'ALTER TABLE "{schema}"."{table}" ADD CONSTRAINT "{name}" {text}'
        await tx.execute(statement.encode())


async def put(
    tx: Transaction, table: str, columns: Sequence[str], rows: Iterable[Sequence[bytes | None]]
) -> None:
    """Add rows, their columns as the server once sent them."""
    told = ", ".join(f'"{column}"' for column in columns)
    statement = f"COPY {table} ({told}) FROM STDIN (FORMAT binary)"
    count = struct.pack("!h", len(columns))
    parts = [_HEADER]
    for row in rows:
        parts.append(count)
        for value in row:
            parts += (_NULL,) if value is None else (struct.pack("!i", len(value)), value)
    parts.append(_TRAILER)
    async with tx.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        await copy.write(b"".join(parts))


async def put_alone(
    tx: Transaction, table: str, columns: Sequence[str], row: Sequence[bytes | None]
) -> bool:
    """Add one row, if the constraints of its table let it stand."""
    try:
        async with tx.transaction():
            await put(tx, table, columns, [row])
    except psycopg.errors.IntegrityError:
        return False
    return True


async def firm(
    tx: Transaction, table: str, references: Sequence[Reference]
) -> dict[str, tuple[bytes, str] | None]:
    """The columns that must have a value and have none by default: what may stand in for one.

    What is emptied in a row and in the row it refers to by several columns has to be the same.
    """
    tied = [
        column
        for one in references
        if one.child == table and len(one.columns) > 1
        for column in one.columns
    ]
    rows = await (await tx.execute(_FIRM, [table, tied])).fetchall()
    return {
        column: (struct.pack("!iii", 0, 0, element), f"'{{}}'::{kind}") if element else _stand(kind)
        for column, kind, element in rows
    }


def _stand(kind: str) -> tuple[bytes, str] | None:
    found = NEUTRAL.get(kind)
    return None if found is None else (found[0], f"{found[1]}::{kind}")


async def mend(tx: Transaction, references: Sequence[Reference]) -> tuple[int, int]:
    """Leave no reference to what is gone: rows taken away, and hollow rows that were added.

    A row that must stay keeps its hold: what it refers to comes back as no more than the number,
    if the constraints let that stand.  Otherwise it goes with what it belonged to.
    """
    orphans = hollow = 0
    again = True
    while again:
        again = False
        for one in references:
            count = await _count(tx, one)
            if count == 0:
                continue
            again = True
            added = await _hollow(tx, one)
            hollow += added
            if not added:
                statement = f"DELETE FROM {one.child} c WHERE {one.dangling}"
                await tx.execute(statement.encode())
                orphans += count
    return orphans, hollow


async def finish(tx: Transaction, references: Sequence[Reference], shape: Shape) -> None:
    """Put everything on again that was taken off, and let numbers go on where they were."""
    for schema, name, last, used in shape.sequences:
        await tx.execute(
            "SELECT setval(%s::regclass, %s, %s)", [f'"{schema}"."{name}"', last, used]
        )
    for one in references:
        statement = f'ALTER TABLE {one.child} ADD CONSTRAINT "{one.name}" {one.text}'
        await tx.execute(statement.encode())
    for schema, table in await (await tx.execute(_TABLES)).fetchall():
        await tx.execute(f'ALTER TABLE "{schema}"."{table}" ENABLE TRIGGER USER'.encode())


async def _count(tx: Transaction, one: Reference) -> int:
    statement = f"SELECT count(*) FROM {one.child} c WHERE {one.dangling}"
    return int((await (await tx.execute(statement.encode())).fetchall())[0][0])


async def _hollow(tx: Transaction, one: Reference) -> int:
    """Add a row with the key alone for each that is missing; 0 if it could not stand."""
    stands: dict[str, str] = {}
    for column, value in (await firm(tx, one.parent, [])).items():
        if column in one.keys:
            continue
        if value is None:
            return 0
        stands[column] = value[1]
    columns = ", ".join(f'"{column}"' for column in (*one.keys, *stands))
    values = ", ".join((*(f'c."{column}"' for column in one.columns), *stands.values()))
    statement = (
        f"INSERT INTO {one.parent} ({columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT DISTINCT {values} FROM {one.child} c WHERE {one.dangling}"
    )
    try:
        async with tx.transaction():
            return (await tx.execute(statement.encode())).rowcount
    except psycopg.Error:
        return 0
