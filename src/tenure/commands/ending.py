"""Ends what is to end, a transaction at a time: for the clock, a command, and after a restore."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from tenure.commands.connect import act_of
from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.operations import Keys, Ledger
from tenure.values.instant import Instant
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

BY: Final = "<clock>"
PERSON: Final = "person"
BEGUN: Final = 1
"""Leaves of an entry of which nothing has ended yet."""
LEDGER: Final = Path("keys") / "people" / "ledger"
"""Below the data folder: beside the key store, which is copied apart from the database."""


def ledger_below(data: Path) -> Ledger:
    """The ledger of a data folder."""
    return Ledger(data / LEDGER)


@contextmanager
def shelf_below(data: Path) -> Iterator[Shelf | None]:
    """The key store of a data folder; None when there is none, and so no sealed copy."""
    folder = data / LEDGER.parent
    if not (folder / opening.KEYS).exists():
        yield None
        return
    with closing(opening.opened(folder)) as shelf:
        yield shelf


async def proceed(
    pool: Pool,
    ledger: Ledger,
    entry: model.retention.Entry,
    at: Instant,
    shelf: Shelf | None = None,
) -> model.retention.Certificate:
    """Carry out an entry of the ledger that is committed, as far as it goes at this instant.

    It may die anywhere: what was done is done, and the next time goes on.  The line beside the keys
    is on disk before anything ends.
    """
    ledger.note(entry)
    await _forgotten(pool, entry, at)
    steps = await perform(pool, privacy.retention.steps)
    ended = 1
    while ended:
        ended = 0
        for step in steps:
            ended += await _stepped(pool, entry, step.nth, at)
    keys = None if shelf is None else Keys(shelf)
    found = await perform(pool, privacy.retention.settle, entry, act_of(BY, at), keys)
    if keys is not None:
        await perform(pool, keys.settle, at)
    return found


async def _stepped(pool: Pool, entry: model.retention.Entry, nth: int, at: Instant) -> int:
    """End what is due of one step, a window of its table in a transaction; how many rows."""
    ended = 0
    window: model.retention.Window | None = model.retention.Window()
    while window is not None:
        done, window = await perform(
            pool, privacy.retention.end_some, entry.entry_id, nth, at, window
        )
        ended += done
    return ended


async def _forgotten(pool: Pool, entry: model.retention.Entry, at: Instant) -> None:
    """Take somebody's number out of the usage of others, before it is forgotten when it was theirs.

    Once an entry: one pass over all usage.  Whoever dies before the end of it begins again.
    """
    whose = entry.whose
    if whose is None or whose.kind != PERSON:
        return
    known = await perform(pool, privacy.retention.certificate, entry.entry_id)
    if not isinstance(known, Refused) and len(known.leaves) == BEGUN:
        await perform(pool, privacy.usage.forget_party, [whose.whom], act_of(BY, at))


async def go_on(pool: Pool, ledger: Ledger, at: Instant, shelf: Shelf | None = None) -> int:
    """Carry out every entry that waits by now; how many it were."""
    done = 0
    while waiting := await perform(pool, privacy.retention.waiting, at):
        for entry in waiting:
            await proceed(pool, ledger, entry, at, shelf)
        done += len(waiting)
    return done


async def end_periods(
    pool: Pool, ledger: Ledger, at: Instant
) -> model.retention.Certificate | None:
    """End what of everybody was kept for its longest time; None when nothing was."""
    if not await perform(pool, privacy.retention.any_due, at):
        return None
    entry = await perform(pool, privacy.retention.begin_period, uuid4(), act_of(BY, at))
    return await proceed(pool, ledger, entry, at)


async def replay(pool: Pool, ledger: Ledger, at: Instant) -> int:
    """After a copy was put back: end again what had ended since; how many entries it lacked."""
    count = await perform(pool, privacy.retention.replay, ledger, act_of(BY, at))
    await go_on(pool, ledger, at)
    return count


async def _settled(pool: Pool, keys: Keys, at: Instant, *, again: bool) -> None:
    """Destroy the keys whose end was committed by somebody who died then.

    The first time database and key store tell each other all, as either may be an old copy.
    """
    if again:
        await perform(pool, keys.settle, at)
    else:
        await perform(pool, keys.agree, act_of(BY, at))


def ending(pool: Pool, data: Path) -> Callable[[Instant], Awaitable[None]]:
    """What time causes: periods end, and what was deferred is looked at again."""

    agreed = False

    async def end(at: Instant) -> None:
        ledger = ledger_below(data)
        nonlocal agreed
        with shelf_below(data) as shelf:
            if shelf is not None:
                await _settled(pool, Keys(shelf), at, again=agreed)
                agreed = True
            went = await end_periods(pool, ledger, at)
            again = await go_on(pool, ledger, at, shelf)
        if went is not None:
            log.info("privacy: %d rows ended with their period", sum(g.rows for g in went.gone))
        if again:
            log.info("privacy: %d erasures were looked at again", again)

    return end
