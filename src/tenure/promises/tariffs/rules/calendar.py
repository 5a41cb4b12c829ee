"""Bands of the week as instants: which band holds when, by the operator's clocks."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tenure.terms.pricelist import BandSpan
from tenure.values.instant import DAY_MS, SECOND_MS, Instant

DAYS_KEPT: Final = 1_000
ONE_DAY: Final = timedelta(days=1)

Segments = tuple[tuple[int, ...], tuple[int, ...], int]
"""Starts of the segments that touch a UTC day, the band of each, and the end of the last."""


class Calendar:
    """The bands of one version; the segments of the days last asked about are kept."""

    __slots__ = ("_days", "_week", "_zone", "bands")

    def __init__(self, spans: tuple[BandSpan, ...], zone: str) -> None:
        self.bands = tuple(sorted({span.band for span in spans}))
        self._zone = ZoneInfo(zone)
        self._week = tuple(
            tuple(
                (span.from_minute, self.bands.index(span.band))
                for span in sorted(spans, key=lambda span: span.from_minute)
                if span.weekday == weekday
            )
            for weekday in range(7)
        )
        self._days: dict[int, Segments] = {}

    def segment(self, at: Instant) -> tuple[int, int, int]:
        """The start and end of the segment that holds at an instant, and the index of its band.

        Neighbouring segments may have one band: a night is two, before and after midnight.
        """
        day = at // DAY_MS
        segments = self._days.get(day)
        if segments is None:
            segments = self._segments(day)
            if len(self._days) >= DAYS_KEPT:
                self._days.clear()
            self._days[day] = segments
        starts, bands, end = segments
        index = bisect_right(starts, at) - 1
        until = starts[index + 1] if index + 1 < len(starts) else end
        return starts[index], until, bands[index]

    def _segments(self, day: int) -> Segments:
        begin_ms = day * DAY_MS
        local = datetime.fromtimestamp(begin_ms // SECOND_MS, UTC).astimezone(self._zone).date()
        # A UTC day touches at most three local dates when clocks are turned; the day after them
        # only says where the last segment ends.
        found: list[tuple[int, int]] = []
        for days in range(-1, 3):
            found += self._starts(local + days * ONE_DAY)
        end = self._starts(local + 3 * ONE_DAY)[0][0]
        found.sort(key=lambda each: each[0])
        return tuple(start for start, _ in found), tuple(band for _, band in found), end

    def _starts(self, local: date) -> list[tuple[int, int]]:
        # A time that clocks skip, or show twice, is taken as they show it first (PEP 495).
        midnight = datetime(local.year, local.month, local.day, tzinfo=self._zone)
        return [
            (
                int(
                    midnight.replace(hour=minute // 60, minute=minute % 60).timestamp() * SECOND_MS
                ),
                band,
            )
            for minute, band in self._week[local.weekday()]
        ]
