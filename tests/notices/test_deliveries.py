"""The life of a delivery on a real PostgreSQL: whatever a carrier does, nothing lost or doubled."""

import itertools
from collections.abc import Sequence
from typing import Final

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Delivery,
    Dispatch,
    Dropped,
    End,
    Medium,
    Notice,
    NoticeKind,
    Reach,
    Receipt,
    Route,
    State,
    Telling,
)
from tenure.terms import pack
from tenure.terms.notice_kinds import NoticeClass, facts_of
from tenure.values.instant import DAY_MS, MINUTE_MS, Instant
from tenure.values.msisdn import Msisdn

KH: Final = pack.load("smart-kh").terms
AT: Final = Instant(1_800_000_000_000)
SMSC: Final = Route(Medium.SMS, "smsc-1", receipts=True)
OTHER_SMSC: Final = Route(Medium.SMS, "smsc-2", receipts=True)
NUMBER, OTHER = Msisdn("85512345678"), Msisdn("85512345679")
WAIT: Final = KH.notices[NoticeClass.SECURITY].receipt_wait_ms
AGAIN: Final = KH.notices[NoticeClass.SECURITY].again_ms
HERE: Final = Reach(in_service=True, holder_id=1)


def at(milliseconds: int) -> Instant:
    return Instant(AT + milliseconds)


def telling(kind: NoticeKind = NoticeKind.LOCK_SET, number: Msisdn = NUMBER) -> Telling:
    facts = dict.fromkeys(facts_of(kind), "2027-01-01T00:00:00Z")
    return Telling(number, 1, "km", kind, facts, AT)


async def tell(pool: Pool, *tellings: Telling) -> list[int]:
    return await perform(pool, notices.tell, tellings or [telling()])


async def take(
    pool: Pool, when: int = 0, reach: Reach = HERE, route: Route = SMSC
) -> list[Dispatch]:
    """What leaves at this instant, each committed before it does."""

    async def work(tx: Transaction) -> list[Dispatch]:
        found = await notices.waiting(tx, route.medium, 500, at(when))
        reaches = {one.notice_id: reach for one in found}
        return await notices.decide(tx, KH, route, found, reaches, at(when))

    return await perform(pool, work)


async def hand(pool: Pool, out: Sequence[Dispatch], when: int = 0, named: str = "id-") -> None:
    taken = [(one.delivery_id, f"{named}{one.delivery_id}") for one in out]
    await perform(pool, notices.handed, taken, at(when))


async def answer(pool: Pool, *receipts: Receipt, when: int = 1) -> list[Receipt]:
    return await perform(pool, notices.receipt, receipts, at(when))


def said(one: Dispatch, end: End = End.DELIVERED, via: str = "smsc-1") -> Receipt:
    return Receipt(via, (f"id-{one.delivery_id}",), end, "stat:X")


async def told(pool: Pool, notice_id: int) -> Notice:
    found = await perform(pool, notices.newest, 100)
    found = await perform(pool, notices.with_tries, found)
    return next(one for one in found if one.notice_id == notice_id)


async def ends(pool: Pool, notice_id: int) -> list[End | None]:
    return [one.end for one in (await told(pool, notice_id)).tries]


async def state(pool: Pool, notice_id: int, when: int) -> State:
    return notices.state(await told(pool, notice_id), KH, at(when))


async def test_from_waiting_to_delivered(pool: Pool) -> None:
    (notice_id,) = await tell(pool)
    assert await state(pool, notice_id, 0) is State.WAITING
    (one,) = await take(pool)
    assert await state(pool, notice_id, 0) is State.HANDING
    assert (await told(pool, notice_id)).sent_at is None
    await hand(pool, [one], 5)
    assert await state(pool, notice_id, 5) is State.HANDED
    assert (await told(pool, notice_id)).sent_at == at(5)
    assert await answer(pool, said(one), when=9) == []
    assert await state(pool, notice_id, 9) is State.DELIVERED
    wanted = Delivery(
        one.delivery_id, Medium.SMS, "smsc-1", NUMBER, True, AT, at(5), f"id-{one.delivery_id}",  # noqa: FBT003 -- a row
        at(9), End.DELIVERED, "stat:X",
    )  # fmt: skip
    assert (await told(pool, notice_id)).tries == (wanted,)
    assert await take(pool, 10 * DAY_MS) == [], "nothing is left to do"


