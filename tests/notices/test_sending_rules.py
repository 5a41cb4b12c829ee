"""What becomes of a notice next, around each boundary; tables first, then the orders of places."""

from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tenure.promises.notices.model import (
    Channel,
    Delivery,
    Dropped,
    End,
    Medium,
    Notice,
    NoticeKind,
    Reach,
    Route,
    State,
    Telling,
    delivery_of,
)
from tenure.promises.notices.rules import sending
from tenure.promises.notices.rules.sending import Done, Known, Later, Next, Try
from tenure.terms import pack
from tenure.terms.model import NoticeRules
from tenure.terms.notice_kinds import NoticeClass, class_of, facts_of
from tenure.values.instant import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Instant, parse_instant
from tenure.values.msisdn import Msisdn

TERMS: Final = pack.load("smart-kh").terms
PHNOM_PENH: Final = ZoneInfo("Asia/Phnom_Penh")
NOON: Final = parse_instant("2026-11-20T12:00:00+07:00")
NUMBER, OTHER, THIRD, FOURTH = (Msisdn(f"8551234567{digit}") for digit in range(4))
SMSC: Final = Route(Medium.SMS, "smsc", receipts=True, beside=frozenset({Medium.EMAIL}))
ALONE: Final = Route(Medium.SMS, "smsc", receipts=True)
MAIL: Final = Route(Medium.EMAIL, "relay", receipts=False)
HERE: Final = Reach(in_service=True, holder_id=1)
WELL_KNOWN: Final = Known(
    Reach(in_service=True, holder_id=1, others=(OTHER, THIRD, FOURTH)), "sok@example.com"
)
HERE_ONLY: Final = Known(HERE, consents=True)
SECURITY, OFFER = NoticeKind.LOCK_SET, NoticeKind.MARKETING_OFFER
RULES: Final = NoticeRules(
    quiet=None,
    most=0,
    per_ms=0,
    receipt_wait_ms=10 * MINUTE_MS,
    again_ms=(MINUTE_MS, HOUR_MS),
    give_up_ms=7 * DAY_MS,
    second=True,
    twice=True,
)
ONCE: Final = msgspec.structs.replace(RULES, twice=False, second=False)


def notice(
    *tries: Delivery,
    kind: NoticeKind = SECURITY,
    at: Instant = NOON,
    channel: Channel | None = None,
) -> Notice:
    facts = dict.fromkeys(facts_of(kind), "x")
    facts |= {name: "2100-01-01T00:00:00Z" for name in facts if name.endswith("_at")}
    told = Telling(NUMBER, 1, "km", kind, facts, at, channel or Channel.NUMBER)
    return Notice(7, told, tries=tries)


def tried(  # noqa: PLR0913 -- the columns of an attempt
    attempt: int = 1,
    *,
    to: str = NUMBER,
    at: int = NOON,
    handed: int | None = None,
    end: End | None = None,
    ended: int | None = None,
    receipts: bool = True,
) -> Delivery:
    """An attempt; what has ended without saying when ended when it was begun."""
    return Delivery(
        delivery_of(7, attempt), Medium.SMS, "smsc", to, receipts, Instant(at),
        None if handed is None else Instant(handed), None,
        None if end is None else Instant(ended or at), end,
    )  # fmt: skip


def step(
    one: Notice,
    at: int = NOON,
    *,
    known: Known = HERE_ONLY,
    rules: NoticeRules = RULES,
    route: Route = SMSC,
) -> Next:
    return sending.step(one, known, rules, (route, PHNOM_PENH), Instant(at))


GO: Final = Try(Medium.SMS, NUMBER)
WAIT: Final = RULES.receipt_wait_ms


def sms(at: int) -> Later:
    return Later(Instant(at), Medium.SMS)


@pytest.mark.parametrize(
    ("seconds", "wanted"), [(-1, GO), (0, Dropped.TOO_LATE), (1, Dropped.TOO_LATE)]
)
def test_what_never_left_is_too_late_when_its_time_is_over(seconds: int, wanted: Next) -> None:
    at = NOON + RULES.give_up_ms + seconds * SECOND_MS
    assert step(notice(), at) == wanted


@pytest.mark.parametrize(
    ("seconds", "wanted"), [(-1, GO), (0, Dropped.UNDELIVERED), (1, Dropped.UNDELIVERED)]
)
def test_what_left_and_failed_is_undelivered_when_its_time_is_over(
    seconds: int, wanted: Next
) -> None:
    failed = tried(at=NOON, end=End.REFUSED)
    at = NOON + RULES.give_up_ms + seconds * SECOND_MS
    assert step(notice(failed), at) == wanted


