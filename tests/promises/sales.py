"""What happens in a story about holding: numbers come into stock, are set aside and sold."""

import hashlib
import re
from datetime import date
from typing import Final

from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import (
    NumberRange,
    Sell,
    SimCard,
    SimKey,
    SimKeys,
    Sold,
)
from tenure.promises.numbers.rules import check_digit
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Person
from tenure.promises.record.model import Act
from tenure.values.instant import moment_of
from tenure.values.msisdn import Iccid, Imsi, Msisdn
from tenure.values.refused import Refused
from tests.conftest import furnish
from tests.promises.sentences import moment, says
from tests.promises.world import World, WrongExampleError

SIM_KEY: Final = SimKey(bytes(32))
ADULT_YEARS: Final = 30
IMSI_DIGITS: Final = 15


@says("{first=NUMBER} to {last=NUMBER} are in stock, with (?P<sims>[0-9]+) SIMs")
async def _stock(world: World, told: re.Match[str]) -> None:
    terms = world.pack.terms
    # What the story's operator published is what the database enforces.
    furnish(world.owner_dsn, terms.operator)
    given = NumberRange(_digits(told["first"]), _digits(told["last"]), "ordinary")
    await perform(world.pool, numbers.inventory.import_numbers, [given], world.act())
    cards = [_card(index, terms.home_plmns[0]) for index in range(1, int(told["sims"]) + 1)]
    await perform(world.pool, numbers.inventory.import_sims, cards, SIM_KEY, bytes, world.act())


@says("{who=NAME} sets {number=NUMBER} aside until {MOMENT}")
async def _set_aside(world: World, told: re.Match[str]) -> None:
    await world.begin_act()
    until = moment(told[3], world.pack.terms.time_zone)
    act = Act(told["who"], world.now, bytes(32))
    reserve, number = numbers.inventory.reserve, _digits(told["number"])
    found = await perform(world.pool, reserve, world.pack.terms, number, until, act)
    world.refusal = found.refusal.name if isinstance(found, Refused) else ""


@says(
    "{number=NUMBER} is sold to {who=NAME}(?:, (?P<years>[0-9]+) years old)?"
    "(?:, for whom {guardian=NAME} answers)?(?:, on SIM (?P<sim>[0-9]+))?"
)
async def _sold(world: World, told: re.Match[str]) -> None:
    await world.begin_act()
    holder = await _somebody(world, told["who"], int(told["years"] or ADULT_YEARS))
    if told["guardian"]:
        guardian = await _somebody(world, told["guardian"], ADULT_YEARS)
        paper = hashlib.sha256(b"birth certificate").hexdigest()
        answered = await perform(
            world.pool,
            people.name_guardian,
            world.pack.terms,
            holder,
            guardian,
            paper,
            world.act(),
        )
        if isinstance(answered, Refused):
            raise WrongExampleError(f"nobody answers: {answered.refusal.name}")
    free = await perform(world.pool, numbers.inventory.fresh_sims, 1)
    card = _card(int(told["sim"]), "").iccid if told["sim"] else free[0]
    terms = world.pack.terms
    offer = next(one.name for one in terms.offers if not one.postpaid)
    # A purse is never somebody else's again: another sale of the number brings another one.
    purse_id = world.now * 1_000_000 + int(_digits(told["number"])[-6:])
    sell = Sell(_digits(told["number"]), card, holder, purse_id, offer, terms.languages[0])
    found = await perform(world.pool, numbers.holding.activate, terms, sell, world.act())
    world.refusal = found.refusal.name if isinstance(found, Refused) else ""
    if isinstance(found, Sold):
        world.purse_id, world.msisdn, world.mark = sell.purse_id, str(sell.msisdn), 0


@says("{number=NUMBER} is held by (?:nobody|{who=NAME})")
async def _held(world: World, told: re.Match[str]) -> None:
    found = await perform(world.pool, numbers.holding.holder, _digits(told["number"]))
    holder = None if found is None else found.holder_id
    if holder != (person_id(told["who"]) if told["who"] else None):
        raise WrongExampleError("it is held by " + ("nobody" if found is None else "another"))


def _digits(typed: str) -> Msisdn:
    return Msisdn(typed.removeprefix("+"))


def _card(index: int, plmn: str) -> SimCard:
    digits = f"8985506{index:011d}"
    keys = SimKeys("a" * 32, "b" * 32, "milenage")
    imsi = Imsi(f"{plmn}9{index:0{IMSI_DIGITS - len(plmn) - 1}d}")
    return SimCard(Iccid(digits + check_digit(digits)), imsi, keys)


def person_id(name: str) -> int:
    """The same number for the same name, in every story."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:5])


async def _somebody(world: World, name: str, years: int) -> int:
    """The person of this name, who is entered when they come into the story."""
    number = person_id(name)
    if await perform(world.pool, people.find, number) is None:
        today = moment_of(world.now).date()
        born_on = date(today.year - years, today.month, min(today.day, 28))
        language = world.pack.terms.languages[0]
        paper = Document("national-id", str(number))
        person = Person(number, name, language, world.now, born_on, paper)
        await perform(world.pool, people.enter_all, [person], world.act())
    return number
