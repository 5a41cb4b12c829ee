"""What the database has that can hold something of somebody."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.register import Live, LiveColumn, LiveIndex, LiveView

# A text has a form when a check or a foreign key gives it one.  What was applied when, in
# "migrations", is about the database itself.
COLUMNS: Final = """
SELECT n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
       c.relkind::text,
       CASE WHEN a.atttypid = ANY ('{bytea,json,jsonb,xml,_bytea,_json,_jsonb}'::regtype[])
            THEN false
            WHEN a.atttypid = ANY ('{text,varchar,bpchar,name,_text,_varchar}'::regtype[])
            THEN EXISTS (
                SELECT FROM pg_constraint k
                WHERE k.conrelid = c.oid AND a.attnum = ANY (k.conkey)
                  AND (k.contype = 'f' OR k.contype = 'c' AND pg_get_constraintdef(k.oid)
                       ~ ('\\m' || a.attname || '\\M[^,()]{0,20}(~ |= ANY)'))
            )
            ELSE true END
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'migrations')
  AND n.nspname !~ '^pg_(temp|toast_temp)_'
ORDER BY 1, 2, a.attnum
"""
VIEWS: Final = """
SELECT n.nspname::text, c.relname::text,
       coalesce('security_invoker=true' = ANY (c.reloptions), false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2
"""
# An index over an expression depends on the columns that stand in it.
INDEXES: Final = """
SELECT n.nspname::text, i.relname::text, c.relname::text,
       array_agg(DISTINCT a.attname::text ORDER BY a.attname::text)
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
 AND (a.attnum = ANY (x.indkey) OR EXISTS (
     SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.oid
       AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))
WHERE NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'migrations')
GROUP BY 1, 2, 3
ORDER BY 1, 2
"""


async def live(tx: Transaction) -> Live:
    """Every column, view and index of every schema, in the order of their names."""
    columns = await (await tx.execute(COLUMNS)).fetchall()
    views = await (await tx.execute(VIEWS)).fetchall()
    indexes = await (await tx.execute(INDEXES)).fetchall()
    return Live(
        tuple(LiveColumn(*row) for row in columns),
        tuple(LiveView(*row) for row in views),
        tuple(LiveIndex(schema, index, table, tuple(of)) for schema, index, table, of in indexes),
    )