# An attempt of which nothing was reported, and one that was taken: how long it is waited.
SILENT = {
    "handing": (tried(), NOON + WAIT),
    "handed at once": (tried(handed=NOON), NOON + WAIT),
    "handed later": (tried(handed=NOON + 5_000), NOON + 5_000 + WAIT),
}
FIRST_WAIT = RULES.again_ms[0]


@pytest.mark.parametrize("case", SILENT)
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_silence_counts_as_failure_after_the_wait(case: str, seconds: int) -> None:
    last, over = SILENT[case]
    at = over + seconds * SECOND_MS
    known_failed = seconds >= 0
    again = sms(over + FIRST_WAIT)
    assert step(notice(last), at) == (again if known_failed else sms(over))
    wanted = Dropped.UNCERTAIN if known_failed else sms(over)
    assert step(notice(last), at, rules=ONCE) == wanted


@pytest.mark.parametrize(("seconds", "wanted"), [(-1, "waits"), (0, "goes"), (1, "goes")])
@pytest.mark.parametrize("count", [1, 2])
def test_it_is_tried_again_by_the_schedule(count: int, seconds: int, wanted: str) -> None:
    tries = [
        tried(number, at=NOON + number * HOUR_MS, end=End.REFUSED) for number in range(1, count + 1)
    ]
    due = NOON + count * HOUR_MS + RULES.again_ms[count - 1]
    found = step(notice(*tries), due + seconds * SECOND_MS)
    assert found == (sms(due) if wanted == "waits" else GO)


FAILED = [tried(number, end=End.REFUSED) for number in (1, 2, 3)]
MUCH_LATER: Final = NOON + DAY_MS


@pytest.mark.parametrize(
    ("tries", "known", "route", "wanted"),
    [
        (FAILED, WELL_KNOWN, SMSC, Later(Instant(MUCH_LATER), Medium.EMAIL)),
        (FAILED, WELL_KNOWN, MAIL, Try(Medium.EMAIL, "sok@example.com")),
        (FAILED, WELL_KNOWN, ALONE, Try(Medium.SMS, OTHER)),
        (FAILED, HERE_ONLY, SMSC, Dropped.UNDELIVERED),
        ([tried(end=End.UNREACHABLE)], WELL_KNOWN, ALONE, Try(Medium.SMS, OTHER)),
        ([tried(end=End.UNREACHABLE)], HERE_ONLY, SMSC, Dropped.UNDELIVERED),
        ([tried(end=End.RETURNED)], HERE_ONLY, SMSC, GO),
        ([tried(n, end=End.RETURNED) for n in (1, 2, 3, 4)], HERE_ONLY, SMSC, GO),
        ([*FAILED, tried(4, to="sok@example.com", end=End.FAILED)], WELL_KNOWN, SMSC,
         Try(Medium.SMS, OTHER)),
        ([*FAILED, tried(4, to=OTHER, end=End.FAILED)], WELL_KNOWN, ALONE, Try(Medium.SMS, THIRD)),
        ([*FAILED, tried(4, to=OTHER, end=End.FAILED), tried(5, to=THIRD, end=End.FAILED)],
         WELL_KNOWN, ALONE, Dropped.UNDELIVERED),
        ([tried(end=End.FAILED, handed=NOON)], HERE_ONLY, SMSC, GO),
        ([tried(end=End.EXPIRED, handed=NOON)], HERE_ONLY, SMSC, GO),
        ([tried(end=End.DELIVERED, handed=NOON)], HERE_ONLY, SMSC, Done()),
        ([tried(end=End.DELIVERED, handed=NOON), tried(2)], HERE_ONLY, SMSC, Done()),
        ([tried(handed=NOON, receipts=False)], HERE_ONLY, SMSC, Done()),
    ],
)  # fmt: skip
def test_the_ways_follow_each_other(
    tries: list[Delivery], known: Known, route: Route, wanted: Next
) -> None:
    assert step(notice(*tries), MUCH_LATER, known=known, route=route) == wanted


def test_a_class_with_one_way_has_no_second() -> None:
    rules = msgspec.structs.replace(RULES, second=False)
    found = step(notice(*FAILED), MUCH_LATER, known=WELL_KNOWN, rules=rules)
    assert found is Dropped.UNDELIVERED


def elsewhere(holder: int | None) -> Known:
    return Known(
        Reach(in_service=True, holder_id=holder, others=(OTHER,)), "sok@example.com", consents=True
    )


@pytest.mark.parametrize("tries", [(), (tried(end=End.REFUSED),), tuple(FAILED)])
@pytest.mark.parametrize("holder", [None, 2])
@pytest.mark.parametrize("kind", NoticeKind)
def test_nothing_goes_to_a_number_that_moved_on_any_way(
    kind: NoticeKind, holder: int | None, tries: tuple[Delivery, ...]
) -> None:
    found = step(notice(*tries, kind=kind), MUCH_LATER, known=elsewhere(holder))
    assert found is Dropped.CHANGED_HANDS


