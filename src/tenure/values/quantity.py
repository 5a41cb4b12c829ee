"""What usage is counted in."""

from enum import IntEnum
from typing import Final


class Unit(IntEnum):
    """The unit of a quantity; a number without one of these names is never passed around."""

    OCTETS = 1
    SECONDS = 2
    MESSAGES = 3
    MICROS = 4
    """Millionths of the operator's currency unit (content bought by amount)."""


KILO: Final = 1 << 10
MINUTE_SECONDS: Final = 60


def quantity(units: int, unit: Unit) -> str:
    """A quantity for a person: ``2 min 5 s``, ``1.5 MB``, ``3 messages``; no word for money."""
    match unit:
        case Unit.SECONDS:
            minutes, seconds = divmod(units, MINUTE_SECONDS)
            parts = [f"{minutes} min"] if minutes else []
            parts += [f"{seconds} s"] if seconds or not minutes else []
            return " ".join(parts)
        case Unit.OCTETS:
            return _octets(units)
        case Unit.MESSAGES:
            return f"{units} message" if units == 1 else f"{units} messages"
        case Unit.MICROS:
            return ""


def _octets(units: int) -> str:
    """To a tenth of the largest unit it fills, rounded down: nobody is told more than there is."""
    for size, name in ((KILO**3, "GB"), (KILO**2, "MB"), (KILO, "kB")):
        if units >= size:
            whole, tenth = divmod(units * 10 // size, 10)
            return f"{whole}.{tenth} {name}" if tenth else f"{whole} {name}"
    return f"{units} octets"
