"""How a usage becomes runs of whole increments, each priced at its own start."""

from typing import Final

from tenure.promises.tariffs.model import (
    CALL_SECONDS_MAX,
    Refusal,
    Route,
    Run,
    Service,
    Step,
)
from tenure.promises.tariffs.rules.book import Book
from tenure.promises.tariffs.rules.timeline import in_force
from tenure.values.instant import SECOND_MS, Instant
from tenure.values.money import words
from tenure.values.refused import Refused

VOICE: Final = Service.VOICE
CONTENT: Final = Service.CONTENT


def runs(  # noqa: PLR0913, PLR0917 - the offer and route of a usage, and where it stands
    book: Book,
    offer: str,
    route: Route,
    since: Instant,
    position_units: int,
    target_units: int,
    at: Instant,
) -> tuple[list[Run], int] | Refused[Refusal]:
    """The runs that take the billable position from where it is to at least the target.

    The position may end beyond the target, by less than an increment or at the minimum of the
    rate in which the usage began.  An increment of a call is priced by the version and band in
    force when it starts, ``position`` seconds after ``since``; of anything else, by those at
    ``at``.  So the same increments come out however a usage is cut (GTC-VOICE, GTC-DATA).
    The work grows with the bands and steps crossed, never with the units.
    """
    found: list[Run] = []
    if position_units >= target_units:
        return found, position_units
    beyond = _beyond(book, route, target_units)
    if beyond is not None:
        return beyond
    is_call = route.service is VOICE
    position, target = position_units, target_units
    while position < target:
        instant = Instant(since + position * SECOND_MS) if is_call else at
        holding = in_force(book, offer, route.key, instant)
        if isinstance(holding, Refused):
            return holding
        rate = holding.rate
        if position == 0 and target < rate.minimum_units:
            target = rate.minimum_units
        steps = rate.steps
        step, end = (steps[0], None) if len(steps) == 1 else _step(steps, position)
        size = step.increment_units
        count = -(-(target - position) // size)
        if end is not None and position + count * size > end:
            count = min(count, -(-(end - position) // size))
        if is_call and instant + count * size * SECOND_MS > holding.until:
            count = min(count, -(-(holding.until - instant) // (size * SECOND_MS)))
        units = count * size
        found.append(Run(units, step.price_micros, step.per_units, size, rate.rate_id))
        position += units
    return found, position


def _beyond(book: Book, route: Route, target_units: int) -> Refused[Refusal] | None:
    """The refusal of what is more than one usage can be."""
    if route.service is VOICE and target_units > CALL_SECONDS_MAX:
        return Refused(
            refusal=Refusal.TOO_LONG, detail=f"no call is longer than {CALL_SECONDS_MAX} seconds"
        )
    if route.service is CONTENT and target_units > book.terms.purchase_maximum_micros:
        most = words(book.terms.purchase_maximum_micros, book.terms.currency)
        return Refused(refusal=Refusal.TOO_DEAR, detail=f"a purchase may cost at most {most}")
    return None


def _step(steps: tuple[Step, ...], position: int) -> tuple[Step, int | None]:
    """The step that holds at a position, and where the next one begins."""
    following: int | None = None
    for step in reversed(steps):
        if step.from_units <= position:
            return step, following
        following = step.from_units
    raise AssertionError("unreachable: the first step begins at 0")
