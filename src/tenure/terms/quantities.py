"""Amounts, quantities, shares and times of day as people write them in the files of a pack."""

import re
from decimal import Decimal
from typing import Final

from tenure.terms.problems import UnreadableError
from tenure.values.money import MICROS

MINUTES_OF_HOUR: Final = 60
MINUTES_OF_DAY: Final = 24 * 60
PPM: Final = 1_000_000
MICROS_MAX: Final = 10**15
"""A thousand million currency units: more is a slip of the pen."""
UNITS_MAX: Final = 1 << 50

AMOUNT = re.compile(r"\d{1,16}(\.\d{1,30})?", re.ASCII)
QUANTITY = re.compile(r"(\d{1,16}(?:\.\d{1,30})?) ?([A-Za-z]+)", re.ASCII)
SHARE = re.compile(r"(\d{1,4}(?:\.\d{1,30})?) ?%", re.ASCII)
TIME_OF_DAY = re.compile(r"(\d\d):(\d\d)", re.ASCII)

UNIT_OF_SERVICE: Final = {
    "voice": "seconds",
    "sms": "messages",
    "mms": "messages",
    "data": "octets",
    "content": "micros",
}
EXAMPLES: Final = {
    "seconds": "1 min",
    "messages": "1 message",
    "octets": "1 MB",
    "micros": "1.00 USD",
}


def micros(text: str) -> int:
    """An amount in currency units ("0.05") as millionths, exactly; refused if it is not exact."""
    if not AMOUNT.fullmatch(text):
        raise UnreadableError(
            f'"{text}" is not an amount', 'write digits with a decimal point, such as "0.05"'
        )
    scaled = Decimal(text).scaleb(6)
    if scaled != scaled.to_integral_value():
        raise UnreadableError(
            f'"{text}" is not a whole number of millionths', "write at most six decimals"
        )
    if scaled > MICROS_MAX:
        raise UnreadableError(f'"{text}" is more than any price', "check the decimal point")
    return int(scaled)


def parts_per_million(text: str) -> int:
    """A share such as "10 %" in millionths, exactly."""
    matched = SHARE.fullmatch(text)
    if not matched:
        raise UnreadableError(f'"{text}" is not a percentage', 'write it as "10 %"')
    scaled = Decimal(matched[1]).scaleb(4)
    if scaled != scaled.to_integral_value():
        raise UnreadableError(f'"{text}" is not exact in millionths', "write at most four decimals")
    return int(scaled)


class Measures:
    """The units that quantities of each service may be written in."""

    def __init__(self, currency: str, kilobyte_octets: int) -> None:
        self.sizes: dict[str, tuple[str, int]] = {
            "s": ("seconds", 1),
            "min": ("seconds", 60),
            "h": ("seconds", 3600),
            "day": ("seconds", 86_400),
            "days": ("seconds", 86_400),
            "message": ("messages", 1),
            "messages": ("messages", 1),
            "B": ("octets", 1),
            "kB": ("octets", kilobyte_octets),
            "MB": ("octets", kilobyte_octets**2),
            "GB": ("octets", kilobyte_octets**3),
            currency: ("micros", MICROS),
        }
        self.currency = currency

    def units(self, text: str, unit: str) -> int:
        """A quantity such as "1.5 GB" as a whole number of ``unit`` (seconds, octets …)."""
        example = EXAMPLES[unit].replace("USD", self.currency)
        matched = QUANTITY.fullmatch(text)
        if not matched:
            raise UnreadableError(
                f'"{text}" is not a quantity', f'write a number and its unit, such as "{example}"'
            )
        if matched[2] not in self.sizes:
            raise UnreadableError(
                f'"{text}" has the unknown unit "{matched[2]}"',
                f"the units are {', '.join(self.sizes)}",
            )
        counted, size = self.sizes[matched[2]]
        if counted != unit:
            raise UnreadableError(
                f'"{text}" counts {counted}, where {unit} are counted', f'write it as "{example}"'
            )
        scaled = Decimal(matched[1]) * size
        if scaled != scaled.to_integral_value():
            raise UnreadableError(f'"{text}" is not a whole number of {unit}', "round it")
        if scaled > UNITS_MAX:
            raise UnreadableError(f'"{text}" is more than any usage', "check the unit")
        return int(scaled)


def minute_of_day(text: str) -> int:
    """A local time of day, "00:00" to "24:00", as minutes since midnight."""
    matched = TIME_OF_DAY.fullmatch(text)
    minutes = int(matched[1]) * MINUTES_OF_HOUR + int(matched[2]) if matched else -1
    if not matched or int(matched[2]) >= MINUTES_OF_HOUR or minutes > MINUTES_OF_DAY:
        raise UnreadableError(f'"{text}" is not a time of day', 'write hours and minutes: "22:00"')
    return minutes
