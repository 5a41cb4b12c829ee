"""The plan of what ends how, made from register and pack: which rows, in which order, for whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.store.reach import KIND_OF, about, somebody
from tenure.promises.record.model import Plain
from tenure.terms.retention import ROW, Retention
from tenure.values.holding import End, Holding, Row
from tenure.values.instant import DAY_MS

DELETE: Final = "delete"
EMPTY: Final = "empty"
KINDS: Final = ("person", "subject", "human")
NOT_OURS: Final = frozenset({"money.entry"})
"""Stores whose details end by another door, month by month: ``operations.usage``."""
EMPTIED: Final[Mapping[str, str]] = {
    "staff.human.name": "'-'",
    "staff.human.document_kind": "'invented'",
    "staff.human.document_number": "'-' || t.human_id",
    "numbers.sim.sealed": "decode(repeat('00', 28), 'hex')",
    "money.purse.sessions": "'\\x929090'::bytea",
}
"""What a column becomes whose checks want a value, and that leads to nobody."""
OF_KIND: Final[Mapping[str, str]] = {"people.subject": "t.kind", "people.item": "t.kind"}
"""Where a row says of which kind of people it is, so that the kind's own days count."""
SINCE: Final[Mapping[str, str]] = {
    # Its steps end before it, and with them the one that says when it was closed.
    "privacy.rights_case": "CASE WHEN NOT EXISTS (SELECT FROM privacy.rights_step s"
    " WHERE s.case_id = t.case_id) THEN t.received_at END",
    "privacy.rights_proof": "CASE WHEN NOT EXISTS (SELECT FROM privacy.rights_step s"
    " WHERE s.case_id = t.case_id) THEN t.at END",
}
"""From when on a row counts whose own moment has ended with another row."""
AFTER: Final[Mapping[str, str]] = {
    "privacy.rights_step": " ORDER BY t.state = 'closed'",
    "record.opening": " ORDER BY t.field IN ('person', 'holder', 'from', 'to', 'said_by',"
    " 'supplier', 'duplicate', 'survivor', 'subject', 'human', 'msisdn'), t.leaf_seq",
}
"""Within a table, what leads to others ends last: else nobody would find them any more."""
RESTS_ON: Final[Mapping[str, str]] = {
    # What a tenure rests on stays as long as it: both consents, and who approved.
    "numbers.consent": "EXISTS (SELECT FROM numbers.tenure c WHERE c.request_id = t.request_id)",
    "staff.approval": "EXISTS (SELECT FROM numbers.request c"
    " WHERE c.request_hash = t.request_hash)",
    # A base that was taken over is one digest: its numbers stay until nobody holds one of them.
    "numbers.tenure": "t.opened_as = 'import' AND EXISTS (SELECT FROM numbers.tenure c"
    " WHERE c.leaf_seq = t.leaf_seq AND upper_inf(c.during))",
    "record.opening": "t.field <> 'from' AND (EXISTS (SELECT FROM numbers.tenure c"
    " WHERE c.leaf_seq = t.leaf_seq AND upper_inf(c.during))"
    " OR EXISTS (SELECT FROM numbers.binding c"
    " WHERE c.leaf_seq = t.leaf_seq AND upper_inf(c.during)))",
    "numbers.binding": "EXISTS (SELECT FROM numbers.tenure c WHERE c.leaf_seq = t.leaf_seq"
    " AND c.opened_as = 'import')",
}
"""What else needs a row of a store, that no foreign key says."""
_BLANK: Final[Mapping[str, str]] = {"text": "''", "bytea": "''", "bigint": "0", "boolean": "false"}


class Column(msgspec.Struct, frozen=True):
    """A column as the database has it."""

    kind: str
    """Its type."""
    nullable: bool


class Reference(msgspec.Struct, frozen=True):
    """A foreign key: rows of ``child`` need rows of ``parent``."""

    child: str
    columns: tuple[str, ...]
    parent: str
    keys: tuple[str, ...]


class Shape(msgspec.Struct, frozen=True):
    """What the database says of its tables."""

    columns: Mapping[str, Column]
    """By promise.table.column."""
    references: tuple[Reference, ...]


_COLUMNS: Final = """
SELECT concat_ws('.', n.nspname, c.relname, a.attname), format_type(a.atttypid, NULL),
       NOT a.attnotnull
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY (%s)
"""
_REFERENCES: Final = """
SELECT k.conrelid::regclass::text, k.confrelid::regclass::text,
       (SELECT array_agg(a.attname::text ORDER BY i.n)
        FROM unnest(k.conkey) WITH ORDINALITY AS i (num, n)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = i.num),
       (SELECT array_agg(a.attname::text ORDER BY i.n)
        FROM unnest(k.confkey) WITH ORDINALITY AS i (num, n)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = i.num)
FROM pg_constraint k WHERE k.contype = 'f' AND k.confdeltype = 'a' AND k.conparentid = 0
ORDER BY k.conname, k.conrelid
"""


async def shape(tx: Transaction, promises: Sequence[str]) -> Shape:
    """What the database says of the tables of these promises."""
    cursor = await tx.execute(_COLUMNS, [list(promises)])
    columns = {name: Column(kind, nullable) for name, kind, nullable in await cursor.fetchall()}
    cursor = await tx.execute(_REFERENCES)
    references = tuple(
        Reference(child.replace('"', ""), tuple(own), parent.replace('"', ""), tuple(keys))
        for child, parent, own, keys in await cursor.fetchall()
    )
    return Shape(columns, references)