async def test_what_is_said_twice_has_one_effect(pool: Pool) -> None:
    (notice_id,) = await tell(pool)
    (one,) = await take(pool)
    await hand(pool, [one], 5)
    await hand(pool, [one], 7, named="again-")
    await perform(pool, notices.refused, [(one.delivery_id, "late", True)], at(8))
    assert await answer(pool, said(one), said(one), when=9) == []
    assert await answer(pool, said(one, End.FAILED), when=10) == []
    (tried,) = (await told(pool, notice_id)).tries
    assert (tried.handed_at, tried.reference) == (at(5), f"id-{one.delivery_id}")
    assert (tried.ended_at, tried.end) == (at(9), End.DELIVERED)


@pytest.mark.parametrize("end", [End.FAILED, End.EXPIRED])
async def test_a_failure_is_tried_again_and_the_first_answer_stays(pool: Pool, end: End) -> None:
    (notice_id,) = await tell(pool)
    (one,) = await take(pool)
    await hand(pool, [one])
    assert await answer(pool, said(one, end), said(one), when=1) == []
    assert await ends(pool, notice_id) == [end]
    assert await take(pool, AGAIN[0]) == []
    (again,) = await take(pool, AGAIN[0] + 1)
    assert (again.attempt, again.to) == (2, NUMBER)


async def test_receipts_for_what_nobody_sent_are_handed_back(pool: Pool) -> None:
    (notice_id,) = await tell(pool)
    (one,) = await take(pool)
    strangers = [
        Receipt("smsc-1", ("nobody's",), End.DELIVERED),
        Receipt("smsc-2", (f"id-{one.delivery_id}",), End.DELIVERED),
        Receipt("smsc-1", (f"id-{one.delivery_id}",), End.DELIVERED, to=OTHER),
        Receipt("smsc-1", (), End.DELIVERED),
        Receipt("smsc-1", (), End.DELIVERED, to=OTHER),
    ]
    assert await answer(pool, said(one)) == [said(one)], "it came before we knew that it was taken"
    await hand(pool, [one])
    assert await answer(pool, *strangers) == strangers
    assert await ends(pool, notice_id) == [None]
    assert await answer(pool, said(one), strangers[0]) == strangers[:1]
    assert await ends(pool, notice_id) == [End.DELIVERED]


async def test_a_reference_may_be_spelt_otherwise_or_used_again(pool: Pool) -> None:
    first, second = await tell(pool, telling(), telling(number=OTHER))
    out = await take(pool)
    taken = [(one.delivery_id, "0a") for one in out]
    await perform(pool, notices.handed, taken, AT)
    spelt = Receipt("smsc-1", ("10", "A", "0a"), End.DELIVERED, to=NUMBER)
    assert await answer(pool, spelt) == []
    assert (await ends(pool, first), await ends(pool, second)) == ([End.DELIVERED], [None])
    again = Receipt("smsc-1", ("0a",), End.FAILED)
    assert await answer(pool, again) == []
    assert await ends(pool, second) == [End.FAILED], "of two with one id, the one that waits"


async def test_useless_references_are_told_apart_by_number_and_order(pool: Pool) -> None:
    ids = await tell(pool, telling(), telling(), telling(number=OTHER))
    out = await take(pool)
    await perform(pool, notices.handed, [(one.delivery_id, "") for one in out], AT)
    first, then = (Receipt("smsc-1", (), end, to=NUMBER) for end in (End.DELIVERED, End.FAILED))
    stranger = Receipt("smsc-1", ("7f",), End.DELIVERED, to=NUMBER)
    assert await answer(pool, stranger, first, then, first) == [stranger, first]
    assert [await ends(pool, one) for one in ids] == [[End.DELIVERED], [End.FAILED], [None]]


