"""What is remembered for a short while about consumers that repeat or count in their own way.

Nothing rests on it: a restart forgets it, and only a consumer that both leaves out the sequence
number and stamps its repetitions anew could then be taken for asking twice.
"""

from collections import OrderedDict
from typing import Final, Generic, TypeVar

from tenure.values.instant import MINUTE_MS, Instant

ValueT = TypeVar("ValueT")

ENTRIES_MAX: Final = 20_000
KEPT_MS: Final = 5 * MINUTE_MS
"""Longer than any consumer goes on repeating."""


class Recent(Generic[ValueT]):
    """A bounded map whose oldest entries go first."""

    def __init__(self, entries_max: int = ENTRIES_MAX, kept_ms: int = KEPT_MS) -> None:
        self._entries: OrderedDict[str, tuple[Instant, ValueT]] = OrderedDict()
        self._entries_max = entries_max
        self._kept_ms = kept_ms

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, name: str, value: ValueT, at: Instant) -> None:
        """Remember, and forget what is too old or too much."""
        self._entries.pop(name, None)
        self._entries[name] = (at, value)
        while self._entries:
            oldest = next(iter(self._entries))
            is_old = self._entries[oldest][0] <= at - self._kept_ms
            if not is_old and len(self._entries) <= self._entries_max:
                return
            del self._entries[oldest]

    def get(self, name: str, at: Instant) -> ValueT | None:
        """What was put under a name and is not too old."""
        found = self._entries.get(name)
        if found is None or found[0] <= at - self._kept_ms:
            return None
        return found[1]


class Counting:
    """Request numbers for sessions whose consumer sends none."""

    def __init__(self) -> None:
        self._last: Recent[tuple[int, str]] = Recent()

    def number(self, session: str, content: str, by_clock: int, at: Instant) -> int:
        """The number of a request: the same for a repetition, else above the last one.

        ``content`` identifies the request.  ``by_clock`` is the number by the consumer's clock,
        which alone is right after a restart, and too coarse for one that stamps whole seconds.
        """
        last = self._last.get(session, at)
        number = by_clock
        if last is not None:
            if last[1] == content:
                return last[0]
            number = max(by_clock, last[0] + 1)
        self._last.put(session, (number, content), at)
        return number
