"""Batches against a real PostgreSQL: one load, one record, whatever else happens at once."""

import asyncio

import msgspec
import psycopg
import pytest

from tenure.postgres.arrays import adapt
from tenure.postgres.lanes import Lanes
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask, GroupAsk, Refusal, Request, Used
from tenure.promises.money import operations as money
from tenure.promises.money.model import Change, Entry, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Imsi, Msisdn
from tests.charging.story import NOON, OFFNET, book

PEOPLE = 5
FUNDS = 10_000_000


def msisdn(who: int) -> str:
    return f"8551234567{who}"


@pytest.fixture
async def people(pool: Pool) -> None:
    lines = [
        NewLine(
            Line(
                Msisdn(msisdn(who)),
                Imsi(f"45606000000000{who}"),
                who,
                "prepaid",
                "en",
                bar_outgoing=False,
                bar_incoming=False,
                suspended=False,
                lost_at=None,
                postpaid=False,
            ),
            NOON,
        )
        for who in range(1, PEOPLE + 1)
    ]
    purses = [
        Purse(who, 0, 0, FUNDS, Instant(NOON + 30 * DAY_MS), 0, 0, (), b"\x92\x90\x90")
        for who in range(1, PEOPLE + 1)
    ]

    async def opened(tx: Transaction) -> None:
        await money.open_purses(tx, purses)
        await money.open_months(tx, NOON)
        await numbers.open_lines(tx, lines, Act("<test>", NOON, bytes(32)))

    await perform(pool, opened)


def call(
    who: int, request: Request, number: int, *, key: str = "call", used: int | None = None
) -> Ask:
    return Ask(
        request,
        key,
        number,
        NOON,
        Service.VOICE,
        Direction.OUT,
        msisdn=msisdn(who),
        other_party=OFFNET,
        groups=(GroupAsk(0, 0, 60, None if used is None else Used(used)),),
    )


def text(who: int, key: str) -> Ask:
    return Ask(
        Request.DEBIT,
        key,
        0,
        NOON,
        Service.SMS,
        Direction.OUT,
        msisdn=msisdn(who),
        other_party=OFFNET,
        groups=(GroupAsk(0, 0, 1),),
    )


async def charge(pool: Pool, asks: list[Ask]) -> list[Answer]:
    return await perform(pool, charging.charge, book(), asks)


async def purse(pool: Pool, who: int) -> Purse:
    found = await perform(pool, money.purses, [who])
    return found[who]


async def entries(pool: Pool, who: int) -> list[Entry]:
    return await perform(pool, money.entries, who, 100)


@pytest.mark.usefixtures("people")
async def test_a_batch_is_loaded_and_recorded_once(pool: Pool) -> None:
    asks = [call(who, Request.INITIAL, 0) for who in (3, 1, 2)]
    asks += [call(1, Request.UPDATE, 1, used=60), call(1, Request.TERMINATE, 2, used=5)]
    answers = await charge(pool, asks)
    assert [answer.refusal for answer in answers] == [None] * 5
    one = await purse(pool, 1)
    assert (one.funds_micros, one.version, one.seq) == (FUNDS - 140_000, 1, 2)
    assert [entry.seq for entry in await entries(pool, 1)] == [2, 1]
    assert charging.explain((await entries(pool, 1))[0], "USD") == (
        "Called …88, 5 s (offnet). Cost USD 0.07: 1 min at USD 0.07 per minute"
        " (tariff 2026-10, day). USD 9.86 left."
    )


@pytest.mark.usefixtures("people")
async def test_repeats_in_the_same_batch_and_in_later_ones_have_one_effect(pool: Pool) -> None:
    twice = await charge(pool, [text(1, "m-1"), text(1, "m-1")])
    later = await charge(pool, [text(1, "m-1"), text(2, "m-1")])
    assert [answer.repeated for answer in twice + later] == [False, True, True, False]
    assert later[1].refusal is Refusal.KEY_REUSED
    assert (await purse(pool, 1)).funds_micros == FUNDS - 30_000
    assert (await purse(pool, 2)).funds_micros == FUNDS


@pytest.mark.usefixtures("people")
async def test_a_sim_finds_its_line_and_a_stranger_is_refused(pool: Pool) -> None:
    by_sim = msgspec.structs.replace(call(1, Request.INITIAL, 0), msisdn="", imsi="456060000000001")
    stranger = msgspec.structs.replace(call(1, Request.INITIAL, 0), msisdn="85599999999")
    answers = await charge(pool, [by_sim, stranger])
    assert [answer.refusal for answer in answers] == [None, Refusal.UNKNOWN_SUBSCRIBER]


