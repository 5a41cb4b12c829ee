"""A price in words: how much of what, at which price, of which version."""

from math import gcd
from typing import Final

from tenure.promises.tariffs.model import Price, Run
from tenure.promises.tariffs.rules.book import Book
from tenure.terms.model import Terms
from tenure.values.money import words
from tenure.values.quantity import Unit

SECONDS: Final = ((3600, "h"), (60, "min"), (1, "s"))
DECIMALS: Final = 3


def quantity(book: Book, unit: Unit, units: int) -> str:
    """A quantity for a person, nothing rounded away: ``4 min 10 s``, ``1.5 MB``, ``2 messages``."""
    return amount(book.terms, unit, units)


def amount(terms: Terms, unit: Unit, units: int) -> str:
    """The same, by the terms alone: what a kilobyte and the currency are stands there."""
    if unit is Unit.SECONDS:
        return _seconds(units)
    if unit is Unit.MESSAGES:
        return f"{units} message" + ("" if units == 1 else "s")
    if unit is Unit.MICROS:
        return words(units, terms.currency)
    return _octets(units, terms.metering.kilobyte_octets)


def _seconds(units: int) -> str:
    parts = []
    for size, name in SECONDS:
        count, units = divmod(units, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts) or "0 s"


def _octets(units: int, kilobyte: int) -> str:
    for power, name in ((3, "GB"), (2, "MB"), (1, "kB")):
        size = kilobyte**power
        # As many decimals as people read; what does not fit is said in a smaller unit.
        if units >= size and units * 10**DECIMALS % size == 0:
            whole, rest = divmod(units * 10**DECIMALS // size, 10**DECIMALS)
            decimals = f".{rest:0{DECIMALS}}".rstrip("0").rstrip(".")
            return f"{whole}{decimals} {name}"
    return f"{units} B"


def run_words(book: Book, unit: Unit, run: Run) -> str:
    """One run: ``3 min at USD 0.05 per 1 min = USD 0.15 (version 2026-10, night)``."""
    currency = book.terms.currency
    if unit is Unit.MICROS and run.price_micros == run.per_units:
        rate = "as asked"
    else:
        per = quantity(book, unit, run.per_units)
        rate = f"at {words(run.price_micros, currency)} per {per}"
    return (
        f"{quantity(book, unit, run.units)} {rate} = "
        f"{fraction(run.units * run.price_micros, run.per_units, currency)} "
        f"({rate_words(run.rate_id)})"
    )


def rate_words(rate_id: str) -> str:
    """Where a rate stands: ``version 2026-10, offer prepaid, night``; or that it is always free."""
    version, offer, *_, band = rate_id.split("/")
    if version == "always":
        return "always reachable, free"
    return f"version {version}, offer {offer}" + ("" if band == "*" else f", {band}")


def fraction(numerator: int, denominator: int, currency: str) -> str:
    """An exact amount; what is finer than a millionth stays a fraction of one."""
    whole, rest = divmod(numerator, denominator)
    exact = words(whole, currency)
    if not rest:
        return exact
    common = gcd(rest, denominator)
    return f"{exact} and {rest // common}/{denominator // common} of a millionth"


def rounding_words(price: Price) -> str:
    """What the one rounding did."""
    if price.denominator == 1:
        return f"{price.rounding.value}, once; there was nothing to round"
    change = price.micros * price.denominator - price.numerator
    direction = "took" if change < 0 else "added"
    return (
        f"{price.rounding.value}, once; it {direction} "
        f"{abs(change)}/{price.denominator} of a millionth"
    )
