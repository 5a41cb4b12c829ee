"""What a usage costs on its own: exactly, then rounded once."""

from collections.abc import Iterable
from math import gcd

from tenure.promises.tariffs.model import Price, Refusal, Route, Run
from tenure.promises.tariffs.rules.book import Book
from tenure.promises.tariffs.rules.timeline import in_force
from tenure.promises.tariffs.rules.walk import runs
from tenure.values.instant import Instant
from tenure.values.money import Rounding, rounded
from tenure.values.refused import Refused

PPM = 1_000_000


def exact(found: Iterable[Run]) -> tuple[int, int]:
    """The price of runs as an exact fraction of millionths, in lowest terms."""
    numerator, denominator = 0, 1
    for run in found:
        added = run.units * run.price_micros
        if run.per_units == denominator:
            numerator += added
        else:
            numerator = numerator * run.per_units + added * denominator
            denominator *= run.per_units
            shared = gcd(numerator, denominator)
            numerator, denominator = numerator // shared, denominator // shared
    shared = gcd(numerator, denominator)
    return numerator // shared, denominator // shared


def price(
    book: Book, offer: str, route: Route, since: Instant, used_units: int, at: Instant
) -> Price | Refused[Refusal]:
    """The price of a whole usage that no allowance covers; nothing for nothing used."""
    begun = in_force(book, offer, route.key, since)
    walked = runs(book, offer, route, since, 0, used_units, at)
    if isinstance(begun, Refused):
        return begun
    if isinstance(walked, Refused):
        return walked
    found, position = walked
    fee_micros = begun.rate.connect_fee_micros if found else 0
    numerator, denominator = exact(found)
    numerator += fee_micros * denominator
    fee = Run(1, fee_micros, 1, 1, begun.rate.rate_id)
    return Price(
        numerator=numerator,
        denominator=denominator,
        micros=rounded(numerator, denominator, begun.rounding),
        tax_micros=_tax(book, [fee, *found]),
        rounding=begun.rounding,
        connect_fee_micros=fee_micros,
        position_units=position,
        runs=tuple(found),
    )


def _tax(book: Book, found: list[Run]) -> int:
    """The tax that is contained in the price of runs."""
    numerator, denominator = 0, 1
    for run in found:
        tax_ppm = book.rates[run.rate_id].tax_ppm
        below = run.per_units * (PPM + tax_ppm)
        numerator = numerator * below + run.units * run.price_micros * tax_ppm * denominator
        denominator *= below
        shared = gcd(numerator, denominator)
        numerator, denominator = numerator // shared, denominator // shared
    return rounded(numerator, denominator, Rounding.DOWN)
