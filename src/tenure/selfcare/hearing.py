"""What a text from a phone asks for: pure."""

import msgspec

from tenure.terms.menus import Deed, Menus
from tenure.values.spoken import heard, without


class Asked(msgspec.Struct, frozen=True):
    """A deed, and what was written behind its word."""

    deed: Deed
    argument: str = ""

    def __repr__(self) -> str:
        return f"Asked({self.deed.value})"


def asked(menus: Menus, pin_digits: int, short_code: str, text: str) -> Asked | None:
    """What a text to a short number means; None when nobody knows, as of one without any word.

    A number may mean one thing whatever is written.  Else the longest word of the pack with which
    the text begins decides.  So many digits as a card has are a card.
    """
    for one in menus.short_codes:
        if one.number == short_code and one.anything is not None:
            return Asked(one.anything)
    said = heard(text)
    digits = said.replace(" ", "")
    if digits.isdecimal() and len(digits) == pin_digits:
        return Asked(Deed.TOP_UP, digits)
    found: tuple[int, Asked] | None = None
    for keyword in menus.keywords:
        for word in keyword.words:
            rest = without(said, word)
            if rest is not None and (found is None or len(word) > found[0]):
                found = len(word), Asked(keyword.deed, rest)
    return None if found is None else found[1]
