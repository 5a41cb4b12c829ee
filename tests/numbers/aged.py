"""A clock for tests: what it causes is done, sent and counted."""

from collections import Counter

import msgspec

from tenure.commands import recycling
from tenure.commands.recycling import Tally
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Change, Entry, EntryKind
from tenure.promises.notices.model import Dispatch
from tenure.promises.numbers import operations as numbers
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tests.notices import carrying
from tests.numbers.stocked import KH, act


async def sweep(pool: Pool, at: Instant, terms: Terms = KH, rows: int = 3) -> Counter[str]:
    """One run of the clock without recycling, in small pages."""
    done: Counter[str] = Counter()
    after: int | None = recycling.FIRST
    while after is not None:
        swept = await perform(pool, numbers.lifecycle.sweep, terms, after, act("<clock>", at), rows)
        done.update(reminded=swept.reminded, barred=swept.barred)
        after = swept.last
    back = await perform(pool, numbers.lifecycle.bring_back, terms, act("<clock>", at))
    done.update(back=back)
    return +done


async def recycle(pool: Pool, at: Instant, terms: Terms = KH, *, do: bool = True) -> Tally:
    """Recycle what is due, or only look."""
    tally = Tally()
    async for page in recycling.pages(pool, terms, lambda: act("<clock>", at), do=do):
        tally.add(page)
    return tally


async def deliver(pool: Pool, at: Instant) -> list[Dispatch]:
    """Send what waits, as a gateway does."""
    return await perform(pool, carrying.carry, KH, at)


async def clock(pool: Pool, at: Instant, terms: Terms = KH) -> Counter[str]:
    """One whole run: sweep, deliver, recycle."""
    done = await sweep(pool, at, terms)
    await deliver(pool, at)
    tally = await recycle(pool, at, terms)
    done.update(recycled=tally.recycled)
    return +done


async def top_up(pool: Pool, purse_id: int, until: Instant, at: Instant, micros: int = 1) -> None:
    """Funds until an end, as a top-up gives them."""

    async def work(tx: Transaction) -> None:
        purse = (await money.purses(tx, [purse_id]))[purse_id]
        entry = Entry(
            purse_id=purse_id,
            seq=purse.seq + 1,
            at=at,
            kind=EntryKind.TOPUP,
            account=Account.TOPUP_CLEARING,
            funds_micros=micros,
            grants_micros=0,
            owed_micros=0,
            tax_micros=0,
            overrun_micros=0,
            contra_micros=-micros,
            funds_after_micros=purse.funds_micros + micros,
            reference=f"{purse_id}-{purse.seq + 1}",
            party="",
            explanation=f'{{"funds_end_ms":{until}}}',
        )
        changed = msgspec.structs.replace(
            purse, seq=entry.seq, funds_micros=entry.funds_after_micros, funds_end=until
        )
        await money.record(tx, [Change(changed, (entry,))])

    await perform(pool, work)
