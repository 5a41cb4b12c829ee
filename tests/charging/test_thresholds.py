"""An allowance or funds that go down are told: once, at their boundary, and nearly for free."""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from tenure.postgres.connection import connector
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Rows, Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask, GroupAsk, Request
from tenure.promises.charging.rules import thresholds
from tenure.promises.money import operations as money
from tenure.promises.money.model import Grant, Purse
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Service
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import Done, TopUp
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.money import MICROS
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.quantity import Unit

AT = Instant(1_800_000_000_000)
END = Instant(AT + 30 * DAY_MS)
PACK = pack.load("smart-kh")
BOOK = tariffs.compile_book(PACK)
LOW = PACK.terms.usage.low_funds_micros
TEXTS = "mix-monthly-texts"
NUMBER = Msisdn("85512345678")
ALL = NoticeKind.USAGE_ALL
MOST = NoticeKind.USAGE_MOST


def grant(remaining: int, grant_id: int = 7, allowance: str = TEXTS, end: Instant = END) -> Grant:
    unit = Unit.MESSAGES if allowance else Unit.MICROS
    return Grant(grant_id, unit, remaining, Instant(0), end, allowance)


def purse(funds: int = 5 * MICROS, *grants: Grant, limit: int = 0, end: Instant = END) -> Purse:
    return Purse(1, 0, 0, funds, end, 0, limit, grants, b"\x92\x90\x90")


def told(before: Purse, after: Purse) -> list[tuple[NoticeKind, int]]:
    return [(one.kind, one.mark) for one in thresholds.crossed(BOOK, before, after, AT)]


FUNDS = [
    ("far above", 5 * MICROS, 4 * MICROS, 0),
    ("to the threshold", 5 * MICROS, LOW, 0),
    ("just below it", LOW, LOW - 1, 1),
    ("from above to below", 5 * MICROS, LOW - 1, 1),
    ("from above to nothing", 5 * MICROS, 0, 1),
    ("below already", LOW - 1, LOW - 2, 0),
    ("back up", LOW - 1, LOW, 0),
    ("not moved", LOW - 1, LOW - 1, 0),
]


@pytest.mark.parametrize(("before", "after", "wanted"), [row[1:] for row in FUNDS])
def test_low_funds_at_their_boundary(before: int, after: int, wanted: int) -> None:
    assert told(purse(before), purse(after)) == [(NoticeKind.USAGE_LOW, 0)] * wanted


def test_who_pays_afterwards_or_whose_funds_have_ended_is_not_told_of_low_funds() -> None:
    assert told(purse(LOW, limit=MICROS), purse(0, limit=MICROS)) == []
    assert told(purse(LOW, end=AT), purse(0, end=AT)) == []
    assert told(purse(LOW, end=Instant(AT + 1)), purse(0, end=Instant(AT + 1))) != []


# An allowance of a hundred texts: what was left, what is left, what is told.
ALLOWANCES = [
    (100, 99, None),
    (100, 11, None),
    (11, 10, MOST),
    (100, 10, MOST),
    (10, 9, None),
    (9, 1, None),
    (1, 0, ALL),
    (100, 0, ALL),
    (11, 1, MOST),
    (0, 0, None),
    (0, 50, None),
    (5, 20, None),
]


@pytest.mark.parametrize(("before", "after", "wanted"), ALLOWANCES)
def test_an_allowance_at_its_boundaries(before: int, after: int, wanted: NoticeKind | None) -> None:
    found = told(purse(MICROS, grant(before)), purse(MICROS, grant(after)))
    assert found == ([] if wanted is None else [(wanted, 7)])


def test_what_is_no_allowance_of_the_pack_or_has_ended_or_is_there_again_is_not_told() -> None:
    for one in ("", "an old plan"):
        before, after = grant(100, allowance=one), grant(0, allowance=one)
        assert told(purse(MICROS, before), purse(MICROS, after)) == []
    assert told(purse(MICROS, grant(1, end=AT)), purse(MICROS, grant(0, end=AT))) == []
    again = grant(100, grant_id=8)
    assert told(purse(MICROS, grant(1), again), purse(MICROS, grant(0), again)) == []
    other = grant(100, grant_id=8, allowance="mix-monthly-minutes")
    assert told(purse(MICROS, grant(1), other), purse(MICROS, grant(0), other)) == [(ALL, 7)]
    ended = grant(100, grant_id=8, end=AT)
    assert told(purse(MICROS, grant(1), ended), purse(MICROS, grant(0), ended)) == [(ALL, 7)]


def test_a_batch_tells_of_where_it_ends() -> None:
    before = purse(LOW, grant(50), grant(50, 8, "mix-monthly-minutes"))
    after = purse(0, grant(0), grant(50, 8, "mix-monthly-minutes"))
    assert told(before, after) == [(ALL, 7), (NoticeKind.USAGE_LOW, 0)]


