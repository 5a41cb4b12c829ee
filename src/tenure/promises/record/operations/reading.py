"""What may be asked of the record by who compares it with something: its leaves, in log order."""

from collections.abc import Sequence

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.record import rules
from tenure.promises.record.model import Mark, Told
from tenure.promises.record.store import reading as store

PAGE = 5_000


async def read(tx: Transaction, after: Mark, kinds: Sequence[str], limit: int = PAGE) -> list[Told]:
    """The next leaves of these kinds behind a mark, with what their commitments stand for.

    Fewer than ``limit`` means that there are no more with a place.
    """
    return [_told(kept) for kept in await store.placed(tx, after, kinds, limit)]


async def read_waiting(tx: Transaction, kinds: Sequence[str]) -> list[Told]:
    """The leaves of these kinds that have no place yet, oldest first."""
    return [_told(kept) for kept in await store.waiting(tx, kinds)]


def _told(kept: store.Kept) -> Told:
    """An opening that was edited does not fit its commitment, and is not believed."""
    body = msgspec.json.decode(kept.body)
    committed = body["commitments"]
    about = {
        one.field: one.value
        for one in kept.openings
        if committed.get(one.field) == rules.commitment(one.salt, one.value)
    }
    doubted = len(about) < len(kept.openings)
    return Told(kept.mark, kept.leaf_seq, kept.kind, kept.at, body["said"], about, doubted)
