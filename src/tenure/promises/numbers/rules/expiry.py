"""GTC-TOPUP: whom the clock tells that a validity ends, and when: pure, time as an argument."""

from collections.abc import Sequence
from typing import Final

from tenure.promises.numbers.model.expiry import Expiring
from tenure.terms.model import Expiry
from tenure.values.instant import DAY_MS, Instant

ENDED: Final = 0
"""The step after the last day: it has ended."""


def due(expiring: Expiring, expiry: Expiry, at: Instant) -> int | None:
    """The step that is due: how many days before the end, or ENDED; None for nothing.

    Only the nearest step counts: what a late clock missed is over, and is not told any more.  So
    each step is told once for one end, in their order, and a top-up, which has another end, begins
    anew.  That something ended is told only while it is news, and only of what had begun.
    """
    nearest = step(expiring.validity_end, expiry, at)
    if nearest is None:
        return None
    if expiring.told_days is not None and expiring.told_days <= nearest:
        return None
    if expiring.held_since is not None and expiring.validity_end <= expiring.held_since:
        return None
    return nearest


def step(validity_end: Instant, expiry: Expiry, at: Instant) -> int | None:
    """The step of the schedule in which an instant lies."""
    if at >= validity_end:
        return ENDED if at < validity_end + expiry.news_ms else None
    return min(
        (days for days in expiry.before_days if at >= _begins(validity_end, days)), default=None
    )


def _begins(validity_end: Instant, days: int) -> int:
    return validity_end - days * DAY_MS


def days_left(validity_end: Instant, at: Instant) -> int:
    """Whole days until the end, rounded down: nobody is told too many."""
    return max(0, (validity_end - at) // DAY_MS)


def looked_at(expiry: Expiry, at: Instant) -> tuple[Instant, Instant]:
    """After and until which ends something could be due at this instant."""
    return Instant(at - expiry.news_ms), Instant(at + max(expiry.before_days, default=0) * DAY_MS)


def steps_by(expiry: Expiry, at: Instant) -> Sequence[tuple[int, Instant]]:
    """Each step, and by which end of validity it has been reached; the nearest first."""
    days = (ENDED, *sorted(expiry.before_days))
    return [(one, Instant(at + one * DAY_MS)) for one in days]
