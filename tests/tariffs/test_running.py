"""A running process prices by the record: from its start, and from the minute it changes."""

import msgspec
import pytest

from tenure.commands.up.pricing import Pricing
from tenure.commands.up.trouble import CannotRunError
from tenure.postgres.pool import Pool
from tenure.promises.tariffs.model import InForce
from tenure.promises.tariffs.rules import Book, in_force
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tests.notices.crowd import crowd
from tests.staff.given import AT
from tests.tariffs.announced import NEW, SMART, announcing, hire, publish, sent

DAY = Instant(AT + 40 * DAY_MS)


def offnet_micros(book: Book, at: Instant) -> int:
    holding = in_force(book, "prepaid", "voice/out/offnet", at)
    assert isinstance(holding, InForce)
    return holding.rate.steps[0].price_micros


async def test_a_confirmed_version_is_in_the_book_that_everybody_holds(
    pool: Pool, database: str, owner: str
) -> None:
    crowd(owner, 6)
    await hire(pool)
    published = announcing(DAY)
    await Pricing.opened(pool, published, lambda: AT)
    await publish(pool, published)
    now = Instant(AT + HOUR_MS)
    pricing = await Pricing.opened(pool, published, lambda: now)
    book, starts = pricing.book, pricing.starts
    noon = Instant(DAY + 5 * HOUR_MS)
    assert offnet_micros(book, noon) == 70_000

    sent(database, now)
    await pricing.look(now)
    assert offnet_micros(book, noon) == 70_000  # told, and not yet confirmed

    await pricing.confirm(now)
    assert offnet_micros(book, noon) == 80_000
    assert offnet_micros(book, Instant(noon - DAY_MS)) == 70_000
    assert starts[-1] == DAY
    assert (pricing.book, pricing.starts) == (book, starts)
    assert book.version_ids[-1] == NEW


async def test_nothing_starts_with_prices_that_were_never_published(pool: Pool) -> None:
    await Pricing.opened(pool, SMART, lambda: AT)
    first, second = SMART.versions
    free = tuple(msgspec.structs.replace(row, price_micros=0) for row in second.rows)
    edited = msgspec.structs.replace(
        SMART, versions=(first, msgspec.structs.replace(second, rows=free))
    )

    with pytest.raises(CannotRunError, match="is not what was published"):
        await Pricing.opened(pool, edited, lambda: AT)


async def test_files_that_change_while_it_runs_change_no_price(pool: Pool) -> None:
    pricing = await Pricing.opened(pool, SMART, lambda: AT)
    first, second = SMART.versions
    free = tuple(msgspec.structs.replace(row, price_micros=0) for row in second.rows)
    pricing._pack = msgspec.structs.replace(
        SMART, versions=(first, msgspec.structs.replace(second, rows=free))
    )

    await pricing.look(AT)

    assert offnet_micros(pricing.book, AT) in {50_000, 70_000}
