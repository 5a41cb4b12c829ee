"""What usage is counted in."""

from enum import IntEnum


class Unit(IntEnum):
    """The unit of a quantity; a number without one of these names is never passed around."""

    OCTETS = 1
    SECONDS = 2
    MESSAGES = 3
    MICROS = 4
    """Millionths of the operator's currency unit (content bought by amount)."""
