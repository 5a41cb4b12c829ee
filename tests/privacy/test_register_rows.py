"""How rows lead to somebody: every declaration is run against the real tables."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import psycopg

from tenure.promises.privacy.operations import register
from tenure.promises.privacy.store.reach import HUMAN, KIND_OF, PERSON, SUBJECT, about, somebody
from tenure.values.holding import Holding, Lead, Row, Subject, Way
from tools import schema

Declared = Sequence[tuple[str, Row]]
Connection = psycopg.Connection[tuple[str, str, list[str]]]

# Unique by an index, or by an exclusion of whatever overlaps.
UNIQUE = """
    SELECT n.nspname::text, c.relname::text, array_agg(a.attname::text ORDER BY a.attname)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE (i.indisunique OR i.indisexclusion) AND i.indpred IS NULL AND NOT c.relispartition
      AND NOT (0 = ANY (i.indkey))
    GROUP BY n.nspname, c.relname, i.indexrelid
"""

SELECT = "SELECT {} FROM {} AS t WHERE {}"


def missing(held: Iterable[tuple[str, Holding]], rows: Declared) -> list[str]:
    """Tables with a personal column that lead to nobody, and the reverse, each by its name."""
    personal = {f"{p}.{one.table}" for p, one in held if one.whose is not Subject.NOBODY}
    declared = [f"{promise}.{row.table}" for promise, row in rows]
    return sorted(
        {f"{name}: say in ROWS how it leads to somebody" for name in personal - set(declared)}
        | {f"{name}: tells nothing about anybody" for name in set(declared) - personal}
        | {f"{name}: is declared twice" for name in declared if declared.count(name) > 1}
        | {f"{p}.{row.table}: leads to nobody" for p, row in rows if not row.leads}
    )


def broken(connection: Connection, rows: Declared) -> Iterator[str]:
    """Which declarations PostgreSQL does not understand, or whose key is not unique."""
    unique = {(s, t, tuple(c)) for s, t, c in connection.execute(UNIQUE)}
    for promise, row in rows:
        name = f"{promise}.{row.table}"
        if (promise, row.table, tuple(sorted(row.key))) not in unique:
            yield f"{name}: its key is not unique"
        for statement in statements(promise, row):
            if fault := fails(connection, statement):
                yield f"{name}: {fault}"


def statements(promise: str, row: Row) -> list[str]:
    """Everything that is made of one declaration, as a statement each."""
    table = f'"{promise}"."{row.table}"'
    asked = [
        (", ".join(f"t.{column}" for column in row.key), "true"),
        # A sum with an interval, or with a number, fails for anything but an instant, or an id.
        (f"({row.since}) + interval '1 ms', ({row.since}) <= now()", "true"),
        *((f"({somebody(lead)}) + 1::bigint", "true") for lead in row.leads),
        *(("count(*)", about(row, kind, "%(whom)s::bigint")) for kind in (PERSON, SUBJECT, HUMAN)),
    ]
    return [SELECT.format(what, table, condition) for what, condition in asked]


def fails(connection: Connection, statement: str) -> str:
    """What PostgreSQL says against a statement, or nothing."""
    try:
        with connection.transaction():
            connection.execute(statement.encode(), {"whom": 1})
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    return ""


def test_every_row_leads_to_somebody(owner: str) -> None:
    assert missing(register.holdings(), register.rows()) == []
    with psycopg.connect(owner) as connection:
        assert list(broken(connection, register.rows())) == []


def test_every_promise_is_in_the_register() -> None:
    assert list(register.PROMISES) == [
        promise
        for promise in schema.promises()
        if (schema.ROOT / "src" / "tenure" / "promises" / promise).is_dir()
    ]
    assert set(KIND_OF) == set(Way)


def test_whatever_row_is_missing_is_named() -> None:
    held, rows = register.holdings(), register.rows()
    for promise, row in rows:
        rest = [one for one in rows if one != (promise, row)]
        named = [one for one in missing(held, rest) if one.startswith(f"{promise}.{row.table}:")]
        assert len(named) == 1
    assert missing(held, [*rows, rows[0]])
    assert missing(held, [*rows, ("people", Row("figures", ("one",), rows[0][1].leads, "t.one"))])


WRONG: list[tuple[dict[str, object], str]] = [
    ({"key": ("nowhere",)}, "not unique"),
    ({"key": ("gone",)}, "gone does not exist"),
    ({"key": ("party",)}, "not unique"),
    ({"since": "t.nowhere"}, "nowhere does not exist"),
    ({"since": "t.msisdn"}, "operator does not exist"),
    ({"leads": (Lead(Way.PERSON, "gone"),)}, "gone does not exist"),
    ({"leads": (Lead(Way.PERSON, "kind"),)}, "operator does not exist"),
    ({"leads": (Lead(Way.NUMBER, "msisdn", at="t.gone"),)}, "gone does not exist"),
    ({"leads": (Lead(Way.NUMBER, "msisdn", during="t.ended_at"),)}, "operator does not exist"),
    ({"leads": (Lead(Way.NUMBER, "from_holder"),)}, "operator does not exist"),
    ({"leads": (Lead(Way.PURSE, "purse_id", where="t.gone"),)}, "gone does not exist"),
]


def test_whatever_is_wrong_in_a_row_is_found(owner: str) -> None:
    (row,) = (r for promise, r in register.rows() if (promise, r.table) == ("numbers", "request"))
    with psycopg.connect(owner) as connection:
        for change, fault in WRONG:
            wrong = msgspec.structs.replace(row, **change)
            found = list(broken(connection, [("numbers", wrong)]))
            assert found, change
            assert all(one.startswith("numbers.request: ") for one in found)
            assert any(fault in one for one in found), change
