"""All SQL of lines."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model import Line, NewLine
from tenure.values.instant import NEVER, moment_of
from tenure.values.msisdn import Imsi, Msisdn

_LINE: Final = """
SELECT msisdn, imsi, purse_id, offer, language,
       bar_outgoing, bar_incoming, suspended, lost_at, postpaid, restricted_until
FROM numbers.line
"""
_BY_MSISDN: Final = f"{_LINE} WHERE msisdn = ANY(%s)"
_BY_MSISDN_LOCKED: Final = f"{_LINE} WHERE msisdn = %s FOR UPDATE"
_BY_PURSE: Final = f"{_LINE} WHERE purse_id = ANY(%s)"
_BY_IMSI: Final = f"{_LINE} WHERE imsi = %s"

# Columns travel as arrays: COPY cannot share a pipeline, and this is as fast.
_OPEN: Final = """
INSERT INTO numbers.line (
    msisdn, imsi, purse_id, offer, language, bar_outgoing, bar_incoming, suspended, lost_at,
    postpaid, since
)
SELECT msisdn, imsi, purse_id, offer, language, flags & 1 <> 0, flags & 2 <> 0, flags & 4 <> 0,
       CASE WHEN flags & 16 <> 0 THEN lost_at END, flags & 8 <> 0, since
FROM unnest(%b, %b, %b, %b, %b, %b, %b, %b)
    AS opened (msisdn, imsi, purse_id, offer, language, flags, lost_at, since)
"""

_CHANGE: Final = """
WITH changed AS (
    UPDATE numbers.line
    SET bar_outgoing = %s, bar_incoming = %s, suspended = %s, lost_at = %s
    WHERE msisdn = %s
    RETURNING purse_id
)
SELECT pg_notify('tenure_changed', purse_id::text) FROM changed
"""


def _line(row: tuple[Any, ...]) -> Line:
    msisdn, imsi, *rest = row
    return Line(Msisdn(msisdn), Imsi(imsi), *rest)


async def by_msisdn(tx: Transaction, msisdns: Sequence[str]) -> list[Line]:
    """The lines of these numbers, as far as there are any; in no order."""
    cursor = await tx.execute(_BY_MSISDN, [list(msisdns)])
    return [_line(row) for row in await cursor.fetchall()]


async def by_msisdn_locked(tx: Transaction, msisdn: str) -> Line | None:
    """The line of a number, kept from others until the transaction ends."""
    cursor = await tx.execute(_BY_MSISDN_LOCKED, [msisdn])
    row = await cursor.fetchone()
    return None if row is None else _line(row)


async def by_purse(tx: Transaction, purse_ids: Sequence[int]) -> list[Line]:
    """The lines of these purses, as far as there are any; in no order."""
    cursor = await tx.execute(_BY_PURSE, [int8s(purse_ids)])
    return [_line(row) for row in await cursor.fetchall()]


async def count(tx: Transaction) -> int:
    """How many lines there are; reads the whole index."""
    cursor = await tx.execute("SELECT count(*) FROM numbers.line")
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def by_imsi(tx: Transaction, imsi: str) -> Line | None:
    """The line of a SIM."""
    cursor = await tx.execute(_BY_IMSI, [imsi])
    row = await cursor.fetchone()
    return None if row is None else _line(row)


def _flags(new: NewLine) -> int:
    line = new.line
    bits = (
        line.bar_outgoing,
        line.bar_incoming,
        line.suspended,
        line.postpaid,
        line.lost_at is not None,
    )
    return sum(1 << place for place, bit in enumerate(bits) if bit)


async def open_lines(tx: Transaction, news: Sequence[NewLine]) -> None:
    """Add lines; a number, SIM or purse that has a line already violates a unique constraint."""
    lines = [new.line for new in news]
    await tx.execute(
        _OPEN,
        [
            texts([line.msisdn for line in lines]),
            texts([line.imsi for line in lines]),
            int8s([line.purse_id for line in lines]),
            texts([line.offer for line in lines]),
            texts([line.language for line in lines]),
            int8s([_flags(new) for new in news]),
            moments([NEVER if line.lost_at is None else line.lost_at for line in lines]),
            moments([new.since for new in news]),
        ],
    )


async def change(tx: Transaction, line: Line) -> None:
    """Write what may change of a line, and tell those who hold live sessions of it."""
    lost_at = None if line.lost_at is None else moment_of(line.lost_at)
    await tx.execute(
        _CHANGE, [line.bar_outgoing, line.bar_incoming, line.suspended, lost_at, line.msisdn]
    )
