"""KH-USAGE: what somebody is told when an allowance or their funds go down; pure."""

from tenure.promises.charging.model import Crossed
from tenure.promises.money import rules as money
from tenure.promises.money.model import Grant, Purse
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.model import Line
from tenure.promises.tariffs import rules as tariffs
from tenure.values.instant import Instant

WHOLE = 100
NOTHING: tuple[Crossed, ...] = ()


def crossed(book: tariffs.Book, before: Purse, after: Purse, at: Instant) -> tuple[Crossed, ...]:
    """What a batch used up of a purse: nothing, nearly always, after two comparisons.

    Only what was above and now is not: who is below is not told again by the next use.
    """
    found = NOTHING
    if after.grants is not before.grants:
        found = _of_allowances(book, before, after, at)
    low = book.terms.usage.low_funds_micros
    if after.funds_micros < low <= before.funds_micros and _counts(after, at):
        found = (*found, Crossed(NoticeKind.USAGE_LOW, 0, str(after.funds_micros), at))
    return found


def _counts(purse: Purse, at: Instant) -> bool:
    """Who pays afterwards has no balance to keep up; ended funds are told of as ended."""
    return not purse.credit_limit_micros and at < purse.funds_end


def _of_allowances(
    book: tariffs.Book, before: Purse, after: Purse, at: Instant
) -> tuple[Crossed, ...]:
    had = {grant.grant_id: grant.remaining for grant in before.grants}
    least = WHOLE - book.terms.usage.most_percent
    found = NOTHING
    for grant in after.grants:
        was = had.get(grant.grant_id, 0)
        if grant.remaining >= was or grant.ends_at <= at:
            continue
        allowance = book.allowances.get(grant.allowance)
        if allowance is None:
            continue  # Promotional money, or a plan that is not sold any more.
        few = allowance.units * least
        if grant.remaining == 0:
            kind = NoticeKind.USAGE_ALL
        elif grant.remaining * WHOLE <= few < was * WHOLE:
            kind = NoticeKind.USAGE_MOST
        else:
            continue
        if not _more_of_it(after, grant, at):
            found = (*found, Crossed(kind, grant.grant_id, grant.allowance, at))
    return found


def _more_of_it(purse: Purse, used: Grant, at: Instant) -> bool:
    """Whether the same was bought again: then it does not go down yet."""
    return any(
        grant.allowance == used.allowance
        and grant.grant_id != used.grant_id
        and money.usable(grant, at)
        for grant in purse.grants
    )


def telling(book: tariffs.Book, line: Line, holder_id: int | None, one: Crossed) -> Telling:
    """What whoever holds the number is told of a crossing."""
    if one.kind is NoticeKind.USAGE_LOW:
        facts = {"funds_micros": one.of}
    elif one.kind is NoticeKind.USAGE_MOST:
        facts = {"allowance": one.of, "percent": str(book.terms.usage.most_percent)}
    else:
        facts = {"allowance": one.of}
    return Telling(line.msisdn, holder_id, line.language, one.kind, facts, one.at)
