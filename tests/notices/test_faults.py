"""A carrier that dies anywhere, and a message centre that loses, doubles and reorders answers."""

import contextlib
import itertools
from collections import Counter
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import (
    Dispatch,
    Dropped,
    End,
    Medium,
    NoticeKind,
    Reach,
    Receipt,
    Route,
    State,
    Telling,
)
from tenure.terms import pack
from tenure.terms.notice_kinds import class_of
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tenure.values.msisdn import Msisdn

KH: Final = pack.load("smart-kh").terms
SMSC: Final = Route(Medium.SMS, "smsc-1", receipts=True)
HERE: Final = Reach(in_service=True, holder_id=1)
MUST, ONCE = NoticeKind.SIM_REPLACED, NoticeKind.USAGE_ALL
DAYS: Final = 31

# What may go wrong with one batch, at each place where a process can die or an answer get lost.
TWICE: Final = "says everything twice, backwards"
FAULTS: Final = (
    "none",
    "dies before the commit",
    "dies after the commit",
    "dies half through the window",
    "dies before it says what was taken",
    "dies after that",
    "refuses all",
    "throttles",
    "takes all and delivers nothing",
    "takes all and says it failed",
    TWICE,
)
ANSWERS: Final = {
    "takes all and delivers nothing": None,
    "takes all and says it failed": End.FAILED,
}


class DiedError(Exception):
    """The process was killed here."""


class Centre:
    """A message centre that remembers what it took, and says what it likes."""

    def __init__(self) -> None:
        self.taken: Counter[int] = Counter()
        self.delivered: Counter[int] = Counter()
        self.receipts: list[Receipt] = []

    def takes(self, one: Dispatch, end: End | None) -> tuple[int, str]:
        """A message is here; perhaps it is answered for later."""
        name = f"{one.delivery_id:x}"
        self.taken[one.notice.notice_id] += 1
        if end is not None:
            self.receipts.append(Receipt("smsc-1", (name,), end, to=one.to))
        self.delivered[one.notice.notice_id] += end is End.DELIVERED
        return one.delivery_id, name


async def batch(pool: Pool, centre: Centre, at: Instant, fault: str, limit: int = 4) -> int:
    """One round of a gateway: take, commit, submit, report; it may die in between.  How many."""

    async def take(tx: Transaction) -> list[Dispatch]:
        found = await notices.waiting(tx, Medium.SMS, limit, at)
        reach = {one.notice_id: HERE for one in found}
        out = await notices.decide(tx, KH, SMSC, found, reach, at)
        dies(fault, "dies before the commit", something=bool(out))
        return out

    out = await perform(pool, take)
    dies(fault, "dies after the commit", something=bool(out))
    if fault == "refuses all":
        answers = [(one.delivery_id, "smpp 0x45", False) for one in out]
        await perform(pool, notices.refused, answers, at)
    elif fault == "throttles":
        await perform(pool, notices.returned, [one.delivery_id for one in out], at)
    else:
        await submit(pool, centre, (out, at), fault)
    return len(out)


async def submit(
    pool: Pool, centre: Centre, begun: tuple[list[Dispatch], Instant], fault: str
) -> None:
    """The centre takes them, or half of them; that is reported, or the process dies before."""
    out, at = begun
    half = out[: len(out) // 2] if fault == "dies half through the window" else out
    taken = [centre.takes(one, ANSWERS.get(fault, End.DELIVERED)) for one in half]
    dies(fault, "dies half through the window", "dies before it says what was taken")
    for _ in range(2 if fault == TWICE else 1):
        await perform(pool, notices.handed, taken, at)
    dies(fault, "dies after that")


def dies(fault: str, *here: str, something: bool = True) -> None:
    """The process is killed, if that is the fault of this round."""
    if something and fault in here:
        raise DiedError


async def hears(pool: Pool, centre: Centre, at: Instant, fault: str) -> None:
    """Receipts arrive: for what is not known yet they stay, as a gateway keeps them."""
    told = centre.receipts
    if fault == TWICE:
        told = [*reversed(told), *told]
    left = await perform(pool, notices.receipt, told, at)
    centre.receipts = [one for one in centre.receipts if one in left]


async def live(pool: Pool, rounds: list[list[str]], start: Instant) -> tuple[Centre, list[int]]:
    """Six notices a round, faults in turn, and at the end a month in which nothing goes wrong."""
    centre, at, ids = Centre(), start, []
    number = Msisdn("85512345678")
    for faults in rounds:
        kinds = [MUST, ONCE] * 3
        told = [Telling(number, 1, "km", kind, {"allowance": "x"}, at) for kind in kinds]
        ids += await perform(pool, notices.tell, told)
        for fault, later_ms in zip(faults, itertools.cycle((0, 60_000, HOUR_MS)), strict=False):
            with contextlib.suppress(DiedError):
                await batch(pool, centre, at, fault)
                await hears(pool, centre, at, fault)
            at = Instant(at + later_ms)
    calm = at
    while at < calm + DAYS * DAY_MS:
        while await batch(pool, centre, at, "none", 500):
            await hears(pool, centre, at, "none")
        at = Instant(at + (HOUR_MS if at < calm + 12 * HOUR_MS else DAY_MS))
    return centre, ids


async def judge(pool: Pool, centre: Centre, ids: list[int], start: Instant) -> None:
    """The laws, whatever went wrong."""
    newest = await perform(pool, notices.newest, 10_000)
    found = await perform(pool, notices.with_tries, [one for one in newest if one.notice_id in ids])
    assert len(found) == len(ids), "nothing lost"
    end = Instant(start + 2 * DAYS * DAY_MS)
    for one in found:
        was = notices.state(one, KH, end)
        assert was in {State.DELIVERED, State.FAILED, State.DROPPED, State.HANDED}, was
        reported = sum(each.handed_at is not None for each in one.tries)
        assert (one.sent_at is not None) == (reported > 0), "proof of sending, and only where due"
        assert len(one.tries) >= centre.taken[one.notice_id], "nothing left unrecorded"
        failed = sum(each.end is End.FAILED for each in one.tries)
        if class_of(one.telling.kind) is class_of(ONCE):
            assert centre.taken[one.notice_id] - failed <= 1, "sent twice"
        elif one.dropped is not Dropped.UNDELIVERED:
            assert centre.delivered[one.notice_id] >= 1, "must be told, and was not"
        if was is State.DELIVERED:
            assert centre.delivered[one.notice_id] >= 1, "believed to be there, and is not"


START: Final = Instant(1_800_000_000_000)
examples = itertools.count()
"""Each example has a month of its own in the same database."""


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_fault_at_every_place(pool: Pool, fault: str, place: int) -> None:
    faults = ["none"] * place + [fault] + ["none"] * 2
    centre, ids = await live(pool, [faults], START)
    await judge(pool, centre, ids, START)


async def test_every_two_faults_one_after_the_other(pool: Pool) -> None:
    """All in one life: what one pair left behind is there when the next comes."""
    rounds = [list(pair) for pair in itertools.permutations(FAULTS[1:], 2)]
    centre, ids = await live(pool, rounds, START)
    assert len(ids) == 6 * 90
    await judge(pool, centre, ids, START)


@given(faults=st.lists(st.sampled_from(FAULTS), max_size=12))
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
async def test_any_faults_in_any_order(pool: Pool, faults: list[str]) -> None:
    start = Instant(START + next(examples) * (DAYS + 9) * DAY_MS)
    centre, ids = await live(pool, [faults], start)
    await judge(pool, centre, ids, start)
