"""SQL that reads the whole record again, page by page, to compare it with itself."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Checkpoint, Published, Row

_ROWS: Final = """
SELECT place.index, place.leaf_seq, leaf.body, leaf.leaf_hash
FROM record.place LEFT JOIN record.leaf ON leaf.seq = place.leaf_seq
WHERE place.log_id = %s AND place.index >= %s ORDER BY place.index LIMIT %s
"""
_CHECKPOINTS: Final = """
SELECT origin, size, root, note FROM record.checkpoint JOIN record.log USING (log_id)
WHERE log_id = %s ORDER BY size
"""
_HOMELESS: Final = """
SELECT seq FROM record.leaf
WHERE NOT EXISTS (SELECT FROM record.place WHERE place.leaf_seq = leaf.seq)
  AND NOT EXISTS (SELECT FROM record.unsequenced WHERE unsequenced.leaf_seq = leaf.seq)
ORDER BY seq LIMIT %s
"""


async def rows(tx: Transaction, log_id: int, start: int, limit: int) -> list[Row]:
    """The places of a log from an index on, with their leaves as far as there are any."""
    cursor = await tx.execute(_ROWS, [log_id, start, limit])
    return [
        Row(index, seq, body, None if hashed is None else bytes(hashed))
        for index, seq, body, hashed in await cursor.fetchall()
    ]


async def checkpoints(tx: Transaction, log_id: int) -> list[Published]:
    """Every published checkpoint of a log."""
    cursor = await tx.execute(_CHECKPOINTS, [log_id])
    return [
        Published(Checkpoint(origin, size, bytes(root)), note)
        for origin, size, root, note in await cursor.fetchall()
    ]


async def homeless(tx: Transaction, limit: int) -> list[int]:
    """Leaves without a place that do not wait for one either."""
    cursor = await tx.execute(_HOMELESS, [limit])
    return [seq for (seq,) in await cursor.fetchall()]
