"""What may be asked of the record: to add a leaf, in the transaction of what it tells of."""

from collections.abc import Mapping

from tenure.postgres.transaction import Transaction
from tenure.promises.record import rules, store
from tenure.promises.record.model import Act, Plain


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
    return await store.append(tx, rules.leaf(act, kind, said, about))
