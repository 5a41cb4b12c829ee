"""What phones have sent and received: so many texts of so many numbers, in memory only; pure."""

from collections import OrderedDict, deque
from typing import Final

import msgspec

from tenure.values.msisdn import Msisdn

TEXTS_MAX: Final = 100
"""Of one number; phones forget their oldest."""
NUMBERS_MAX: Final = 50_000
"""A demo may tell a million people something; the phones that were quiet for longest go."""


class Kept(msgspec.Struct, frozen=True):
    """A text on a phone."""

    place: int
    """Counts up over all phones, so that a page can ask for what is new."""
    other: str
    """Whom it is from or to: a short number or a name."""
    text: str
    sent: bool
    """Whether the phone sent it."""
    at_ms: int

    def __repr__(self) -> str:
        return f"Kept({self.place})"


class Drawer:
    """All phones, with their texts."""

    def __init__(self, last: int = 0) -> None:
        """Empty; places count on from ``last``, so that an open page sees what comes after us."""
        self._texts: OrderedDict[Msisdn, deque[Kept]] = OrderedDict()
        self.last = last

    def keep(self, msisdn: Msisdn, other: str, text: str, at_ms: int, *, sent: bool) -> Kept:
        """A text more."""
        self.last += 1
        kept = Kept(self.last, other, text, sent, at_ms)
        self._texts.setdefault(msisdn, deque(maxlen=TEXTS_MAX)).append(kept)
        self._texts.move_to_end(msisdn)
        if len(self._texts) > NUMBERS_MAX:
            self._texts.popitem(last=False)
        return kept

    def after(self, msisdn: Msisdn, place: int) -> list[Kept]:
        """The texts of a number that came later than this, oldest first."""
        return [one for one in self._texts.get(msisdn, ()) if one.place > place]

    def newest(self, count: int) -> list[Msisdn]:
        """The numbers that sent or received last, newest first."""
        return list(reversed(self._texts))[:count]
