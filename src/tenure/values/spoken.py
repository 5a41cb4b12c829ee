"""What somebody wrote from a phone, in the one form in which keywords and choices are compared."""

import unicodedata
from typing import Final

HEARD_MAX: Final = 200
"""So many characters are looked at; no keyword stands behind them."""
_KEPT: Final = ("L", "M", "N")
"""Categories of Unicode: letters, their signs, and numbers; anything else separates words."""
_UNSEEN: Final = ("Cf", "Me")
"""Formats and enclosing signs, which nobody types on purpose: they separate nothing."""
_SELECTORS: Final = range(0xFE00, 0xFE10)
"""Variation selectors come with emoji."""


def heard(text: str) -> str:
    """The words of a text: no case, no punctuation, no emoji, full-width forms as the usual ones,
    digits of any script as 0 to 9, one space between words.  "" when there is no word in it.
    """
    composed = unicodedata.normalize("NFKC", text[:HEARD_MAX]).casefold()
    words = "".join(map(_kept, unicodedata.normalize("NFKC", composed))).split()
    return " ".join(words)[:HEARD_MAX].rstrip()


def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category in _UNSEEN or ord(char) in _SELECTORS:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return char if category.startswith(_KEPT) else " "


def without(text: str, keyword: str) -> str | None:
    """What follows a keyword in a heard text; None when it does not begin with it.

    A keyword ends where a word ends or a digit begins: Khmer puts no spaces between words.
    """
    if not keyword or not text.startswith(keyword):
        return None
    rest = text[len(keyword) :]
    return rest.strip() if not rest or rest[0] == " " or rest[0].isdigit() else None
