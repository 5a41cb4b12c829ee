"""How the demo population comes into the store: in bulk, and those who are there already stay."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final

import msgspec

from tenure.commands.demo import identities
from tenure.commands.demo.population import GRANT_ID_FIRST, Subscriber, population
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.access import operations as access
from tenure.promises.access.model import Clause, Suspend, Why
from tenure.promises.charging.model import Sessions
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Entry, EntryKind, Grant, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine, SimKey, TakenOver
from tenure.promises.people import operations as people
from tenure.promises.record.model import Act
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.quantity import Unit

AT_ONCE: Final = 2_500
_NO_SESSIONS: Final = msgspec.msgpack.encode(Sessions())
_EXPLAINED: Final = '{"what":"opening","words":"Balance at the start of the demo"}'

SUSPENDED: Final = Suspend(Why(Clause.ABUSE, "unwanted calls from this number", "demo case 1"))
"""Somebody of the demo is always suspended, and knows why."""


class Settling(msgspec.Struct, frozen=True):
    """What every step of settling needs."""

    pack: Pack
    key: SimKey
    draw: Callable[[int], bytes]
    act: Act


async def settle(pool: Pool, settling: Settling, size: int, told: Callable[[int], None]) -> int:
    """See that the first ``size`` of the population are there; how many were new.

    Each step is a transaction, so whoever is interrupted goes on where it was.
    """
    await perform(pool, _stock, settling)
    everyone = population(settling.pack, size)
    new = 0
    while some := list(islice(everyone, AT_ONCE)):
        new += await perform(pool, _settle_some, some, settling)
        told(len(some))
    return new


async def _stock(tx: Transaction, settling: Settling) -> None:
    """Numbers and SIMs that a reader can sell; once."""
    if await numbers.inventory.stock(tx):
        return
    act = settling.act
    await numbers.inventory.import_numbers(tx, identities.ranges(settling.pack), act)
    spares = list(identities.spares(settling.pack, settling.draw))
    await numbers.inventory.import_sims(tx, spares, settling.key, settling.draw, act)


async def _settle_some(tx: Transaction, some: Sequence[Subscriber], settling: Settling) -> int:
    act = settling.act
    known = await numbers.find_all(tx, [each.msisdn for each in some])
    missing = [each for each in some if each.msisdn not in known]
    if missing:
        purses = [_purse(each, act.at) for each in missing]
        entries = [_opening(purse, act.at) for purse in purses]
        await money.open_purses(tx, purses, entries)
        await numbers.open_lines(tx, [_line(each, act.at) for each in missing], act)
        await _give(tx, missing, settling)
        for each in missing:
            if each.suspended:
                await access.suspend(tx, each.msisdn, SUSPENDED, act)
    return len(missing)


async def _give(tx: Transaction, missing: Sequence[Subscriber], settling: Settling) -> None:
    """Each line to its holder, on the SIM in their phone."""
    act = settling.act
    cards = [identities.card(settling.pack, each, settling.draw) for each in missing]
    await people.enter_all(tx, [identities.person(each, act.at) for each in missing], act)
    await numbers.inventory.import_sims(tx, cards, settling.key, settling.draw, act)
    taken = [
        TakenOver(each.msisdn, each.purse_id, card.iccid)
        for each, card in zip(missing, cards, strict=True)
    ]
    await numbers.holding.take_over(tx, taken, act)


def _line(each: Subscriber, at: Instant) -> NewLine:
    line = Line(
        msisdn=each.msisdn,
        imsi=each.imsi,
        purse_id=each.purse_id,
        offer=each.offer.name,
        language=each.language,
        bar_outgoing=each.bar_outgoing,
        bar_incoming=each.bar_incoming,
        suspended=False,
        lost_at=at if each.lost else None,
        postpaid=each.offer.postpaid,
    )
    return NewLine(line, at)


def _purse(each: Subscriber, at: Instant) -> Purse:
    grants = tuple(
        Grant(
            grant_id=GRANT_ID_FIRST + index,
            unit=given.unit,
            remaining=given.remaining,
            starts_at=at,
            ends_at=Instant(at + given.days * DAY_MS),
            allowance=given.allowance,
            priority=given.priority,
        )
        for index, given in enumerate(each.grants)
    )
    return Purse(
        purse_id=each.purse_id,
        seq=1,
        version=0,
        funds_micros=each.funds_micros,
        funds_end=each.funds_end(at),
        owed_micros=each.owed_micros,
        credit_limit_micros=each.offer.credit_limit_micros,
        grants=grants,
        sessions=_NO_SESSIONS,
    )


def _opening(purse: Purse, at: Instant) -> Entry:
    promo = sum(grant.remaining for grant in purse.grants if grant.unit is Unit.MICROS)
    return Entry(
        purse_id=purse.purse_id,
        seq=1,
        at=at,
        kind=EntryKind.OPENING,
        account=Account.OPENING,
        funds_micros=purse.funds_micros,
        grants_micros=promo,
        owed_micros=-purse.owed_micros,
        tax_micros=0,
        overrun_micros=0,
        contra_micros=purse.owed_micros - purse.funds_micros - promo,
        funds_after_micros=purse.funds_micros,
        reference="demo",
        party="",
        explanation=_EXPLAINED,
    )
