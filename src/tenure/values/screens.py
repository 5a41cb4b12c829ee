"""What fits on the screen of any phone: USSD texts, and how a longer one is cut into pages.

A USSD string has at most 160 octets (TS 24.080 section 4.5.2): 182 septets of the GSM alphabet, or
80 units of UCS-2 when a single character is not in it.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from tenure.values import gsm7

OCTETS_MAX: Final = 160
NARROW_OCTETS: Final = 112
"""What gets through osmo-hlr 1.5, which reads no component of 128 octets: 128 septets, 56 units."""

_COENG: Final = "\u17d2"
"""Khmer: joins the consonant after it to the one before."""
_JOINERS: Final = "\u200c\u200d"
_WORD_ENDS: Final = " \u200b\u17d4\u17d5\u17d6"
"""A space, a zero width space, and the Khmer signs khan, bariyoosan and camnuc pii kuuh."""


def units(text: str) -> int:
    """How many UCS-2 units a text takes; a character beyond the first plane takes two."""
    return len(text) + sum(char > "\uffff" for char in text)


def fits(text: str, octets: int = OCTETS_MAX) -> bool:
    """Whether a text fits on one screen of so many octets."""
    count = gsm7.septet_count(text)
    taken = 2 * units(text) if count is None else -(-count * 7 // 8)
    return taken <= octets


def paged(lines: Sequence[str], more: str, last: str = "", octets: int = OCTETS_MAX) -> list[str]:
    """The screens of some lines: each fits, none is left out, in their order.

    ``more`` is the last line of each screen but the last one, ``last`` that of the last one, "" for
    none.  A line is only cut when it alone is too long: at the end of a word, else between clusters
    (a Khmer consonant stays with its signs).  ``more`` and ``last`` are short.
    """
    rest = [line for line in lines if line]
    pages: list[str] = []
    while not fits(_joined(rest, last), octets):
        page: list[str] = []
        while rest and fits(_joined([*page, rest[0]], more), octets):
            page.append(rest.pop(0))
        if not rest:
            # All lines fit with "more" below them, and not with the other last line: keep one back.
            rest.append(page.pop())
        if not page:
            head = _head(rest[0], more, octets)
            page.append(head.rstrip())
            rest[0] = rest[0][len(head) :].lstrip()
        pages.append(_joined(page, more))
        rest = [line for line in rest if line]
    pages.append(_joined(rest, last))
    return pages


def _joined(lines: Sequence[str], foot: str) -> str:
    return "\n".join([*lines, foot] if foot else lines)


def _head(line: str, more: str, octets: int) -> str:
    """The longest beginning of a line that fits above ``more``: whole words, else clusters."""
    best_word = best_cluster = 0
    for place in _boundaries(line):
        if place == len(line) or not fits(_joined([line[:place]], more), octets):
            break
        best_cluster = place
        if line[place - 1] in _WORD_ENDS or line[place] == " ":
            best_word = place
    # A word that fills more than half of the screen is cut, or hardly anything would be on it.
    place = best_word if best_word * 2 >= best_cluster else best_cluster
    # Signs upon signs that fill a screen are no writing, and are cut anywhere.
    return line[: place or max(1, octets // 8)]


def _boundaries(text: str) -> Iterator[int]:
    """Where a text may be cut: before a character that stands for itself, and at its end."""
    for place in range(1, len(text)):
        char, before = text[place], text[place - 1]
        joined = before == _COENG or before in _JOINERS or char in _JOINERS
        if not joined and not unicodedata.category(char).startswith("M"):
            yield place
    yield len(text)
