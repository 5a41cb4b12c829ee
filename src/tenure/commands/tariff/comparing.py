"""What a new version would have made of last month's usage, line by line, in bounded memory."""

import heapq
from array import array
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.tariffs import rules as tariffs
from tenure.terms.pricelist import Pack, Version
from tenure.values.instant import DAY_MS, NEVER, Instant

DAYS: Final = 30
LINES_AT_ONCE: Final = 200
MOST: Final = 3


class Comparison(msgspec.Struct, frozen=True):
    """The usage of everybody affected by two versions."""

    days: int
    lines: int
    lines_that_used: int
    """Something whose price differs."""
    due_micros: int
    """What was charged for all usage of these lines."""
    change_micros: int
    median_micros: int
    """Of the lines that used what differs."""
    most: tuple[int, ...]
    """The greatest differences, whichever way."""
    routes: dict[str, tuple[int, int]]
    """By route: how many lines used it, and the difference."""
    unpriced: int


class Tally:
    """Adds up lines; eight octets stay of each, for the median."""

    def __init__(self) -> None:
        self.lines = self.due_micros = self.unpriced = 0
        self._changes = array("q")
        self._routes: dict[str, tuple[int, int]] = {}

    def add(self, line: charging.Compared) -> None:
        """Count one line."""
        self.lines += 1
        self.due_micros += line.due_micros
        self.unpriced += line.unpriced
        for key, micros in line.routes.items():
            count, sum_micros = self._routes.get(key, (0, 0))
            self._routes[key] = count + 1, sum_micros + micros
        if line.routes:
            self._changes.append(line.change_micros)

    def comparison(self) -> Comparison:
        """What was added up."""
        ordered = sorted(self._changes)
        return Comparison(
            days=DAYS,
            lines=self.lines,
            lines_that_used=len(ordered),
            due_micros=self.due_micros,
            change_micros=sum(ordered),
            median_micros=ordered[(len(ordered) - 1) // 2] if ordered else 0,
            most=tuple(heapq.nlargest(MOST, ordered, key=abs)),
            routes=self._routes,
            unpriced=self.unpriced,
        )


def versions(pack: Pack, former: Version, new: Version) -> charging.Versions:
    """Each version as if it had held at every instant."""
    return charging.Versions(_always(pack, former), _always(pack, new))


def _always(pack: Pack, version: Version) -> tariffs.Book:
    alone = msgspec.structs.replace(version, effective_from=Instant(0), effective_until=NEVER)
    return tariffs.compile_book(msgspec.structs.replace(pack, versions=(alone,)))


async def compared(
    pool: Pool,
    both: charging.Versions,
    offers: Sequence[str],
    at: Instant,
    watch: Callable[[int], None],
) -> Comparison:
    """Go through all affected lines, a page at a time; ``watch`` is told how many are done."""
    tally, after = Tally(), -1
    period = Instant(at - DAYS * DAY_MS), at
    while True:
        following, lines = await perform(
            pool, charging.compared, both, offers, after, LINES_AT_ONCE, period
        )
        for line in lines:
            tally.add(line)
        watch(tally.lines)
        if following is None:
            return tally.comparison()
        after = following
