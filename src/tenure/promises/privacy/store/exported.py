"""SQL that tells the rows about somebody as JSON, in pieces: put together from the register."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.money.model import Account, EntryKind
from tenure.promises.privacy.model.exports import (
    KINDS_OF,
    LOOKS,
    Column,
    Job,
    Kind,
    Month,
    Section,
    Types,
    Whose,
)
from tenure.promises.privacy.store.reach import about
from tenure.values.holding import Export, Lead, Row, Way
from tenure.values.instant import Instant

CODES: Final[Mapping[tuple[str, str], type[IntEnum]]] = {
    ("money.entry", "kind"): EntryKind,
    ("money.entry", "account"): Account,
}
"""Columns of numbers that have names."""

WHOM: Final = "%(whom)s"
SEALED: Final[Mapping[tuple[str, str], str]] = {
    ("people.item", "value"): (
        "CASE WHEN t.sealed IS NULL THEN to_json(t.value) ELSE json_build_object('sealed',"
        " translate(encode(t.sealed, 'base64'), E'\\n', ''), 'subject_id', t.subject_id,"
        " 'person_id', t.person_id, 'item', t.item, 'place', t.place,"
        " 'since_ms', (extract(epoch FROM t.since) * 1000)::bigint) END"
    )
}
"""Columns whose value may be sealed: what is told until it is opened, with where it belongs."""
MASK: Final = "…"
"""What stands where somebody else would be named."""

BEGINNINGS: Final = (
    "since",
    "at",
    "added_at",
    "asked_at",
    "requested_at",
    "received_at",
    "given_at",
    "verified_at",
)
"""Columns that say since when something is held."""
SECRET_FIELDS: Final = ("credential", "public_key", "signature", "token", "code", "pin")
"""Openings of leaves that name a credential: they are told to nobody."""

_TYPES: Final = """
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
_PINS: Final[Mapping[Way, str]] = {
    Way.PURSE: "SELECT DISTINCT purse_id::text FROM numbers.tenure WHERE holder_id = %(whom)s"
    " ORDER BY 1",
    Way.NUMBER: "SELECT DISTINCT msisdn FROM numbers.tenure WHERE holder_id = %(whom)s ORDER BY 1",
}
_LOOKS: Final = """
SELECT json_build_object(
    'at', {at}, 'purpose', t.purpose, 'shown', t.shown, 'leaf', t.leaf_seq, 'by', 'one of ours'
)::text, ARRAY[t.look_id::text]
FROM staff.look t
WHERE (%(after_0)s::bigint IS NULL OR t.look_id > %(after_0)s::bigint)
  AND EXISTS (
      SELECT FROM record.opening o JOIN numbers.tenure h ON h.msisdn = o.value AND h.during @> t.at
      WHERE o.leaf_seq = t.leaf_seq AND o.field = 'msisdn' AND h.holder_id = %(whom)s
  )
ORDER BY t.look_id LIMIT %(limit)s
"""
_EXISTS: Final[Mapping[Kind, str]] = {
    Kind.PERSON: "SELECT FROM people.person WHERE person_id = %(whom)s",
    Kind.SUBJECT: "SELECT FROM people.subject WHERE subject_id = %(whom)s",
    Kind.HUMAN: "SELECT FROM staff.human WHERE human_id = %(whom)s",
}


async def types(tx: Transaction) -> Types:
    """The type of each column there is."""
    rows = await (await tx.execute(_TYPES)).fetchall()
    return {(promise, table, column): type_ for promise, table, column, type_ in rows}


async def exists(tx: Transaction, whose: Whose) -> bool:
    """Whether there is anybody of this kind with this number."""
    found = await tx.execute(_EXISTS[whose.kind].encode(), {"whom": whose.whom})
    return await found.fetchone() is not None


async def pins(tx: Transaction, section: Section, whose: Whose) -> tuple[str, ...]:
    """The values by which a table is read for somebody; empty when it is read whole."""
    way = section.pin
    if way is None:
        return ()
    if way not in _PINS:
        return (str(whose.whom),)
    found = await (await tx.execute(_PINS[way].encode(), {"whom": whose.whom})).fetchall()
    # A pin that fits nobody: somebody without any number has no rows here.
    return tuple(value for (value,) in found) or ("-1",)


