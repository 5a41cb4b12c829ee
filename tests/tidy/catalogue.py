"""What PostgreSQL's catalogue says a database is, as lines that can be compared."""

# ruff: noqa: S608 -- the queries are put together from literals of this file only

from typing import Final, LiteralString

import psycopg

OURS: Final[LiteralString] = (
    "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'migrations', 'public') "
    "AND n.nspname NOT LIKE 'pg_temp%' AND n.nspname NOT LIKE 'pg_toast_temp%'"
)

QUERIES: Final[dict[str, LiteralString]] = {
    "schema": f"""
        SELECT n.nspname, pg_get_userbyid(n.nspowner), n.nspacl::text,
               obj_description(n.oid, 'pg_namespace')
        FROM pg_namespace n WHERE {OURS}""",
    "relation": f"""
        SELECT n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relacl::text,
               c.reloptions::text, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
               pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
               obj_description(c.oid, 'pg_class'), c.relpersistence
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}""",
    "column": f"""
        SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, l.collname, a.attacl::text, a.attstorage,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE {OURS} AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraint": f"""
        SELECT n.nspname, o.conrelid::regclass::text, o.conname, pg_get_constraintdef(o.oid),
               o.convalidated, o.condeferrable, o.condeferred
        FROM pg_constraint o JOIN pg_namespace n ON n.oid = o.connamespace WHERE {OURS}""",
    "index": f"""
        SELECT n.nspname, c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}""",
    "function": f"""
        SELECT n.nspname, pg_get_functiondef(p.oid), pg_get_userbyid(p.proowner), p.proacl::text
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {OURS} AND p.prokind IN ('f', 'p')""",
    "trigger": f"""
        SELECT n.nspname, pg_get_triggerdef(t.oid), t.tgenabled
        FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} AND NOT t.tgisinternal""",
    "view": f"""
        SELECT n.nspname, c.relname, pg_get_viewdef(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OURS} AND c.relkind IN ('v', 'm')""",
    "policy": f"""
        SELECT n.nspname, c.relname, y.polname, y.polcmd, y.polpermissive,
               y.polroles::regrole[]::text, pg_get_expr(y.polqual, y.polrelid),
               pg_get_expr(y.polwithcheck, y.polrelid)
        FROM pg_policy y
        JOIN pg_class c ON c.oid = y.polrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}""",
    "sequence": f"""
        SELECT n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,
               s.seqmax, s.seqmin, s.seqcache, s.seqcycle
        FROM pg_sequence s
        JOIN pg_class c ON c.oid = s.seqrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}""",
    "type": f"""
        SELECT n.nspname, t.typname, t.typtype, format_type(t.typbasetype, t.typtypmod),
               array(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid
                     ORDER BY e.enumsortorder)::text
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE {OURS} AND t.typtype IN ('d', 'e', 'r')""",
    "extension": "SELECT extname, extversion FROM pg_extension",
}


def catalogue(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    """Everything of ours in a database, one line a thing."""
    return {
        f"{kind}: {' · '.join(map(str, row))}"
        for kind, query in QUERIES.items()
        for row in connection.execute(query)
    }
