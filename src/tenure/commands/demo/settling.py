"""How the demo population comes into the store: in bulk, and those who are there already stay."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final

import msgspec

from tenure.commands.demo.population import GRANT_ID_FIRST, Subscriber, population
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging.model import Sessions
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Entry, EntryKind, Grant, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, NewLine
from tenure.promises.record.model import Act
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.quantity import Unit

AT_ONCE: Final = 2_500
_NO_SESSIONS: Final = msgspec.msgpack.encode(Sessions())
_EXPLAINED: Final = '{"what":"opening","words":"Balance at the start of the demo"}'


async def settle(pool: Pool, pack: Pack, size: int, act: Act, told: Callable[[int], None]) -> int:
    """See that the first ``size`` of the population are there; how many were new.

    Each step is a transaction, so whoever is interrupted goes on where it was.
    """
    everyone = population(pack, size)
    new = 0
    while some := list(islice(everyone, AT_ONCE)):
        new += await perform(pool, _settle_some, some, act)
        told(len(some))
    return new


async def _settle_some(tx: Transaction, some: Sequence[Subscriber], act: Act) -> int:
    known = await numbers.find_all(tx, [each.msisdn for each in some])
    missing = [each for each in some if each.msisdn not in known]
    if missing:
        purses = [_purse(each, act.at) for each in missing]
        entries = [_opening(purse, act.at) for purse in purses]
        await money.open_purses(tx, purses, entries)
        await numbers.open_lines(tx, [_line(each, act.at) for each in missing], act)
    return len(missing)


def _line(each: Subscriber, at: Instant) -> NewLine:
    line = Line(
        msisdn=each.msisdn,
        imsi=each.imsi,
        purse_id=each.purse_id,
        offer=each.offer.name,
        language=each.language,
        bar_outgoing=each.bar_outgoing,
        bar_incoming=each.bar_incoming,
        suspended=each.suspended,
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
