"""Amounts: which unit AVP of a request counts for a service, and how much it says."""

from typing import Final

from tenure.gateways.diameter.wire.avp import avp, group
from tenure.gateways.diameter.wire.credit import (
    CC_INPUT_OCTETS,
    CC_OUTPUT_OCTETS,
    CC_SERVICE_SPECIFIC_UNITS,
    CC_TIME,
    CC_TOTAL_OCTETS,
    CURRENCY_CODE,
    EXPONENT,
    TARIFF_CHANGE_USAGE,
    VALUE_DIGITS,
    Group,
    Units,
)
from tenure.gateways.diameter.wire.result import Fault, Result
from tenure.promises.charging.model import UNITS_MAX, GroupAsk, Used
from tenure.promises.tariffs.model import UNIT_OF, Service
from tenure.values.quantity import Unit

BEFORE_CHANGE: Final = 0
"""Tariff-Change-Usage: UNIT_BEFORE_TARIFF_CHANGE (RFC 8506 section 8.27)."""
MICROS_EXPONENT: Final = 6
EXPONENT_MAX: Final = 40
"""Beyond it any amount but zero is more than there is money, or less than a millionth."""

# Members of an enumeration are slow to reach by their class.
_MICROS: Final = Unit.MICROS
_OCTETS: Final = Unit.OCTETS
_PLAIN: Final = {
    Unit.OCTETS: CC_TOTAL_OCTETS,
    Unit.SECONDS: CC_TIME,
    Unit.MESSAGES: CC_SERVICE_SPECIFIC_UNITS,
}


def micros_of(units: Units, currency: int) -> int | Fault:
    """CC-Money in millionths of our currency; a fault if in another or finer than a millionth."""
    stated = units.get(CURRENCY_CODE, currency)
    if stated != currency:
        reason = f"amounts are in currency {currency} here"
        return Fault(Result.INVALID_AVP_VALUE, reason, avp("Currency-Code", stated))
    digits, exponent = units[VALUE_DIGITS], units.get(EXPONENT, 0)
    if digits == 0:
        return 0
    if exponent > EXPONENT_MAX:
        return UNITS_MAX + 1 if digits > 0 else -1
    power = max(exponent, -EXPONENT_MAX) + MICROS_EXPONENT
    if power >= 0:
        return digits * int(10**power)
    micros, rest = divmod(digits, int(10**-power))
    if rest:
        value = group("Unit-Value", avp("Value-Digits", digits), avp("Exponent", exponent))
        reason = "an amount has at most six decimals"
        return Fault(Result.INVALID_AVP_VALUE, reason, group("CC-Money", value))
    return micros


def amount(units: Units, wanted: Unit, currency: int) -> tuple[int, Unit | None] | Fault:
    """How much, in the wanted unit if the peer names it, else in one that it does name.

    A peer may report time and volume together; only the one that its service is counted in counts.
    """
    if wanted is _MICROS and VALUE_DIGITS in units:
        micros = micros_of(units, currency)
        return micros if isinstance(micros, Fault) else (micros, wanted)
    code = _PLAIN.get(wanted)
    if code in units:
        return units[code], wanted
    in_and_out = units.get(CC_INPUT_OCTETS, 0) + units.get(CC_OUTPUT_OCTETS, 0)
    if wanted is _OCTETS and (CC_INPUT_OCTETS in units or CC_OUTPUT_OCTETS in units):
        return in_and_out, wanted
    for unit, other in _PLAIN.items():
        if other in units:
            return units[other], unit
    if VALUE_DIGITS in units:
        return 0, Unit.MICROS
    return (in_and_out, Unit.OCTETS) if in_and_out else (0, None)


def group_ask(found: Group, service: Service, currency: int) -> GroupAsk | Fault:
    """What a group of the request asks and reports, in the unit of the service."""
    wanted = UNIT_OF[service]
    requested: int | None = None
    unit: Unit | None = None
    if found.requested is not None:
        asked = amount(found.requested, wanted, currency)
        if isinstance(asked, Fault):
            return asked
        requested, unit = asked
    used: Used | None = None
    if found.used:
        reported = _used(found.used, wanted, currency)
        if isinstance(reported, Fault):
            return reported
        used, used_in = reported
        # One that does not fit the service is passed on, so that the request is refused for it.
        unit = used_in if used_in is not None and unit in (None, wanted) else unit
    service_id = found.service_ids[0] if found.service_ids else 0
    return GroupAsk(found.rating_group or 0, service_id, requested, used, unit)


def _used(
    reports: tuple[Units, ...], wanted: Unit, currency: int
) -> tuple[Used, Unit | None] | Fault:
    counted: list[tuple[int, int, Unit | None]] = []
    for units in reports:
        found = amount(units, wanted, currency)
        if isinstance(found, Fault):
            return found
        before = found[0] if units.get(TARIFF_CHANGE_USAGE) == BEFORE_CHANGE else 0
        counted.append((found[0], before, found[1]))
    if len(counted) == 1:
        return Used(counted[0][0], counted[0][1]), counted[0][2]
    # Time and volume may come in reports of their own: only those in the wanted unit count.
    chosen = [one for one in counted if one[2] is wanted] or counted
    return Used(sum(one[0] for one in chosen), sum(one[1] for one in chosen)), chosen[0][2]


def merged(first: GroupAsk, second: GroupAsk) -> GroupAsk:
    """Two groups of one request with the same identity as one: some peers report and ask apart."""
    asked = [one.requested for one in (first, second) if one.requested is not None]
    used = [one.used for one in (first, second) if one.used is not None]
    return GroupAsk(
        first.rating_group,
        first.service_id,
        sum(asked) if asked else None,
        Used(sum(one.units for one in used), sum(one.before_change for one in used))
        if used
        else None,
        first.unit if first.unit is not None else second.unit,
    )
