"""A grant: as many units as are asked for and can be paid, with what they cost held back."""

from typing import Final

import msgspec

from tenure.promises.charging.model import FinalUnit, Granted, Meter, Refusal
from tenure.promises.charging.rules.metering import (
    Till,
    connect_fee,
    covered_by,
    plus,
    rounding_of,
)
from tenure.promises.money import rules as money
from tenure.promises.money.model import Purse
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, InForce, Run, Service
from tenure.terms.model import Quota
from tenure.values.instant import MINUTE_MS, SECOND_MS, Instant
from tenure.values.money import Rounding, rounded
from tenure.values.refused import Refused

IN: Final = Direction.IN
VOICE: Final = Service.VOICE
HOLD_GRACE_MS = 2 * MINUTE_MS
"""How long after its validity a grant's money stays held, for a report that is late."""


class Affordable(msgspec.Struct, frozen=True):
    """How far a purse reaches: a billable position, and what is held to get there."""

    position_units: int
    hold_micros: int
    hold_units: tuple[tuple[int, int], ...]
    all_of_it: bool


def has_positive_balance(till: Till, purse: Purse, meter: Meter, at: Instant) -> bool:
    """GTC-POSITIVE: services need a positive balance; the pack says whether an allowance is one."""
    route = meter.route
    if route.always or route.direction is IN or money.payable(purse, at) > 0:
        return True
    return till.book.terms.topups.positive_balance == "coverage" and bool(
        covered_by(till, purse, route, 1, at, {})
    )


