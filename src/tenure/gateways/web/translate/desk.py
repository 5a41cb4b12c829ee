"""Requests, breaches and the register as the privacy officer's desk shows them."""

from calendar import month_name
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from tenure.gateways.web.translate.lines import Wording, date, local
from tenure.gateways.web.translate.proofs import second
from tenure.gateways.web.wire.desks import (
    BreachShown,
    CaseShown,
    ClockShown,
    EndingShown,
    Forecast,
    HoldShown,
    LetterShown,
    UnansweredShown,
)
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.terms.website import KEEP
from tenure.values.holding import Holding, Subject
from tenure.values.instant import DAY_MS, HOUR_MS, MINUTE_MS, Instant

WHOM: Final = {
    model.breaches.Step.SUBJECTS_TOLD: "Whom it concerns",
    model.breaches.Step.AUTHORITY_TOLD: "The authority",
}
LEFT_DAYS: Final = 3
"""From so many days on, hours are not counted."""
PERCENT_MAX: Final = 100
LATER: Final = ", or later"
MONTHS_SHOWN: Final = 6
"""What ends later than the last of them stands in it as well."""


def left(until: Instant, at: Instant) -> str:
    """How long there still is, or for how long it is late."""
    gap = abs(until - at)
    if gap >= LEFT_DAYS * DAY_MS:
        words = f"{gap // DAY_MS} days"
    elif gap >= HOUR_MS:
        words = f"{gap // HOUR_MS} h"
    else:
        words = f"{gap // MINUTE_MS} min"
    return words if until >= at else f"late by {words}"


def case(one: model.rights.Row, said: Wording, at: Instant) -> CaseShown:
    """A request by its clock; it names nobody."""
    return CaseShown(
        case=str(one.case_id),
        what=f"{one.right.value}, by {one.channel.value}",
        stands=one.state.value,
        received=second(one.received_at, said),
        due=second(one.due_at, said),
        left=left(one.due_at, at),
        percent=min(one.percent, PERCENT_MAX),
        late=one.late,
        rests=one.paused,
    )


def breach(file: model.breaches.BreachFile, said: Wording, at: Instant) -> BreachShown:
    """A breach, and how its two clocks stand."""
    known = file.breach
    by = f", as far as {known.leak.by_login} looked" if known.leak.by_login else ""
    reach = file.reach
    return BreachShown(
        breach=str(known.breach_id),
        data=f"{', '.join(known.leak.tables)}{by}",
        known=f"known since {second(known.known_at, said)}",
        concerned=f"concerns {reach.all:,}, {reach.told:,} told, {reach.by_hand:,} by letter",
        clocks=tuple(_clock(one, said, at) for one in privacy.breaches.clocks(file, at)),
        closed=file.at(model.breaches.Step.CLOSED) is not None,
    )


def _clock(one: model.breaches.Waiting, said: Wording, at: Instant) -> ClockShown:
    if one.done_at is None:
        stands = f"until {second(one.until, said)}: {left(one.until, at)}"
    else:
        stands = f"told {second(one.done_at, said)}, {'late' if one.late else 'in time'}"
    return ClockShown(WHOM[one.whom], stands, one.late)


def hold(one: model.retention.Hold, said: Wording, at: Instant) -> HoldShown:
    """What a hold keeps, on whose word, and by when somebody looks at it again."""
    zone = said.zone
    kept = ", ".join(one.keeps) or "everything"
    return HoldShown(
        hold=str(one.hold_id),
        what=f"{kept} of one {one.whose.kind}",
        because=f"{one.authority}: {one.reference}",
        since=date(one.asked_at, zone),
        review=date(one.review_at, zone),
        due=one.review_at <= at,
    )


def unanswered(one: model.propagation.Message, said: Wording, at: Instant) -> UnansweredShown:
    """A recipient who is late to say that it is done; the person has no name there."""
    return UnansweredShown(
        recipient=one.recipient,
        change=one.change.value,
        message=str(one.message_id),
        case="" if one.case_id is None else f"case {one.case_id}",
        expected=second(one.expected_by, said),
        late=left(one.expected_by, at),
    )


def forecast(found: Sequence[model.retention.Ending], said: Wording) -> Forecast:
    """How much of each kind has to be gone in which month, and how much waits for a hold."""
    all_months = sorted({_month(one.month, said) for one in found if one.month is not None})
    months = all_months[:MONTHS_SHOWN]
    counts: Counter[tuple[str, tuple[int, int]]] = Counter()
    held: Counter[str] = Counter()
    for one in found:
        if one.state is model.retention.State.HELD:
            held[one.keep] += one.rows
        elif one.month is not None:
            counts[one.keep, min(_month(one.month, said), months[-1])] += one.rows
    names = [f"{month_name[month]} {year}" for year, month in months]
    if len(all_months) > len(months):
        names[-1] += LATER
    return Forecast(
        tuple(names),
        tuple(
            EndingShown(
                keep, rule(said, keep), tuple(counts[keep, one] for one in months), held[keep]
            )
            for keep in sorted({one.keep for one in found})
        ),
    )


def _month(at: Instant, said: Wording) -> tuple[int, int]:
    """Year and month by the operator's clocks: some count from midnight there, some by UTC."""
    day = local(at, said.zone)
    return day.year, day.month


def rule(said: Wording, keep: str) -> str:
    """How long something stays, in words."""
    keeping = said.terms.privacy.retention.keeps.get(keep)
    if keeping is None:
        return keep
    if keep == KEEP:
        return f"as its form says, {said.terms.privacy.website.longest_days:,} days at most"
    days = keeping.period.maximum_days
    return f"{days:,} days after it is over" if days else "no longer than it lasts"


def register(
    holdings: Iterable[tuple[str, Holding]], said: Wording
) -> tuple[tuple[str, str, str, int], ...]:
    """Whose, of what kind and how long, with how many columns."""
    counted = Counter(
        (one.whose.value, one.category.value, f"{one.keep}: {rule(said, one.keep)}")
        for _, one in holdings
        if one.whose is not Subject.NOBODY
    )
    return tuple((*what, count) for what, count in sorted(counted.items()))


def cases(
    rows: Sequence[model.rights.Row],
    alerts: Sequence[model.rights.Alert],
    said: Wording,
    at: Instant,
) -> tuple[CaseShown, ...]:
    """All that are open, as they come: the next deadline first; with what was warned of."""
    warned = {
        one.case_id: f"warned at {one.percent} % of its time, {second(one.raised_at, said)}"
        for one in alerts
    }
    return tuple(
        msgspec.structs.replace(case(one, said, at), alert=warned.get(one.case_id, ""))
        for one in rows
    )


def letter(one: model.letters.Letter, how: model.letters.State, said: Wording) -> LetterShown:
    """An answer that has not left, and why; neither its words nor its reader."""
    at = one.due_at or one.handing_at or one.written_at
    stands = f"{how.value} ({one.reason})" if one.reason else how.value
    tries = f"tried {one.tries} times" if one.tries != 1 else "tried once"
    return LetterShown(
        entry=str(one.entry_id),
        number=f"{one.kind.value}, letter {one.number}",
        stands=stands,
        tries=tries,
        since=second(at, said),
        stuck=how in model.letters.STUCK,
    )
