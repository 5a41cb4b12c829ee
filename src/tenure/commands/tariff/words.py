"""Prices, differences and who is affected, as tables for a person."""

from collections.abc import Mapping, Sequence

from tenure.commands.tariff.comparing import Comparison
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import (
    UNIT_OF,
    PriceChange,
    PriceRow,
    PriceStep,
    Service,
)
from tenure.terms.pricelist import Pack
from tenure.values.money import words

PPM = 1_000_000


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns side by side, each as wide as its widest cell."""
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    return [
        "    "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [head, *rows]
    ]


def changed(pack: Pack, book: tariffs.Book, found: Sequence[PriceChange]) -> list[str]:
    """What differs between two versions: one line a price."""
    rows = [
        (
            one.row.offer,
            route(pack, one.row),
            "always" if one.row.band == "*" else one.row.band,
            price(book, one.row, one.former),
            price(book, one.row, one.new),
        )
        for one in found
    ]
    return table(("offer", "what", "band", "until now", "new"), rows)


def route(pack: Pack, row: PriceRow) -> str:
    """A row of the price list by the names that people know."""
    texts = pack.texts[_language(pack)]
    zone = "everything else" if row.zone == "*" else texts.get(f"zone-{row.zone}", row.zone)
    way = {"out": "to ", "in": "received, "}.get(row.direction, "")
    said = f"{row.service} {way}{zone}"
    return f"{said}, in {texts.get(f'zone-{row.visited}', row.visited)}" if row.visited else said


def named(pack: Pack, key: str) -> str:
    """A route key by the names that people know."""
    service, direction, place = key.split("/", 2)
    zone, _, visited = place.partition("@")
    return route(pack, PriceRow("", service, direction, zone, visited, ""))


def _language(pack: Pack) -> str:
    return "en" if "en" in pack.terms.languages else pack.terms.prevailing_language


def price(book: tariffs.Book, row: PriceRow, steps: Sequence[PriceStep]) -> str:
    """A price as it is published, with all that decides what is charged."""
    if not steps:
        return "no price"
    unit = UNIT_OF[Service[row.service.upper()]]
    currency = book.terms.currency
    said = []
    for step in steps:
        start = f"from {tariffs.quantity(book, unit, step.from_units)} " if step.from_units else ""
        per = tariffs.quantity(book, unit, step.per_units)
        each = tariffs.quantity(book, unit, step.increment_units)
        counted = "" if step.increment_units == step.per_units else f", counted by {each}"
        said.append(f"{start}{words(step.price_micros, currency)} per {per}{counted}")
    first = steps[0]
    if first.connect_fee_micros:
        said.append(f"{words(first.connect_fee_micros, currency)} to connect")
    if first.minimum_units:
        said.append(f"at least {tariffs.quantity(book, unit, first.minimum_units)}")
    said.append(f"tax {first.tax_ppm * 100 / PPM:g} %")
    return "; ".join(said)


def compared(pack: Pack, lines: Mapping[str, int], found: Comparison) -> list[str]:
    """Whom it affects, and what it would have cost them."""
    currency = pack.terms.currency
    told = [f"{sum(lines.values()):,} lines are affected, and are told:"]
    told += table(("offer", "lines"), [(offer, f"{count:,}") for offer, count in lines.items()])
    told.append(
        f"On the usage of the last {found.days} days ({words(found.due_micros, currency)} "
        f"charged), it would have cost them {difference(found.change_micros, currency)}:"
    )
    told += table(
        ("what changed", "lines that used it", "difference"),
        [
            (named(pack, key), f"{count:,}", difference(micros, currency))
            for key, (count, micros) in sorted(found.routes.items())
        ]
        or [("nothing of it was used", "0", difference(0, currency))],
    )
    if found.lines_that_used:
        told.append(
            f"Of the {found.lines_that_used:,} lines that used it: the median is "
            f"{difference(found.median_micros, currency)}; most affected are "
            + ", ".join(difference(one, currency) for one in found.most)
        )
    if found.unpriced:
        told.append(f"{found.unpriced:,} reports of usage have no price in the new version")
    return told


def difference(micros: int, currency: str) -> str:
    """More or less, never a bare minus sign."""
    if not micros:
        return "nothing more"
    return f"{words(abs(micros), currency)} {'more' if micros > 0 else 'less'}"
