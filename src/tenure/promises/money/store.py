"""All SQL of money: purses to model and back, entries appended."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.arrays import byteas, int2s, int8s, moments, texts
from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.money.model import Account, Change, Entry, EntryKind, Grant, Purse
from tenure.values.instant import Instant, moment_of

_encode = msgspec.msgpack.Encoder().encode
_decode_grants = msgspec.msgpack.Decoder(tuple[Grant, ...]).decode

NO_GRANTS: Final = b"\x90"

PURSES: Final = """
SELECT p.purse_id, p.seq, p.version, p.funds_micros, p.funds_end,
       p.owed_micros, p.credit_limit_micros, p.grants, p.sessions
  FROM money.purse p
 WHERE p.purse_id = ANY(%s)
"""

# Rows are updated in the order of the arrays, which is the order of purse_id in every batch.
CHANGE_PURSES: Final = """
WITH changed AS (
    UPDATE money.purse p
       SET seq = u.seq, version = u.version + 1, funds_micros = u.funds_micros,
           funds_end = u.funds_end, owed_micros = u.owed_micros,
           credit_limit_micros = u.credit_limit_micros, grants = u.grants, sessions = u.sessions
      FROM unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s)
        AS u (purse_id, seq, version, funds_micros, funds_end, owed_micros,
              credit_limit_micros, grants, sessions)
     WHERE p.purse_id = u.purse_id AND p.version = u.version
    RETURNING 1)
SELECT CASE WHEN count(*) = %s THEN 0 ELSE money.contested() END FROM changed
"""

APPEND_ENTRIES: Final = """
INSERT INTO money.entry (purse_id, seq, at, kind, account, funds_micros, grants_micros, owed_micros,
    tax_micros, overrun_micros, contra_micros, funds_after_micros, reference, party, explanation)
SELECT * FROM unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

OPEN_PURSES: Final = """
INSERT INTO money.purse (purse_id, seq, version, funds_micros, funds_end, owed_micros,
    credit_limit_micros, grants, sessions)
SELECT * FROM unnest(%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""

NEWEST_ENTRIES: Final = """
SELECT purse_id, seq, at, kind, account, funds_micros, grants_micros, owed_micros, tax_micros,
       overrun_micros, contra_micros, funds_after_micros, reference, party, explanation
  FROM money.entry WHERE purse_id = %s ORDER BY seq DESC LIMIT %s
"""


def purse_of(row: Sequence[Any]) -> Purse:
    """A purse from a row with the columns of PURSES."""
    purse_id, seq, version, funds, end, owed, limit, grants, sessions = row
    return Purse(
        purse_id,
        seq,
        version,
        funds,
        end,
        owed,
        limit,
        () if grants == NO_GRANTS else _decode_grants(grants),
        sessions,
    )


async def purses(tx: Transaction, purse_ids: Sequence[int]) -> dict[int, Purse]:
    """The purses as stored; what does not exist is absent."""
    cursor = await tx.execute(PURSES, (int8s(purse_ids),), binary=True)
    return {row[0]: purse_of(row) for row in await cursor.fetchall()}


def purse_columns(purses: Sequence[Purse]) -> tuple[object, ...]:
    """Purses as the parameters of the statements that write them."""
    return (
        int8s([purse.purse_id for purse in purses]),
        int8s([purse.seq for purse in purses]),
        int8s([purse.version for purse in purses]),
        int8s([purse.funds_micros for purse in purses]),
        moments([purse.funds_end for purse in purses]),
        int8s([purse.owed_micros for purse in purses]),
        int8s([purse.credit_limit_micros for purse in purses]),
        byteas([_encode(purse.grants) if purse.grants else NO_GRANTS for purse in purses]),
        byteas([purse.sessions for purse in purses]),
    )


async def change(tx: Statements, changes: Sequence[Change]) -> None:
    """Write purses and append their entries; contested if any purse was written since its load."""
    ordered = sorted([change.purse for change in changes], key=lambda purse: purse.purse_id)
    await tx.execute(CHANGE_PURSES, (*purse_columns(ordered), len(ordered)), prepare=True)
    await append(tx, [entry for change in changes for entry in change.entries])


def entry_columns(entries: Sequence[Entry]) -> tuple[object, ...]:
    """Entries as the parameters of the statement that appends them."""
    return (
        int8s([entry.purse_id for entry in entries]),
        int8s([entry.seq for entry in entries]),
        moments([entry.at for entry in entries]),
        int2s([entry.kind for entry in entries]),
        int2s([entry.account for entry in entries]),
        int8s([entry.funds_micros for entry in entries]),
        int8s([entry.grants_micros for entry in entries]),
        int8s([entry.owed_micros for entry in entries]),
        int8s([entry.tax_micros for entry in entries]),
        int8s([entry.overrun_micros for entry in entries]),
        int8s([entry.contra_micros for entry in entries]),
        int8s([entry.funds_after_micros for entry in entries]),
        texts([entry.reference for entry in entries]),
        texts([entry.party for entry in entries]),
        texts([entry.explanation for entry in entries]),
    )


async def append(tx: Statements, entries: Sequence[Entry]) -> None:
    """Append entries; the table refuses one whose legs do not sum to zero."""
    if not entries:
        return
    await tx.execute(APPEND_ENTRIES, entry_columns(entries), prepare=True)


async def open_purses(tx: Transaction, purses: Sequence[Purse]) -> None:
    """Insert new purses."""
    await tx.execute(OPEN_PURSES, purse_columns(purses))


async def newest_entries(tx: Transaction, purse_id: int, limit: int) -> list[Entry]:
    """The newest entries of a purse, newest first."""
    cursor = await tx.execute(NEWEST_ENTRIES, (purse_id, limit), binary=True)
    return [
        Entry(row[0], row[1], row[2], EntryKind(row[3]), Account(row[4]), *row[5:])
        for row in await cursor.fetchall()
    ]


async def announce(tx: Statements, purse_ids: Sequence[int]) -> None:
    """Tell every server, at commit, that these purses changed: live grants may be stale."""
    await tx.execute(
        "SELECT pg_notify('tenure_changed', purse_id::text) FROM unnest(%s) AS u (purse_id)",
        (int8s(purse_ids),),
    )


async def open_months(tx: Transaction, ats: Sequence[Instant]) -> None:
    """Open the partitions of the months of these instants."""
    for at in ats:
        await tx.execute("SELECT money.open_month(%s)", (moment_of(at),))
