"""SQL that reads a database at one moment: its shape, and its rows as the server sends them."""

from collections.abc import AsyncIterator
from typing import Any, Final

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.copies import Plan, Shape
from tenure.promises.privacy.store.reach import somebody

# One moment for everything, nothing written, and never silently less than there is.
_BEGIN: Final = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "SET LOCAL row_security = off",
    "SET LOCAL search_path = pg_catalog",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL jit = off",
)
_ROOM: Final = """
    n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'migrations', 'public')
"""
_COLUMNS: Final = f"""
SELECT n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
       coalesce(nullif(t.typbasetype, 0)::regtype::text, t.typname::text)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attgenerated = '' AND {_ROOM}
ORDER BY 1, 2, a.attnum
"""
_MIGRATIONS: Final = "SELECT number, sha256 FROM migrations.applied ORDER BY number"
_SEQUENCES: Final = f"""
SELECT n.nspname::text, c.relname::text,
       coalesce(pg_sequence_last_value(c.oid), s.seqstart),
       pg_sequence_last_value(c.oid) IS NOT NULL
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_ROOM} ORDER BY 1, 2
"""
_PARTITIONS: Final = f"""
SELECT n.nspname::text, p.relname::text, c.relname::text, pg_get_expr(c.relpartbound, c.oid)
FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relispartition AND {_ROOM} ORDER BY 1, 2, 3
"""
_CHECKS: Final = f"""
SELECT n.nspname::text, c.relname::text, k.conname::text, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND NOT c.relispartition AND {_ROOM} ORDER BY 1, 2, 3
"""
_FENCES: Final = """
SELECT mark, max(number) FROM (
    (SELECT mark, number FROM privacy.fence WHERE raised_at IS NULL)
    UNION ALL (SELECT mark, number FROM privacy.fence ORDER BY number DESC LIMIT 10000)
) AS lately GROUP BY mark
"""


async def begin(tx: Transaction) -> None:
    """Take the snapshot: the first statements of a transaction."""
    for word in _BEGIN:
        await tx.execute(word)


async def columns(tx: Transaction) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    """Every stored column of every table: its type, and the plain type that this is made of."""
    found: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for schema, table, column, kind, base in await (await tx.execute(_COLUMNS)).fetchall():
        found.setdefault((schema, table), {})[column] = (kind, base)
    return found


async def shape(tx: Transaction) -> Shape:
    """What is not in the rows, and changes all the same."""
    return Shape(
        migrations=tuple(await (await tx.execute(_MIGRATIONS)).fetchall()),
        sequences=tuple(await (await tx.execute(_SEQUENCES)).fetchall()),
        partitions=tuple(await (await tx.execute(_PARTITIONS)).fetchall()),
        checks=tuple(await (await tx.execute(_CHECKS)).fetchall()),
    )


async def fences(tx: Transaction) -> dict[bytes, int]:
    """What the snapshot knows of what ended lately."""
    return dict(await (await tx.execute(_FENCES)).fetchall())


async def rows(tx: Transaction, plan: Plan) -> AsyncIterator[tuple[bytes | None, ...]]:
    """Every row: whom each lead leads to, then the columns, as the server sends them in binary."""
    whom = [f"({somebody(lead)})::bigint" for lead in plan.leads]
    told = [f't."{column}"' for column in plan.columns]
    table = f'"{plan.schema}"."{plan.table}"'
    select = f"SELECT {', '.join([*whom, *told])} FROM {table} t"
    statement = f"COPY ({select}) TO STDOUT (FORMAT binary)"
    async with tx.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        async for row in copy.rows():
            yield row


def size_of(row: tuple[Any, ...]) -> int:
    """About how many octets a row takes."""
    return sum(len(value) for value in row if value is not None)
