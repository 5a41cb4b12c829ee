"""What differs between two versions of the prices, and whose offers that touches."""

from collections import defaultdict

from tenure.promises.tariffs.model import Rate
from tenure.promises.tariffs.model.publishing import PriceChange, PriceRow, PriceStep
from tenure.promises.tariffs.rules.book import Book, always_free, line_of
from tenure.terms.model import Offer
from tenure.terms.pricelist import RateRow, Version
from tenure.values.refused import Refused


def changes(former: Version, new: Version) -> tuple[PriceChange, ...]:
    """The rows whose price differs, in order; a row that is only in one of them is one of these."""
    before, after = by_row(former), by_row(new)
    return tuple(
        PriceChange(row, before.get(row, ()), after.get(row, ()))
        for row in sorted({*before, *after})
        if before.get(row, ()) != after.get(row, ())
    )


def affected(offers: tuple[Offer, ...], former: Version, new: Version) -> tuple[str, ...]:
    """The offers of which anything differs: an own row, one of the offer that it falls back to, or
    what holds for all rows (rounding, and when a band holds).

    Nobody is left out because they did not use what changed: they might tomorrow.
    """
    everybody = (former.rounding, former.bands) != (new.rounding, new.bands)
    changed = {change.row.offer for change in changes(former, new)}
    bases = {offer.name: offer.base for offer in offers}
    return tuple(
        sorted(offer.name for offer in offers if everybody or changed & _chain(offer.name, bases))
    )


def _chain(name: str, bases: dict[str, str]) -> set[str]:
    found: set[str] = set()
    while name in bases and name not in found:
        found.add(name)
        name = bases[name]
    return found


def by_row(version: Version) -> dict[PriceRow, tuple[PriceStep, ...]]:
    """The prices of a version by what each is for, its steps in order."""
    steps: dict[PriceRow, list[PriceStep]] = defaultdict(list)
    for row in version.rows:
        steps[_row(row)].append(
            PriceStep(
                row.from_units,
                row.price_micros,
                row.per_units,
                row.increment_units,
                row.connect_fee_micros,
                row.minimum_units,
                row.tax_ppm,
            )
        )
    return {name: tuple(sorted(found)) for name, found in steps.items()}


def _row(row: RateRow) -> PriceRow:
    return PriceRow(row.offer, row.service, row.direction, row.zone, row.visited, row.band)


def differs(former: Book, new: Book, offer: str, key: str) -> bool:
    """Whether a route of an offer costs another price in the one version of another book."""
    if always_free(former, key) and always_free(new, key):
        return False
    return _priced(former, offer, key) != _priced(new, offer, key)


def _priced(book: Book, offer: str, key: str) -> object:
    """All that decides the price of a route, without the names of versions."""
    line = line_of(book, offer, key)
    if isinstance(line, Refused):
        return None
    return [
        (edition.rounding, edition.calendar.bands, [_figures(rate) for rate in rates])
        for edition, rates in line.editions
    ]


def _figures(rate: Rate) -> object:
    return rate.connect_fee_micros, rate.minimum_units, rate.steps, rate.tax_ppm
