"""What may be asked of money: load purses, record changes with their entries, read entries."""

from collections.abc import Sequence

from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.money import rules, store
from tenure.promises.money.model import Change, Entry, Purse
from tenure.promises.money.store import purse_of
from tenure.values.instant import DAY_MS, Instant

__all__ = ["close", "entries", "open_months", "open_purses", "purse_of", "purses", "record"]


async def purses(tx: Transaction, purse_ids: Sequence[int]) -> dict[int, Purse]:
    """The purses as stored, by id; a purse that does not exist is absent."""
    return await store.purses(tx, purse_ids)


async def record(tx: Statements, changes: Sequence[Change], *, announce: bool = True) -> None:
    """Write changed purses and their entries together.

    If a purse was written since it was loaded, the transaction fails as contested and ``perform``
    repeats it.  ``announce`` tells the servers that live grants of these purses may be stale;
    charging itself, which knows them, does not announce.
    """
    if not changes:
        return
    await store.change(tx, changes)
    if announce:
        await store.announce(tx, [change.purse.purse_id for change in changes])


async def close(
    tx: Transaction, purse_ids: Sequence[int], at: Instant, reference: str, words: str
) -> None:
    """Empty the purses of people who left, with the entries that say where the money went.

    Nothing may live in them and nothing be owed.  A purse that is written meanwhile is contested.
    """
    found = await store.purses(tx, purse_ids)
    changes = [rules.closed(found[one], at, reference, words) for one in sorted(found)]
    await record(tx, changes)


async def open_purses(
    tx: Transaction, purses: Sequence[Purse], entries: Sequence[Entry] = ()
) -> None:
    """Open new purses, with the entries that explain what is in them from the start."""
    await store.open_purses(tx, purses)
    await store.append(tx, entries)


async def entries(tx: Transaction, purse_id: int, limit: int = 20) -> list[Entry]:
    """The newest entries of a purse, newest first."""
    return await store.newest_entries(tx, purse_id, limit)


async def open_months(tx: Transaction, at: Instant, months: int = 3) -> None:
    """See that entries of this month and the following ones have their partition."""
    await store.open_months(tx, [Instant(at + 28 * DAY_MS * step) for step in range(months + 1)])
