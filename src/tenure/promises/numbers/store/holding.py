"""All SQL of who holds a number, and on which SIM."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.arrays import int8s, texts
from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.numbers.model.holding import (
    Binding,
    Figures,
    OpenedAs,
    Sale,
    TakenOver,
    Tenure,
)
from tenure.values.instant import NEVER, Instant, moment_of
from tenure.values.msisdn import Iccid, Imsi, Msisdn

_FIGURES: Final = "SELECT to_jsonb(f) - 'one' FROM numbers.figures f"
_KEEP_FIGURES: Final = "SELECT numbers.keep_figures(%s::jsonb)"

# An end that is not in sight is infinity on the way, and NEVER here.
_TENURE: Final = """
SELECT msisdn, holder_id, lower(during), coalesce(upper(during), 'infinity'), opened_as, leaf_seq,
       purse_id, prepaid
FROM numbers.tenure
"""
_TENURES: Final = f"{_TENURE} WHERE msisdn = %s ORDER BY lower(during) DESC"
_HELD_BY: Final = f"{_TENURE} WHERE holder_id = %s AND upper_inf(during) ORDER BY msisdn"
_HOLDERS: Final = """
SELECT msisdn, holder_id FROM numbers.tenure WHERE msisdn = ANY(%s) AND upper_inf(during)
"""
_BINDINGS: Final = """
SELECT iccid, imsi, lower(during), coalesce(upper(during), 'infinity'), leaf_seq
FROM numbers.binding WHERE msisdn = %s ORDER BY lower(during) DESC
"""
_LOCKED: Final = """
SELECT since FROM numbers.lock
WHERE msisdn = %(msisdn)s AND (until IS NULL OR %(at)s < until)
"""
_PREPAID_HELD: Final = """
SELECT count(*) FROM numbers.tenure
WHERE holder_id = %(holder)s AND prepaid AND during && tstzrange(%(at)s, NULL)
"""
_GUARDED: Final = """
SELECT EXISTS (SELECT FROM people.guardians_of(%(holder)s, %(at)s))
"""
_CHOOSE_LANGUAGE: Final = """
UPDATE numbers.line l SET language = %(language)s
FROM numbers.tenure t
WHERE t.msisdn = l.msisdn AND t.holder_id = %(holder)s AND upper_inf(t.during)
"""
_ACTIVATE: Final = "SELECT numbers.activate(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_TAKE_OVER: Final = "SELECT numbers.take_over(%b, %b, %b, %s, %s)"


async def figures(tx: Transaction) -> Figures | None:
    """The figures that the database enforces; None before the first start."""
    cursor = await tx.execute(_FIGURES)
    row = await cursor.fetchone()
    return None if row is None else msgspec.convert(row[0], Figures)


async def keep_figures(tx: Transaction, figures: Figures) -> None:
    """Have the database enforce other figures; only the owner may."""
    await tx.execute(_KEEP_FIGURES, [msgspec.json.encode(figures).decode()])


def _until(at: Instant) -> Instant | None:
    return None if at == NEVER else at


def _tenure(row: tuple[Any, ...]) -> Tenure:
    msisdn, holder_id, since, until, opened_as, leaf_seq, purse_id, prepaid = row
    return Tenure(
        Msisdn(msisdn),
        holder_id,
        since,
        _until(until),
        OpenedAs(opened_as),
        leaf_seq,
        purse_id,
        prepaid,
    )


async def tenures(tx: Transaction, msisdn: str) -> list[Tenure]:
    """Everybody who holds or held a number, the newest first."""
    cursor = await tx.execute(_TENURES, [msisdn])
    return [_tenure(row) for row in await cursor.fetchall()]


async def held_by(tx: Transaction, person_id: int) -> list[Tenure]:
    """What somebody holds."""
    cursor = await tx.execute(_HELD_BY, [person_id])
    return [_tenure(row) for row in await cursor.fetchall()]


async def choose_language(tx: Transaction, person_id: int, language: str) -> None:
    """Keep the language of whatever somebody holds."""
    await tx.execute(_CHOOSE_LANGUAGE, {"language": language, "holder": person_id})


async def holders(tx: Statements, msisdns: Sequence[str]) -> dict[str, int]:
    """Who holds these numbers, as far as somebody does."""
    cursor = await tx.execute(_HOLDERS, [texts(msisdns)])
    return dict(await cursor.fetchall())


async def bindings(tx: Transaction, msisdn: str) -> list[Binding]:
    """The SIMs of a number, the newest first."""
    cursor = await tx.execute(_BINDINGS, [msisdn])
    return [
        Binding(Iccid(iccid), Imsi(imsi), since, _until(until), leaf_seq)
        for iccid, imsi, since, until, leaf_seq in await cursor.fetchall()
    ]


async def locked_since(tx: Transaction, msisdn: str, at: Instant) -> Instant | None:
    """Since when the holder of a number keeps it locked; None for one that is not locked."""
    cursor = await tx.execute(_LOCKED, {"msisdn": msisdn, "at": moment_of(at)})
    row = await cursor.fetchone()
    return None if row is None else row[0]


async def prepaid_held(tx: Transaction, person_id: int, at: Instant) -> int:
    """How many prepaid numbers somebody holds, from an instant on."""
    cursor = await tx.execute(_PREPAID_HELD, {"holder": person_id, "at": moment_of(at)})
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def guarded(tx: Transaction, person_id: int, at: Instant) -> bool:
    """Whether a parent or guardian answers for somebody at an instant."""
    cursor = await tx.execute(_GUARDED, {"holder": person_id, "at": moment_of(at)})
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def activate(tx: Transaction, sale: Sale, clerk: str, leaf_seq: int, at: Instant) -> None:
    """Open tenure, binding and line through the one door; it verifies all of it again."""
    sell = sale.sell
    await tx.execute(
        _ACTIVATE,
        [
            sell.msisdn,
            sell.iccid,
            sell.holder_id,
            sell.purse_id,
            sell.offer,
            sell.language,
            sale.postpaid,
            clerk,
            leaf_seq,
            moment_of(at),
        ],
    )


async def take_over(
    tx: Transaction, taken: Sequence[TakenOver], leaf_seq: int, at: Instant
) -> None:
    """Give lines of an existing base to their holders, through the one door."""
    await tx.execute(
        _TAKE_OVER,
        [
            texts([one.msisdn for one in taken]),
            int8s([one.holder_id for one in taken]),
            texts([one.iccid for one in taken]),
            leaf_seq,
            moment_of(at),
        ],
    )
