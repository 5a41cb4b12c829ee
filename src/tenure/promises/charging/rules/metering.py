"""Used units become money: priced by increments, covered, rounded once, paid in order."""

from math import gcd
from typing import Final

import msgspec

from tenure.promises.charging.model import Ask, Explanation, Meter, Refusal
from tenure.promises.money import rules as money
from tenure.promises.money.model import Account, Drawn, Entry, EntryKind, Purse
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import UNIT_OF, InForce, Route, Run, Service
from tenure.values.instant import Instant
from tenure.values.money import Rounding, rounded
from tenure.values.refused import Refused

ACCOUNT = {
    Service.VOICE: Account.REVENUE_VOICE,
    Service.SMS: Account.REVENUE_SMS,
    Service.MMS: Account.REVENUE_MMS,
    Service.DATA: Account.REVENUE_DATA,
    Service.CONTENT: Account.REVENUE_CONTENT,
}

_json = msgspec.json.Encoder().encode

NAME: Final = {service: service.name.lower() for service in Service}
"""Looked up, since asking an enumeration for a name costs more than the arithmetic."""
NOTHING_DRAWN: Final = Drawn(0, 0, ())


class Held(msgspec.Struct):
    """What the other live grants of a purse hold, and may therefore not be spent here."""

    micros: int
    units: dict[int, int]
    """By grant_id, for allowances."""

    def add(self, meter: Meter) -> None:
        """Count a meter's hold."""
        self.micros += meter.hold_micros
        for grant_id, units in meter.hold_units:
            self.units[grant_id] = self.units.get(grant_id, 0) + units

    def release(self, meter: Meter) -> None:
        """A meter that reports no longer holds what it held."""
        self.micros -= meter.hold_micros
        for grant_id, units in meter.hold_units:
            self.units[grant_id] -= units


class Till(msgspec.Struct, frozen=True):
    """Where a usage is charged: by which prices, for which offer, beside which other holds."""

    book: tariffs.Book
    offer: str
    held: Held


class Bill(msgspec.Struct, frozen=True, gc=False):
    """What a usage cost and from which buckets it was paid."""

    due_micros: int
    drawn: Drawn
    overrun_micros: int
    tax_micros: int
    explanation: Explanation


def open_meter(rating_group: int, service_id: int, route: Route, since: Instant) -> Meter:
    """A meter at zero."""
    return Meter(
        rating_group, service_id, route, since, 0, 0, 0, 1, 0, 0, (), 0, since, since, final=False
    )


