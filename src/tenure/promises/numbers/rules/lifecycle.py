"""What the clock causes for a number, and whether it may be recycled: pure, time as an argument."""

from collections.abc import Collection, Sequence
from typing import Final

from tenure.promises.numbers.model.lifecycle import (
    Effect,
    Evidence,
    Hold,
    HoldKind,
    HoldRefusal,
    Judged,
    Kept,
    Lapsed,
)
from tenure.promises.numbers.model.lines import Stage
from tenure.promises.numbers.rules.stages import stage
from tenure.terms.model import Lifecycle, Recycling, Terms
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

REMINDED_AGAIN_MS: Final = DAY_MS
"""Two reminders on one day are one: what a late clock missed is caught up a day at a time."""


def effect(lapsed: Lapsed, terms: Terms, at: Instant) -> Effect:
    """What is due for a number at this instant; doing it again later, or twice, changes nothing."""
    step = reminder_due(lapsed, terms, at)
    return Effect(step, bar=not lapsed.barred and out_of_reach(lapsed, terms.lifecycle, at))


def reminder_due(lapsed: Lapsed, terms: Terms, at: Instant) -> int | None:
    """INC-90: the next step of the schedule, if its day has come and the number can receive."""
    recycling = terms.keeping.recycling
    step = lapsed.reminded + 1
    if not lapsed.receives or step > len(recycling.reminder_days):
        return None
    if out_of_reach(lapsed, terms.lifecycle, at):
        return None
    if at < lapsed.validity_end + recycling.reminder_days[step - 1] * DAY_MS:
        return None
    if lapsed.reminded_at is not None and at < lapsed.reminded_at + REMINDED_AGAIN_MS:
        return None
    return step


def out_of_reach(lapsed: Lapsed, lifecycle: Lifecycle, at: Instant) -> bool:
    """GTC-LIFE: whether the stage of a number keeps it from receiving too."""
    now = stage(lapsed.validity_end, lifecycle, at, postpaid=False)
    return now in (Stage.BOTH_BLOCKED, Stage.DUE_FOR_RECYCLING)


def recycled_at(validity_end: Instant, lifecycle: Lifecycle) -> Instant:
    """From when on a number may be recycled."""
    days = lifecycle.outgoing_blocked_days + lifecycle.both_blocked_days
    return Instant(validity_end + days * DAY_MS)


def days_left(validity_end: Instant, lifecycle: Lifecycle, at: Instant) -> int:
    """Whole days until a number may be recycled, rounded down: nobody is told too many."""
    return max(0, (recycled_at(validity_end, lifecycle) - at) // DAY_MS)


def judged(found: Sequence[Evidence], quiet: Collection[int], recycling: Recycling) -> list[Judged]:
    """Which of the numbers whose time is over go, and why the others are kept.

    ``quiet`` are the purses of which charging remembers nothing.
    """
    return [Judged(one, kept(one, recycling, quiet=one.purse_id in quiet)) for one in found]


def kept(evidence: Evidence, recycling: Recycling, *, quiet: bool) -> Kept | None:
    """INC-90: why a number is kept though its time is over, the gravest first; None: it goes."""
    reasons = {
        Kept.NOT_HELD: evidence.holder_id is None or evidence.iccid is None,
        Kept.TOPPED_UP: evidence.topped_up,
        Kept.HELD: evidence.held,
        Kept.LOCKED: evidence.locked,
        Kept.ASKED: evidence.asked,
        Kept.IN_USE: not quiet,
        Kept.TOO_FEW_REMINDERS: evidence.reminders < recycling.reminders_min,
    }
    return min((reason for reason, holds in reasons.items() if holds), default=None)


def may_hold_still(
    kind: HoldKind, reference: str, open_holds: Sequence[Hold]
) -> Refused[HoldRefusal] | None:
    """Why a hold cannot be placed; None when it can."""
    if not reference.strip():
        return Refused(HoldRefusal.CASE_MISSING, "give the number of the case, with --case")
    if any(one.kind is kind and one.reference == reference for one in open_holds):
        return Refused(HoldRefusal.HELD_ALREADY, "this case holds the number already")
    return None


def to_release(
    kind: HoldKind, reference: str, open_holds: Sequence[Hold]
) -> Hold | Refused[HoldRefusal]:
    """The hold of this case, or that there is none."""
    for one in open_holds:
        if one.kind is kind and one.reference == reference:
            return one
    return Refused(
        HoldRefusal.NOT_HELD, "no such case holds this number; look with: tenure number recycle-due"
    )
