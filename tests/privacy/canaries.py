"""A marker in whatever is held about somebody, by the register; and the sweep for it."""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Final

import psycopg
from psycopg import sql

from tenure.promises.privacy.operations import register
from tenure.promises.privacy.store.reach import about
from tenure.values.holding import Row, Subject
from tenure.values.instant import iso
from tests.privacy.ended import LEFT

WHOM: Final = 1
HUMAN: Final = 4711
"""One of ours, who left as well."""
LOGIN: Final = "canarygone"
"""A marker already: many tables name who of ours did it."""
MARK: Final = "canary"
SAYS_WHEN: Final = frozenset(
    {
        "privacy.rights_step.state",
        "privacy.rights_proof.prover_kind",
        "privacy.rights_case.whose_kind",
    }
)
"""What says that it is over, and whose it is, stays as it is."""
FINDS: Final = frozenset({"numbers.tenure.msisdn", "staff.member.login"})
"""By these other rows are found: they stay as they are, and their rows have to go."""
TEXTS: Final = frozenset({"text", "jsonb", "bytea"})
HIS_LEAF: Final = (
    "(SELECT o.leaf_seq FROM record.opening o WHERE o.field = 'holder' AND o.value = '1' LIMIT 1)"
)
OPENED: Final = """
UPDATE record.opening t SET value = %s WHERE {} AND t.field IN ('iccid', 'imsi', 'body', 'document')
"""
CAMPAIGN: Final = """
INSERT INTO notices.campaign (key, kind, audience, facts, prevailing, until_at, opened_at, leaf_seq)
SELECT 'k', 'tariff.change', '{}', '{"en": ""}', 'en', at + interval '1 day', at, seq
FROM record.leaf ORDER BY seq LIMIT 1
"""
THERE: Final = (
    "INSERT INTO staff.human VALUES (%(human)s, 'x', 'national-id', 'N gone', %(at)s, %(at)s)",
    "INSERT INTO staff.member VALUES (%(login)s, %(human)s, %(at)s)",
    # Over by then, and so are its winners.
    (
        "INSERT INTO privacy.contest SELECT 'over', '', '', 1, m, m, m, m, m, 1"
        " FROM (SELECT %(at)s::timestamptz) AS at (m)"
    ),
)
"""What rows of this test lead to, and no door of it has made."""
MADE: Final = {
    "text": "'filled'",
    "text[]": "'{}'::text[]",
    "bytea": "decode(repeat('63', 32), 'hex')",
    "jsonb": """'{"filled": "filled"}'::jsonb""",
    "privacy.sealed": "decode('01' || repeat('63', 60), 'hex')",
    "boolean": "false",
    "bigint": "1",
    "integer": "1",
    "smallint": "1",
    "uuid": "uuid '11111111-1111-4111-8111-111111111111'",
    "date": "date '2020-01-01'",
    "timestamp with time zone": f"timestamptz '{iso(LEFT)}'",
    "tstzrange": f"tstzrange('{iso(LEFT)}'::timestamptz - interval '1 day', '{iso(LEFT)}')",
}
"""What a row is made of where no door of this test makes one."""
WORDS: Final = {
    "people.guardian.guardian_id": "7",
    "people.merge.survivor_id": "2",
    "people.merge_request.survivor_id": "2",
    "people.subject.person_id": "1",
    "people.subject.registered": "true",
    "people.item.subject_id": "1",
    "privacy.rights_step.state": "'closed'",
    "privacy.rights_proof.prover_kind": "'person'",
    "privacy.rights_case.whose_kind": "'person'",
    "privacy.erasure.why": "'request'",
    "privacy.erasure.kind": "'person'",
    "privacy.hold.kind": "'person'",
    "privacy.hold.whom": "1",
    "privacy.rights_case.whose_id": "1",
    "privacy.rights_proof.prover_id": "1",
    "privacy.erasure.whom": "1",
    "privacy.winner.contest": "'over'",
    "consent.event.word": "'refused'",
    "notices.delivery.delivery_id": (
        "(SELECT min(n.notice_id) * 1000 + 1 FROM notices.notice n WHERE n.person_id = 1"
        " OR n.msisdn IN (SELECT msisdn FROM numbers.tenure h"
        " WHERE h.holder_id = 1 AND h.during @> n.at))"
    ),
    "numbers.hold.since": f"timestamptz '{iso(LEFT)}' - interval '1 hour'",
    "notices.recipient.per": "''",
}
"""What a row says so that it is one of theirs, and over."""
OPEN: Final = {
    "people.guardian": ("until",),
    "numbers.hold": ("until",),
    "staff.case": ("closed_at",),
    "privacy.export": ("destroyed_at",),
    "numbers.alarm": ("ended_at",),
    "privacy.hold": ("released_at",),
    "consent.restriction": ("until_at",),
    "access.measure": ("lifted_at",),
}
"""What would go on, if nobody said that it is over."""


