"""SQL of leaves: they are added, many at a time, and wait for their place in the log."""

from collections.abc import Sequence
from typing import Final

from tenure.postgres.arrays import byteas, int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Leaf, Opening

WAITING: Final = "tenure_recorded"
"""Announced when leaves wait for the sequencer."""

# Numbers ascend in the order of insertion, so the n-th number is that of the n-th leaf.
_APPEND: Final = """
WITH given AS (
    SELECT * FROM unnest(%(ats)b, %(kinds)b, %(bodies)b, %(hashes)b)
        WITH ORDINALITY AS given (at, kind, body, leaf_hash, n)
), leaf AS (
    INSERT INTO record.leaf (at, kind, body, leaf_hash)
    SELECT at, kind, body, leaf_hash FROM given ORDER BY n
    RETURNING seq
), numbered AS (
    SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM leaf
), waiting AS (
    INSERT INTO record.unsequenced (leaf_seq) SELECT seq FROM numbered
), opened AS (
    INSERT INTO record.opening (leaf_seq, field, salt, value)
    SELECT numbered.seq, opening.field, opening.salt, opening.value
    FROM unnest(%(ns)b, %(fields)b, %(salts)b, %(values)b) AS opening (n, field, salt, value)
    JOIN numbered USING (n)
), told AS (
    SELECT pg_notify('tenure_recorded', '')
)
SELECT numbered.seq FROM numbered, told ORDER BY numbered.n
"""
_OPENINGS: Final = """
SELECT leaf_seq, field, salt, value FROM record.opening
WHERE leaf_seq = ANY (%s) AND field = ANY (%s) ORDER BY leaf_seq, field
"""


async def append(tx: Transaction, leaves: Sequence[Leaf]) -> list[int]:
    """Add leaves and their openings; the numbers by which they can be found, in their order."""
    if not leaves:
        return []
    opened = [(n, one) for n, leaf in enumerate(leaves, 1) for one in leaf.openings]
    cursor = await tx.execute(
        _APPEND,
        {
            "ats": moments([leaf.at for leaf in leaves]),
            "kinds": texts([leaf.kind for leaf in leaves]),
            "bodies": texts([leaf.body for leaf in leaves]),
            "hashes": byteas([leaf.leaf_hash for leaf in leaves]),
            "ns": int8s([n for n, _ in opened]),
            "fields": texts([one.field for _, one in opened]),
            "salts": byteas([one.salt for _, one in opened]),
            "values": texts([one.value for _, one in opened]),
        },
    )
    return [int(seq) for (seq,) in await cursor.fetchall()]


async def openings(
    tx: Transaction, leaf_seqs: Sequence[int], fields: Sequence[str]
) -> dict[int, tuple[Opening, ...]]:
    """What these commitments of these leaves stand for, as far as it is still kept."""
    cursor = await tx.execute(_OPENINGS, [list(leaf_seqs), list(fields)])
    found: dict[int, list[Opening]] = {}
    for leaf_seq, field, salt, value in await cursor.fetchall():
        found.setdefault(leaf_seq, []).append(Opening(field, bytes(salt), value))
    return {leaf_seq: tuple(some) for leaf_seq, some in found.items()}
