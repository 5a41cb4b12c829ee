"""All SQL of what recipients are told of a change, and of their receipts."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.propagation import Address, Change, Message
from tenure.values.instant import Instant, moment_of

_RECIPIENTS_OF: Final = """
SELECT d.recipient, array_agg(encode(s.reference, 'hex') ORDER BY d.at, d.disclosure_id)
FROM privacy.disclosed s JOIN privacy.disclosure d USING (disclosure_id)
WHERE s.person_id = %s AND d.basis <> 'order' GROUP BY d.recipient ORDER BY d.recipient
"""
_ADD: Final = """
INSERT INTO privacy.message (
    message_id, recipient, person_id, change, refs, case_id, asked_at, expected_by, next_at,
    leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_MESSAGE: Final = """
SELECT message_id, recipient, change, refs, case_id, asked_at, expected_by, attempts, next_at,
       done_at, coalesce(signed, '')
FROM privacy.message
"""
_DUE: Final = f"""{_MESSAGE} WHERE done_at IS NULL AND next_at <= %s
ORDER BY next_at, message_id LIMIT %s FOR UPDATE SKIP LOCKED"""
_ONE: Final = f"{_MESSAGE} WHERE message_id = %s FOR UPDATE"
_UNANSWERED: Final = f"{_MESSAGE} WHERE done_at IS NULL ORDER BY expected_by, message_id"
_OF_CASE: Final = f"{_MESSAGE} WHERE case_id = %s ORDER BY recipient, message_id"
_TOLD: Final = """
UPDATE privacy.message SET attempts = attempts + 1, next_at = %s, signed = %s
WHERE message_id = %s AND done_at IS NULL
"""
_ACKNOWLEDGE: Final = "SELECT privacy.acknowledge(%s, %s, %s, %s)"
_ADDRESSES: Final = "SELECT recipient, deliver, keys FROM privacy.recipient"


def _message(row: Sequence[Any]) -> Message:
    one, recipient, change, refs, *rest = row
    return Message(one, recipient, Change(change), tuple(refs), *rest)


async def recipients_of(tx: Transaction, person_id: int) -> dict[str, tuple[str, ...]]:
    """Who was given somebody's data, and by which references they know them."""
    cursor = await tx.execute(_RECIPIENTS_OF, [person_id])
    return {row[0]: tuple(row[1]) for row in await cursor.fetchall()}


async def add(tx: Transaction, new: Message, person_id: int, leaf_seq: int) -> None:
    """Have a recipient told."""
    named = [new.message_id, new.recipient, person_id, new.change.value, list(new.references)]
    when = [moment_of(new.asked_at), moment_of(new.expected_by), moment_of(new.asked_at)]
    await tx.execute(_ADD, [*named, new.case_id, *when, leaf_seq])


async def due(tx: Transaction, at: Instant, limit: int) -> list[Message]:
    """What is to be told by now."""
    cursor = await tx.execute(_DUE, [moment_of(at), limit])
    return [_message(row) for row in await cursor.fetchall()]


async def message(tx: Transaction, message_id: UUID) -> Message | None:
    """The message with this id, kept from others until the commit."""
    row = await (await tx.execute(_ONE, [message_id])).fetchone()
    return None if row is None else _message(row)


async def told(tx: Transaction, message_id: UUID, signed: str, again_at: Instant) -> None:
    """It leaves with these words, and is due again then."""
    await tx.execute(_TOLD, [moment_of(again_at), signed, message_id])


async def acknowledge(
    tx: Transaction, message_id: UUID, receipt: str, leaf_seq: int, at: Instant
) -> None:
    """The recipient says that it is done; the door reads the receipt itself."""
    await tx.execute(_ACKNOWLEDGE, [message_id, receipt, leaf_seq, moment_of(at)])


async def unanswered(tx: Transaction) -> list[Message]:
    """What nobody has answered, what is expected first before the rest."""
    return [_message(row) for row in await (await tx.execute(_UNANSWERED)).fetchall()]


async def of_case(tx: Transaction, case_id: UUID) -> list[Message]:
    """What was told because of a case."""
    return [_message(row) for row in await (await tx.execute(_OF_CASE, [case_id])).fetchall()]


async def addresses(tx: Transaction) -> list[Address]:
    """Where each recipient hears of changes."""
    rows = await (await tx.execute(_ADDRESSES)).fetchall()
    return [Address(recipient, deliver, tuple(keys)) for recipient, deliver, keys in rows]


async def address(tx: Transaction, recipient: str) -> Address | None:
    """Where one hears of changes, and how it answers."""
    return next((one for one in await addresses(tx) if one.recipient == recipient), None)
