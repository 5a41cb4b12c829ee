"""All SQL of letters to who sent a form."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.letters import Kind, Letter
from tenure.values.instant import Instant, moment_of

_COLUMNS: Final = """
l.entry_id, l.number, l.subject_id, l.kind, l.sealed, l.written_at, l.written_by, l.tries, l.due_at,
l.handing_at, l.handed_at, l.reason
"""
_LETTER: Final = f"SELECT {_COLUMNS} FROM privacy.letter l"
_ADD: Final = """
INSERT INTO privacy.letter (
    entry_id, number, subject_id, kind, sealed, written_at, written_by, due_at
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
# What is kept by a hold alone is nobody's to be written to any more.
_DUE: Final = f"""
SELECT {_COLUMNS} FROM privacy.letter l JOIN privacy.entry e USING (entry_id)
WHERE l.due_at <= %s AND e.keep_until > %s
ORDER BY l.due_at, l.entry_id LIMIT 1 FOR UPDATE OF l SKIP LOCKED
"""
_IS_DUE: Final = """
SELECT EXISTS (
    SELECT FROM privacy.letter l JOIN privacy.entry e USING (entry_id)
    WHERE l.due_at <= %s AND e.keep_until > %s
)
"""
_BEGIN: Final = """
UPDATE privacy.letter SET handing_at = %s, due_at = NULL, tries = tries + 1, reason = NULL
WHERE entry_id = %s AND number = %s
"""
_HANDED: Final = """
UPDATE privacy.letter SET handed_at = greatest(%s, handing_at), reason = NULL
WHERE entry_id = %s AND number = %s AND handed_at IS NULL AND handing_at IS NOT NULL
RETURNING true
"""
_WAITS: Final = """
UPDATE privacy.letter SET handing_at = NULL, due_at = %s, tries = %s, reason = %s
WHERE entry_id = %s AND number = %s AND handed_at IS NULL
"""
_UNSURE: Final = """
UPDATE privacy.letter SET reason = %s
WHERE entry_id = %s AND number = %s AND handed_at IS NULL AND handing_at IS NOT NULL
"""
_RECENT: Final = """
SELECT EXISTS (
    SELECT FROM privacy.letter l JOIN privacy.entry e USING (entry_id)
    WHERE e.contact = %s AND l.kind = 'link' AND l.written_at > %s
)
"""


async def add(tx: Transaction, new: Letter) -> None:
    """A letter waits from now on."""
    await tx.execute(
        _ADD,
        [
            new.entry_id,
            new.number,
            new.subject_id,
            new.kind.value,
            new.sealed,
            moment_of(new.written_at),
            new.written_by,
            None if new.due_at is None else moment_of(new.due_at),
        ],
    )


async def of(tx: Transaction, entry_id: UUID) -> list[Letter]:
    """All letters about a form, the first one first."""
    cursor = await tx.execute(f"{_LETTER} WHERE entry_id = %s ORDER BY number", [entry_id])
    return [_letter(row) for row in await cursor.fetchall()]


async def listed(tx: Transaction, limit: int) -> list[Letter]:
    """Letters that were not taken, the oldest first, and after them the newest that were."""
    cursor = await tx.execute(
        f"{_LETTER} ORDER BY l.handed_at IS NOT NULL, l.handed_at DESC, l.written_at LIMIT %s",
        [limit],
    )
    return [_letter(row) for row in await cursor.fetchall()]


async def is_due(tx: Transaction, at: Instant) -> bool:
    """Whether any letter is to be handed over."""
    cursor = await tx.execute(_IS_DUE, [moment_of(at), moment_of(at)])
    row = await cursor.fetchone()
    return bool(row and row[0])


async def due(tx: Transaction, at: Instant) -> Letter | None:
    """The letter that waits longest and that nobody else hands over."""
    cursor = await tx.execute(_DUE, [moment_of(at), moment_of(at)])
    row = await cursor.fetchone()
    return None if row is None else _letter(row)


async def begin(tx: Transaction, letter: Letter, at: Instant) -> None:
    """From this commit on it may have left; what did not wait violates letter_leaves_once."""
    await tx.execute(_BEGIN, [moment_of(at), letter.entry_id, letter.number])


async def handed(tx: Transaction, letter: Letter, at: Instant) -> bool:
    """The server has it; whether that was news."""
    cursor = await tx.execute(_HANDED, [moment_of(at), letter.entry_id, letter.number])
    return await cursor.fetchone() is not None


async def waits(
    tx: Transaction, letter: Letter, due_at: Instant | None, tries: int, reason: str | None
) -> None:
    """It surely did not leave: it is tried again at an instant, or with None by nobody."""
    moment = None if due_at is None else moment_of(due_at)
    await tx.execute(_WAITS, [moment, tries, reason, letter.entry_id, letter.number])


async def unsure(tx: Transaction, letter: Letter, reason: str) -> None:
    """Nobody knows whether it left."""
    await tx.execute(_UNSURE, [reason, letter.entry_id, letter.number])


async def is_recent(tx: Transaction, contact: bytes, after: Instant) -> bool:
    """Whether a link went to this address after an instant."""
    cursor = await tx.execute(_RECENT, [contact, moment_of(after)])
    row = await cursor.fetchone()
    return bool(row and row[0])


def _letter(row: Sequence[Any]) -> Letter:
    entry_id, number, subject_id, kind, sealed, *rest = row
    return Letter(entry_id, number, subject_id, Kind(kind), bytes(sealed), *rest)