def marked(owner: str) -> tuple[dict[str, str], set[str], set[str]]:
    """Every column that took a marker, with it; those that took none; tables without a row."""
    took: dict[str, str] = {}
    refused: set[str] = set()
    empty: set[str] = set()
    numbers = itertools.count(1)
    rows = {f"{promise}.{row.table}": row for promise, row in register.rows()}
    with psycopg.connect(owner, autocommit=True) as connection:
        # What the application can never do: neither keys nor triggers keep a marker out.
        connection.execute("SET session_replication_role = replica")
        _unchecked(connection)
        connection.execute(CAMPAIGN)
        for statement in THERE:
            given = {"human": HUMAN, "login": LOGIN, "at": iso(LEFT)}
            connection.execute(statement.encode(), given)
        for store, row in rows.items():
            _there(connection, store, row)
        for store, column, kind in _columns(connection, rows):
            mark = f"{MARK}{next(numbers):04d}"
            found = _mark(connection, (store, column, kind), rows[store], mark)
            if found is None:
                refused.add(f"{store}.{column}")
            elif found:
                took[f"{store}.{column}"] = mark
            else:
                empty.add(store)
        mark = f"{MARK}{next(numbers):04d}"
        opened = sql.SQL(OPENED).format(sql.SQL(_theirs(rows["record.opening"])))
        if connection.execute(opened, [mark]).rowcount:
            took["record.opening.value"] = mark
    return took, refused, empty


def _columns(
    connection: psycopg.Connection, rows: dict[str, Row]
) -> Iterator[tuple[str, str, str]]:
    """Every column that can hold a marker, and by which nothing is found."""
    for promise, one in register.holdings():
        store = f"{promise}.{one.table}"
        kind = _types(connection, store).get(one.column, "")
        if one.whose is Subject.NOBODY or kind not in TEXTS or store not in rows:
            continue
        leads = {lead.column for lead in rows[store].leads}
        if one.column not in leads and f"{store}.{one.column}" not in SAYS_WHEN | FINDS:
            yield store, one.column, kind


def _unchecked(connection: psycopg.Connection) -> None:
    """No column of this throw-away database is particular about words any more."""
    checks = connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'c' AND conislocal AND connamespace <> 'pg_catalog'::regnamespace"
        " AND conrelid <> 0 AND coninhcount = 0"
    ).fetchall()
    for table, name in checks:
        dropped = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
        connection.execute(dropped.format(sql.SQL(table), sql.Identifier(name)))


def _theirs(row: Row) -> str:
    """About the person, about the subject that the same human is, or about the one of ours."""
    found = [about(row, kind, str(WHOM)) for kind in ("person", "subject")]
    return f"({' OR '.join([*found, about(row, 'human', str(HUMAN))])})"


def _types(connection: psycopg.Connection, store: str) -> dict[str, str]:
    statement = (
        "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a"
        " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.attgenerated = ''"
    )
    return dict(connection.execute(statement, [store]).fetchall())


def _mark(
    connection: psycopg.Connection, column: tuple[str, str, str], row: Row, mark: str
) -> int | None:
    store, name, kind = column
    value = {
        "jsonb": sql.Literal(f'{{"{mark}": "{mark}"}}'),
        "bytea": sql.Literal((mark * 4)[:32].encode()),
    }.get(kind, sql.Literal(mark))
    statement = sql.SQL("UPDATE {} t SET {} = {} WHERE {}").format(
        sql.SQL(store), sql.Identifier(name), value, sql.SQL(_theirs(row))
    )
    try:
        return connection.execute(statement).rowcount
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError):
        return None


def _there(connection: psycopg.Connection, store: str, row: Row) -> None:
    """A row about them, made from nothing when no door has made one."""
    condition = sql.SQL(_theirs(row))
    query = sql.SQL("SELECT EXISTS (SELECT FROM {} t WHERE {})")
    (there,) = connection.execute(query.format(sql.SQL(store), condition)).fetchone() or (True,)
    if there:
        return
    needed = connection.execute(
        "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a"
        " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.attgenerated = '' AND a.attidentity = '' AND a.attnotnull AND NOT a.atthasdef",
        [store],
    ).fetchall()
    columns = {
        name: WORDS.get(f"{store}.{name}") or MADE.get(kind, "NULL") for name, kind in needed
    }
    columns |= {
        place.removeprefix(f"{store}."): value
        for place, value in WORDS.items()
        if place.startswith(f"{store}.")
    }
    over = f"timestamptz '{iso(LEFT)}'"
    columns |= dict.fromkeys(OPEN.get(store, ()), over)
    for lead in row.leads:
        if lead.way.value in ("person", "leaf", "subject"):
            columns.setdefault(lead.column, "1")
        if lead.way.value in ("human", "login"):
            of_ours = str(HUMAN) if lead.way.value == "human" else f"'{LOGIN}'"
            columns[lead.column] = WORDS.get(f"{store}.{lead.column}", of_ours)
        if lead.way.value == "leaf" and lead.column == "leaf_seq":
            columns[lead.column] = HIS_LEAF
        if lead.way.value == "purse":
            columns[lead.column] = (
                "(SELECT purse_id FROM numbers.tenure WHERE holder_id = 1 LIMIT 1)"
            )
        if lead.way.value == "number":
            columns[lead.column] = "(SELECT msisdn FROM numbers.tenure WHERE holder_id = 1 LIMIT 1)"
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.SQL(store),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.SQL, columns.values())),
    )
    with contextlib.suppress(psycopg.Error):
        # What cannot be made so is told as a table without a row.
        connection.execute(statement)


def found(owner: str) -> dict[str, int]:
    """In which tables a marker stands, in whatever column, as text or as octets."""
    with psycopg.connect(owner) as connection:
        tables = connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)'"
        ).fetchall()
        seen = {}
        for (table,) in tables:
            query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text LIKE ANY (%s)")
            like = [f"%{MARK}%", f"%{MARK.encode().hex()}%"]
            (count,) = connection.execute(query.format(sql.SQL(table)), [like]).fetchone() or (0,)
            if count:
                seen[str(table)] = int(count)
    return seen
