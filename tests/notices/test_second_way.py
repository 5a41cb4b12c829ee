"""When texts fail, a warning goes to the e-mail address that was confirmed, and to no other."""

from typing import Final

import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Dispatch,
    Dropped,
    End,
    Medium,
    NoticeKind,
    Receipt,
    Route,
    Telling,
)
from tenure.terms.notice_kinds import facts_of
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tests.notices.carrying import take
from tests.numbers.stocked import KH, msisdn
from tests.people.settled import AT, populated
from tests.people.test_contacts import confirmed, proposed

SMSC: Final = Route(Medium.SMS, "smsc", receipts=True, beside=frozenset({Medium.EMAIL}))
RELAY: Final = Route(Medium.EMAIL, "relay", receipts=False, beside=frozenset({Medium.SMS}))


def told(kind: NoticeKind) -> Telling:
    facts = dict.fromkeys(facts_of(kind), "1")
    return Telling(msisdn(0), 1, "km", kind, facts, AT)


async def fails(pool: Pool, notice_id: int, *, hours: int = 6) -> list[Dispatch]:
    """Every text fails for some hours; what the mail relay is given then."""
    mailed = []
    for hour in range(hours):
        at = Instant(AT + hour * HOUR_MS + 1)
        out = await perform(pool, take, KH, at, SMSC)
        refusals = [(one.delivery_id, "smpp 0x14", False) for one in out]
        await perform(pool, notices.refused, refusals, at)
        mail = await perform(pool, take, KH, at, RELAY)
        await perform(pool, notices.handed, [(one.delivery_id, "q1") for one in mail], at)
        mailed += [one for one in mail if one.notice.notice_id == notice_id]
    return mailed


@pytest.mark.parametrize("address", ["confirmed", "proposed only", "none"])
async def test_only_a_confirmed_address_is_written_to(pool: Pool, address: str) -> None:
    await populated(pool)
    if address != "none":
        await proposed(pool)
    if address == "confirmed":
        await confirmed(pool)
    (notice_id,) = await perform(pool, notices.tell, [told(NoticeKind.SIM_REPLACED)])

    mailed = await fails(pool, notice_id)

    wanted = ["Dara@example.com"] if address == "confirmed" else []
    assert [one.to for one in mailed] == wanted
    (found,) = [
        one
        for one in await perform(pool, notices.of_number, msisdn(0), 100)
        if one.notice_id == notice_id
    ]
    if address == "confirmed":
        assert (found.dropped, found.sent_at is None) == (None, False)
    else:
        assert found.dropped is Dropped.UNDELIVERED


async def test_what_has_one_way_stays_on_it(pool: Pool) -> None:
    await populated(pool)
    await proposed(pool)
    await confirmed(pool)
    (notice_id,) = await perform(pool, notices.tell, [told(NoticeKind.USAGE_LOW)])
    assert await fails(pool, notice_id) == []


async def test_an_address_that_bounces_is_on_record(pool: Pool) -> None:
    await populated(pool)
    await proposed(pool)
    await confirmed(pool)
    (notice_id,) = await perform(pool, notices.tell, [told(NoticeKind.SIM_REPLACED)])
    (one,) = await fails(pool, notice_id)
    bounce = Receipt("relay", ("q1",), End.FAILED, "550", one.to)
    await perform(pool, notices.receipt, [bounce], Instant(AT + DAY_MS))
    found = await perform(pool, notices.of_number, msisdn(0), 100)
    tries = next(
        each.tries
        for each in await perform(pool, notices.with_tries, found)
        if each.notice_id == notice_id
    )
    assert (tries[-1].end, tries[-1].reason) == (End.FAILED, "550")