@pytest.fixture
async def opened(pool: Pool) -> Pool:
    """A line with a hundred texts and a dollar."""
    line = Line(
        msisdn=NUMBER,
        imsi=Imsi("456060000000001"),
        purse_id=1,
        offer="prepaid",
        language="km",
        bar_outgoing=False,
        bar_incoming=False,
        suspended=False,
        lost_at=None,
        postpaid=False,
    )
    act = Act("sok", AT, bytes(range(32)))
    await perform(pool, numbers.open_lines, [NewLine(line, Instant(0))], act)
    await perform(pool, money.open_purses, [purse(MICROS, grant(100))])
    return pool


class Counted:
    """A transaction whose statements are counted."""

    def __init__(self, tx: Transaction) -> None:
        self._tx, self.statements = tx, 0

    async def execute(
        self,
        query: Any,
        params: Sequence[object] = (),
        /,
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> Rows:
        self.statements += 1
        return await self._tx.execute(query, params, prepare=prepare, binary=binary)


def text(key: str, request: Request = Request.DEBIT, refunds: str = "") -> Ask:
    return Ask(
        request, key, 0, AT, Service.SMS, Direction.OUT,
        msisdn=NUMBER, other_party="012999888", groups=(GroupAsk(0, requested=1),),
        refunds=refunds,
    )  # fmt: skip


async def ask(pool: Pool, asks: Sequence[Ask]) -> int:
    """Charge a batch; how many statements it took."""

    async def work(tx: Transaction) -> int:
        counted = Counted(tx)
        answers = await charging.charge(counted, BOOK, asks)
        assert all(one.refusal is None for one in answers)
        return counted.statements

    return await perform(pool, work)


async def tellings(pool: Pool) -> list[Telling]:
    """What was told, the oldest first."""
    found = await perform(pool, notices.of_number, NUMBER)
    return [one.telling for one in reversed(found)]


async def test_a_use_that_crosses_nothing_costs_no_statement_more(opened: Pool) -> None:
    usual = await ask(opened, [text("1")])
    assert await ask(opened, [text("2")]) == usual
    assert await tellings(opened) == []
    crossing = await ask(opened, [text(f"many {number}") for number in range(90)])
    assert crossing == usual + 3
    assert await ask(opened, [text("3")]) == usual


async def test_each_is_told_once_and_again_after_a_top_up_only(opened: Pool) -> None:
    for number in range(120):
        await ask(opened, [text(str(number))])
    found = await tellings(opened)
    assert [(one.kind, dict(one.facts)) for one in found] == [
        (MOST, {"allowance": TEXTS, "percent": "90"}),
        (ALL, {"allowance": TEXTS}),
        (NoticeKind.USAGE_LOW, {"funds_micros": "490000"}),
    ]
    assert {one.language for one in found} == {"km"}

    # What is given back and used again is no news.
    await ask(opened, [text("r", Request.REFUND, refunds="116")])
    await ask(opened, [text("r2", Request.REFUND, refunds="5")])
    for number in range(3):
        await ask(opened, [text(f"again {number}")])
    assert len(await tellings(opened)) == 3

    order = TopUp(NUMBER, MICROS, "payment", AT)
    [done] = await perform(opened, topups.fulfil, PACK.terms, [order])
    assert isinstance(done, Done)
    for number in range(40):
        await ask(opened, [text(f"more {number}")])
    kinds = [one.kind for one in await tellings(opened)]
    assert kinds[3:] == [NoticeKind.TOPUP_RECEIVED, NoticeKind.USAGE_LOW]


async def test_a_repeat_and_a_race_tell_once(opened: Pool) -> None:
    await ask(opened, [text(str(number)) for number in range(89)])
    await asyncio.gather(*(ask(opened, [text(f"raced {number}")]) for number in range(4)))
    for _ in range(3):
        await ask(opened, [text("raced 1")])
    assert [one.kind for one in await tellings(opened)] == [MOST]


async def test_the_lanes_tell_as_well(opened: Pool, database: str) -> None:
    lanes = charging.lanes(connector(database), BOOK, count=1)
    lanes.start()
    answered = asyncio.Event()
    answers: list[Answer] = []

    def heard(answer: Answer) -> None:
        answers.append(answer)
        if len(answers) == 100:
            answered.set()

    for number in range(100):
        lanes.submit(text(str(number)), heard)
    await asyncio.wait_for(answered.wait(), 60)
    await lanes.stop()
    assert all(one.refusal is None for one in answers)
    kinds = [one.kind for one in await tellings(opened)]
    assert kinds in ([ALL], [MOST, ALL]), "as the requests fell into batches"


async def test_the_second_keeper(opened: Pool, database: str) -> None:
    await ask(opened, [text(str(number)) for number in range(95)])
    with psycopg.connect(database) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation) as hit, connection.transaction():
            connection.execute("INSERT INTO charging.told SELECT * FROM charging.told")
        assert hit.value.diag.constraint_name == "told_once"
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("DELETE FROM charging.told")
