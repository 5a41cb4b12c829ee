"""What becomes of a notice next: when it may leave, where to, and when nothing more is tried."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from tenure.promises.notices.model import Channel, Dropped, Notice, NoticeKind, Reach, Send
from tenure.promises.notices.model.deliveries import ATTEMPTS, Delivery, End, Medium, Route, State
from tenure.promises.notices.rules import fate
from tenure.terms.model import NoticeRules
from tenure.terms.notice_kinds import NoticeClass, class_of
from tenure.values.instant import Instant, instant_of, moment_of, parse_instant

OTHERS_MAX: Final = 2
"""So many other numbers of a person are tried."""
MINUTES_OF_HOUR: Final = 60


class Try(msgspec.Struct, frozen=True):
    """It leaves now, by this medium to this place."""

    medium: Medium
    to: str


class Later(msgspec.Struct, frozen=True):
    """It is looked at again then, by whoever carries this medium."""

    at: Instant
    medium: Medium


class Done(msgspec.Struct, frozen=True):
    """It arrived, as far as that can be known: nothing is left to do."""


Next = Try | Later | Done | Dropped


class Known(msgspec.Struct, frozen=True):
    """What is known at this instant of whom a notice is for."""

    reach: Reach
    email: str | None = None
    """Their verified address."""
    consents: bool = False
    """GTC-MKT: the person agrees to such an offer by the medium of the gateway, now."""
    counted: tuple[Instant, ...] = ()
    """When other notices of its class left for this person, the oldest first."""


def step(
    notice: Notice, known: Known, rules: NoticeRules, where: tuple[Route, ZoneInfo], at: Instant
) -> Next:
    """What becomes of a notice now; the first of these that applies.

    It has arrived, or may still arrive; nobody knows and it is not sent twice; its time is over; it
    is not true any more; it is no longer anybody's business; every way was tried; it has to wait
    before it is tried again; another medium carries it; its person does not consent; the hours are
    quiet; they had enough.
    """
    route, zone = where
    under_way = _under_way(notice, rules, at)
    if under_way is not None:
        return under_way
    place = _over(notice, known, rules, at) or _place(notice, known, rules, route)
    if isinstance(place, Dropped):
        return place
    free_at = _free_at(notice, place, rules)
    if free_at > at:
        return Later(free_at, place.medium)
    if place.medium is not route.medium:
        return Later(at, place.medium)
    return _may_leave(notice, known, rules, place, (zone, at))


def _over(notice: Notice, known: Known, rules: NoticeRules, at: Instant) -> Dropped | None:
    """Why nothing more is tried, wherever it could go; None when it may be."""
    if at >= notice.telling.at + rules.give_up_ms:
        return Dropped.UNDELIVERED if notice.tries else Dropped.TOO_LATE
    return Dropped.NO_LONGER_TRUE if no_longer_true(notice, known.reach, at) else None


def no_longer_true(notice: Notice, reach: Reach, at: Instant) -> bool:
    """Whether a notice would tell of a validity that was moved, or of an end to come that has come.

    Quiet hours and retries keep a notice; a top-up meanwhile makes it false.
    """
    if reach.outdated:
        return True
    if notice.telling.kind is not NoticeKind.EXPIRY_SOON:
        return False
    return at >= parse_instant(notice.telling.facts["ends_at"])


def _under_way(notice: Notice, rules: NoticeRules, at: Instant) -> Done | Later | Dropped | None:
    """What an attempt that left says; None when there is none, or it is over without success."""
    if any(one.end is End.DELIVERED for one in notice.tries):
        return Done()
    if not notice.tries or notice.tries[-1].end is not None:
        return None
    last = notice.tries[-1]
    if last.handed_at is not None and not last.receipts:
        return Done()
    known_at = _over_at(last, rules)
    if known_at > at:
        return Later(known_at, last.medium)
    return None if rules.twice else Dropped.UNCERTAIN


def _over_at(last: Delivery, rules: NoticeRules) -> Instant:
    """When an attempt was over, or counts as over without an answer."""
    if last.ended_at is not None:
        return last.ended_at
    since = last.handing_at if last.handed_at is None else last.handed_at
    return Instant(since + rules.receipt_wait_ms)


def _place(notice: Notice, known: Known, rules: NoticeRules, route: Route) -> Try | Dropped:
    """Where it goes next: the same way as often as the terms say, then another way."""
    first = _first_place(notice, known, route)
    if isinstance(first, Dropped):
        return first
    tried = [one for one in notice.tries if one.end is not End.RETURNED]
    here = [one for one in tried if one.to == first.to]
    gone = any(one.end is End.UNREACHABLE for one in here)
    if not gone and len(here) <= len(rules.again_ms) and len(notice.tries) < ATTEMPTS - 1:
        return first
    if rules.second:
        before = {one.to for one in tried}
        for place in _second_places(known, route):
            if place.to not in before and place.to != first.to:
                return place
    return Dropped.UNDELIVERED


def _first_place(notice: Notice, known: Known, route: Route) -> Try | Dropped:
    found = fate(notice, known.reach)
    if isinstance(found, Send):
        return Try(Medium.SMS, found.to)
    news_of_theirs = notice.telling.channel is Channel.PERSON
    if news_of_theirs and known.email is not None and _carried(Medium.EMAIL, route):
        return Try(Medium.EMAIL, known.email)
    return found


def _second_places(known: Known, route: Route) -> list[Try]:
    places = []
    if known.email is not None and _carried(Medium.EMAIL, route):
        places.append(Try(Medium.EMAIL, known.email))
    return places + [Try(Medium.SMS, number) for number in known.reach.others[:OTHERS_MAX]]


def _carried(medium: Medium, route: Route) -> bool:
    return medium is route.medium or medium in route.beside


def _free_at(notice: Notice, place: Try, rules: NoticeRules) -> Instant:
    """Since when it may be tried again at this place."""
    here = [one for one in notice.tries if one.to == place.to and one.end is not End.RETURNED]
    if not here:
        return notice.telling.at
    return Instant(_over_at(here[-1], rules) + rules.again_ms[len(here) - 1])


def _may_leave(
    notice: Notice,
    known: Known,
    rules: NoticeRules,
    place: Try,
    clock: tuple[ZoneInfo, Instant],
) -> Next:
    zone, at = clock
    if class_of(notice.telling.kind) is NoticeClass.MARKETING and not known.consents:
        return Dropped.NO_CONSENT
    end = quiet_until(rules.quiet, zone, at)
    if end is not None:
        return Later(end, place.medium)
    again = any(one.end is not End.RETURNED for one in notice.tries)
    if not rules.most or again or len(known.counted) < rules.most:
        return place
    free_at = Instant(known.counted[-rules.most] + rules.per_ms)
    if free_at <= at:
        return place
    if free_at >= notice.telling.at + rules.give_up_ms:
        return Dropped.TOO_MANY
    return Later(free_at, place.medium)


def quiet_until(quiet: tuple[int, int] | None, zone: ZoneInfo, at: Instant) -> Instant | None:
    """When the quiet hours end in which an instant falls, by the clocks there; None outside."""
    if quiet is None:
        return None
    begin, end = quiet
    local = moment_of(at).astimezone(zone)
    minute = local.hour * MINUTES_OF_HOUR + local.minute
    inside = begin <= minute < end if begin < end else minute >= begin or minute < end
    if not inside:
        return None
    day = local.date() if minute < end else local.date() + timedelta(days=1)
    hours, minutes = divmod(end, MINUTES_OF_HOUR)
    return instant_of(datetime(day.year, day.month, day.day, hours, minutes, tzinfo=zone))


def counts(rules: NoticeRules) -> bool:
    """Whether it is counted how many of a class a person gets."""
    return rules.most > 0


def purpose_of(notice: Notice) -> tuple[int, str] | None:
    """Whose consent an offer needs, and for what; None for what needs none, or is for nobody."""
    telling = notice.telling
    if class_of(telling.kind) is not NoticeClass.MARKETING or telling.person_id is None:
        return None
    return telling.person_id, telling.facts["purpose"]


def state(notice: Notice, rules: Mapping[NoticeClass, NoticeRules], at: Instant) -> State:
    """Where a notice is at an instant, from what is on record and how long was waited."""
    own = rules[class_of(notice.telling.kind)]
    if any(one.end is End.DELIVERED for one in notice.tries):
        return State.DELIVERED
    if notice.dropped is not None:
        return State.DROPPED if notice.sent_at is None else State.FAILED
    open_ones = [one for one in notice.tries if one.end is None]
    if not open_ones:
        return State.WAITING
    last = open_ones[-1]
    if last.handed_at is not None and not last.receipts:
        return State.HANDED
    if _over_at(last, own) > at:
        return State.HANDING if last.handed_at is None else State.HANDED
    return State.WAITING if own.twice else State.FAILED


def unanswered(delivery: Delivery, rules: NoticeRules, at: Instant) -> bool:
    """Whether an attempt counts as failed because nobody answered for it in time."""
    silent = delivery.end is None and (delivery.receipts or delivery.handed_at is None)
    return silent and _over_at(delivery, rules) <= at


def needing_email(notices: Sequence[Notice], rules: Mapping[NoticeClass, NoticeRules]) -> list[int]:
    """Whose e-mail may be needed: theirs who were tried, or have no such number any more."""
    asked = [
        one
        for one in notices
        if one.telling.channel is Channel.PERSON
        or (one.tries and rules[class_of(one.telling.kind)].second)
    ]
    return spread(asked)


def spread(notices: Sequence[Notice]) -> list[int]:
    """The people whom notices are for, each once."""
    return sorted({one.telling.person_id for one in notices if one.telling.person_id is not None})
