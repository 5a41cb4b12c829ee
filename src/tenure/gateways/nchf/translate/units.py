"""Units: which member of a message counts which service, and what was used before a change."""

from collections.abc import Mapping
from typing import Final, Protocol

from tenure.gateways.nchf.wire.messages import (
    ChargingDataRequest,
    MultipleUnitUsage,
    UsedUnitContainer,
)
from tenure.promises.charging.model import GroupAsk, Used
from tenure.promises.tariffs.model import UNIT_OF, Service
from tenure.values.quantity import Unit

TARIFF_CHANGE: Final = "TARIFF_TIME_CHANGE"


class Measured(Protocol):
    """What a requested unit and a used unit container have in common."""

    @property
    def time(self) -> int | None: ...
    @property
    def total_volume(self) -> int | None: ...
    @property
    def uplink_volume(self) -> int | None: ...
    @property
    def downlink_volume(self) -> int | None: ...
    @property
    def service_specific_units(self) -> int | None: ...


def _octets(measured: Measured) -> int | None:
    if measured.total_volume is not None:
        return measured.total_volume
    if measured.uplink_volume is None and measured.downlink_volume is None:
        return None
    return (measured.uplink_volume or 0) + (measured.downlink_volume or 0)


def _seconds(measured: Measured) -> int | None:
    return measured.time


def _pieces(measured: Measured) -> int | None:
    return measured.service_specific_units


MEASURE: Final[Mapping[Unit, str]] = {
    Unit.OCTETS: "totalVolume",
    Unit.SECONDS: "time",
    Unit.MESSAGES: "serviceSpecificUnits",
    Unit.MICROS: "serviceSpecificUnits",
}
"""The member of the standard that carries each unit."""

_READ: Final = {Unit.OCTETS: _octets, Unit.SECONDS: _seconds, Unit.MESSAGES: _pieces}
_READ[Unit.MICROS] = _pieces


def units_in(measured: Measured, unit: Unit) -> tuple[int, Unit]:
    """The amount in the unit of the service; else what else was named, which charging refuses.

    An SMF reports time beside volume, so another unit is only looked at when ours is absent.
    """
    amount = _READ[unit](measured)
    if amount is not None:
        return amount, unit
    for other in (Unit.OCTETS, Unit.SECONDS, Unit.MESSAGES):
        amount = _READ[other](measured)
        if amount:
            return amount, other
    return 0, unit


def groups_of(request: ChargingDataRequest, service: Service) -> tuple[GroupAsk, ...]:
    """One ask per rating group, in the order of first mention.

    A group may be mentioned once per user plane function; its parts are added together.
    """
    unit = UNIT_OF[service]
    parts: dict[int, list[MultipleUnitUsage]] = {}
    for usage in request.multiple_unit_usage:
        parts.setdefault(usage.rating_group, []).append(usage)
    return tuple(_group(rating_group, usages, unit) for rating_group, usages in parts.items())


def _group(rating_group: int, usages: list[MultipleUnitUsage], unit: Unit) -> GroupAsk:
    requested: int | None = None
    named = unit
    for usage in usages:
        if usage.requested_unit is not None:
            amount, found = units_in(usage.requested_unit, unit)
            requested = (requested or 0) + amount
            named = found if found is not unit else named
    containers = [container for usage in usages for container in usage.used_unit_container]
    used: Used | None = None
    if containers:
        used, found = used_of(containers, unit)
        named = found if found is not unit else named
    return GroupAsk(
        rating_group=rating_group, service_id=0, requested=requested, used=used, unit=named
    )


def used_of(containers: list[UsedUnitContainer], unit: Unit) -> tuple[Used, Unit]:
    """The sum of all containers, online or not: what was used is charged, however it was watched.

    A container closed by the change of the tariff, and every one before it in the order of the
    local sequence numbers, was used before the change (TS 32.290 section 5.4.4).
    """
    total = before = 0
    named = unit
    ordered = sorted(containers, key=lambda container: container.local_sequence_number)
    for container in ordered:
        amount, found = units_in(container, unit)
        named = found if found is not unit else named
        total += amount
        if any(trigger.trigger_type == TARIFF_CHANGE for trigger in container.triggers):
            before = total
    return Used(units=total, before_change=before), named
