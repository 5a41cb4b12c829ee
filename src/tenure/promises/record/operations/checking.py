"""The whole log is built again from its leaves and compared with everything that was kept of it."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.record import rules
from tenure.promises.record.model import Log, Published, Trust
from tenure.promises.record.rules import Fault, Finding, Known, Replay
from tenure.promises.record.store import checking as store
from tenure.promises.record.store import logs as log_store
from tenure.values.refused import Refused

PAGE: Final = 5_000
SHOWN_MAX: Final = 100


class Verified(msgspec.Struct, frozen=True):
    """What came of verifying a log."""

    leaves: int
    checkpoints: int
    findings: tuple[Finding, ...]
    """The first hundred things that are wrong; none when everything is as it was."""


async def verify(
    pool: Pool,
    log: Log,
    trust: Trust,
    known: Sequence[Known] = (),
    advance: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Verify a log; ``known`` are states that the signer and the witnesses vouch for.

    ``advance`` is told how many leaves were read, page by page.
    """
    published = await perform(pool, store.checkpoints, log.log_id)
    findings = [*_unsigned(published, trust)]
    states = [
        Known(one.checkpoint.size, one.checkpoint.root, Fault.ROOT_DIFFERS, _name(one))
        for one in published
    ]
    replay = Replay([*states, *known])
    size = await perform(pool, log_store.size, log.log_id)
    while replay.size < size:
        before = replay.size
        findings += await perform(pool, _page, log.log_id, replay, size)
        if replay.size == before or replay.broken:
            break
        advance(replay.size - before)
    findings += await perform(pool, _end, log.log_id, replay)
    findings += await perform(pool, _homeless)
    return Verified(replay.size, len(published), tuple(findings[:SHOWN_MAX]))


def _name(published: Published) -> str:
    return f"the checkpoint of {published.checkpoint.size:,} leaves"


def _unsigned(published: Sequence[Published], trust: Trust) -> list[Finding]:
    found = []
    for one in published:
        believed = rules.believe(one.note, trust)
        if isinstance(believed, Refused):
            detail = f"{_name(one)}: {believed.detail}"
            found.append(Finding(Fault.CHECKPOINT_UNSIGNED, detail))
        elif believed[0] != one.checkpoint:
            detail = f"{_name(one)}: its note says something else"
            found.append(Finding(Fault.CHECKPOINT_UNSIGNED, detail))
    return found


async def _page(tx: Transaction, log_id: int, replay: Replay, size: int) -> list[Finding]:
    rows = await store.rows(tx, log_id, replay.size, min(PAGE, size - replay.size))
    found = [finding for row in rows for finding in replay.add(row)]
    stored = await log_store.tiles(tx, log_id, replay.finished())
    return [*found, *replay.tiles(stored)]


async def _end(tx: Transaction, log_id: int, replay: Replay) -> list[Finding]:
    edge = [place for place, _ in replay.edge()]
    stored = await log_store.tiles(tx, log_id, [*edge, *replay.finished()])
    # The log may have grown meanwhile: what is compared is its beginning.
    lengths = {place: len(value) for place, value in replay.edge()}
    cut = {
        place: value[: lengths[place]] if place in lengths else value
        for place, value in stored.items()
    }
    return list(replay.end(cut))


async def _homeless(tx: Transaction) -> list[Finding]:
    seqs = await store.homeless(tx, SHOWN_MAX)
    return [Finding(Fault.LEAF_WITHOUT_PLACE, f"leaf {seq}") for seq in seqs]
