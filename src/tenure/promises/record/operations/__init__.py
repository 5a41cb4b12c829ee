"""What may be asked of the record: to add leaves, in the transaction of what they tell of.

``log`` has the rest: their places, checkpoints, and receipts.
"""

from collections.abc import Mapping, Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.record import rules
from tenure.promises.record.model import Act, NewLeaf, Plain
from tenure.promises.record.operations import checking, log, reading, sightings
from tenure.promises.record.operations.checking import Verified
from tenure.promises.record.operations.log import Standing, receipt, receipts
from tenure.promises.record.store import leaves as store

__all__ = [
    "Standing",
    "Verified",
    "append",
    "append_all",
    "checking",
    "log",
    "reading",
    "receipt",
    "receipts",
    "sightings",
]


async def append(
    tx: Transaction,
    act: Act,
    kind: str,
    said: Mapping[str, Plain],
    about: Mapping[str, str],
) -> int:
    """Record an act: ``said`` in clear, ``about`` (personal data) as salted commitments.

    Returns the leaf's number.  Nothing is refused: whatever could be done can be recorded.
    """
    (seq,) = await store.append(tx, [rules.leaf(act, kind, said, about)])
    return seq


async def append_all(tx: Transaction, act: Act, leaves: Sequence[NewLeaf]) -> list[int]:
    """As ``append``, for many leaves of one act in one statement; their numbers, in their order."""
    made = [rules.leaf(act, one.kind, one.said, one.about) for one in leaves]
    return await store.append(tx, made)
