"""SQL of reading the record again: leaves with what their commitments stand for, in log order."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Mark, Opening
from tenure.values.instant import Instant

_LEAVES: Final = """
SELECT {place}, l.seq, l.kind, l.at, l.body, (
    SELECT coalesce(
        jsonb_object_agg(o.field, jsonb_build_array(encode(o.salt, 'hex'), o.value)), '{{}}')
    FROM record.opening o WHERE o.leaf_seq = l.seq
)
FROM {rows} JOIN record.leaf l ON l.seq = leaf_seq
WHERE l.kind = ANY(%(kinds)s) {order}
"""
# A leaf that a successor took over has two places: it is read twice, and says the same.
_PLACED: Final = _LEAVES.format(
    place="p.log_id, p.index",
    rows="record.place p",
    order="AND (p.log_id, p.index) > (%(log_id)s, %(index)s)"
    " ORDER BY p.log_id, p.index LIMIT %(limit)s",
)
_WAITING: Final = _LEAVES.format(place="0, 0", rows="record.unsequenced u", order="ORDER BY l.seq")


class Kept(msgspec.Struct, frozen=True):
    """A leaf and its openings as they are kept."""

    mark: Mark
    leaf_seq: int
    kind: str
    at: Instant
    body: str
    openings: tuple[Opening, ...]


def _kept(row: Sequence[Any]) -> Kept:
    log_id, index, seq, kind, at, body, opened = row
    openings = (
        Opening(field, bytes.fromhex(salt), value) for field, (salt, value) in opened.items()
    )
    return Kept(Mark(log_id, index), seq, kind, at, body, tuple(openings))


async def placed(tx: Transaction, after: Mark, kinds: Sequence[str], limit: int) -> list[Kept]:
    """The next leaves of these kinds that have a place."""
    asked = {"kinds": list(kinds), "log_id": after.log_id, "index": after.index, "limit": limit}
    cursor = await tx.execute(_PLACED, asked)
    return [_kept(row) for row in await cursor.fetchall()]


async def waiting(tx: Transaction, kinds: Sequence[str]) -> list[Kept]:
    """The leaves of these kinds that wait for their place."""
    cursor = await tx.execute(_WAITING, {"kinds": list(kinds)})
    return [_kept(row) for row in await cursor.fetchall()]
