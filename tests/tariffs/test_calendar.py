"""When a price holds: bands by the operator's clocks, also where clocks are turned."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.tariffs.model import InForce, Refusal
from tenure.promises.tariffs.rules import Book, compile_book, covers, in_force
from tenure.promises.tariffs.rules.calendar import DAYS_KEPT, Calendar
from tenure.terms.pack import load
from tenure.terms.pricelist import BandSpan
from tenure.values.instant import DAY_MS, NEVER, Instant, instant_of, moment_of, parse_instant
from tenure.values.refused import Refused

DAY_AND_NIGHT = tuple(
    span
    for weekday in range(7)
    for span in (
        BandSpan("night", weekday, 0, 300),
        BandSpan("day", weekday, 300, 1380),
        BandSpan("night", weekday, 1380, 1440),
    )
)


@pytest.fixture(scope="module")
def book() -> Book:
    return compile_book(load("smart-kh"))


def holding(book: Book, key: str, at: str | Instant) -> InForce:
    instant = parse_instant(at) if isinstance(at, str) else at
    answer = in_force(book, "prepaid", key, instant)
    assert isinstance(answer, InForce)
    return answer


@pytest.mark.parametrize(
    ("at", "rate", "until"),
    [
        ("2026-09-30T22:59:59+07:00", "2026-01 day", "2026-09-30T23:00:00+07:00"),
        ("2026-09-30T22:59:59.999+07:00", "2026-01 day", "2026-09-30T23:00:00+07:00"),
        ("2026-09-30T23:00:00+07:00", "2026-01 night", "2026-10-01T00:00:00+07:00"),
        ("2026-09-30T23:00:01+07:00", "2026-01 night", "2026-10-01T00:00:00+07:00"),
        ("2026-09-30T23:59:59+07:00", "2026-01 night", "2026-10-01T00:00:00+07:00"),
        ("2026-10-01T00:00:00+07:00", "2026-10 night", "2026-10-01T05:00:00+07:00"),
        ("2026-10-01T00:00:01+07:00", "2026-10 night", "2026-10-01T05:00:00+07:00"),
        ("2026-10-01T04:59:59+07:00", "2026-10 night", "2026-10-01T05:00:00+07:00"),
        ("2026-10-01T05:00:00+07:00", "2026-10 day", "2026-10-01T23:00:00+07:00"),
        # A night is one, also across midnight.
        ("2026-11-22T23:30:00+07:00", "2026-10 night", "2026-11-23T05:00:00+07:00"),
        ("2026-11-22T16:30:00+00:00", "2026-10 night", "2026-11-23T05:00:00+07:00"),
    ],
)
def test_a_band_begins_and_ends_to_the_second(book: Book, at: str, rate: str, until: str) -> None:
    version, band = rate.split()

    answer = holding(book, "voice/out/offnet", at)

    assert answer.rate.rate_id == f"{version}/prepaid/voice/out/offnet/{band}"
    assert answer.until == parse_instant(until)


def test_a_price_without_bands_holds_until_the_next_version(book: Book) -> None:
    answer = holding(book, "sms/out/onnet", "2026-03-01T12:00:00+07:00")
    assert answer.until == parse_instant("2026-10-01T00:00:00+07:00")
    assert holding(book, "sms/out/onnet", "2026-11-22T12:00:00+07:00").until == NEVER


@pytest.mark.parametrize(
    ("key", "at", "refusal"),
    [
        ("sms/out/onnet", parse_instant("2025-12-31T23:59:59+07:00"), Refusal.NOT_IN_FORCE),
        ("sms/out/onnet", NEVER, Refusal.NOT_IN_FORCE),
        ("sms/out/onnet", Instant(-1), Refusal.NOT_IN_FORCE),
        ("voice/out/moon", parse_instant("2026-11-22T12:00:00+07:00"), Refusal.NOT_OFFERED),
        ("nonsense", parse_instant("2026-11-22T12:00:00+07:00"), Refusal.NOT_OFFERED),
    ],
)
def test_what_is_not_published_is_refused(
    book: Book, key: str, at: Instant, refusal: Refusal
) -> None:
    answer = in_force(book, "prepaid", key, at)
    assert isinstance(answer, Refused)
    assert answer.refusal is refusal
    assert answer.detail


def test_what_only_an_earlier_version_priced_is_refused_now() -> None:
    pack = load("smart-kh")
    fewer = tuple(row for row in pack.versions[1].rows if row.service != "mms")
    latest = msgspec.structs.replace(pack.versions[1], rows=fewer)
    book = compile_book(msgspec.structs.replace(pack, versions=(pack.versions[0], latest)))

    before = in_force(book, "prepaid", "mms/out/onnet", parse_instant("2026-09-30T16:59:59Z"))
    after = in_force(book, "prepaid", "mms/out/onnet", parse_instant("2026-09-30T17:00:00Z"))

    assert isinstance(before, InForce)
    assert isinstance(after, Refused)
    assert after.refusal is Refusal.NOT_OFFERED
    assert "2026-10" in after.detail


def test_an_unknown_offer_is_refused(book: Book) -> None:
    answer = in_force(book, "gold", "sms/out/onnet", parse_instant("2026-11-22T12:00:00Z"))
    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.UNKNOWN_OFFER


@pytest.mark.parametrize(
    "zone",
    [
        "Asia/Phnom_Penh",
        "Europe/Berlin",  # clocks are turned at two and three in the night
        "America/Havana",  # clocks are turned at midnight: one midnight is missing
        "Australia/Lord_Howe",  # by half an hour
        "Pacific/Apia",  # left out the 30th of December 2011
    ],
)
@given(offset=st.integers(0, 16 * 365 * DAY_MS))
def test_segments_follow_each_other_without_a_gap(zone: str, offset: int) -> None:
    """Whatever the clocks do, every instant has one band, and the next begins where it ends."""
    calendar = Calendar(DAY_AND_NIGHT, zone)
    at = Instant(parse_instant("2011-01-01T00:00:00Z") + offset)

    start, until, band = calendar.segment(at)

    assert start <= at < until
    assert calendar.segment(Instant(until))[0] <= until
    assert calendar.segment(Instant(until - 1))[2] == band
    assert calendar.segment(Instant(start))[2] == band


@given(st.integers(0, 200 * 365 * DAY_MS).map(Instant))
def test_the_band_is_that_of_the_clock_on_the_wall(at: Instant) -> None:
    local = moment_of(at).astimezone(ZoneInfo("Asia/Phnom_Penh"))
    calendar = Calendar(DAY_AND_NIGHT, "Asia/Phnom_Penh")

    band = calendar.bands[calendar.segment(at)[2]]

    assert band == ("day" if 5 <= local.hour < 23 else "night")


def test_what_is_kept_of_days_is_bounded() -> None:
    calendar = Calendar(DAY_AND_NIGHT, "Asia/Phnom_Penh")
    first = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
    for days in range(DAYS_KEPT + 10):
        calendar.segment(instant_of(first + timedelta(days=days)))
    assert len(calendar._days) <= DAYS_KEPT


@pytest.mark.parametrize(
    ("allowance", "route", "covered"),
    [
        ("data-5gb-internet", "data/-/internet", True),
        ("data-5gb-internet", "data/-/social", True),
        ("data-5gb-internet", "data/-/internet@roam-1", False),
        ("mix-monthly-data", "data/-/social", True),
        ("mix-monthly-data", "data/-/social@roam-1", False),
        ("mix-monthly-data", "data/-/social@national", False),
        ("roam-week-data", "data/-/internet@roam-1", True),
        ("roam-week-data", "data/-/social@roam-1", True),
        ("roam-week-data", "data/-/internet@roam-2", False),
        ("roam-week-data", "data/-/internet", False),
        ("mix-monthly-minutes", "voice/out/onnet", True),
        ("mix-monthly-minutes", "voice/out/intl-1", False),
        ("mix-monthly-minutes", "voice/in/any", False),
        ("of-another-pack", "voice/out/onnet", False),
    ],
)
def test_an_allowance_pays_for_what_its_plan_says(
    book: Book,
    allowance: str,
    route: str,
    covered: bool,  # noqa: FBT001 - the case
) -> None:
    assert covers(book, allowance, route) is covered
    assert covers(book, allowance, route) is covered


def test_a_book_shows_its_operator_and_nothing_it_was_asked(book: Book) -> None:
    assert repr(book) == "Book(smart-kh: 2026-01, 2026-10)"
