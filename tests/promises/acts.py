"""What happens in a story: time passes, somebody calls, tops up, loses a SIM."""

import hashlib
import re
from collections.abc import Callable
from typing import Final

import msgspec
import psycopg

from tenure.postgres.transaction import perform
from tenure.promises.charging.model import Request
from tenure.promises.money.model import Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar, Change, ReportFound, ReportLost
from tenure.promises.tariffs.model import Direction, Service
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import Answer, Buy, Done, Issue, Pin, Printing, Redeem, TopUp
from tenure.values.instant import NEVER, SECOND_MS, Instant
from tests.promises.sentences import moment, money, octets, says, seconds, span_ms
from tests.promises.use import Use, use
from tests.promises.world import KEY, World, WrongExampleError, published

NOTHING: Final = b"\x92\x90\x90"


@says("by the terms of {NAME}")
async def _terms(world: World, told: re.Match[str]) -> None:
    world.pack, world.book = published(told[1])


@says("at {MOMENT}")
async def _at(world: World, told: re.Match[str]) -> None:
    world.now = moment(told[1], world.pack.terms.time_zone)


@says("{SPAN} later")
async def _later(world: World, told: re.Match[str]) -> None:
    world.now = Instant(world.now + span_ms(told[1]))


@says(r"{who=NUMBER} has {funds=MONEY} until {end=MOMENT}")
async def _has(world: World, told: re.Match[str]) -> None:
    end = moment(told["end"], world.pack.terms.time_zone)
    purse = Purse(world.purse_id + 1, 1, 0, money(told["funds"]), end, 0, 0, (), NOTHING)
    await world.open_line(told["who"], purse, "prepaid", postpaid=False)


@says(r"{who=NUMBER} pays later by the plan {offer=NAME}")
async def _pays_later(world: World, told: re.Match[str]) -> None:
    offer = next(one for one in world.pack.terms.offers if one.name == told["offer"])
    limit = offer.credit_limit_micros
    # GTC-POSTPAID: money on account has no Active Period.
    purse = Purse(world.purse_id + 1, 1, 0, 0, NEVER, 0, limit, (), NOTHING)
    await world.open_line(told["who"], purse, offer.name, postpaid=True)


@says("travels to {NUMBER}")
async def _travels(world: World, told: re.Match[str]) -> None:
    world.visited = told[1]


@says("calls {to=NUMBER} for {SPAN}(?:, reported every {every=SPAN})?")
async def _calls(world: World, told: re.Match[str]) -> None:
    every = seconds(told["every"]) if told["every"] else None
    await use(world, Use(Service.VOICE, seconds(told[2]), told["to"], every=every))


@says("is called by {NUMBER} for {SPAN}")
async def _is_called(world: World, told: re.Match[str]) -> None:
    await use(world, Use(Service.VOICE, seconds(told[2]), told[1], Direction.IN))


@says("uses {VOLUME}(?: of rating group {group=NUMBER})?(?:, reported every {every=VOLUME})?")
async def _uses(world: World, told: re.Match[str]) -> None:
    every = octets(told["every"]) if told["every"] else None
    group = int(told["group"] or 0)
    await use(world, Use(Service.DATA, octets(told[1]), group=group, every=every))


@says("begins to call {NUMBER}")
async def _begins(world: World, told: re.Match[str]) -> None:
    await _open(world, Service.VOICE, told[1])


@says("begins to browse")
async def _browses(world: World, _: re.Match[str]) -> None:
    await _open(world, Service.DATA, "")


async def _open(world: World, service: Service, party: str) -> None:
    await world.begin_act()
    key = world.key("session")
    await world.ask(world.request(Request.INITIAL, key, 0, service, party=party, wants=0))
    world.session = (key, party, world.now)


