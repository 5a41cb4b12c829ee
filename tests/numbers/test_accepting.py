"""A first sale is an acceptance of the terms in force: which, how and when is evidence."""

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Manner, Way
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Sold
from tests.numbers.stocked import AT, KH, act, card, days, sell, stock


async def test_activating_a_service_accepts_the_terms_in_force(pool: Pool) -> None:
    await perform(pool, stock)

    sold = await perform(pool, numbers.holding.activate, KH, sell(), act())

    assert isinstance(sold, Sold)
    (accepted,) = (await perform(pool, consent.agreed, 1)).acceptances
    assert (accepted.version, accepted.at) == ("2021-07-31", AT)
    assert accepted.acceptance.manner is Manner.ACTIVATION
    assert accepted.acceptance.how.way is Way.SHOP
    assert accepted.acceptance.how.evidence == f"leaf {sold.leaf_seq}"
    text = consent.in_force(KH, "general-terms", AT)
    assert text is not None
    assert accepted.sha256 == text.sha256["km"]


async def test_a_second_number_accepts_nothing_new(pool: Pool) -> None:
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(), act())
    second = sell(1, iccid=card(1).iccid)

    await perform(pool, numbers.holding.activate, KH, second, act(at=days(1)))

    assert len((await perform(pool, consent.agreed, 1)).acceptances) == 1


async def test_a_sale_that_is_refused_accepts_nothing(pool: Pool) -> None:
    await perform(pool, stock)
    refused = sell(offer="nothing")

    await perform(pool, numbers.holding.activate, KH, refused, act())

    assert (await perform(pool, consent.agreed, 1)).acceptances == ()
