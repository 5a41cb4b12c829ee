"""Who lives in the demo: subscribers drawn from a seed, the same ones every time; pure."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import phonenumbers

from tenure.terms.model import Bundle, Offer
from tenure.terms.pricelist import Pack
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.money import MICROS
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.quantity import Unit

SEED: Final = 20261122
FIRST_FUNDS_UNITS: Final = 500
"""What the first subscriber has: enough for any trial."""
GRANT_ID_FIRST: Final = 64
DIGITS_OFFERED: Final = range(6, 9)
_GRANT_UNITS: Final = {"octets": Unit.OCTETS, "seconds": Unit.SECONDS, "messages": Unit.MESSAGES}


class Given(msgspec.Struct, frozen=True):
    """A grant that a subscriber has from the start."""

    allowance: str
    unit: Unit
    remaining: int
    days: int
    priority: int


class Subscriber(msgspec.Struct, frozen=True):
    """A line of the demo population; who holds it stands in identities."""

    purse_id: int
    msisdn: Msisdn
    imsi: Imsi
    offer: Offer
    language: str
    funds_micros: int
    active_hours: int
    """How long the Active Period still runs; negative when it has ended."""
    owed_micros: int
    grants: tuple[Given, ...]
    bar_outgoing: bool = False
    bar_incoming: bool = False
    suspended: bool = False
    lost: bool = False

    def funds_end(self, at: Instant) -> Instant:
        """The end of the Active Period when the demo begins at this instant."""
        return Instant(at + self.active_hours * HOUR_MS)


def population(pack: Pack, size: int, seed: int = SEED) -> Iterator[Subscriber]:
    """The first ``size`` subscribers of this pack; a larger demo has the smaller one within it."""
    prefixes = _prefixes(pack)
    for index in range(size):
        # Each has a chance of their own, so that the tenth is the same in a demo of any size.
        chance = random.Random(f"{seed}/{index}")
        yield _first(pack) if index == 0 else _subscriber(pack, index, prefixes, chance)


def _first(pack: Pack) -> Subscriber:
    """Subscriber of the issue: +855 12 345 678 in Cambodia, with enough for any trial."""
    prepaid = next(offer for offer in pack.terms.offers if not offer.postpaid)
    return Subscriber(
        purse_id=1,
        msisdn=first_number(pack),
        imsi=_imsi(pack, 0),
        offer=prepaid,
        language=pack.terms.languages[0],
        funds_micros=FIRST_FUNDS_UNITS * scale(pack),
        active_hours=180 * 24,
        owed_micros=0,
        grants=(),
    )


def first_number(pack: Pack) -> Msisdn:
    """The number that the peers and the examples use."""
    return Msisdn(f"{pack.terms.country_code}12345678")


def scale(pack: Pack) -> int:
    """Micros that are worth about a dollar here: a fifth of a usual top-up."""
    amounts = sorted(one.amount_micros for one in pack.terms.topups.denominations)
    return max(amounts[(len(amounts) - 1) // 2] // 5, 1) if amounts else MICROS


def _subscriber(
    pack: Pack, index: int, prefixes: Sequence[tuple[str, int]], chance: random.Random
) -> Subscriber:
    offer = _offer(pack, chance)
    active_hours = 10_000 * 24 if offer.postpaid else _active_hours(pack, chance)
    funds = 0 if offer.postpaid else _funds(pack, chance)
    owed = chance.randrange(offer.credit_limit_micros // 4 + 1) if offer.postpaid else 0
    trouble = chance.random()
    return Subscriber(
        purse_id=index + 1,
        msisdn=_number(index, prefixes),
        imsi=_imsi(pack, index),
        offer=offer,
        language=chance.choice(pack.terms.languages),
        funds_micros=funds,
        active_hours=active_hours,
        owed_micros=owed,
        grants=_grants(pack, chance),
        bar_outgoing=trouble < 0.010,
        bar_incoming=0.010 <= trouble < 0.015,
        suspended=0.015 <= trouble < 0.020,
        lost=0.020 <= trouble < 0.023,
    )


def _offer(pack: Pack, chance: random.Random) -> Offer:
    """Six of seven are prepaid."""
    wanted = chance.random() < 1 / 7
    offers = [offer for offer in pack.terms.offers if offer.postpaid == wanted]
    # Numbers of a closed user group are a list of the pack's; the demo does not invent members.
    usual = [offer for offer in offers if not offer.closed_group] or list(pack.terms.offers)
    return chance.choice(usual)


def _active_hours(pack: Pack, chance: random.Random) -> int:
    """Most are within their Active Period, and some in each stage of the life of a number."""
    life = pack.terms.lifecycle
    ended = chance.random()
    if ended < 0.90:
        return chance.randrange(1, 60 * 24)
    if ended < 0.93:
        return -chance.randrange(1, pack.terms.topups.restore_days * 24 or 2)
    outgoing = life.outgoing_blocked_days * 24
    both = life.both_blocked_days * 24
    if ended < 0.97:
        return -chance.randrange(1, outgoing)
    if ended < 0.99:
        return -chance.randrange(outgoing, outgoing + both)
    return -chance.randrange(outgoing + both, outgoing + both + 200 * 24)


def _funds(pack: Pack, chance: random.Random) -> int:
    """Whole hundredths; some have nothing, some nearly nothing, most enough."""
    dollar = scale(pack)
    drawn = chance.random()
    hundredth = max(dollar // 100, 1)
    if drawn < 0.04:
        return 0
    if drawn < 0.14:
        return chance.randrange(1, 4) * hundredth
    return round(chance.lognormvariate(1.2, 0.8) * 100 + 5) * hundredth


def _grants(pack: Pack, chance: random.Random) -> tuple[Given, ...]:
    given: list[Given] = []
    if pack.terms.bundles and chance.random() < 0.3:
        given += _of_bundle(chance.choice(pack.terms.bundles), chance)
    if chance.random() < 0.1:
        promo = scale(pack) * chance.randrange(1, 10) // 10
        given.append(Given("", Unit.MICROS, promo, chance.randrange(1, 30), 0))
    return tuple(given)


def _of_bundle(bundle: Bundle, chance: random.Random) -> list[Given]:
    days = chance.randrange(1, bundle.days + 1)
    return [
        Given(
            allowance=one.name,
            unit=_GRANT_UNITS[one.unit],
            remaining=one.units * chance.randrange(5, 101) // 100,
            days=days,
            priority=one.priority,
        )
        for one in bundle.allowances
    ]


def _imsi(pack: Pack, index: int) -> Imsi:
    plmn = pack.terms.home_plmns[0]
    return Imsi(f"{plmn}{index:0{15 - len(plmn)}d}")


def _prefixes(pack: Pack) -> list[tuple[str, int]]:
    """Prefixes of our own numbers, each with how many digits follow it."""
    ours = [one.prefix for one in pack.destinations if one.zone == "onnet"]
    long_ago = [prefix for prefix in ours if len(prefix) <= len(pack.terms.country_code) + 4]
    usual = long_ago or [f"{pack.terms.country_code}88"]
    return [(prefix, _digits_after(prefix)) for prefix in usual]


def own_ranges(pack: Pack) -> list[tuple[Msisdn, Msisdn]]:
    """The first and the last number behind each of our prefixes."""
    return [
        (Msisdn(prefix + "0" * digits), Msisdn(prefix + "9" * digits))
        for prefix, digits in _prefixes(pack)
    ]


def _digits_after(prefix: str) -> int:
    """The least number of digits that makes a number of this country valid, or else possible."""
    for judge in (phonenumbers.is_valid_number, phonenumbers.is_possible_number):
        for digits in DIGITS_OFFERED:
            if judge(phonenumbers.parse(f"+{prefix}{'2' * digits}")):
                return digits
    return DIGITS_OFFERED[-1]


def _number(index: int, prefixes: Sequence[tuple[str, int]]) -> Msisdn:
    """A number for each index, spread over the prefixes; the same index gets the same number."""
    prefix, digits = prefixes[index % len(prefixes)]
    # A step without a common factor with 10 visits every number once before it repeats one.
    spread = (index // len(prefixes) * 7_919 + 200_003) % 10**digits
    return Msisdn(f"{prefix}{spread:0{digits}d}")
