"""Lines, people of ours and measures for the tests of access."""

from typing import Final

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.access import operations as access
from tenure.promises.access.model import (
    Clause,
    Ground,
    Measure,
    Requested,
    Restrict,
    Suspend,
    Terminate,
    Why,
)
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask, GroupAsk, Request, Stale
from tenure.promises.money import operations as money
from tenure.promises.money.model import Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Role
from tenure.promises.tariffs.model import Direction, Service
from tenure.promises.tariffs.rules import Book, compile_book
from tenure.terms import pack
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tenure.values.msisdn import Imsi, Msisdn
from tests.staff.given import AT, enrolled, key_of

SALT: Final = bytes(range(32))
ADA: Final = Msisdn("85512345678")
BEN: Final = Msisdn("85512345679")
PACK: Final = pack.load("smart-kh")
FIGURES: Final = PACK.terms.access
BOOK: Final[Book] = compile_book(PACK)
DATA: Final = frozenset({Service.DATA})


def act(at: Instant = AT, by: str = "mao") -> Act:
    return Act(by, at, SALT, "")


def why(clause: Clause = Clause.ABUSE) -> Why:
    return Why(clause, "it floods others with texts", "case 12")


def restrict(
    hours: int = 2,
    services: frozenset[Service] = DATA,
    clause: Clause = Clause.ABUSE,
    ground: Ground | None = None,
    at: Instant = AT,
) -> Restrict:
    return Restrict(why(clause), services, Instant(at + hours * HOUR_MS), ground)


OVERLOAD: Final = restrict(clause=Clause.TRAFFIC, ground=Ground.OVERLOAD)
SUSPEND: Final = Suspend(why(Clause.ILLEGAL))
TERMINATE: Final = Terminate(why(), proof="decision 7 of the fraud board")


async def lines(pool: Pool, *msisdns: Msisdn, offer: str = "prepaid") -> None:
    """Lines with money, that nobody holds."""
    first = await perform(pool, numbers.count) + 1
    news, purses = [], []
    for purse_id, msisdn in enumerate(msisdns, first):
        line = Line(
            msisdn,
            Imsi(f"45606{purse_id:010d}"),
            purse_id,
            offer,
            "en",
            bar_outgoing=False,
            bar_incoming=False,
            suspended=False,
            lost_at=None,
            postpaid=False,
        )
        news.append(NewLine(line, AT))
        end = Instant(AT + 30 * DAY_MS)
        purses.append(Purse(purse_id, 1, 0, 5_000_000, end, 0, 0, (), b"\x92\x90\x90"))

    async def opened(tx: Transaction) -> None:
        await money.open_months(tx, AT)
        await money.open_purses(tx, purses, [])
        await numbers.open_lines(tx, news, act())

    await perform(pool, opened)


async def ours(pool: Pool) -> None:
    """Mao asks, chan approves."""
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "mao", Role.FRAUD)


async def begin(  # noqa: PLR0913  # a test names only what it is about
    pool: Pool,
    service: Service,
    key: str,
    at: Instant = AT,
    *,
    to: str = "012999888",
    number: int = 0,
    direction: Direction = Direction.OUT,
    msisdn: str = ADA,
) -> Answer:
    """A session begins, or goes on."""
    ask = Ask(
        Request.UPDATE if number else Request.INITIAL,
        key,
        number,
        at,
        service,
        direction,
        msisdn=msisdn,
        other_party="" if service is Service.DATA else to,
        groups=(GroupAsk(0, 0, 0, None),),
        peer="ctf.example.net",
    )
    return (await perform(pool, charging.charge, BOOK, [ask]))[0]


async def told_to_end(pool: Pool, at: Instant, purse_id: int = 1) -> list[str]:
    """Why the network is told to end live sessions of a purse."""
    found: list[Stale] = await perform(pool, charging.stale, BOOK, [purse_id], at)
    return [one.reason for one in found if one.abort]


async def requested(pool: Pool, asked: Terminate = TERMINATE) -> Requested:
    """A termination that mao asked for."""
    found = await perform(pool, access.ask_termination, ADA, asked, act())
    assert isinstance(found, Requested)
    return found


async def approved(pool: Pool, request: Requested, login: str = "chan") -> None:
    """Somebody else of ours approves it."""
    shown = key_of(login).assertion(request.request_hash)
    await perform(pool, staff.approve, request.request_hash, login, shown, act(by=login))


async def terminated(pool: Pool) -> Measure:
    """Asked, approved and done."""
    await approved(pool, await requested(pool))
    measure = await perform(pool, access.terminate, ADA, TERMINATE, act())
    assert isinstance(measure, Measure)
    return measure