async def read(  # noqa: PLR0913, PLR0917 -- what is read, of whom, from where, and how it is told
    tx: Transaction,
    section: Section,
    whose: Whose,
    pin: str | None,
    after: Sequence[str],
    setting: Mapping[str, Any],
    limit: int,
) -> list[tuple[str, list[str]]]:
    """The next records as JSON, each with its key.

    ``setting`` has the currency, and how many digits of another's number are told.
    """
    query = statement(section, whose.kind, is_pinned=pin is not None, is_first=not after)
    given: dict[str, str | None] = {f"after_{n}": value for n, value in enumerate(after)}
    if not after:
        given = {f"after_{n}": None for n in range(len(section.row.key))}
    asked = {"whom": whose.whom, "pin": pin, "limit": limit, **given, **setting}
    return await _asked(tx, query, asked)


async def newest(
    tx: Transaction, section: Section, job: Job, pins: Sequence[str], asked: Mapping[str, Any]
) -> list[dict[str, object]]:
    """The last records in the order of the key; ``asked`` has the limit and the setting."""
    found: list[dict[str, object]] = []
    for pin in reversed(pins or (None,)):
        query = statement(
            section, job.whose.kind, is_pinned=pin is not None, is_first=True, is_newest=True
        )
        given = {"whom": job.whose.whom, "pin": pin, "after_0": None, **asked}
        rows = await _asked(tx, query, given)
        found += [msgspec.json.decode(text, type=dict[str, object]) for text, _ in rows]
        if len(found) >= asked["limit"]:
            break
    return found[: asked["limit"]]


async def counted(
    tx: Transaction, section: Section, whose: Whose, limit: int
) -> tuple[int, Instant | None]:
    """How many records there are, counted as far as ``limit``, and since when."""
    if section.name == LOOKS:
        inner = _LOOKS.format(at=_moment("t.at"))
        query = f"SELECT count(*)::bigint, NULL::timestamptz FROM ({inner}) AS found"
    else:
        names = [one.name for one in section.columns if one.type == "timestamp with time zone"]
        moment = next((f"t.{one}" for one in BEGINNINGS if one in names), "NULL::timestamptz")
        condition = about(section.row, whose.kind.value, WHOM)
        query = (
            "SELECT count(*)::bigint, min(found.moment) FROM"
            f" (SELECT {moment} AS moment FROM {section.promise}.{section.row.table} t"
            f" WHERE {condition} LIMIT %(limit)s) AS found"
        )
    asked = {"whom": whose.whom, "limit": limit, "after_0": None}
    ((records, since),) = await _asked(tx, query, asked)
    return records, since


async def months(tx: Transaction, section: Section, job: Job) -> list[Month]:
    """How many records each month has, and the sums of their money; of tables with a moment."""
    names = {one.name: one.type for one in section.columns}
    if names.get("at") != "timestamp with time zone":
        return []
    sums = [name for name in names if name.endswith("_micros") and "after" not in name]
    said = ", ".join(f"'{name}', coalesce(sum(t.{name}), 0)::bigint" for name in sums)
    condition = about(section.row, job.whose.kind.value, WHOM)
    query = (
        "SELECT to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*)::bigint,"
        f" json_build_object({said})::text"
        f" FROM {section.promise}.{section.row.table} t WHERE {condition}"
        " GROUP BY 1 ORDER BY 1"
    )
    rows = await _asked(tx, query, {"whom": job.whose.whom})
    return [
        Month(month, records, msgspec.json.decode(text, type=dict[str, int]))
        for month, records, text in rows
    ]


async def _asked(tx: Transaction, query: str, given: Mapping[str, Any]) -> list[Any]:
    """Rows, by a plan made for whom they are about.

    A plan that serves everybody takes them for somebody with a few leaves: for 10,000 leaves it
    needed 16 s a piece, and the plan for that person 0.03 s.
    """
    return await (await tx.execute(query.encode(), given, prepare=False)).fetchall()