async def test_a_receipt_that_comes_after_the_second_try_counts(pool: Pool) -> None:
    """An SMSC that accepts and says nothing: tried again; its late word ends it all."""
    (notice_id,) = await tell(pool)
    (one,) = await take(pool)
    await hand(pool, [one])
    assert await take(pool, WAIT + AGAIN[0] - 1) == []
    (two,) = await take(pool, WAIT + AGAIN[0])
    await hand(pool, [two], WAIT + AGAIN[0])
    assert await answer(pool, said(one), when=WAIT + AGAIN[0] + 1) == []
    assert await ends(pool, notice_id) == [End.DELIVERED, None]
    assert await state(pool, notice_id, WAIT + AGAIN[0] + 1) is State.DELIVERED
    assert await take(pool, 10 * DAY_MS) == []
    assert await answer(pool, said(two), when=11 * DAY_MS) == []
    assert await ends(pool, notice_id) == [End.DELIVERED, End.DELIVERED]


async def everything(
    pool: Pool, reach: Reach, route: Route = SMSC, *, taken: bool
) -> list[tuple[int, str]]:
    """Days pass at an SMSC that accepts all (or refuses all) and never delivers: what left when."""
    left = []
    for when in range(0, 35 * DAY_MS, 60 * MINUTE_MS):
        out = await take(pool, when, reach, route)
        left += [(when, one.to) for one in out]
        if taken:
            await hand(pool, out, when)
        else:
            refusals = [(one.delivery_id, "busy", False) for one in out]
            await perform(pool, notices.refused, refusals, at(when))
    return left


@pytest.mark.parametrize("taken", ["taken", "refused"])
async def test_an_smsc_that_never_delivers_loses_nothing_silently(pool: Pool, taken: str) -> None:
    """By the schedule of the pack, on other numbers, and then it is on record that it failed."""
    reach = Reach(in_service=True, holder_id=1, others=(OTHER,))
    (notice_id,) = await tell(pool)
    left = await everything(pool, reach, taken=taken == "taken")
    assert [to for _, to in left] == [NUMBER] * (len(AGAIN) + 1) + [OTHER]
    notice = await told(pool, notice_id)
    assert notice.dropped is Dropped.UNDELIVERED
    wanted = State.FAILED if taken == "taken" else State.DROPPED
    assert notices.state(notice, KH, at(35 * DAY_MS)) is wanted


ONCE: Final = [NoticeKind.USAGE_ALL, NoticeKind.TOPUP_RECEIVED, NoticeKind.CONSENT_GIVEN]


@pytest.mark.parametrize("dies", ["before the answer", "never"])
@pytest.mark.parametrize("kind", ONCE)
async def test_what_may_have_arrived_is_not_sent_twice(
    pool: Pool, kind: NoticeKind, dies: str
) -> None:
    """A crash between commit and answer, or no receipt: left alone, and that is on record."""
    (notice_id,) = await tell(pool, telling(kind))
    out = await take(pool)
    handed = dies == "never"
    if handed:
        await hand(pool, out)
    assert len(out) == 1
    for when in range(0, 3 * DAY_MS, 10 * MINUTE_MS):
        assert await take(pool, when) == []
    assert (await told(pool, notice_id)).dropped is Dropped.UNCERTAIN
    if handed:
        assert await answer(pool, said(out[0]), when=4 * DAY_MS) == []
        assert await state(pool, notice_id, 4 * DAY_MS) is State.DELIVERED


