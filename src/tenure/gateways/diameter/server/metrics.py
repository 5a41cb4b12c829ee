"""What a live view wants to know of the gateway: counts by result, and how long answers took."""

from collections import Counter
from typing import Final

_OCTAVES: Final = 32
_PARTS: Final = 4
_PARTS_BITS: Final = 2


class Latency:
    """A histogram of durations: four buckets for each doubling of a microsecond."""

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets = [0] * (_OCTAVES * _PARTS)

    def add(self, nanoseconds: int) -> None:
        """Count one duration."""
        micros = nanoseconds // 1_000 + _PARTS
        octave = micros.bit_length() - 1
        part = (micros >> (octave - _PARTS_BITS)) & (_PARTS - 1)
        self._buckets[min(octave, _OCTAVES - 1) * _PARTS + part] += 1

    @property
    def count(self) -> int:
        """How many durations were counted."""
        return sum(self._buckets)

    def percentile_micros(self, percent: float) -> int:
        """The upper end of the bucket in which so many percent are reached; 0 with none counted."""
        wanted = self.count * percent / 100
        seen = 0
        for index, number in enumerate(self._buckets):
            seen += number
            if number and seen >= wanted:
                octave, part = divmod(index, _PARTS)
                return ((_PARTS + part + 1) << octave >> _PARTS_BITS) - _PARTS
        return 0


class Metrics:
    """Counters that only grow; a reader keeps the last values and shows the difference."""

    def __init__(self) -> None:
        self.latency = Latency()
        self.requests: Counter[str] = Counter()
        """By kind: initial, update, terminate, event."""
        self.results: Counter[int] = Counter()
        """Result codes of answers, at the level of the command."""
        self.refusals: Counter[str] = Counter()
        """Names of refusals, of requests and of their rating groups."""
        self.connections = 0
        """Open now."""
        self.turned_away: Counter[int] = Counter()
        """Result codes of refused capabilities exchanges."""
        self.told: Counter[str] = Counter()
        """Server-initiated requests: re-auth, abort, unanswered, unreachable."""
        self.unanswered = 0
        """Requests whose peer had gone when the answer was there; the effect is recorded."""
