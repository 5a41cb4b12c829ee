"""The end of a number's life on a real PostgreSQL: reminded, barred, recycled, and kept."""

from collections import Counter

import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Sold
from tenure.values.instant import SECOND_MS, Instant
from tests.numbers import aged
from tests.numbers.stocked import AT, KH, act, msisdn, sell, stock


@pytest.fixture
async def sold(pool: Pool) -> Pool:
    """Number 0 is held since AT by person 1, and was never topped up: its validity ended at AT."""
    await perform(pool, stock)
    assert isinstance(await perform(pool, numbers.holding.activate, KH, sell(), act()), Sold)
    return pool


async def kinds(pool: Pool) -> Counter[str]:
    told = await perform(pool, notices.newest, 1_000)
    return Counter(one.telling.kind.value for one in told)


async def test_a_number_goes_through_its_whole_life(sold: Pool) -> None:
    done: Counter[str] = Counter()
    when = {}
    for hour in range(0, 24 * 91, 24):
        at = Instant(AT + hour * 3_600 * SECOND_MS)
        here = await aged.clock(sold, at)
        for effect in here:
            when.setdefault(effect, []).append(hour / 24)
        done.update(here)
    assert when == {"reminded": [1, 30, 53, 58], "barred": [60], "recycled": [90]}
    assert await perform(sold, numbers.find, msisdn(0)) is None
