"""All SQL of what leaves: who is picked, what a purpose's role reads, and the log."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, LiteralString
from uuid import UUID

from tenure.postgres.arrays import texts
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.disclosures import (
    TENURE,
    DisclosedTo,
    Disclosure,
    PurposeRole,
    Selection,
)
from tenure.terms.recipients import Basis, Measure
from tenure.values.holding import Row, Way
from tenure.values.instant import Instant, moment_of

AT_ONCE: Final = 5_000
"""So many people are read at once."""
EVERYBODY_FROM: Final = -1
"""Before the least id there is."""

# Under the role of a purpose nothing else is read, and nothing is written.
_AS: Final[Mapping[PurposeRole, LiteralString]] = {
    PurposeRole.SERVICE: "SET LOCAL ROLE tenure_service",
    PurposeRole.PARTNER: "SET LOCAL ROLE tenure_partner",
    PurposeRole.AUTHORITY: "SET LOCAL ROLE tenure_authority",
    PurposeRole.CARE: "SET LOCAL ROLE tenure_care",
}
_AS_BEFORE: Final = "RESET ROLE"

_ASKED: Final = "(%(numbers)s::text[] IS NULL OR {}.msisdn = ANY (%(numbers)s))"
"""Of which numbers; every table that leads to a number is read so."""
_PICK: Final = "SELECT privacy.pick(%s, %s, %s, %s, %s, %s)"
_DISCLOSE: Final = "SELECT privacy.disclose(%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s)"
_IN_FORCE: Final = """
SELECT EXISTS (
    SELECT FROM privacy.agreement a
    WHERE a.recipient = %s AND a.version = %s AND a.is_listed AND a.fields = %b::text[]
)
"""
_REPORTED: Final = "SELECT report, period FROM privacy.disclosure WHERE report IS NOT NULL"
_BY_REQUEST: Final = "SELECT EXISTS (SELECT FROM privacy.disclosure WHERE request_hash = %s)"
_DISCLOSED_TO: Final = """
SELECT d.disclosure_id, d.recipient, d.agreement, d.class, d.basis, d.country, d.measure, d.purpose,
       d.fields, d.at, s.reference
FROM privacy.disclosed s JOIN privacy.disclosure d USING (disclosure_id)
WHERE s.person_id = %s ORDER BY d.at, d.disclosure_id
"""
_HOLDERS: Final = """
SELECT DISTINCT holder_id FROM numbers.tenure
WHERE msisdn = ANY (%(numbers)s)
  AND during && CASE WHEN %(spans)s THEN tstzrange(%(since)s, %(until)s)
                ELSE tstzrange(%(at)s, %(at)s, '[]') END
ORDER BY holder_id
"""


async def in_force(tx: Transaction, selection: Selection) -> bool:
    """Whether the database knows the agreement as the pack has it."""
    one = selection.agreement
    cursor = await tx.execute(_IN_FORCE, [one.recipient, one.version, texts(one.fields)])
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def holders(tx: Transaction, numbers: Collection[str], span: "Span") -> list[int]:
    """Who held these numbers in a span."""
    cursor = await tx.execute(_HOLDERS, {"numbers": list(numbers), **span})
    return [row[0] for row in await cursor.fetchall()]


Span = dict[str, Any]


def span_of(since: Instant | None, until: Instant | None, at: Instant) -> Span:
    """The time that is asked about: from since to until, or the instant."""
    spans = since is not None or until is not None
    return {
        "since": None if since is None else moment_of(since),
        "until": None if until is None else moment_of(until),
        "at": moment_of(at),
        "spans": spans,
    }


async def pick(
    tx: Transaction,
    disclosure_id: UUID,
    selection: Selection,
    persons: Sequence[int] | None,
    secret: bytes,
    at: Instant,
) -> int:
    """Pick those of whom something may leave; how many they are."""
    one = selection.agreement
    asked = None if persons is None else list(persons)
    found = await tx.execute(
        _PICK, [disclosure_id, one.recipient, one.version, asked, secret, moment_of(at)]
    )
    row = await found.fetchone()
    assert row is not None
    return int(row[0])


async def read_as(tx: Transaction, role: PurposeRole) -> None:
    """From here to ``read_as_before`` everything is read by the role of a purpose."""
    await tx.execute(_AS[role])


async def read_as_before(tx: Transaction) -> None:
    """The end of what a purpose reads."""
    await tx.execute(_AS_BEFORE)


def statement(selection: Selection, sources: Mapping[str, Row]) -> str:
    """Reads the fields of a selection, and no others, of those picked.  Every name in it is one of
    the agreement's, which the pack has checked letter by letter."""
    tables: dict[str, list[str]] = {}
    for field in selection.fields:
        table, _, column = field.rpartition(".")
        tables.setdefault(table, []).append(column)
    parts = [
        f"'{table}', ({_rows(table, sources[table], columns)})" for table, columns in tables.items()
    ]
    return f"""
        SELECT p.person_id, encode(p.reference, 'hex'), jsonb_build_object({", ".join(parts)})::text
        FROM privacy.picked(%(after)s, %(most)s) AS p
        CROSS JOIN (SELECT CASE WHEN %(spans)s THEN tstzrange(%(since)s, %(until)s)
                           ELSE tstzrange(%(at)s, %(at)s, '[]') END) AS w (span)
        ORDER BY p.person_id
    """


