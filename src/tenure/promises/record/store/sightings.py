"""SQL of sightings: the first checkpoint that has a leaf, and leaves by what they open."""

from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Checkpoint, Published

_FIRST: Final = """
SELECT DISTINCT ON (place.leaf_seq) place.leaf_seq, leaf.body, place.log_id, place.index,
       log.origin, seen.size, seen.root, seen.note
FROM record.place
JOIN record.leaf ON leaf.seq = place.leaf_seq
JOIN record.log USING (log_id)
CROSS JOIN LATERAL (
    SELECT size, root, note FROM record.checkpoint
    WHERE checkpoint.log_id = place.log_id AND checkpoint.size > place.index
    ORDER BY size LIMIT 1
) AS seen
WHERE place.leaf_seq = ANY (%s)
ORDER BY place.leaf_seq, place.log_id
"""
_ABOUT: Final = """
SELECT opening.leaf_seq FROM record.opening JOIN record.leaf ON leaf.seq = opening.leaf_seq
WHERE opening.field = %s AND opening.value = ANY (%s) AND leaf.kind = ANY (%s)
ORDER BY opening.leaf_seq
"""
_BODIES: Final = "SELECT seq, body FROM record.leaf WHERE seq = ANY (%s)"


class Sighting(msgspec.Struct, frozen=True):
    """A leaf, and the first checkpoint by which witnesses had seen it."""

    seq: int
    body: str
    log_id: int
    index: int
    published: Published


async def first(tx: Transaction, leaf_seqs: Sequence[int]) -> list[Sighting]:
    """The first sighting of each of these leaves that has one."""
    cursor = await tx.execute(_FIRST, [list(leaf_seqs)])
    return [
        Sighting(seq, body, log_id, index, Published(Checkpoint(origin, size, bytes(root)), note))
        for seq, body, log_id, index, origin, size, root, note in await cursor.fetchall()
    ]


async def about(
    tx: Transaction, kinds: Sequence[str], field: str, values: Sequence[str]
) -> list[int]:
    """The leaves of these kinds that are about one of these values, as far as that is kept."""
    cursor = await tx.execute(_ABOUT, [field, list(values), list(kinds)])
    return [int(seq) for (seq,) in await cursor.fetchall()]


async def bodies(tx: Transaction, leaf_seqs: Sequence[int]) -> dict[int, str]:
    """What these leaves say."""
    cursor = await tx.execute(_BODIES, [list(leaf_seqs)])
    return dict(await cursor.fetchall())