@says("hangs up")
async def _hangs_up(world: World, _: re.Match[str]) -> None:
    assert world.session is not None
    await _close(world, Service.VOICE, (world.now - world.session[2]) // SECOND_MS)


@says("ends after {VOLUME}")
async def _ends(world: World, told: re.Match[str]) -> None:
    await _close(world, Service.DATA, octets(told[1]))


async def _close(world: World, service: Service, used: int) -> None:
    assert world.session is not None
    key, party, _ = world.session
    await world.begin_act()
    await world.ask(world.request(Request.TERMINATE, key, 1, service, party=party, used=used))


@says("texts {NUMBER}")
async def _texts(world: World, told: re.Match[str]) -> None:
    await _event(world, Service.SMS, 1, party=told[1])


@says("gets a text from {NUMBER}")
async def _gets_a_text(world: World, told: re.Match[str]) -> None:
    await _event(world, Service.SMS, 1, party=told[1], direction=Direction.IN)


@says('buys "{what=WORDS}" for {MONEY}')
async def _buys(world: World, told: re.Match[str]) -> None:
    await _event(world, Service.CONTENT, money(told[2]), description=told["what"])


async def _event(  # what differs between a text and a purchase
    world: World,
    service: Service,
    wants: int,
    *,
    party: str = "",
    direction: Direction = Direction.OUT,
    description: str = "",
) -> None:
    await world.begin_act()
    key = world.key("event")
    await world.ask(
        world.request(
            Request.DEBIT,
            key,
            0,
            service,
            party=party,
            direction=direction,
            wants=wants,
            description=description,
        )
    )


@says("the purchase is refunded")
async def _refunded(world: World, _: re.Match[str]) -> None:
    debit = world.asks[-1].refunds or world.asks[-1].key
    await world.begin_act()
    key = world.key("refund")
    await world.ask(world.request(Request.REFUND, key, 0, Service.CONTENT, refunds=debit))


@says("the network sends it again")
async def _again(world: World, _: re.Match[str]) -> None:
    asks = [msgspec.structs.replace(ask, retransmitted=True) for ask in world.asks[-1:]]
    await world.begin_act()
    await world.ask(*asks)


@says("(?:tops up|pays) {MONEY}")
async def _tops_up(world: World, told: re.Match[str]) -> None:
    key = world.key("receipt")
    await _fulfil(world, TopUp(world.msisdn, money(told[1]), key, world.now))


@says("buys the plan {NAME}")
async def _buys_plan(world: World, told: re.Match[str]) -> None:
    held = await world.held_micros()
    await _fulfil(world, Buy(world.msisdn, told[1], world.key("plan"), world.now, held))


async def _fulfil(world: World, order: TopUp | Buy) -> None:
    await world.begin_act()
    _answered(world, (await perform(world.pool, topups.fulfil, world.pack.terms, [order]))[0])


def _answered(world: World, answer: Answer) -> None:
    if isinstance(answer, Done):
        world.done = answer
    else:
        world.refusal = answer.refusal.name


@says("{count=NUMBER} cards? of {MONEY} (?:is|are) printed")
async def _printed(world: World, told: re.Match[str]) -> None:
    terms, asked = world.pack.terms, Issue(money(told[2]), int(told["count"]))
    chance = _chance(world.key("batch"))
    printing = await perform(world.pool, topups.prepare, terms, asked, KEY, chance, world.now)
    if not isinstance(printing, Printing):
        raise WrongExampleError(printing.detail)
    await perform(world.pool, topups.issue, printing, KEY, world.act())
    world.pins = [str(card.pin) for card in printing.cards]


def _chance(seed: str) -> Callable[[int], bytes]:
    """Bytes that look random; a story is the same whenever it is told."""
    return lambda count: hashlib.shake_256(seed.encode()).digest(count)


@says("uses (?:the card|the first card)")
async def _uses_card(world: World, _: re.Match[str]) -> None:
    await _redeem(world, world.pins[0])


@says("types a PIN that no card has")
async def _guesses(world: World, _: re.Match[str]) -> None:
    known = int(world.pins[0]) if world.pins else 0
    digits = world.pack.terms.vouchers.pin_digits
    await _redeem(world, f"{(known + 1) % 10**digits:0{digits}d}")


async def _redeem(world: World, pin: str) -> None:
    await world.begin_act()
    asked = Redeem(world.msisdn, Pin(pin), world.key("card"), world.now)
    _answered(world, await perform(world.pool, topups.redeem, world.pack.terms, KEY, asked))


CHANGES: Final[dict[str, Change]] = {
    "reports the SIM lost": ReportLost(),
    "has found the SIM": ReportFound(),
    "is barred from going out": Bar(outgoing=True),
    "is barred no more": Bar(outgoing=False, incoming=False),
}


@says("|".join(CHANGES))
async def _changes(world: World, told: re.Match[str]) -> None:
    await perform(world.pool, numbers.change, world.msisdn, CHANGES[told[0]], world.act())


@says("behind our back: {WORDS}")
async def _behind(world: World, told: re.Match[str]) -> None:
    """Somebody with every right on the database types SQL."""
    world.behind_our_back = True
    await _sql(world, world.owner_dsn, told[1])


@says("as the application: {WORDS}")
async def _as_application(world: World, told: re.Match[str]) -> None:
    """A program with the rights of Tenure itself, and none of its rules."""
    await _sql(world, world.application_dsn, told[1])


async def _sql(world: World, dsn: str, statement: str) -> None:
    await world.begin_act()
    with psycopg.connect(dsn, autocommit=True) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.errors.IntegrityError as refused:
            world.database_refused = f"{refused.diag.schema_name}.{refused.diag.constraint_name}"
        except psycopg.errors.InsufficientPrivilege:
            world.database_refused = "no right to do it"