def test_news_of_a_former_holder_goes_elsewhere_or_nowhere() -> None:
    farewell = notice(kind=NoticeKind.LIFECYCLE_RECYCLED, channel=Channel.PERSON)
    gone = Reach(in_service=False, holder_id=None)
    mailed = Known(gone, "sok@example.com")
    others = Known(Reach(in_service=False, holder_id=None, others=(OTHER,)))
    assert step(farewell, known=others) == Try(Medium.SMS, OTHER)
    assert step(farewell, known=mailed) == Later(NOON, Medium.EMAIL)
    assert step(farewell, known=mailed, route=MAIL) == Try(Medium.EMAIL, "sok@example.com")
    assert step(farewell, known=mailed, route=ALONE) is Dropped.NO_OTHER_CHANNEL
    assert step(farewell, known=Known(gone)) is Dropped.NO_OTHER_CHANNEL


QUIET = [
    # from, to, local time of day, until (of the same day, or of the next: +)
    ("21:00", "08:00", "20:59:59", None),
    ("21:00", "08:00", "21:00:00", "+08:00"),
    ("21:00", "08:00", "21:00:01", "+08:00"),
    ("21:00", "08:00", "23:59:59", "+08:00"),
    ("21:00", "08:00", "00:00:00", "08:00"),
    ("21:00", "08:00", "07:59:59", "08:00"),
    ("21:00", "08:00", "08:00:00", None),
    ("21:00", "08:00", "08:00:01", None),
    ("12:00", "14:00", "11:59:59", None),
    ("12:00", "14:00", "12:00:00", "14:00"),
    ("12:00", "14:00", "13:59:59", "14:00"),
    ("12:00", "14:00", "14:00:00", None),
    ("20:00", "00:00", "19:59:59", None),
    ("20:00", "00:00", "20:00:00", "+00:00"),
    ("20:00", "00:00", "00:00:00", None),
]


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@pytest.mark.parametrize(("begin", "end", "now", "until"), QUIET)
@pytest.mark.parametrize("zone", ["+07:00 Asia/Phnom_Penh", "+09:00 Asia/Jayapura"])
def test_quiet_hours_by_the_operators_clocks(
    zone: str, begin: str, end: str, now: str, until: str | None
) -> None:
    offset, name = zone.split()
    at = parse_instant(f"2026-12-31T{now}{offset}")
    wanted = None
    if until is not None:
        day = "2027-01-01" if until.startswith("+") else "2026-12-31"
        wanted = parse_instant(f"{day}T{until.removeprefix('+')}:00{offset}")
    found = sending.quiet_until((minute(begin), minute(end)), ZoneInfo(name), at)
    assert found == wanted
    if wanted is not None:
        assert sending.quiet_until((minute(begin), minute(end)), ZoneInfo(name), wanted) is None


MARKET = TERMS.notices[NoticeClass.MARKETING]


def local(text: str) -> Instant:
    return parse_instant(f"{text}+07:00")


@pytest.mark.parametrize("kind", NoticeKind)
def test_only_some_wait_at_night_and_security_never_does(kind: NoticeKind) -> None:
    night = local("2026-11-20T23:30:00")
    rules = TERMS.notices[class_of(kind)]
    found = step(notice(kind=kind, at=night), night, rules=rules)
    morning = {
        NoticeClass.MARKETING: local("2026-11-21T08:00:00"),
        NoticeClass.CHANGE: local("2026-11-21T08:00:00"),
        NoticeClass.EXPIRY: local("2026-11-21T07:00:00"),
    }
    until = morning.get(class_of(kind))
    assert found == (GO if until is None else sms(until))


# So many days, and seconds, before now others left for the same person; two a week are allowed.
WEEK = 7 * DAY_MS
CAPS = [
    ("none yet", [], GO),
    ("one", [1 * DAY_MS], GO),
    ("two, the older a week ago to the second", [WEEK, DAY_MS], GO),
    ("two, the older a second short of a week", [WEEK - SECOND_MS, DAY_MS], sms(NOON + SECOND_MS)),
    ("two, the older a second more than a week", [WEEK + SECOND_MS, DAY_MS], GO),
    ("two of five days", [WEEK - 2 * DAY_MS, DAY_MS], sms(NOON + 2 * DAY_MS)),
    ("two now", [0, 0], Dropped.TOO_MANY),
    ("free when it is given up", [WEEK - 3 * DAY_MS, DAY_MS], Dropped.TOO_MANY),
    ("free a second before", [WEEK - 3 * DAY_MS + SECOND_MS, DAY_MS],
     sms(NOON + 3 * DAY_MS - SECOND_MS)),
    ("three, two of them now", [3 * DAY_MS, 0, 0], Dropped.TOO_MANY),
]  # fmt: skip