@pytest.mark.parametrize(
    "kind",
    [
        NoticeKind.SIM_REPLACED,
        NoticeKind.TRANSFER_ASKED,
        NoticeKind.LIFECYCLE_REMINDER,
        NoticeKind.TARIFF_CHANGE,
        NoticeKind.ACCESS_TERMINATED,
    ],
)
async def test_what_must_be_told_is_told_again_after_a_crash(pool: Pool, kind: NoticeKind) -> None:
    await tell(pool, telling(kind))
    assert len(await take(pool, 2 * DAY_MS)) == 1
    left = []
    for when in range(2 * DAY_MS, 6 * DAY_MS, 30 * MINUTE_MS):
        left += await take(pool, when, route=OTHER_SMSC)
    assert left[0].attempt == 2


async def test_what_surely_did_not_go_waits_as_if_it_was_not_tried(pool: Pool) -> None:
    (notice_id,) = await tell(pool, telling(NoticeKind.USAGE_ALL))
    for attempt in range(1, 30):
        (one,) = await take(pool, attempt)
        assert one.attempt == attempt
        await perform(pool, notices.returned, [one.delivery_id], at(attempt))
    (one,) = await take(pool, 99)
    await hand(pool, [one], 99)
    assert await answer(pool, said(one), when=100) == []
    assert await ends(pool, notice_id) == [End.RETURNED] * 29 + [End.DELIVERED]


async def test_no_such_number_is_tried_elsewhere_at_once(pool: Pool) -> None:
    reach = Reach(in_service=True, holder_id=1, others=(OTHER,))
    await tell(pool)
    (one,) = await take(pool, 0, reach)
    await perform(pool, notices.refused, [(one.delivery_id, "smpp 0x0b", True)], at(1))
    (two,) = await take(pool, 1, reach)
    assert (two.to, two.attempt) == (OTHER, 2)


async def test_a_number_that_moves_between_two_tries_gets_no_second(pool: Pool) -> None:
    (notice_id,) = await tell(pool)
    (one,) = await take(pool)
    await hand(pool, [one])
    assert await answer(pool, said(one, End.FAILED)) == []
    elsewhere = Reach(in_service=True, holder_id=2, others=(OTHER,))
    assert await take(pool, DAY_MS, elsewhere) == []
    assert (await told(pool, notice_id)).dropped is Dropped.CHANGED_HANDS


async def test_after_a_crash_a_carrier_learns_what_it_did_not_report(pool: Pool) -> None:
    await tell(pool, *[telling() for _ in range(4)])
    first, second, third, fourth = await take(pool)
    await hand(pool, [first])
    await perform(pool, notices.refused, [(second.delivery_id, "", False)], at(1))
    left = [third.delivery_id, fourth.delivery_id]
    assert await perform(pool, notices.handing, "smsc-1") == left
    assert await perform(pool, notices.handing, "smsc-2") == []


async def test_two_carriers_of_one_medium_share_what_waits(pool: Pool) -> None:
    await tell(pool, *[telling() for _ in range(10)])

    async def work(tx: Transaction) -> list[Dispatch]:
        found = await notices.waiting(tx, Medium.SMS, 5, AT)
        meanwhile = await take(pool, route=OTHER_SMSC)
        reach = {one.notice_id: HERE for one in found}
        return await notices.decide(tx, KH, SMSC, found, reach, AT) + meanwhile

    out = await perform(pool, work)
    assert sorted(one.delivery_id for one in out) == sorted({one.delivery_id for one in out})
    assert len(out) == 10


async def test_many_at_once_leave_nothing_behind(pool: Pool, owner: str) -> None:
    await tell(pool, *[telling() for _ in range(1200)])
    taken = []
    for batch in itertools.count():
        out = await take(pool, batch)
        if not out:
            break
        await hand(pool, out, batch)
        assert await answer(pool, *map(said, out), when=batch) == []
        taken += out
    assert [one.delivery_id for one in taken] == sorted({one.delivery_id for one in taken})
    assert len(taken) == 1200
    with psycopg.connect(owner) as connection:
        assert connection.execute("SELECT count(*) FROM notices.due").fetchone() == (0,)