def reach(
    till: Till, purse: Purse, meter: Meter, runs: list[Run], rounding: Rounding, at: Instant
) -> Affordable:
    """Walk the runs as far as allowances and money go, in whole increments."""
    budget = max(money.payable(purse, at) - till.held.micros, 0)
    ceiling = meter.charged_micros + budget
    numerator, denominator = meter.exact_numerator, meter.exact_denominator
    fee = connect_fee(till, meter) if runs else 0
    if fee > budget:
        return Affordable(meter.position_units, 0, (), all_of_it=False)
    numerator += fee * denominator
    position = meter.position_units
    reserved = dict(till.held.units)
    taken: list[tuple[int, int]] = []
    all_of_it = True
    for run in runs:
        units = run.units
        if not run.price_micros:
            position += units
            continue
        if purse.grants:
            parts = covered_by(till, purse, meter.route, units, at, reserved)
            for grant_id, part in parts:
                reserved[grant_id] = reserved.get(grant_id, 0) + part
                units -= part
            taken += parts
            position += run.units - units
        room = (ceiling * denominator - numerator) * run.per_units
        affordable = max(room // (denominator * run.price_micros), 0)
        if affordable < units:
            all_of_it = False
            begun = run.units - units
            whole = (begun + affordable) // run.increment_units * run.increment_units
            # An increment of which an allowance covers a part is due whole: if the rest of it
            # cannot be paid, the part is not granted either.
            lacking = max(begun - whole, 0)
            taken = _without(taken, lacking)
            position -= lacking
            units = max(whole - begun, 0)
        numerator, denominator = plus(
            numerator, denominator, run.price_micros * units, run.per_units
        )
        position += units
        if not all_of_it:
            break
    hold = rounded(numerator, denominator, rounding) - meter.charged_micros
    return Affordable(position, max(hold, 0), _summed(taken), all_of_it)


def _minimum(till: Till, meter: Meter, at: Instant) -> int:
    """So many units are due as soon as one is used; 0 when the usage has begun."""
    if meter.position_units:
        return 0
    begun = meter.since if meter.route.service is VOICE else at
    force = tariffs.in_force(till.book, till.offer, meter.route.key, begun)
    return 0 if isinstance(force, Refused) else force.rate.minimum_units


def _without(taken: list[tuple[int, int]], units: int) -> list[tuple[int, int]]:
    """What is taken of allowances, without its last units."""
    left = list(taken)
    while units and left:
        grant_id, part = left.pop()
        if part > units:
            left.append((grant_id, part - units))
        units -= min(part, units)
    return left


def _summed(taken: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    if not taken:
        return ()
    sums: dict[int, int] = {}
    for grant_id, units in taken:
        sums[grant_id] = sums.get(grant_id, 0) + units
    return tuple(sums.items())


def reserve(
    till: Till, purse: Purse, meter: Meter, requested: int, at: Instant
) -> tuple[Meter, Granted]:
    """Grant units for a meter whose usage has been billed; ``requested`` 0 leaves the amount to us.

    What is granted can be paid whatever happens meanwhile: it is held.  Less than asked is the
    final grant (RFC 8506 section 5.6); nothing at all is CREDIT_EXHAUSTED.
    """
    quota = till.book.quotas[meter.route.service]
    want = min(requested or quota.default_units, quota.maximum_units)
    target = meter.used_units + want
    walked = tariffs.runs(
        till.book, till.offer, meter.route, meter.since, meter.position_units, target, at
    )
    force = tariffs.in_force(till.book, till.offer, meter.route.key, at)
    if isinstance(walked, Refused) or isinstance(force, Refused):
        return _nothing(meter, Refusal.RATING_FAILED)
    if not has_positive_balance(till, purse, meter, at):
        return _nothing(meter, Refusal.CREDIT_EXHAUSTED)
    far = reach(till, purse, meter, walked[0], rounding_of(till, meter, force), at)
    units = min(want, far.position_units - meter.used_units)
    if not far.all_of_it and far.position_units < _minimum(till, meter, at):
        units = 0
    if units <= 0:
        return _nothing(meter, Refusal.CREDIT_EXHAUSTED)
    seconds = _validity_seconds(quota, purse, meter.route.service, force, units, at)
    return _holding(meter, far, units, seconds, at), _granted(meter, far, quota, units, seconds)


def _granted(meter: Meter, far: Affordable, quota: Quota, units: int, seconds: int) -> Granted:
    """The grant as it is answered; the last one says so, and is not asked for again early."""
    final = None
    threshold_units = units * quota.threshold_percent // 100
    if not far.all_of_it:
        final = FinalUnit.REDIRECT if quota.final_unit == "redirect" else FinalUnit.TERMINATE
        threshold_units = 0
    group, service = meter.rating_group, meter.service_id
    return Granted(group, service, None, units, seconds, threshold_units, final)


def _holding(meter: Meter, far: Affordable, units: int, seconds: int, at: Instant) -> Meter:
    """The meter with what the grant holds."""
    return Meter(
        meter.rating_group,
        meter.service_id,
        meter.route,
        meter.since,
        meter.used_units,
        meter.position_units,
        meter.exact_numerator,
        meter.exact_denominator,
        meter.charged_micros,
        far.hold_micros,
        far.hold_units,
        units,
        at,
        Instant(at + seconds * SECOND_MS + HOLD_GRACE_MS),
        not far.all_of_it,
    )


def _nothing(meter: Meter, refusal: Refusal) -> tuple[Meter, Granted]:
    empty = msgspec.structs.replace(
        meter, hold_micros=0, hold_units=(), granted_units=0, final=True
    )
    return empty, Granted(meter.rating_group, meter.service_id, refusal, None)


def _validity_seconds(
    quota: Quota, purse: Purse, service: Service, force: InForce, units: int, at: Instant
) -> int:
    """How long a grant holds: the pack's time, but not past what it rests on.

    Volume is priced when it is reported, so its grant ends where the price changes; a call is
    priced second by second and needs no such end.
    """
    seconds = quota.validity_seconds
    if service is VOICE:
        seconds = max(seconds, units)
    ends = [at + seconds * SECOND_MS]
    if service is not VOICE:
        ends.append(force.until)
    if purse.funds_micros and at < purse.funds_end and not purse.credit_limit_micros:
        ends.append(purse.funds_end)
    ends += [grant.ends_at for grant in purse.grants if money.usable(grant, at)]
    return max((min(ends) - at) // SECOND_MS, 1)