@pytest.mark.parametrize(("before", "wanted"), [row[1:] for row in CAPS], ids=[c[0] for c in CAPS])
def test_so_many_offers_for_one_person(before: list[int], wanted: Next) -> None:
    counted = tuple(Instant(NOON - ago) for ago in before)
    known = Known(HERE, consents=True, counted=counted)
    assert step(notice(kind=OFFER), known=known, rules=MARKET) == wanted


def test_an_offer_needs_consent_before_anything_else_is_asked() -> None:
    night = local("2026-11-20T23:30:00")
    silent = Known(HERE, consents=False, counted=(NOON, NOON))
    for at in (NOON, night):
        found = step(notice(kind=OFFER, at=at), at, known=silent, rules=MARKET)
        assert found is Dropped.NO_CONSENT


def test_only_offers_need_consent() -> None:
    for kind in NoticeKind:
        if class_of(kind) is not NoticeClass.MARKETING:
            rules = TERMS.notices[class_of(kind)]
            assert step(notice(kind=kind), known=Known(HERE), rules=rules) == GO


def test_who_needs_an_address_to_be_looked_up() -> None:
    one_way, two_ways = dict.fromkeys(NoticeClass, ONCE), dict.fromkeys(NoticeClass, RULES)
    farewell = notice(kind=NoticeKind.LIFECYCLE_RECYCLED, channel=Channel.PERSON)
    failed = notice(tried(end=End.REFUSED))
    assert sending.needing_email([notice()], two_ways) == []
    assert sending.needing_email([failed], one_way) == []
    assert sending.needing_email([failed], two_ways) == [1]
    assert sending.needing_email([farewell, farewell], one_way) == [1]


HANDED = tried(handed=NOON)
STATES = [
    ("told", notice(), 0, State.WAITING),
    ("on its way", notice(tried()), WAIT - 1, State.HANDING),
    ("on its way for too long", notice(tried()), WAIT, State.WAITING),
    ("taken", notice(HANDED), WAIT - 1, State.HANDED),
    ("taken and silent", notice(HANDED), WAIT, State.WAITING),
    (
        "taken by who never answers",
        notice(tried(handed=NOON, receipts=False)),
        DAY_MS,
        State.HANDED,
    ),
    ("refused", notice(tried(end=End.REFUSED)), 0, State.WAITING),
    ("there", notice(tried(handed=NOON, end=End.DELIVERED)), 0, State.DELIVERED),
    (
        "late, but there",
        notice(tried(handed=NOON, end=End.DELIVERED), tried(2)),
        0,
        State.DELIVERED,
    ),
]


@pytest.mark.parametrize(
    ("one", "after", "wanted"), [row[1:] for row in STATES], ids=[row[0] for row in STATES]
)
def test_where_a_notice_is(one: Notice, after: int, wanted: State) -> None:
    assert sending.state(one, {NoticeClass.SECURITY: RULES}, Instant(NOON + after)) is wanted


def test_where_a_notice_is_that_nobody_tries_any_more() -> None:
    rules = {NoticeClass.SECURITY: RULES}
    never = msgspec.structs.replace(notice(), dropped_at=NOON, dropped=Dropped.TOO_MANY)
    left = msgspec.structs.replace(never, sent_at=NOON, dropped=Dropped.UNDELIVERED)
    assert sending.state(never, rules, NOON) is State.DROPPED
    assert sending.state(left, rules, NOON) is State.FAILED
    twice = {NoticeClass.SECURITY: ONCE}
    assert sending.state(notice(HANDED), twice, Instant(NOON + WAIT)) is State.FAILED


def test_every_class_reaches_an_end() -> None:
    """However often it fails, every notice is dropped in the end, and is tried a few times only."""
    for one in NoticeClass:
        kind = next(each for each in NoticeKind if class_of(each) is one)
        rules, at, steps = TERMS.notices[one], NOON, 0
        tries: list[Delivery] = []
        while True:
            steps += 1
            assert steps < 100
            known = Known(WELL_KNOWN.reach, "sok@example.com", consents=True)
            found = step(notice(*tries, kind=kind), at, known=known, rules=rules, route=SMSC)
            if isinstance(found, Later) and found.medium is Medium.EMAIL:
                found = step(notice(*tries, kind=kind), at, known=known, rules=rules, route=MAIL)
            if isinstance(found, Dropped):
                break
            if isinstance(found, Later):
                assert found.at > at
                at = found.at
                continue
            assert isinstance(found, Try)
            tries.append(tried(len(tries) + 1, to=found.to, at=at, end=End.REFUSED))
        assert found is Dropped.UNDELIVERED
        ways = 3 if rules.second else 0
        assert len(tries) == len(rules.again_ms) + 1 + ways
