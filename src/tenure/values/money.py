"""Money as whole millionths of a currency unit, and the one rounding it ever gets."""

from enum import StrEnum
from typing import Final

MICROS: Final = 1_000_000
"""Millionths in one currency unit."""


class Rounding(StrEnum):
    """The direction in which a tariff version rounds a price to a whole millionth."""

    DOWN = "down"
    UP = "up"
    HALF_EVEN = "half-even"


DOWN: Final = Rounding.DOWN
UP: Final = Rounding.UP


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """The exact fraction as a whole number, rounded once in the stated direction."""
    assert denominator > 0
    whole, rest = divmod(numerator, denominator)
    if rest == 0 or rounding is DOWN:
        return whole
    if rounding is UP:
        return whole + 1
    twice = 2 * rest
    if twice == denominator:
        return whole + (whole & 1)
    return whole + (1 if twice > denominator else 0)


def words(micros: int, currency: str) -> str:
    """An amount for a person: no digits lost, at least two decimals: ``USD 0.0375``."""
    sign = "-" if micros < 0 else ""
    units, rest = divmod(abs(micros), MICROS)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{currency} {units}.{decimals}"