def statement(
    section: Section, kind: Kind, *, is_pinned: bool, is_first: bool, is_newest: bool = False
) -> str:
    """The SQL of one piece of a section, in the order of its key or from its end."""
    if section.name == LOOKS:
        query = _LOOKS.format(at=_moment("t.at"))
        return (
            query.replace("ORDER BY t.look_id", "ORDER BY t.look_id DESC") if is_newest else query
        )
    row = section.row
    fields = ", ".join(f"'{one.name}', {told(section, one, kind)}" for one in section.columns)
    keys = [f"t.{key}" for key in row.key]
    conditions = [about(row, kind.value, WHOM)]
    skip = 0
    if is_pinned:
        lead = next(lead for lead in row.leads if lead.way in KINDS_OF[kind])
        pin = f"t.{lead.column} = %(pin)s::{section.key_types[0]}"
        # Who holds a number changes with time; whose a purse or an identity is does not.
        conditions = [pin, conditions[0]] if lead.way is Way.NUMBER else [pin]
        skip = 1
    if not is_first and len(keys) > skip:
        after = [f"%(after_{n})s::{type_}" for n, type_ in enumerate(section.key_types)]
        conditions.append(f"({', '.join(keys[skip:])}) > ({', '.join(after[skip:])})")
    elif not is_first:
        conditions.append("false")
    way = " DESC" if is_newest else ""
    order = ", ".join(f"{key}{way}" for key in keys[skip:] or keys[:1])
    return (
        f"SELECT json_build_object({fields})::text, ARRAY[{', '.join(f'{k}::text' for k in keys)}]"
        f" FROM {section.promise}.{row.table} t WHERE {' AND '.join(conditions)}"
        f" ORDER BY {order} LIMIT %(limit)s"
    )


def told(section: Section, column: Column, kind: Kind) -> str:
    """A column as an SQL expression of what is told of it."""
    name = f"t.{column.name}"
    if column.shown is Export.MASKED:
        return _masked(name)
    value = SEALED.get((section.name, column.name)) or _value(section, column)
    leads = [lead for lead in section.row.leads if lead.column == column.name]
    if section.name == "record.opening" and column.name == "value":
        secret = ", ".join(f"'{one}'" for one in SECRET_FIELDS)
        return f"CASE WHEN t.field IN ({secret}) THEN '{MASK}' ELSE t.value END"
    # Where a column leads in several ways, the row is here because one of them leads to who asks.
    if len(leads) != 1:
        return value
    return _lead(section, leads[0], kind, value)


def _value(section: Section, column: Column) -> str:
    name = f"t.{column.name}"
    if codes := CODES.get((section.name, column.name)):
        cases = " ".join(f"WHEN {one.value} THEN '{one.name.lower()}'" for one in codes)
        return f"CASE {name} {cases} END"
    if column.name.endswith("_micros"):
        return (
            f"CASE WHEN {name} IS NOT NULL THEN"
            f" json_build_object('micros', {name}, 'currency', %(currency)s::text) END"
        )
    match column.type:
        case "timestamp with time zone":
            return _moment(name)
        case "tstzrange":
            name = _own_time(section, name)
            start, end = _moment(f"lower({name})"), _moment(f"upper({name})")
            return f"json_build_object('from', {start}, 'until', {end})"
        case "bytea":
            return f"translate(encode({name}, 'base64'), E'\\n', '')"
        case _:
            return name


def _own_time(section: Section, name: str) -> str:
    """Of a span that several people had in turn, only the time of who asks."""
    lead = section.row.leads[0]
    if lead.way is not Way.NUMBER or lead.during != name:
        return name
    return (
        f"({name} * (SELECT range_merge(range_agg(h.during)) FROM numbers.tenure h"
        f" WHERE h.holder_id = {WHOM} AND h.msisdn = t.{lead.column}))"
    )


def _moment(name: str) -> str:
    return (
        f"CASE WHEN isfinite({name}) THEN"
        f" to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') END"
    )


def _masked(name: str) -> str:
    """That there is something; of a number of a telephone the last digits."""
    return (
        f"CASE WHEN {name} IS NULL OR {name}::text = '' THEN NULL"
        f" WHEN {name}::text ~ '^[+]?[0-9]{{7,15}}$'"
        f" THEN '{MASK}' || right({name}::text, %(digits)s) ELSE '{MASK}' END"
    )


def _lead(section: Section, lead: Lead, kind: Kind, value: str) -> str:
    """What a row names, if it is of who asks; else only that it is somebody else's."""
    name = f"t.{lead.column}"
    if lead.way not in KINDS_OF[kind]:
        return _masked(name)
    if len([one for one in section.row.leads if one.way in KINDS_OF[kind]]) == 1:
        return value
    own = about(Row("", (), (msgspec.structs.replace(lead, where=""),), ""), kind.value, WHOM)
    return (
        f"CASE WHEN {name} IS NULL THEN NULL WHEN {own} THEN to_json({value})"
        f" ELSE to_json('{MASK}'::text) END"
    )
