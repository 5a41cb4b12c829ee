"""How often somebody may try to sign in, or to guess a code: so often a minute, and no more."""

from collections import deque
from typing import Final

from tenure.values.instant import MINUTE_MS, Instant

EACH_MAX: Final = 6
"""Attempts a minute for one name."""
ALL_MAX: Final = 60
"""Attempts a minute for everybody together."""


class Attempts:
    """Counts attempts of the last minute; nothing is kept that is older, or of somebody."""

    def __init__(self) -> None:
        """Nobody has tried anything."""
        self._tried: deque[tuple[Instant, int]] = deque()

    def may(self, name: str, at: Instant) -> bool:
        """Whether this name may try now; the attempt counts."""
        while self._tried and self._tried[0][0] + MINUTE_MS <= at:
            self._tried.popleft()
        key = hash(name)
        own = sum(1 for _, tried in self._tried if tried == key)
        if own >= EACH_MAX or len(self._tried) >= ALL_MAX:
            return False
        self._tried.append((at, key))
        return True
