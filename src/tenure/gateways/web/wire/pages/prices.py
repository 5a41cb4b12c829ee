"""The page of one version of the prices: what differs from the one before, and every price."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Final

import msgspec

from tenure.gateways.web.wire.pages.frame import Frame, page
from tenure.gateways.web.wire.pages.updates import ADDRESS, WORDS, Shown, choice

PRICE_WORDS: Final = {
    "en": {
        "what": "What",
        "when": "When",
        "price": "Price",
        "former": "Until then",
        "same": "No price differs.",
        "each": "Every price",
    },
    "km": {
        "what": "សម្រាប់អ្វី",
        "when": "ពេលណា",
        "price": "តម្លៃ",
        "former": "តម្លៃមុន",
        "same": "គ្មានតម្លៃណាខុសទេ។",
        "each": "តម្លៃទាំងអស់",
    },
    "id": {
        "what": "Untuk apa",
        "when": "Kapan",
        "price": "Harga",
        "former": "Sebelumnya",
        "same": "Tidak ada harga yang berbeda.",
        "each": "Semua harga",
    },
}


class PriceLine(msgspec.Struct, frozen=True):
    """One price as people read it."""

    offer: str
    what: str
    when: str
    price: str
    former: str = ""
    """The price of the version before, where it is another."""


class PriceList(msgspec.Struct, frozen=True):
    """A version of the prices, and what differs from the one before."""

    shown: Shown
    former: str
    """The name of the version before; "" for none."""
    differs: tuple[PriceLine, ...]
    each: tuple[PriceLine, ...]


def read(frame: Frame, languages: Sequence[str], language: str, found: PriceList) -> str:
    """One version: when it was published and holds, what differs, and every price of each offer."""
    words = WORDS[language] | PRICE_WORDS[language]
    version = escape(found.shown.version)
    title = f"{words['prices']} {found.shown.version}"
    holds = escape(found.shown.holds or words["announced"])
    facts = (
        f"<p>{escape(words['published'])}: {escape(found.shown.published)} · "
        f"{escape(words['holds'])}: {holds}</p><p>{escape(found.shown.new)}</p>"
    )
    back = f"<p><a href='{ADDRESS}?language={language}'>{escape(words['back'])}</a></p>"
    where = f"{ADDRESS}/prices/{version}"
    body = (
        f"{choice(languages, language, where)}{back}"
        f"<section class='card'><h2>{escape(title)}</h2>{facts}</section>"
        f"<section class='card'>{_differences(words, found)}</section>"
        f"<section class='card'><h2>{escape(words['each'])}</h2>"
        f"{_tables(words, found.each, ('what', 'when', 'price'))}</section>"
    )
    return page(frame, title, f"<div lang='{language}'>{body}</div>")


def _differences(words: dict[str, str], found: PriceList) -> str:
    if not found.former:
        return f"<h2>{escape(words['first'])}</h2>"
    head = f"<h2>{escape(words['differs'].format(former=found.former))}</h2>"
    if not found.differs:
        return f"{head}<p class='none'>{escape(words['same'])}</p>"
    return head + _tables(words, found.differs, ("what", "when", "price", "former"))


def _tables(words: dict[str, str], lines: Sequence[PriceLine], columns: Sequence[str]) -> str:
    """A table for each offer."""
    heads = "".join(f"<th scope='col'>{escape(words[one])}</th>" for one in columns)
    shown = ""
    for offer, of_offer in groupby(lines, lambda one: one.offer):
        rows = "".join(_row(one, columns) for one in of_offer)
        shown += (
            f"<h3>{escape(offer)}</h3>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )
    return shown


def _row(line: PriceLine, columns: Sequence[str]) -> str:
    first, *rest = [escape(str(getattr(line, one))) for one in columns]
    return f"<tr><th scope='row'>{first}</th>{''.join(f'<td>{one}</td>' for one in rest)}</tr>"
