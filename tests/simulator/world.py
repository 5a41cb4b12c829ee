"""The world a simulation begins in: people with lines and purses, under the pack of an operator."""

from random import Random
from typing import NamedTuple

from tenure.postgres.transaction import Transaction
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account as Side
from tenure.promises.money.model import Entry, EntryKind, Grant, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.quantity import Unit
from tests.simulator.auditor import Auditor
from tests.simulator.ledger import Account, Bucket

START = parse_instant("2026-09-30T20:00:00+07:00")
"""Four hours before a new version of the prices takes effect, three before the night band."""
NO_SESSIONS = b"\x92\x90\x90"

FUNDS = (0, 1, 4_999, 20_000, 70_000, 1_000_000, 2_500_000, 50_000_000)
"""Micros: nothing, a millionth, less than a message, just one, a minute, and plenty."""


class Person(NamedTuple):
    """A subscriber."""

    purse_id: int
    msisdn: str
    imsi: str
    offer: str
    postpaid: bool


class World(NamedTuple):
    """Everything that is there before anything happens."""

    people: tuple[Person, ...]
    purses: tuple[Purse, ...]
    start: Instant


def make(pack: Pack, rng: Random, count: int) -> World:
    """So many people of every kind; the same for the same chance."""
    people, purses = [], []
    offers = [offer for offer in pack.terms.offers if offer.name in ("prepaid", "postpaid")]
    for number in range(1, count + 1):
        offer = rng.choices(offers, weights=[1 if each.postpaid else 4 for each in offers])[0]
        person = Person(
            number, f"85510{number:06d}", f"45606{number:010d}", offer.name, offer.postpaid
        )
        people.append(person)
        purses.append(_purse(pack, rng, person))
    return World(tuple(people), tuple(purses), START)


def _purse(pack: Pack, rng: Random, person: Person) -> Purse:
    grants = []
    if not person.postpaid and rng.random() < 0.4:
        ends = Instant(START + rng.choice((1, 3600, 86_400, 30 * 86_400)) * 1000)
        grants.append(Grant(1, Unit.MICROS, rng.choice((1, 30_000, 500_000)), START, ends, ""))
    if rng.random() < 0.3:
        bundle = rng.choice(pack.terms.bundles)
        for place, each in enumerate(bundle.allowances):
            ends = Instant(START + rng.choice((3600, 5 * 86_400)) * 1000)
            left = rng.choice((1, 61, each.units // 50, each.units))
            unit = Unit[each.unit.upper()]
            grants.append(Grant(2 + place, unit, left, START, ends, each.name, each.priority))
    limit = rng.choice((500_000, 100_000_000)) if person.postpaid else 0
    return Purse(
        purse_id=person.purse_id,
        seq=1,
        version=0,
        funds_micros=0 if person.postpaid else rng.choice(FUNDS),
        funds_end=Instant(START + rng.choice((2 * 3_600_000, 5 * DAY_MS, 30 * DAY_MS))),
        owed_micros=0,
        credit_limit_micros=limit,
        grants=tuple(grants),
        sessions=NO_SESSIONS,
    )


async def write(tx: Transaction, world: World) -> None:
    """Put the world into an empty database."""
    await money.open_months(tx, world.start)
    await money.open_purses(tx, world.purses, [_opening(world, purse) for purse in world.purses])
    lines = [
        NewLine(
            Line(
                msisdn=Msisdn(person.msisdn),
                imsi=Imsi(person.imsi),
                purse_id=person.purse_id,
                offer=person.offer,
                language="en",
                bar_outgoing=False,
                bar_incoming=False,
                suspended=False,
                lost_at=None,
                postpaid=person.postpaid,
            ),
            world.start,
        )
        for person in world.people
    ]
    await numbers.open_lines(tx, lines, Act("<simulator>", world.start, bytes(32)))


def _opening(world: World, purse: Purse) -> Entry:
    promo = sum(grant.remaining for grant in purse.grants if grant.unit is Unit.MICROS)
    return Entry(
        purse_id=purse.purse_id,
        seq=1,
        at=world.start,
        kind=EntryKind.OPENING,
        account=Side.OPENING,
        funds_micros=purse.funds_micros,
        grants_micros=promo,
        owed_micros=0,
        tax_micros=0,
        overrun_micros=0,
        contra_micros=-purse.funds_micros - promo,
        funds_after_micros=purse.funds_micros,
        reference="opening",
        party="",
        explanation="{}",
    )


def introduce(world: World, auditor: Auditor) -> None:
    """Tell the auditor what everybody begins with."""
    for person, purse in zip(world.people, world.purses, strict=True):
        account = Account(person.purse_id, person.offer, postpaid=person.postpaid)
        account.funds, account.funds_end = purse.funds_micros, purse.funds_end
        account.limit = purse.credit_limit_micros
        for grant in purse.grants:
            period = (int(grant.starts_at), int(grant.ends_at))
            account.buckets.append(
                Bucket(grant.unit, grant.remaining, period, grant.allowance, grant.priority)
            )
        auditor.accounts[person.purse_id] = account
        auditor.by_identity[person.msisdn] = auditor.by_identity[person.imsi] = person.purse_id
