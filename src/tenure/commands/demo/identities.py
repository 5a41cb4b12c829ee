"""Who the demo population is: invented people, and the SIM cards in their phones; pure."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from tenure.commands.demo.population import SEED, Subscriber, first_number, own_ranges
from tenure.promises.numbers.model import NumberRange, SimCard, SimKeys
from tenure.promises.numbers.rules import check_digit
from tenure.promises.people.model import Document, Person
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant
from tenure.values.msisdn import Iccid, Imsi

GIVEN: Final = (
    "Bopha",
    "Chan",
    "Dara",
    "Kosal",
    "Mony",
    "Nary",
    "Phalla",
    "Sokha",
    "Thida",
    "Vanna",
)
FAMILY: Final = ("Chea", "Heng", "Keo", "Lim", "Meas", "Nhem", "Ouk", "Pich", "Ros", "Sam", "Tep")
OLDEST: Final = date(1945, 1, 1)
BORN_WITHIN_DAYS: Final = 60 * 365
SPARE: Final = 9_000_000
"""The first SIM of those that are in stock and in nobody's phone."""
SPARE_SIMS: Final = 50

Draw = Callable[[int], bytes]
"""So many random octets."""


def person(each: Subscriber, at: Instant) -> Person:
    """The invented person who holds a subscriber's number; the same one every time."""
    chance = random.Random(f"{SEED}/person/{each.purse_id}")
    born_on = OLDEST + timedelta(days=chance.randrange(BORN_WITHIN_DAYS))
    name = f"{chance.choice(FAMILY)} {chance.choice(GIVEN)}"
    document = Document("national-id", f"DEMO{each.purse_id:09d}")
    return Person(each.purse_id, name, each.language, at, born_on, document)


def iccid(pack: Pack, index: int) -> Iccid:
    """The number of a SIM card (ITU-T E.118): 89, the country, the issuer, the card, a check."""
    issuer = f"89{pack.terms.country_code}{pack.terms.home_plmns[0][3:]}"
    digits = f"{issuer}{index:0{18 - len(issuer)}d}"
    return Iccid(digits + check_digit(digits))


def card(pack: Pack, each: Subscriber, draw: Draw) -> SimCard:
    """The SIM in a subscriber's phone; its keys are drawn, for they are secrets even here."""
    return SimCard(iccid(pack, each.purse_id), each.imsi, _keys(draw))


def spares(pack: Pack, draw: Draw) -> Iterator[SimCard]:
    """SIMs in stock, so that a reader can sell one."""
    plmn = pack.terms.home_plmns[0]
    for index in range(SPARE, SPARE + SPARE_SIMS):
        imsi = Imsi(f"{plmn}{index:0{15 - len(plmn)}d}")
        yield SimCard(iccid(pack, index), imsi, _keys(draw))


def _keys(draw: Draw) -> SimKeys:
    return SimKeys(draw(16).hex(), draw(16).hex(), "milenage")


def ranges(pack: Pack) -> list[NumberRange]:
    """The numbers that this operator may give to people."""
    first = first_number(pack)
    both_ends = [*own_ranges(pack), (first, first)]
    return [NumberRange(low, high, "ordinary") for low, high in both_ends]
