"""When what of a month of usage ends: a function of the month, the pack and the instant."""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from tenure.promises.privacy.model.usage import Due, Figures, Months, Refusal, Stage
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, Instant, instant_of
from tenure.values.refused import Refused

MONTHS_LEAST: Final = 3
"""GR 52/2000 article 18; the database keeps to it for every market."""


def figures_of(terms: Terms) -> Figures:
    """The periods of ``usage`` and ``accounts`` in retention.toml, the crowd of analysis.toml."""
    keeps = terms.privacy.retention.keeps
    period = keeps["usage"].period
    return Figures(
        least_days=period.minimum_days,
        most_days=period.maximum_days,
        books_days=keeps["accounts"].period.maximum_days,
        purses_min=terms.privacy.analysis.purses_min,
        time_zone=terms.time_zone,
    )


def later(month: dt.date, months: int) -> dt.date:
    """The first day of the month so many months later."""
    years, place = divmod(month.month - 1 + months, 12)
    return month.replace(year=month.year + years, month=place + 1)


def begins(month: dt.date) -> Instant:
    """The first instant of a month of entries."""
    return instant_of(dt.datetime(month.year, month.month, 1, tzinfo=dt.UTC))


def due_at(month: dt.date, stage: Stage, figures: Figures) -> Instant:
    """When a stage of a month falls due (PRV-KEEP).

    Details end as soon as they may: when the least period of its last entry is over.  Whose it was
    ends as late as it may: when the most that its first entry may be kept is over.  The books need
    all of the month until the period of its last movement is over.
    """
    least = max(
        begins(later(month, 1)) + figures.least_days * DAY_MS,
        begins(later(month, 1 + MONTHS_LEAST)),
    )
    if stage is Stage.DETAILS:
        return Instant(least)
    totals = max(least, begins(month) + figures.most_days * DAY_MS)
    if stage is Stage.TOTALS:
        return Instant(totals)
    return Instant(max(totals, begins(later(month, 1)) + figures.books_days * DAY_MS))


def due(months: Iterable[Months], figures: Figures, at: Instant) -> list[Due]:
    """What of these months is due at an instant, the oldest first.

    Of a month the last stage comes first: it takes those before with it.  The newest month has none
    that its books could be carried into.
    """
    known = sorted(months, key=lambda one: one.month)
    return [
        Due(one.month, stage, one.entries, due_at(one.month, stage, figures))
        for one in known
        for stage in (Stage.BOOKS, Stage.TOTALS, Stage.DETAILS)
        if at >= due_at(one.month, stage, figures)
        and not (stage is Stage.BOOKS and one is known[-1])
    ]


def next_stage(month: Months, figures: Figures, at: Instant) -> tuple[Stage, Instant]:
    """Which stage of a month comes next, and when it falls due."""
    if not month.details_ended and at < due_at(month.month, Stage.TOTALS, figures):
        stage = Stage.DETAILS
    elif not month.totals_made and at < due_at(month.month, Stage.BOOKS, figures):
        stage = Stage.TOTALS
    else:
        stage = Stage.BOOKS
    return stage, due_at(month.month, stage, figures)


def may_end(
    month: dt.date, stage: Stage, months: Iterable[Months], figures: Figures, at: Instant
) -> Months | Refused[Refusal]:
    """The month, if this stage of it may be carried out now."""
    known = {one.month: one for one in months}
    if month not in known:
        return Refused(
            Refusal.UNKNOWN_MONTH, f"there are no entries of {month:%Y-%m}; see --dry-run"
        )
    if at < due_at(month, stage, figures):
        days = figures.least_of(stage)
        what = f"{stage.value} of {month:%Y-%m} are kept for {days} days at least"
        return Refused(Refusal.TOO_EARLY, f"{what}; wait for its period")
    if stage is Stage.BOOKS and month == max(known):
        what = f"no month follows {month:%Y-%m} that its books could be carried into"
        return Refused(Refusal.NO_MONTH_FOLLOWS, what)
    return known[month]
