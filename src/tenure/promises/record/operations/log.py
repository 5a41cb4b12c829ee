"""The log over the leaves: places, states to be signed, published checkpoints, receipts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.record import rules
from tenure.promises.record.model import (
    Act,
    Checkpoint,
    Log,
    Plain,
    Proof,
    Published,
    Receipt,
    Refusal,
)
from tenure.promises.record.store import leaves as leaf_store
from tenure.promises.record.store import logs as store
from tenure.promises.record.store.logs import Placed
from tenure.values.instant import Instant
from tenure.values.refused import Refused

DAMAGED = Refused(
    Refusal.TREE_DAMAGED,
    "a tile of the log is missing or too short; nothing is signed; see: tenure record verify",
)
NO_LOG = Refused(Refusal.NO_LOG, "no log is open yet; tenure up opens one")

UNKNOWN = Refused(Refusal.UNKNOWN_LEAF, "the record has no leaf of this number")
NOT_YET = Refused(
    Refusal.NOT_YET_PUBLISHED,
    "the witnesses have not cosigned this leaf yet; ask again in a second",
)


class Standing(msgspec.Struct, frozen=True):
    """How far the record is."""

    log: Log
    size: int
    """Leaves with a place."""
    waiting: int
    published: Published | None


async def logs(tx: Transaction) -> list[Log]:
    """Every log, the oldest first."""
    return await store.logs(tx)


async def current(tx: Transaction) -> Log | None:
    """The log that is open."""
    return next((log for log in await store.logs(tx) if log.closed_at is None), None)


async def open_log(tx: Transaction, origin: str, vkey: str, at: Instant) -> Log:
    """The log that is open; if there is none, one of this name and key."""
    known = await current(tx)
    if known is not None:
        return known
    await store.open_log(tx, origin, vkey, at)
    opened = await current(tx)
    assert opened is not None
    return opened


async def standing(tx: Transaction) -> Standing | None:
    """How far the open log is; None before there is one."""
    log = await current(tx)
    if log is None:
        return None
    published = (await store.latest(tx)).get(log.log_id)
    size = await store.size(tx, log.log_id)
    return Standing(log, size, await store.count_waiting(tx), published)


async def latest(tx: Transaction) -> Published | None:
    """The newest published checkpoint of the open log."""
    log = await current(tx)
    return None if log is None else (await store.latest(tx)).get(log.log_id)


async def size(tx: Transaction, log: Log) -> int:
    """How many leaves have a place in a log."""
    return await store.size(tx, log.log_id)


async def seqs(tx: Transaction, log: Log, index: int, limit: int) -> list[int]:
    """The numbers of the leaves in these places of a log."""
    return await store.seqs(tx, log.log_id, index, limit)


async def add_key(tx: Transaction, log: Log, vkey: str, act: Act) -> None:
    """The log signs with this key as well from now on."""
    await store.add_key(tx, log.log_id, vkey, act.at)
    said: dict[str, Plain] = {"origin": log.origin, "added": vkey}
    await leaf_store.append(tx, [rules.leaf(act, "record.key_added", said, {})])


async def end_keys(tx: Transaction, log: Log, vkeys: Sequence[str], act: Act) -> None:
    """The log signs with these keys no more."""
    for vkey in vkeys:
        await store.end_key(tx, log.log_id, vkey, act.at)
    said: dict[str, Plain] = {"origin": log.origin, "ended": list(vkeys)}
    await leaf_store.append(tx, [rules.leaf(act, "record.key_ended", said, {})])


async def succeed(tx: Transaction, log: Log, origin: str, vkey: str, act: Act) -> Log:
    """Close a log and open its successor.

    The first leaf of the successor commits to the last checkpoint of the log.  What the witnesses
    had not seen gets a place in the successor.
    """
    # The sequencer must not be between reading the log and giving places in it.
    await store.lock_and_wait(tx)
    published = (await store.latest(tx)).get(log.log_id)
    seen = 0 if published is None else published.checkpoint.size
    said: dict[str, Plain] = {"closed": log.origin, "size": seen, "opened": origin, "key": vkey}
    if published is not None:
        said |= {"root": published.checkpoint.root.hex(), "checkpoint": published.note}
    leaf = rules.leaf(act, "record.succeeded", said, {})
    await store.succeed(tx, log.log_id, origin, vkey, act.at)
    opened = await current(tx)
    assert opened is not None
    (first,) = await leaf_store.append(tx, [leaf])
    changed = rules.grown(0, {}, [leaf.leaf_hash])
    await store.grow(tx, opened.log_id, 0, [first], changed)
    await store.wait_again(tx, log.log_id, seen)
    return opened


async def sequence(tx: Transaction, limit: int) -> int | Refused[Refusal]:
    """Give the leaves that wait their places; how many got one.

    One sequencer at a time does it; for the others there is nothing to do.  Each leaf's hash is
    computed from its body as it is stored now, so that a flipped bit is found before it is signed.
    """
    if not await store.lock(tx):
        return 0
    log = await current(tx)
    if log is None:
        return NO_LOG
    waiting = await store.waiting(tx, limit)
    if not waiting:
        return 0
    hashes = [rules.leaf_hash(leaf.body) for leaf in waiting]
    for leaf, computed in zip(waiting, hashes, strict=True):
        if leaf.leaf_hash != computed:
            return Refused(
                Refusal.LEAF_EDITED,
                f"leaf {leaf.seq} is not what was written; nothing is signed until it is restored",
            )
    size = await store.size(tx, log.log_id)
    try:
        held = await store.tiles(tx, log.log_id, rules.edge(size))
        changed = rules.grown(size, held, hashes)
    except rules.DamagedTreeError:
        return DAMAGED
    await store.grow(tx, log.log_id, size, [leaf.seq for leaf in waiting], changed)
    return len(waiting)


async def head(tx: Transaction, log: Log) -> Checkpoint | Refused[Refusal]:
    """The state of the log with all the leaves that have a place: what is to be signed."""
    size = await store.size(tx, log.log_id)
    try:
        read = await _reader(tx, log.log_id, [(0, size)])
        return Checkpoint(log.origin, size, rules.root(size, read))
    except rules.DamagedTreeError:
        return DAMAGED


async def consistency(
    tx: Transaction, log: Log, smaller: int, larger: int
) -> Proof | Refused[Refusal]:
    """The proof that the log at the larger size begins as it was at the smaller one."""
    spans = rules.consistency_spans(smaller, larger)
    try:
        read = await _reader(tx, log.log_id, spans)
        return tuple(rules.hashed(span, read) for span in spans)
    except rules.DamagedTreeError:
        return DAMAGED


async def publish(
    tx: Transaction, log: Log, checkpoint: Checkpoint, note: str, at: Instant
) -> None:
    """Keep a checkpoint that the witnesses have cosigned, and announce it."""
    await store.publish(tx, log.log_id, checkpoint, note, at)


async def receipt(
    tx: Transaction, leaf_seq: int, fields: Sequence[str] = ()
) -> Receipt | Refused[Refusal]:
    """What proves a leaf to somebody who may see these fields of it."""
    return (await receipts(tx, [leaf_seq], fields))[leaf_seq]


async def receipts(
    tx: Transaction, leaf_seqs: Sequence[int], fields: Sequence[str] = ()
) -> dict[int, Receipt | Refused[Refusal]]:
    """As ``receipt``, for many leaves at once."""
    latest = await store.latest(tx)
    leaves: dict[int, Placed] = {}
    for each in await store.placed(tx, leaf_seqs):
        known = leaves.get(each.seq)
        if known is None or not _is_covered(known, latest):
            leaves[each.seq] = each
    answers: dict[int, Receipt | Refused[Refusal]] = {}
    provable: defaultdict[int, list[Placed]] = defaultdict(list)
    for seq in leaf_seqs:
        leaf = leaves.get(seq)
        if leaf is None:
            answers[seq] = UNKNOWN
        elif leaf.log_id is None or not _is_covered(leaf, latest):
            answers[seq] = NOT_YET
        else:
            provable[leaf.log_id].append(leaf)
    openings = await leaf_store.openings(tx, list(leaves), fields) if fields else {}
    for log_id, some in provable.items():
        proofs = await _proofs(tx, log_id, [leaf.index or 0 for leaf in some], latest[log_id])
        for leaf in some:
            index = leaf.index or 0
            answers[leaf.seq] = (
                DAMAGED
                if proofs is None
                else Receipt(
                    leaf.body, openings.get(leaf.seq, ()), index, proofs[index], latest[log_id].note
                )
            )
    return answers


def _is_covered(leaf: Placed, latest: Mapping[int, Published]) -> bool:
    if leaf.log_id is None or leaf.index is None or leaf.log_id not in latest:
        return False
    return leaf.index < latest[leaf.log_id].checkpoint.size


async def _proofs(
    tx: Transaction, log_id: int, indexes: Iterable[int], published: Published
) -> dict[int, Proof] | None:
    size = published.checkpoint.size
    asked = {index: rules.inclusion_spans(index, size) for index in indexes}
    # What does not change from leaf to leaf is computed once.
    known: dict[rules.Span, bytes] = {}
    try:
        read = await _reader(tx, log_id, {span for spans in asked.values() for span in spans})
        for spans in asked.values():
            for span in spans:
                if span not in known:
                    known[span] = rules.hashed(span, read)
    except rules.DamagedTreeError:
        return None
    return {index: tuple(known[span] for span in spans) for index, spans in asked.items()}


async def _reader(tx: Transaction, log_id: int, spans: Iterable[rules.Span]) -> rules.Reader:
    return rules.Reader(await store.tiles(tx, log_id, rules.needed(spans)))
