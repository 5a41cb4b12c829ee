"""When a leaf was public first: what proves to the network how long everybody could see it."""

from collections.abc import Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.record import rules
from tenure.promises.record.model import Receipt
from tenure.promises.record.store import leaves as leaf_store
from tenure.promises.record.store import logs as log_store
from tenure.promises.record.store import sightings as store


async def first_receipts(
    tx: Transaction, leaf_seqs: Sequence[int], fields: Sequence[str] = ()
) -> dict[int, Receipt]:
    """The receipts of leaves under the first checkpoint that has them; of the others, none.

    A later checkpoint proves the same place, and says less about since when.
    """
    found = await store.first(tx, leaf_seqs)
    openings = await leaf_store.openings(tx, leaf_seqs, fields) if fields and found else {}
    receipts: dict[int, Receipt] = {}
    for one in found:
        spans = rules.inclusion_spans(one.index, one.published.checkpoint.size)
        try:
            held = await log_store.tiles(tx, one.log_id, rules.needed(spans))
            read = rules.Reader(held)
            proof = tuple(rules.hashed(span, read) for span in spans)
        except rules.DamagedTreeError:
            continue
        opened = openings.get(one.seq, ())
        receipts[one.seq] = Receipt(one.body, opened, one.index, proof, one.published.note)
    return receipts


async def leaves_about(
    tx: Transaction, kinds: Sequence[str], field: str, values: Sequence[str]
) -> list[int]:
    """The numbers of the leaves of these kinds that are about one of these values."""
    return await store.about(tx, kinds, field, values)


async def bodies(tx: Transaction, leaf_seqs: Sequence[int]) -> dict[int, str]:
    """What these leaves say, whether or not anybody has cosigned them yet."""
    return await store.bodies(tx, leaf_seqs)