def plan(
    retention: Retention,
    holdings: Iterable[tuple[str, Holding]],
    rows: Iterable[tuple[str, Row]],
    given: Shape,
) -> dict[str, Plain]:
    """What the database does: the periods, and the steps in an order that leaves nobody behind."""
    by_store = {f"{promise}.{row.table}": row for promise, row in rows}
    ending: dict[tuple[str, str, str], list[str]] = {}
    for promise, one in holdings:
        store = f"{promise}.{one.table}"
        if store in NOT_OURS or one.end not in (End.DELETE, End.EMPTY, End.ANONYMISE):
            continue
        act = DELETE if one.end is End.DELETE else EMPTY
        ending.setdefault((store, act, one.keep), []).append(one.column)
    steps = [
        _step(store, act, keep, tuple(columns), (by_store[store], given))
        for (store, act, keep), columns in ending.items()
    ]
    # A row that goes need not be emptied before: only what others still need stays empty.
    rests = {(one["store"], one["keep"]): one["needed"] for one in steps if one["act"] == DELETE}
    steps = [_unless_it_goes(one, rests.get((one["store"], one["keep"]), "true")) for one in steps]
    steps = [one for one in steps if not str(one["undone"]).endswith(" AND false")]
    by_row = {one.name for one in retention.keeps.values() if one.starts == ROW}
    place = {store: nth for nth, store in enumerate(_ordered(steps, given, by_row))}
    steps.sort(key=lambda one: (place[str(one["store"])], one["act"] == DELETE))
    return {
        "late_ms": retention.late_days * DAY_MS,
        "keeps": _keeps(retention),
        "steps": [{"nth": nth, **one} for nth, one in enumerate(steps, 1)],
    }


def _keeps(retention: Retention) -> list[Plain]:
    found: list[Plain] = []
    for one in retention.keeps.values():
        for kind, period in (("", one.period), *one.kinds.items()):
            found.append(
                {
                    "keep": one.name,
                    "kind": kind,
                    "starts": one.starts,
                    "minimum_ms": period.minimum_ms,
                    "maximum_ms": period.maximum_ms,
                    "disputed": one.disputed,
                }
            )
    return found


def _step(
    store: str, act: str, keep: str, columns: tuple[str, ...], where: tuple[Row, Shape]
) -> dict[str, Plain]:
    row, given = where
    emptied = {name: _emptied(f"{store}.{name}", given) for name in columns}
    needed = [_needs(one) for one in given.references if one.parent == store]
    needed += [f"({RESTS_ON[store]})"] if store in RESTS_ON else []
    kinds = [KIND_OF[lead.way] for lead in row.leads]
    whoms = [somebody(lead) for lead in row.leads]
    found: dict[str, Plain] = {kind: about(row, kind, "$1") for kind in KINDS if kind in kinds}
    return {
        "store": store,
        "keep": keep,
        "act": act,
        "columns": list(columns),
        "since": f"coalesce({row.since}, {SINCE[store]})" if store in SINCE else row.since,
        "kinds": kinds,
        "whoms": ", ".join(whoms) or "NULL",
        "about": found,
        "needed": "(" + " OR ".join(needed) + ")" if needed and act == DELETE else "false",
        "emptied": ", ".join(f"{name} = {value}" for name, value in emptied.items()),
        "undone": _undone(emptied) if act == EMPTY else "true",
        "of_kind": OF_KIND.get(store, "''"),
        "after": AFTER.get(store, ""),
    }


def _unless_it_goes(step: dict[str, Plain], needed: Plain) -> dict[str, Plain]:
    """The step, which empties only rows that cannot go."""
    if step["act"] == DELETE:
        return step
    return {**step, "undone": f"({step['undone']}) AND {needed}"}


def _undone(emptied: Mapping[str, str]) -> str:
    """What is empty already is not emptied again."""
    return " OR ".join(f"t.{name} IS DISTINCT FROM {value}" for name, value in emptied.items())


def _emptied(column: str, given: Shape) -> str:
    if column in EMPTIED:
        return EMPTIED[column]
    found = given.columns[column]
    return "NULL" if found.nullable else _BLANK.get(found.kind, "NULL")


def _needs(one: Reference) -> str:
    pairs = zip(one.columns, one.keys, strict=True)
    fits = " AND ".join(f"c.{own} = t.{key}" for own, key in pairs)
    return f"EXISTS (SELECT FROM {one.child} c WHERE {fits})"


def _ordered(
    steps: Sequence[Mapping[str, Plain]], given: Shape, by_row: Collection[str]
) -> list[str]:
    """The stores so that who needs another comes before it, and who is found by another as well."""
    stores = {str(one["store"]) for one in steps}
    first: dict[str, set[str]] = {store: set() for store in sorted(stores)}
    for one in given.references:
        if one.child in stores and one.parent in stores and one.child != one.parent:
            first[one.parent].add(one.child)
    first["numbers.consent"].add("numbers.tenure")
    for step in steps:
        told = f"{step['whoms']} {step['about']} "
        # What counts from a relation does so without the row that told of its end.
        told += f"{step['since']} " if step["keep"] in by_row else ""
        store = str(step["store"])
        for other in stores - {store}:
            # A card that was bound to nobody any more ends by its own time.
            if f"{other} " in told and other not in first[store]:
                first[other].add(store)
    return list(TopologicalSorter(first).static_order())
