"""SQL of what has ended: fences, under marks that only the key store can read."""

from typing import Final

from tenure.keystore.words import Fence
from tenure.postgres.transaction import Transaction
from tenure.values.instant import Instant, moment_of

_ASK: Final = """
INSERT INTO privacy.fence (mark, number, class, asked_at, leaf_seq) VALUES (%s, %s, %s, %s, %s)
"""
_NEWEST: Final = "SELECT coalesce(max(number), 0) FROM privacy.fence WHERE mark = %s"
_WAITING: Final = """
SELECT mark, number FROM privacy.fence WHERE raised_at IS NULL ORDER BY number
"""
_ALL: Final = "SELECT mark, max(number) FROM privacy.fence GROUP BY mark"
_RAISED: Final = """
UPDATE privacy.fence SET raised_at = greatest(asked_at, %s), keys = %s
WHERE mark = %s AND number = %s AND raised_at IS NULL
"""


async def ask(tx: Transaction, fence: Fence, class_: str, at: Instant, leaf_seq: int) -> None:
    """Write that the older keys of a mark are to end."""
    await tx.execute(_ASK, [fence.mark, fence.number, class_, moment_of(at), leaf_seq])


async def newest(tx: Transaction, mark: bytes) -> int:
    """The newest fence of a mark, whether its keys are destroyed already or not; 0 for none."""
    (row,) = await (await tx.execute(_NEWEST, [mark])).fetchall()
    return int(row[0])


async def waiting(tx: Transaction) -> list[Fence]:
    """The fences whose keys are still to be destroyed."""
    return [Fence(*row) for row in await (await tx.execute(_WAITING)).fetchall()]


async def known(tx: Transaction) -> dict[bytes, int]:
    """The newest fence of every mark."""
    return dict(await (await tx.execute(_ALL)).fetchall())


async def raised(tx: Transaction, fence: Fence, keys: int, at: Instant) -> None:
    """Note that its keys are destroyed, and how many there were."""
    await tx.execute(_RAISED, [moment_of(at), keys, fence.mark, fence.number])
