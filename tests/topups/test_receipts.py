"""Money that was received is told in its transaction: once, with what is there afterwards."""

import asyncio

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import Buy, Done, TopUp
from tenure.values.instant import MINUTE_MS, Instant, iso
from tenure.values.money import MICROS
from tests.topups.lines import AT, LINES, TERMS, msisdn, order, printed, redeem


async def receipts(pool: Pool, number: int) -> list[Telling]:
    """What was told of a number, the newest first."""
    return [one.telling for one in await perform(pool, notices.of_number, msisdn(number))]


async def test_money_that_was_received_is_told_once_however_often_it_is_said(opened: Pool) -> None:
    asked = TopUp(msisdn(1), 5 * MICROS, "payment-1", AT)
    await asyncio.gather(*(order(opened, asked) for _ in range(9)))
    await order(opened, TopUp(msisdn(1), 5 * MICROS, "payment-1", Instant(AT + MINUTE_MS)))

    [told] = await receipts(opened, 1)
    done = await order(opened, asked)
    assert isinstance(done, Done)
    assert told.kind is NoticeKind.TOPUP_RECEIVED
    assert (told.language, told.person_id, told.at) == ("km", None, AT)
    assert told.facts == {
        "amount_micros": "5000000",
        "funds_micros": "8000000",
        "valid_until_at": iso(done.funds_end),
    }


async def test_of_several_at_once_each_has_its_own_receipt(opened: Pool) -> None:
    asked = [TopUp(msisdn(1), 5 * MICROS, f"payment-{number}", AT) for number in range(3)]
    await perform(opened, topups.fulfil, TERMS, asked)
    told = await receipts(opened, 1)
    assert [one.facts["funds_micros"] for one in told] == ["18000000", "13000000", "8000000"]


async def test_a_payment_is_told_with_what_is_still_owed(opened: Pool) -> None:
    await order(opened, TopUp(msisdn(LINES), 4 * MICROS, "payment-1", AT))
    [told] = await receipts(opened, LINES)
    assert told.kind is NoticeKind.PAYMENT_RECEIVED
    assert told.facts == {"amount_micros": "4000000", "owed_micros": "5000000"}


async def test_a_card_is_told_once_and_what_did_not_happen_never(opened: Pool) -> None:
    [card] = (await printed(opened, 1)).cards
    for _ in range(2):
        await redeem(opened, 1, card.pin, "")
    await redeem(opened, 2, card.pin, "")
    await order(opened, TopUp(msisdn(3), 3 * MICROS, "no such top-up", AT))
    await order(opened, Buy(msisdn(3), "week", "plan", AT, 0))
    assert len(await receipts(opened, 1)) == 1
    assert await receipts(opened, 2) == []
    assert await receipts(opened, 3) == []
