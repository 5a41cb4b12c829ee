"""All SQL of cards, of recorded answers, and of wrong PINs."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.arrays import byteas, int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.topups.model import Batch, BatchReport, Done, Voucher, WrongPins
from tenure.values.instant import Instant, moment_of

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Done).decode

_VOUCHER: Final = """
SELECT serial, batch_id, amount_micros, active_days, expires_at, blocked_at, used_at
FROM topups.voucher WHERE pin_hash = %s FOR UPDATE
"""

# The condition holds whatever was read before; the unique constraint holds whatever is written.
_USE: Final = """
UPDATE topups.voucher SET used_at = %s, used_purse_id = %s, used_seq = %s
WHERE serial = %s AND used_at IS NULL AND blocked_at IS NULL
RETURNING serial
"""

# Taking the row before the PIN is looked at makes guesses of one line wait for each other.
_WRONG_PINS_LOCKED: Final = """
INSERT INTO topups.wrong_pins AS w (purse_id, in_a_row, last_at) VALUES (%s, 0, %s)
ON CONFLICT (purse_id) DO UPDATE SET in_a_row = w.in_a_row
RETURNING in_a_row, last_at
"""
_WRONG_PINS_SET: Final = """
UPDATE topups.wrong_pins SET in_a_row = %s, last_at = %s WHERE purse_id = %s
"""

_ANSWERED: Final = """
SELECT a.purse_id, a.key, a.digest, a.answer
FROM unnest(%b, %b) AS asked (purse_id, key)
JOIN topups.answered a ON a.purse_id = asked.purse_id AND a.key = asked.key
"""
_REMEMBER: Final = """
INSERT INTO topups.answered (purse_id, key, at, digest, answer)
SELECT * FROM unnest(%b, %b, %b, %b, %b)
"""

_OUTSTANDING: Final = """
SELECT count(*) FROM topups.voucher
WHERE used_at IS NULL AND blocked_at IS NULL AND expires_at > %s
"""
_NUMBERS: Final = """
SELECT nextval('topups.serial_number') FROM generate_series(1, %s)
"""
_ISSUE_BATCH: Final = """
INSERT INTO topups.batch (
    batch_id, amount_micros, active_days, vouchers, issued_at, expires_at, issued_by, key_id
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_ISSUE_VOUCHERS: Final = """
INSERT INTO topups.voucher (serial, batch_id, pin_hash, amount_micros, active_days, expires_at)
SELECT new.serial, batch.batch_id, new.pin_hash, batch.amount_micros, batch.active_days,
       batch.expires_at
FROM unnest(%b, %b) AS new (serial, pin_hash), topups.batch
WHERE batch.batch_id = %s
"""
_BLOCK: Final = """
WITH blocked AS (
    UPDATE topups.voucher SET blocked_at = %s
    WHERE {} = %s AND used_at IS NULL AND blocked_at IS NULL
    RETURNING 1
)
SELECT count(*) FROM blocked
"""
_BLOCK_BATCH: Final = _BLOCK.format("batch_id")
_BLOCK_ONE: Final = _BLOCK.format("serial")
_BATCHES: Final = """
SELECT batch.batch_id, batch.amount_micros, batch.active_days, batch.vouchers, batch.issued_at,
       batch.expires_at, batch.key_id,
       count(voucher.used_at),
       count(voucher.blocked_at),
       count(*) FILTER (
           WHERE used_at IS NULL AND blocked_at IS NULL AND voucher.expires_at <= %(at)s),
       count(*) FILTER (
           WHERE used_at IS NULL AND blocked_at IS NULL AND voucher.expires_at > %(at)s),
       coalesce(sum(voucher.amount_micros) FILTER (
           WHERE used_at IS NULL AND blocked_at IS NULL AND voucher.expires_at > %(at)s), 0)::bigint
FROM topups.batch JOIN topups.voucher USING (batch_id)
WHERE batch.batch_id = coalesce(%(batch_id)s::bigint, batch.batch_id)
GROUP BY batch.batch_id ORDER BY batch.batch_id
"""


async def voucher_locked(tx: Transaction, pin_hash: bytes) -> Voucher | None:
    """The card with this PIN, kept from others until the transaction ends."""
    cursor = await tx.execute(_VOUCHER, [pin_hash])
    row = await cursor.fetchone()
    return None if row is None else Voucher(*row)


async def use(tx: Transaction, serial: int, at: Instant, purse_id: int, seq: int) -> bool:
    """Mark a card as used by an entry; False when somebody else was first."""
    cursor = await tx.execute(_USE, [moment_of(at), purse_id, seq, serial])
    return await cursor.fetchone() is not None


async def wrong_pins_locked(tx: Transaction, purse_id: int, at: Instant) -> WrongPins:
    """The wrong PINs of a line; whoever else tries one for this line waits."""
    cursor = await tx.execute(_WRONG_PINS_LOCKED, [purse_id, moment_of(at)])
    row = await cursor.fetchone()
    assert row is not None
    return WrongPins(*row)


async def set_wrong_pins(tx: Transaction, purse_id: int, wrong: WrongPins) -> None:
    """Count, or start again at none."""
    await tx.execute(_WRONG_PINS_SET, [wrong.in_a_row, moment_of(wrong.last_at), purse_id])


async def answered(
    tx: Transaction, asked: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], tuple[bytes, Done]]:
    """What was answered to these (purse, key), with the digest of what was asked then."""
    purse_ids = int8s([purse_id for purse_id, _ in asked])
    cursor = await tx.execute(_ANSWERED, [purse_ids, texts([key for _, key in asked])])
    return {
        (purse_id, key): (bytes(digest), _decode(answer))
        for purse_id, key, digest, answer in await cursor.fetchall()
    }