@pytest.mark.usefixtures("people")
async def test_racing_batches_never_lose_an_effect(pool: Pool) -> None:
    rounds = [[text(1, f"m-{n}-{m}") for m in range(5)] for n in range(8)]
    await asyncio.gather(*(charge(pool, asks) for asks in rounds))
    one = await purse(pool, 1)
    assert (one.funds_micros, one.seq) == (FUNDS - 40 * 30_000, 40)


@pytest.mark.usefixtures("people")
async def test_racing_equal_debits_have_one_effect(pool: Pool) -> None:
    answers = await asyncio.gather(*(charge(pool, [text(1, "m-1")]) for _ in range(8)))
    assert sorted(answer.repeated for (answer,) in answers) == [False] + [True] * 7
    assert (await purse(pool, 1)).funds_micros == FUNDS - 30_000


@pytest.mark.usefixtures("people")
async def test_the_table_refuses_an_entry_whose_legs_do_not_balance(pool: Pool) -> None:
    await charge(pool, [text(1, "m-1")])
    (entry,) = await entries(pool, 1)
    one = await purse(pool, 1)
    false = msgspec.structs.replace(entry, seq=2, contra_micros=entry.contra_micros + 1)
    with pytest.raises(psycopg.errors.CheckViolation, match="entry_balances"):
        await perform(pool, money.record, [Change(one, (false,))])
    below = msgspec.structs.replace(one, funds_micros=-1)
    with pytest.raises(psycopg.errors.CheckViolation, match="purse_never_below_zero"):
        await perform(pool, money.record, [Change(below, ())])


@pytest.mark.usefixtures("people")
async def test_stale_grants_are_computed_from_what_is_stored(pool: Pool) -> None:
    poor = msgspec.structs.replace(await purse(pool, 1), funds_micros=70_000)
    await perform(pool, money.record, [Change(poor, ())])
    await charge(pool, [call(1, Request.INITIAL, 0), call(2, Request.INITIAL, 0)])

    async def stale() -> list[tuple[str, bool]]:
        found = await perform(pool, charging.stale, book(), [1, 2], NOON)
        return [(one.reason, one.abort) for one in found]

    assert await stale() == []
    rich = await purse(pool, 1)
    await perform(
        pool, money.record, [Change(msgspec.structs.replace(rich, funds_micros=1_000_000), ())]
    )
    assert await stale() == []  # the minute it asked for is granted in full


@pytest.fixture
async def lanes(database: str) -> Lanes[Ask, Answer]:
    async def connect() -> Transaction:
        connection = await psycopg.AsyncConnection.connect(database, autocommit=True)
        adapt(connection)
        return connection

    async def operation(tx: Transaction, asks: list[Ask]) -> list[Answer]:
        if any(ask.key == "poison" for ask in asks):
            raise ArithmeticError
        return await charging.charge(tx, book(), asks)

    return Lanes(
        connect,
        operation,  # type: ignore[arg-type]  # a list is a sequence
        key=lambda ask: ask.msisdn or ask.imsi,
        accident=lambda _, __: Answer(Refusal.ACCIDENT),
        busy=lambda _: Answer(Refusal.TOO_BUSY),
        queue_max=50,
    )


@pytest.mark.usefixtures("people")
async def test_one_command_that_fails_costs_the_others_nothing(
    pool: Pool, lanes: Lanes[Ask, Answer]
) -> None:
    lanes.start()
    asks = [text(1 + n % PEOPLE, "poison" if n == 3 else f"m-{n}") for n in range(10)]
    answers = await asyncio.gather(*(lanes.ask(ask) for ask in asks))
    assert [n for n, answer in enumerate(answers) if answer.refusal is not None] == [3]
    await lanes.stop()
    assert sum([(await purse(pool, 1 + who)).seq for who in range(PEOPLE)]) == 9


@pytest.mark.usefixtures("people")
async def test_a_lost_connection_repeats_the_batch_without_a_second_effect(
    pool: Pool, lanes: Lanes[Ask, Answer]
) -> None:
    lanes.start()
    assert (await lanes.ask(text(1, "m-1"))).refusal is None
    async with pool.connection() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND application_name <> 'tenure'"
        )
    answers = await asyncio.gather(*(lanes.ask(text(1, f"m-{n}")) for n in range(1, 4)))
    await lanes.stop()
    assert [answer.repeated for answer in answers] == [True, False, False]
    assert (await purse(pool, 1)).seq == 3


@pytest.mark.usefixtures("people")
async def test_more_than_can_wait_is_told_so_at_once(lanes: Lanes[Ask, Answer]) -> None:
    answers: list[Answer] = []
    for n in range(60):
        lanes.submit(text(1, f"m-{n}"), answers.append)
    assert [answer.refusal for answer in answers] == [Refusal.TOO_BUSY] * 10
