"""Counts and latencies of what was answered, for the live view; no name of anybody in it."""

from bisect import bisect_left
from collections import Counter
from typing import Final

BOUNDS_MS: Final = (0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000, 5000)
"""Upper bounds of the latency classes; one more class holds what took longer."""


class Tally:
    """Answers by operation and result, and how long they took."""

    def __init__(self) -> None:
        self.results: Counter[tuple[str, str]] = Counter()
        """By operation (create, update, release, event, notify, other) and result, such as
        ``201`` or ``403 QUOTA_LIMIT_REACHED``."""
        self.latencies = [0] * (len(BOUNDS_MS) + 1)

    def count(self, operation: str, result: str, took_seconds: float) -> None:
        """One answer."""
        self.results[operation, result] += 1
        self.latencies[bisect_left(BOUNDS_MS, took_seconds * 1000)] += 1

    @property
    def total(self) -> int:
        """All answers."""
        return sum(self.latencies)

    def percentile_ms(self, percent: int) -> float:
        """The upper bound of the class in which the percentile lies; 0.0 before the first."""
        wanted = self.total * percent
        seen = 0
        for bound_ms, number in zip((*BOUNDS_MS, float("inf")), self.latencies, strict=True):
            seen += number * 100
            if number and seen >= wanted:
                return float(bound_ms)
        return 0.0
