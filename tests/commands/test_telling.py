"""Sessions whose grant no longer fits are told to their gateway, whoever changed what."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from tenure.commands.up.telling import Telling
from tenure.postgres.connection import connector
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Ask, GroupAsk, Request, Stale
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar
from tenure.promises.tariffs.model import Direction, Service
from tenure.promises.tariffs.rules import Book, compile_book
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import TopUp
from tenure.terms import pack
from tenure.values.instant import Instant
from tenure.values.money import MICROS
from tests.commands.database import ACT, AT, NUMBER

CALL = "call;1"


class Gateway:
    """Knows the peers of some sessions, and notes whom it was to tell."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.told: asyncio.Queue[Stale] = asyncio.Queue()

    async def tell(self, stale: Stale) -> bool:
        if stale.key not in self.keys:
            return False
        self.told.put_nowait(stale)
        return True


class Deaf(Gateway):
    """Fails whatever it is to tell."""

    async def tell(self, stale: Stale) -> bool:
        raise ConnectionResetError(stale.reason)


@pytest.fixture(scope="module")
def book() -> Book:
    return compile_book(pack.load("smart-kh"))


@pytest.fixture
async def in_call(pool: Pool, book: Book) -> None:
    """The number calls, with all that its purse can pay for set aside."""
    ask = Ask(
        request=Request.INITIAL,
        key=CALL,
        number=0,
        at=AT,
        service=Service.VOICE,
        direction=Direction.OUT,
        msisdn=NUMBER,
        other_party="+8821612345678",
        groups=(GroupAsk(0, requested=36_000),),
        peer="pgw.example.net",
    )
    [answer] = await perform(pool, charging.charge, book, [ask])
    assert answer.groups[0].units


@pytest.fixture
async def told(
    pool: Pool, database: str, book: Book
) -> AsyncIterator[Callable[[Sequence[Gateway]], asyncio.Task[None]]]:
    """Begins to listen for these gateways."""
    tasks: list[asyncio.Task[None]] = []

    def listening(gateways: Sequence[Gateway]) -> asyncio.Task[None]:
        telling = Telling(pool, book, [], lambda: Instant(AT + 1_000), gateways, lambda _: None)
        tasks.append(asyncio.create_task(telling.listen(connector(database))))
        return tasks[-1]

    yield listening
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def next_told(gateway: Gateway) -> Stale:
    return await asyncio.wait_for(gateway.told.get(), timeout=20)


async def quiet(gateway: Gateway) -> None:
    """Let the first look at every session pass; the call fits then."""
    await asyncio.sleep(0.5)
    while not gateway.told.empty():
        gateway.told.get_nowait()


@pytest.mark.usefixtures("in_call")
async def test_a_bar_ends_a_call(
    pool: Pool, told: Callable[[Sequence[Gateway]], asyncio.Task[None]]
) -> None:
    mine, other = Gateway(CALL), Gateway()
    told([other, mine])
    await quiet(mine)
    await perform(pool, numbers.change, NUMBER, Bar(outgoing=True), ACT)
    stale = await next_told(mine)
    assert (stale.key, stale.peer, stale.abort) == (CALL, "pgw.example.net", True)
    assert other.told.empty()


@pytest.mark.usefixtures("in_call")
async def test_a_top_up_has_a_call_ask_again_that_was_near_its_end(
    pool: Pool, told: Callable[[Sequence[Gateway]], asyncio.Task[None]]
) -> None:
    mine = Gateway(CALL)
    told([mine])
    await quiet(mine)
    order = TopUp(NUMBER, 50 * MICROS, "receipt-1", Instant(AT + 500))
    await perform(pool, topups.fulfil, pack.load("smart-kh").terms, [order])
    stale = await next_told(mine)
    assert (stale.key, stale.abort) == (CALL, False)


@pytest.mark.usefixtures("in_call")
async def test_what_happened_before_we_listened_is_found_at_the_start(
    pool: Pool, told: Callable[[Sequence[Gateway]], asyncio.Task[None]]
) -> None:
    await perform(pool, numbers.change, NUMBER, Bar(outgoing=True), ACT)
    mine = Gateway(CALL)
    told([mine])
    assert (await next_told(mine)).abort


@pytest.mark.usefixtures("in_call")
async def test_a_gateway_that_fails_keeps_nobody_from_being_told(
    pool: Pool, told: Callable[[Sequence[Gateway]], asyncio.Task[None]]
) -> None:
    mine = Gateway(CALL)
    told([Deaf(), mine])
    await quiet(mine)
    await perform(pool, numbers.change, NUMBER, Bar(outgoing=True), ACT)
    assert (await next_told(mine)).key == CALL


async def test_a_new_version_of_the_tariff_has_every_grant_looked_at(
    pool: Pool, book: Book, in_call: None
) -> None:
    del in_call
    at = [AT]
    mine = Gateway(CALL)
    change = Instant(AT + 60_000)
    telling = Telling(pool, book, [change], lambda: at[0], [mine], lambda _: None)
    await perform(pool, numbers.change, NUMBER, Bar(outgoing=True), ACT)
    at[0] = Instant(AT + 30_000)
    await telling.at_new_versions(at[0])
    assert mine.told.empty()
    at[0] = Instant(AT + 90_000)
    await telling.at_new_versions(at[0])
    assert (await next_told(mine)).key == CALL
