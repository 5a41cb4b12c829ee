"""What a carrier of notices asks and reports: what is due, what was taken, what became of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.notices import store
from tenure.promises.notices.model import (
    Delivery,
    Dispatch,
    Dropped,
    End,
    Medium,
    Notice,
    Reach,
    Receipt,
    Route,
    State,
)
from tenure.promises.notices.model.deliveries import ANSWERED, delivery_of
from tenure.promises.notices.rules import sending as rules
from tenure.promises.notices.rules.sending import Done, Known, Later, Next, Try
from tenure.promises.notices.store import deliveries as deliveries_store
from tenure.promises.people import operations as people
from tenure.terms.model import Terms
from tenure.terms.notice_kinds import NoticeClass, NoticeKind, class_of
from tenure.values.instant import Instant

AT_ONCE: Final = 500
"""How many a carrier does well to take at once."""
REASON_MAX: Final = 100


async def waiting(tx: Transaction, medium: Medium, limit: int, at: Instant) -> list[Notice]:
    """What is due at an instant, the most urgent first, kept from others until the commit."""
    found = await deliveries_store.waiting(tx, medium, limit, at)
    tried = [notice.notice_id for notice, tries in found if tries]
    tries = await deliveries_store.tries(tx, tried)
    return [
        msgspec.structs.replace(notice, tries=tries[notice.notice_id])
        if notice.notice_id in tries
        else notice
        for notice, _ in found
    ]


async def decide(
    tx: Transaction,
    terms: Terms,
    route: Route,
    notices: Sequence[Notice],
    reach: Mapping[int, Reach],
    at: Instant,
) -> list[Dispatch]:
    """Decide what goes out now by this route, and record it; it is submitted after the commit.

    ``notices`` come from ``waiting`` in the same transaction, and ``reach`` says of each, by its
    number, where it could go.  Whose consent is needed is looked at here, at the last moment before
    the commit (GTC-MKT): a withdrawal that was answered is seen.  What may not leave yet waits
    until it may; what may never leave is dropped, and why is kept.
    """
    if not notices:
        return []
    agreeing = await _agreeing(tx, terms, notices, route.medium, at)
    emails = await _emails(tx, terms, notices)
    counted = await _counted(tx, terms, notices, at)
    zone = ZoneInfo(terms.time_zone)
    steps: list[tuple[Notice, Next]] = []
    for notice in notices:
        own = terms.notices[class_of(notice.telling.kind)]
        whose = (notice.telling.person_id, class_of(notice.telling.kind))
        known = Known(
            reach=reach[notice.notice_id],
            email=emails.get(notice.telling.person_id or 0),
            consents=rules.purpose_of(notice) in agreeing,
            counted=tuple(counted[whose]),
        )
        step = rules.step(notice, known, own, (route, zone), at)
        if isinstance(step, Try) and rules.counts(own):
            counted[whose].append(at)
        steps.append((notice, step))
    return await _record(tx, terms, route, steps, at)


async def _record(
    tx: Transaction,
    terms: Terms,
    route: Route,
    steps: Sequence[tuple[Notice, Next]],
    at: Instant,
) -> list[Dispatch]:
    """Write what was decided, one statement for each way it can go."""
    begun: list[tuple[int, str, int, Instant, Instant]] = []
    out: list[Dispatch] = []
    later: list[tuple[int, Instant, Medium]] = []
    dropped: list[tuple[int, Dropped]] = []
    done: list[int] = []
    for notice, step in steps:
        if isinstance(step, Try):
            own = terms.notices[class_of(notice.telling.kind)]
            attempt = notice.tries[-1].attempt + 1 if notice.tries else 1
            since = Instant(max(at, notice.telling.at))
            one = Dispatch(delivery_of(notice.notice_id, attempt), notice, step.to)
            counts = (notice.telling.person_id or 0) if rules.counts(own) else 0
            until = Instant(since + own.receipt_wait_ms)
            begun.append((one.delivery_id, one.to, counts, since, until))
            out.append(one)
        elif isinstance(step, Later):
            later.append((notice.notice_id, step.at, step.medium))
        elif isinstance(step, Done):
            done.append(notice.notice_id)
        else:
            dropped.append((notice.notice_id, step))
    await deliveries_store.begin(tx, route, begun)
    await deliveries_store.postpone(tx, later)
    await deliveries_store.done(tx, done)
    await store.mark_dropped(tx, dropped, at)
    return out


async def _emails(tx: Transaction, terms: Terms, notices: Sequence[Notice]) -> dict[int, str]:
    """The confirmed addresses of those who may need one: another way is looked for."""
    asked = rules.needing_email(notices, terms.notices)
    if not asked:
        return {}
    found = await people.contacts(tx, asked)
    return {person_id: contact.address for person_id, contact in found.items()}


async def _agreeing(
    tx: Transaction, terms: Terms, notices: Sequence[Notice], medium: Medium, at: Instant
) -> set[tuple[int, str] | None]:
    """Whose standing consent there is now, for which purpose.

    The database asks for itself as well.  What it would refuse is not tried: an offer that it holds
    to be without consent must not keep a warning waiting that leaves in the same transaction.
    """
    asked = sorted({pair for pair in map(rules.purpose_of, notices) if pair is not None})
    if not asked:
        return set()
    standing = await consent.standing(tx, terms, asked, medium.value, at)
    return {*await deliveries_store.may(tx, sorted(standing), medium, at)}


Counted = defaultdict[tuple[int | None, NoticeClass], list[Instant]]


async def _counted(
    tx: Transaction, terms: Terms, notices: Sequence[Notice], at: Instant
) -> Counted:
    """When people got what the terms count, by person and class, the oldest first."""
    found: Counted = defaultdict(list)
    limited = [one for one in notices if rules.counts(terms.notices[class_of(one.telling.kind)])]
    if not limited:
        return found
    longest_ms = max(one.per_ms for one in terms.notices.values())
    after = Instant(at - longest_ms)
    for person_id, kind, since in await deliveries_store.counted(tx, rules.spread(limited), after):
        found[person_id, class_of(NoticeKind(kind))].append(since)
    return found


async def handed(tx: Transaction, taken: Sequence[tuple[int, str]], at: Instant) -> None:
    """The carrier has these attempts, and calls them so; "" if it gave them no name.

    This is the proof of sending.  Said twice, it has one effect.
    """
    await deliveries_store.handed(tx, dict(taken), at)


async def refused(tx: Transaction, answers: Sequence[tuple[int, str, bool]], at: Instant) -> None:
    """The carrier did not take these: why, in a few words without personal data, and for good?

    What is refused for good goes another way; the rest is tried again as the terms say.
    """
    ends = {
        delivery_id: (End.UNREACHABLE if for_good else End.REFUSED, reason[:REASON_MAX])
        for delivery_id, reason, for_good in answers
    }
    await deliveries_store.refused(tx, ends, at)


async def returned(tx: Transaction, delivery_ids: Sequence[int], at: Instant) -> None:
    """These surely did not leave, and nobody is to blame: they wait as if they were not tried."""
    await deliveries_store.refused(tx, dict.fromkeys(delivery_ids, (End.RETURNED, "")), at)


async def receipt(tx: Transaction, receipts: Sequence[Receipt], at: Instant) -> list[Receipt]:
    """What became of attempts, as their carriers say; returns those that fit nothing of ours.

    A receipt is about what its carrier called so; if it names no reference, because those of its
    carrier are useless, it is about the oldest unanswered attempt to its number.  A reference that
    fits nothing is a stranger's: a guess by the number would take another's answer.  The first
    answer to an attempt stays.  A receipt may be there before ``handed`` was:
    keep what fits nothing for some seconds, and say it again.
    """
    assert all(one.end in ANSWERED for one in receipts)
    found = await deliveries_store.matched(tx, receipts)
    before: Counter[tuple[str, str]] = Counter()
    asked = []
    for place, one in enumerate(receipts):
        if one.to and not one.references:
            asked.append((place, before[one.via, one.to], one.via, one.to))
            before[one.via, one.to] += 1
    found |= await deliveries_store.by_number(tx, asked)
    ends = [
        (found[place], one.end, one.reason[:REASON_MAX])
        for place, one in enumerate(receipts)
        if place in found
    ]
    await deliveries_store.ended(tx, ends, at)
    return [one for place, one in enumerate(receipts) if place not in found]


async def handing(tx: Transaction, via: str) -> list[int]:
    """Attempts by this carrier of which nothing was reported, after a crash.

    For a carrier that can find out what left; others leave them alone, and the terms decide.
    """
    return await deliveries_store.handing(tx, via)


async def with_tries(tx: Transaction, notices: Sequence[Notice]) -> list[Notice]:
    """These notices with all attempts to deliver them."""
    tries = await deliveries_store.tries(tx, [one.notice_id for one in notices])
    return [msgspec.structs.replace(one, tries=tries.get(one.notice_id, ())) for one in notices]


def state(notice: Notice, terms: Terms, at: Instant) -> State:
    """Where a notice is at an instant; it needs its attempts (``with_tries``)."""
    return rules.state(notice, terms.notices, at)


def unanswered(delivery: Delivery, kind: NoticeKind, terms: Terms, at: Instant) -> bool:
    """Whether an attempt counts as failed because nobody answered for it in time."""
    return rules.unanswered(delivery, terms.notices[class_of(kind)], at)
