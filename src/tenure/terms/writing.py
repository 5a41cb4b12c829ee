"""How amounts and instants are written to a reader, in each language and currency."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from tenure.terms.currencies import EXPONENTS
from tenure.values.instant import Instant, moment_of
from tenure.values.money import MICROS

SYMBOLS: Final[Mapping[str, str]] = {"USD": "$", "IDR": "Rp", "KHR": "KHR "}
"""As people write it in front of the amount; another currency is named by its code and a space."""
DECIMALS: Final[Mapping[str, int]] = {"IDR": 0, "KHR": 0}
"""Digits after the point where people write fewer than ISO 4217 has."""
SEPARATORS: Final[Mapping[str, tuple[str, str]]] = {"id": (".", ",")}
"""Between thousands, and before decimals; a comma and a point in any other language."""
_COMMON: Final = (",", ".")

_DAY: Final = "%d/%m/%Y"
"""Day before month, as both countries write it."""
_TIMES: Final[Mapping[str, tuple[str, str]]] = {"km": (" ម៉ោង ", "%H:%M"), "id": (" ", "%H.%M")}
"""What stands between day and time, and how the time is written."""
_TIME: Final = (" ", "%H:%M")
_ZONES: Final = frozenset({"WIB", "WITA", "WIT"})
"""Zones that people name after the time: a country with three of them has to."""


def money(micros: int, currency: str, language: str) -> str:
    """An amount for a reader: ``$1.25``, ``Rp10.000``; rounded down to what people write.

    Never more than there is: one millionth below a dollar is ``$0.99``.  What is below zero is the
    caller's to put in words.
    """
    assert micros >= 0
    thousands, point = SEPARATORS.get(language, _COMMON)
    decimals = DECIMALS.get(currency, EXPONENTS.get(currency, 2))
    minor = micros * 10**decimals // MICROS
    whole, rest = divmod(minor, 10**decimals)
    written = f"{whole:,}".replace(",", thousands)
    if decimals:
        written += f"{point}{rest:0{decimals}d}"
    return f"{SYMBOLS.get(currency, f'{currency} ')}{written}"


def clock(at: Instant, zone: ZoneInfo, language: str) -> str:
    """Day and time of an instant by the operator's clocks, as the language writes them."""
    moment = moment_of(at).astimezone(zone)
    between, time = _TIMES.get(language, _TIME)
    written = f"{moment.strftime(_DAY)}{between}{moment.strftime(time)}"
    named = moment.tzname()
    return f"{written} {named}" if named in _ZONES else written


def day(at: Instant, zone: ZoneInfo) -> str:
    """The day of an instant by the operator's clocks."""
    return moment_of(at).astimezone(zone).strftime(_DAY)