async def remember(
    tx: Transaction, answers: Sequence[tuple[int, str, Instant, bytes, Done]]
) -> None:
    """Keep answers for whoever asks again."""
    purse_ids, keys, ats, digests, dones = zip(*answers, strict=True)
    columns: list[Any] = [int8s(purse_ids), texts(keys), moments(ats), byteas(digests)]
    await tx.execute(_REMEMBER, [*columns, byteas([_encode(done) for done in dones])])


async def outstanding(tx: Transaction, at: Instant) -> int:
    """How many cards could be used at the instant."""
    return await _count(tx, _OUTSTANDING, moment_of(at))


async def next_batch_id(tx: Transaction) -> int:
    """A number that no batch has, nor will have."""
    return await _count(tx, "SELECT nextval('topups.batch_number')")


async def _count(tx: Transaction, query: str, *values: object) -> int:
    cursor = await tx.execute(query, values)
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def next_serials(tx: Transaction, count: int) -> list[int]:
    """So many serials that no card has, nor will have."""
    cursor = await tx.execute(_NUMBERS, [count])
    return [row[0] for row in await cursor.fetchall()]


async def issue_batch(tx: Transaction, batch: Batch, issued_by: str) -> None:
    """Add a batch, still without its cards."""
    values = [batch.batch_id, batch.amount_micros, batch.active_days, batch.vouchers]
    period = [moment_of(batch.issued_at), moment_of(batch.expires_at)]
    await tx.execute(_ISSUE_BATCH, [*values, *period, issued_by, batch.key_id])


async def issue_vouchers(
    tx: Transaction, batch_id: int, serials: Sequence[int], pin_hashes: Sequence[bytes]
) -> None:
    """Add cards to a batch; a PIN that is taken violates voucher_one_per_pin."""
    await tx.execute(_ISSUE_VOUCHERS, [int8s(serials), byteas(pin_hashes), batch_id])


async def block_batch(tx: Transaction, at: Instant, batch_id: int) -> int:
    """Block what is neither used nor blocked of a batch; how many cards that were."""
    return await _count(tx, _BLOCK_BATCH, moment_of(at), batch_id)


async def block_one(tx: Transaction, at: Instant, serial: int) -> bool:
    """Block a card; False when it was used or blocked already, or never issued."""
    return await _count(tx, _BLOCK_ONE, moment_of(at), serial) == 1


async def has_serial(tx: Transaction, serial: int) -> bool:
    """Whether a card has this serial."""
    query = "SELECT count(*) FROM topups.voucher WHERE serial = %s"
    return await _count(tx, query, serial) == 1


async def reports(tx: Transaction, at: Instant, batch_id: int | None) -> list[BatchReport]:
    """What has become of one batch, or of all, by the instant."""
    cursor = await tx.execute(_BATCHES, {"at": moment_of(at), "batch_id": batch_id})
    return [BatchReport(Batch(*row[:7]), *row[7:]) for row in await cursor.fetchall()]


async def key_ids(tx: Transaction) -> set[str]:
    """The keys that PINs were hashed with."""
    cursor = await tx.execute("SELECT DISTINCT key_id FROM topups.batch")
    return {row[0] for row in await cursor.fetchall()}