def plus(numerator: int, denominator: int, price: int, per: int) -> tuple[int, int]:
    """The exact sum of two fractions, over the least common denominator."""
    if denominator == per:
        return numerator + price, denominator
    common = denominator // gcd(denominator, per) * per
    return numerator * (common // denominator) + price * (common // per), common


def covered_by(
    till: Till, purse: Purse, route: Route, units: int, at: Instant, reserved: dict[int, int]
) -> list[tuple[int, int]]:
    """How many of the units allowances cover, as (grant_id, units) in spending order.

    ``reserved`` holds units per grant that may not be taken: held elsewhere, or taken just now.
    """
    unit = UNIT_OF[route.service]
    taken: list[tuple[int, int]] = []
    for grant in money.in_spending_order(purse.grants, unit, at):
        if not tariffs.covers(till.book, grant.allowance, route.key):
            continue
        free = grant.remaining - reserved.get(grant.grant_id, 0)
        part = min(free, units)
        if part > 0:
            taken.append((grant.grant_id, part))
            units -= part
            if not units:
                break
    return taken


def connect_fee(till: Till, meter: Meter) -> int:
    """The fee of the rate that holds when the usage begins; due once, with its first unit."""
    if meter.position_units:
        return 0
    force = tariffs.in_force(till.book, till.offer, meter.route.key, meter.since)
    return 0 if isinstance(force, Refused) else force.rate.connect_fee_micros


def rounding_of(till: Till, meter: Meter, force: InForce) -> Rounding:
    """The rounding of the version in which the usage began: one usage, one rounding."""
    begun = tariffs.in_force(till.book, till.offer, meter.route.key, meter.since)
    return force.rounding if isinstance(begun, Refused) else begun.rounding


def bill(
    till: Till, purse: Purse, meter: Meter, used_units: int, at: Instant, reported_at: Instant
) -> tuple[Purse, Meter, Bill] | Refused[Refusal]:
    """Charge units that were used: move the meter, draw what is due, write off what cannot be paid.

    ``at`` is the instant for which price and validity are asked; the meter stands at
    ``reported_at`` afterwards, with nothing held.  Charged is always the rounded
    price of the whole usage less what was charged before, so that no way of cutting a usage into
    reports changes its price.  What others hold is never touched.
    """
    total = meter.used_units + used_units
    walked = tariffs.runs(
        till.book, till.offer, meter.route, meter.since, meter.position_units, total, at
    )
    force = tariffs.in_force(till.book, till.offer, meter.route.key, at)
    if isinstance(walked, Refused) or isinstance(force, Refused):
        cause = walked if isinstance(walked, Refused) else force
        assert isinstance(cause, Refused)
        return Refused(refusal=Refusal.RATING_FAILED, detail=cause.detail)
    runs, position = walked
    purse, exact, fee, covered = _priced(till, purse, meter, runs, at)
    rounding = rounding_of(till, meter, force)
    charged = rounded(*exact, rounding)
    due = max(charged - meter.charged_micros, 0)
    paid = min(due, max(money.payable(purse, at) - till.held.micros, 0))
    before = purse
    purse, drawn = money.draw(purse, paid, at) if paid else (purse, NOTHING_DRAWN)
    tax = money.tax_within(due, force.rate.tax_ppm)
    explanation = Explanation(
        service=NAME[meter.route.service],
        route=meter.route.key,
        used=used_units,
        total=total,
        runs=tuple(runs),
        covered=_named(before, covered) if covered else (),
        fee=fee,
        rounding=rounding,
        exact=exact,
        due=due,
        funds=drawn.funds_micros,
        promo=drawn.grants,
        owed=drawn.owed_micros,
        overrun=due - paid,
        tax=tax,
        began=meter.since,
    )
    moved = _moved(meter, total, position, exact, meter.charged_micros + due, reported_at)
    everything = Drawn(drawn.funds_micros, drawn.owed_micros, drawn.grants + tuple(covered))
    return purse, moved, Bill(due, everything, due - paid, tax, explanation)


def _priced(
    till: Till, purse: Purse, meter: Meter, runs: list[Run], at: Instant
) -> tuple[Purse, tuple[int, int], int, list[tuple[int, int]]]:
    """Take from allowances what they cover, and add the rest to the exact price of the meter."""
    numerator, denominator = meter.exact_numerator, meter.exact_denominator
    fee = connect_fee(till, meter) if runs else 0
    numerator += fee * denominator
    covered: list[tuple[int, int]] = []
    for run in runs:
        if not run.price_micros:
            continue  # What costs nothing draws on no allowance either.
        units = run.units
        if purse.grants:
            taken = covered_by(till, purse, meter.route, units, at, till.held.units)
            if taken:
                covered += taken
                units -= sum(part for _, part in taken)
                grants = money.reduced(purse.grants, taken)
                purse = msgspec.structs.replace(purse, grants=grants)
        if units:
            numerator, denominator = plus(
                numerator, denominator, run.price_micros * units, run.per_units
            )
    return purse, (numerator, denominator), fee, covered


def _moved(  # what a bill changes of a meter, in the order it stands there
    meter: Meter,
    used_units: int,
    position_units: int,
    exact: tuple[int, int],
    charged_micros: int,
    reported_at: Instant,
) -> Meter:
    """The meter after a bill, with nothing held."""
    return Meter(
        meter.rating_group,
        meter.service_id,
        meter.route,
        meter.since,
        used_units,
        position_units,
        exact[0],
        exact[1],
        charged_micros,
        0,
        (),
        0,
        reported_at,
        reported_at,
        meter.final,
    )


def _named(purse: Purse, covered: list[tuple[int, int]]) -> tuple[tuple[str, int], ...]:
    names = {grant.grant_id: grant.allowance for grant in purse.grants}
    return tuple((names[grant_id], units) for grant_id, units in covered)


def entry(
    purse: Purse, cost: Bill, *, kind: EntryKind, account: Account, ask: Ask
) -> tuple[Purse, Entry]:
    """The balanced entry of a bill, numbered as the purse's next."""
    promo = sum(amount for _, amount in cost.explanation.promo)
    tax = cost.tax_micros
    numbered = Entry(
        purse_id=purse.purse_id,
        seq=purse.seq + 1,
        at=ask.at,
        kind=kind,
        account=account,
        funds_micros=-cost.drawn.funds_micros,
        grants_micros=-promo,
        owed_micros=-cost.drawn.owed_micros,
        tax_micros=tax,
        overrun_micros=-cost.overrun_micros,
        contra_micros=cost.due_micros - tax,
        funds_after_micros=purse.funds_micros,
        reference=ask.key,
        party=ask.other_party,
        explanation=_json(cost.explanation).decode(),
    )
    return _numbered(purse), numbered


def _numbered(purse: Purse) -> Purse:
    return Purse(
        purse.purse_id,
        purse.seq + 1,
        purse.version,
        purse.funds_micros,
        purse.funds_end,
        purse.owed_micros,
        purse.credit_limit_micros,
        purse.grants,
        purse.sessions,
    )
