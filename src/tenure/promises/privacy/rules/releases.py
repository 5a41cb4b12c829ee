"""Which answers analysis may have: groups with a crowd in them, or noise that the budget pays."""

import datetime as dt
import itertools
from collections.abc import Mapping

from tenure.promises.privacy.model.releases import (
    OTHER,
    Budget,
    Group,
    Refusal,
    Spending,
    Told,
)
from tenure.terms.analysis import AGES, CHARGES, KINDS, REFUSE, SERVICES, Question
from tenure.terms.model import Terms
from tenure.values.instant import Instant, moment_of
from tenure.values.refused import Refused


def domain(question: Question, terms: Terms) -> tuple[Group, ...]:
    """All groups there could be: known before anybody is counted, so that no absence tells."""
    values: Mapping[str, tuple[str, ...]] = {
        "service": SERVICES,
        "offer": tuple(sorted(offer.name for offer in terms.offers)),
        "language": terms.languages,
        "kind": KINDS,
        "age": AGES,
    }
    return tuple(itertools.product(*(values[column] for column in question.by)))


def month_fits(question: Question, month: dt.date, at: Instant) -> Refused[Refusal] | None:
    """Charges are told of a month that is over, lines of the month that is."""
    today = moment_of(at).date().replace(day=1)
    if question.dataset == CHARGES and month >= today:
        what = f"{month:%Y-%m} is not over; name a month before"
        return Refused(Refusal.WRONG_MONTH, what)
    if question.dataset != CHARGES and month != today:
        return Refused(
            Refusal.WRONG_MONTH, f"lines are told as they are; the month is {today:%Y-%m}"
        )
    return None


def crowded(counts: Mapping[Group, int], question: Question) -> tuple[Told, ...] | Refused[Refusal]:
    """Exact counts of groups in which enough people are; smaller ones are merged, or nothing told.

    If the merged ones are still too few they take the smallest group with them, until they are
    enough.  A group of nobody is not told.
    """
    groups = sorted((count, group) for group, count in counts.items() if count)
    small = [one for one in groups if one[0] < question.people_min]
    shown = [one for one in groups if one[0] >= question.people_min]
    if small and question.small == REFUSE:
        what = f"{len(small)} groups have fewer than {question.people_min} people"
        return Refused(Refusal.TOO_FEW, f"{what}, and merging them would mislead; ask for less")
    merged = sum(count for count, _ in small)
    while small and merged < question.people_min:
        if not shown:
            what = f"fewer than {question.people_min} people said yes to being counted"
            return Refused(Refusal.TOO_FEW, f"{what}; nothing is told")
        merged += shown.pop(0)[0]
    told = [Told(group, count) for count, group in sorted(shown, key=lambda one: one[1])]
    if small:
        told.append(Told((OTHER,) * len(question.by), merged))
    if not told:
        return Refused(Refusal.TOO_FEW, "nobody said yes to being counted; nothing is told")
    return tuple(told)


def spending(
    question: Question, left: Budget, epsilon_millionths: int, at: Instant
) -> Spending | Refused[Refusal]:
    """What the answer costs, if the year's budget has it."""
    if left.spent_millionths + epsilon_millionths > left.budget_millionths:
        rest = left.budget_millionths - left.spent_millionths
        what = (
            f"it costs {epsilon_millionths / 1e6:g} of epsilon, and {rest / 1e6:g} is left for "
            f"{question.dataset} this year"
        )
        return Refused(Refusal.BUDGET_SPENT, f"{what}; it begins anew on 1 January")
    return Spending(question.dataset, moment_of(at).year, left, epsilon_millionths)