def _rows(table: str, row: Row, columns: Sequence[str]) -> str:
    built = ", ".join(f"'{column}', t.{column}" for column in columns)
    one = f"jsonb_build_object({built})"
    found = f"coalesce(jsonb_agg({one} ORDER BY {one}), '[]')"
    return f"SELECT {found} FROM {_found(table, row)} AND {row.leaves} && w.span"


def _found(table: str, row: Row) -> str:
    """How the rows of a table are found that are about somebody, of the numbers asked about."""
    column = f"t.{row.leads[0].column}"
    held = f"h.holder_id = p.person_id AND {_ASKED.format('h')}"
    match row.leads[0].way:
        case Way.NUMBER:
            return (
                f"numbers.tenure h JOIN {table} t ON {column} = h.msisdn"
                f" AND {row.leaves} && h.during WHERE {held}"
            )
        case Way.PURSE:
            purses = f"SELECT h.purse_id FROM numbers.tenure h WHERE {held}"
            return f"{table} t WHERE {column} IN ({purses})"
        case _:
            asked = f" AND {_ASKED.format('t')}" if row.table == TENURE else ""
            return f"{table} t WHERE {column} = p.person_id{asked}"


async def page(
    tx: Transaction,
    asked_of: tuple[Selection, Mapping[str, Row]],
    after: int,
    numbers: Sequence[str],
    span: Span,
) -> list[tuple[int, str, str]]:
    """Some of those picked: who, as the recipient knows them, and what is held, as JSON."""
    asked = {"after": after, "most": AT_ONCE, "numbers": list(numbers) or None, **span}
    cursor = await tx.execute(statement(*asked_of).encode(), asked)
    return await cursor.fetchall()


async def disclose(
    tx: Transaction, new: Disclosure, order: str | None, login: str, leaf_seq: int
) -> None:
    """Write down what leaves; the door names what is missing."""
    one = new.agreement
    await tx.execute(
        _DISCLOSE,
        [
            new.disclosure_id,
            one.recipient,
            one.version,
            texts(new.fields),
            order,
            new.report or None,
            new.period or None,
            new.payload_sha256,
            login,
            leaf_seq,
            moment_of(new.at),
        ],
    )


async def reported(tx: Transaction) -> set[tuple[str, str]]:
    """The standing reports that left: report and period."""
    return {(row[0], row[1]) for row in await (await tx.execute(_REPORTED)).fetchall()}


async def is_done(tx: Transaction, request_hash: bytes) -> bool:
    """Whether it left by this request before."""
    row = await (await tx.execute(_BY_REQUEST, [request_hash])).fetchone()
    return row is not None and bool(row[0])


async def disclosed_to(tx: Transaction, person_id: int) -> list[DisclosedTo]:
    """What left of somebody, oldest first."""
    cursor = await tx.execute(_DISCLOSED_TO, [person_id])
    return [_disclosed(row) for row in await cursor.fetchall()]


def _disclosed(row: Sequence[Any]) -> DisclosedTo:
    one, recipient, version, class_, basis, country, measure, purpose, fields, at, reference = row
    return DisclosedTo(
        disclosure_id=one,
        recipient=recipient,
        agreement=version,
        class_=class_,
        basis=Basis(basis),
        country=country,
        measure=None if measure == "none" else Measure(measure),
        purpose=purpose,
        fields=tuple(fields),
        at=at,
        reference=bytes(reference).hex(),
    )


_FITS: Final = """
SELECT (
    SELECT coalesce(jsonb_agg(to_jsonb(a) - 'is_listed' ORDER BY a.recipient), '[]')
    FROM privacy.agreement a WHERE a.is_listed
) = (
    SELECT coalesce(jsonb_agg(to_jsonb(g) - 'is_listed' ORDER BY g.recipient), '[]')
    FROM jsonb_populate_recordset(NULL::privacy.agreement, %(wanted)s::jsonb) AS g
) AND NOT EXISTS (
    SELECT FROM jsonb_populate_recordset(NULL::privacy.recipient, %(wanted)s::jsonb) AS g
    LEFT JOIN privacy.recipient r USING (recipient)
    WHERE (r.deliver, r.keys) IS DISTINCT FROM (g.deliver, g.keys)
)
"""
_PUBLISH: Final = "SELECT privacy.publish_agreements(%s::jsonb)"


async def fits(tx: Transaction, published: str) -> bool:
    """Whether the database enforces exactly these agreements."""
    row = await (await tx.execute(_FITS, {"wanted": published})).fetchone()
    return row is not None and bool(row[0])


async def publish(tx: Transaction, published: str) -> None:
    """Have the database enforce these; only as its owner."""
    await tx.execute(_PUBLISH, [published])
