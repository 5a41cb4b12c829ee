"""The second keeper of a card: the statement that uses it holds whatever was read before."""

import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record.model import Act
from tenure.promises.topups import operations as topups
from tenure.promises.topups import store
from tenure.promises.topups.model import Issue, Printing, VoucherKey
from tenure.values.instant import Instant
from tenure.values.money import MICROS
from tests.topups.given import END, chance, terms

AT = Instant(END - 1_000)
KEY = VoucherKey(bytes(range(32)))
ACT = Act("sok", AT, bytes(range(32)))


@pytest.fixture
async def serials(pool: Pool) -> list[int]:
    """Two cards."""
    asked = Issue(5 * MICROS, 2)
    printing = await perform(pool, topups.prepare, terms(), asked, KEY, chance(1), AT)
    assert isinstance(printing, Printing)
    await perform(pool, topups.issue, printing, KEY, ACT)
    return [card.serial for card in printing.cards]


async def test_a_used_card_cannot_be_used_by_somebody_who_did_not_look(
    pool: Pool, serials: list[int]
) -> None:
    assert await perform(pool, store.use, serials[0], AT, 1, 1)
    assert not await perform(pool, store.use, serials[0], AT, 2, 1)
    assert not await perform(pool, store.use, 999, AT, 2, 1)


async def test_a_blocked_card_cannot_be_used_by_somebody_who_did_not_look(
    pool: Pool, serials: list[int]
) -> None:
    assert await perform(pool, store.block_one, AT, serials[0])
    assert not await perform(pool, store.block_one, AT, serials[0])
    assert not await perform(pool, store.use, serials[0], AT, 1, 1)
    assert await perform(pool, store.use, serials[1], AT, 1, 1)
