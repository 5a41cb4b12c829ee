"""All SQL of the record."""

from typing import Final

from tenure.postgres.arrays import byteas, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Leaf
from tenure.values.instant import moment_of

_APPEND: Final = """
WITH leaf AS (
    INSERT INTO record.leaf (at, kind, body, leaf_hash)
    VALUES (%(at)s, %(kind)s, %(body)s, %(leaf_hash)s)
    RETURNING seq
), opened AS (
    INSERT INTO record.opening (leaf_seq, field, salt, value)
    SELECT leaf.seq, opening.field, opening.salt, opening.value
    FROM leaf, unnest(%(fields)b, %(salts)b, %(values)b) AS opening (field, salt, value)
)
SELECT seq FROM leaf
"""


async def append(tx: Transaction, leaf: Leaf) -> int:
    """Add a leaf and its openings; the number by which the leaf can be found."""
    cursor = await tx.execute(
        _APPEND,
        {
            "at": moment_of(leaf.at),
            "kind": leaf.kind,
            "body": leaf.body,
            "leaf_hash": leaf.leaf_hash,
            "fields": texts([one.field for one in leaf.openings]),
            "salts": byteas([one.salt for one in leaf.openings]),
            "values": texts([one.value for one in leaf.openings]),
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
