"""Who is of age at an instant: by the clocks of a place, to the second, also on leap days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.values.age import adult, comes_of_age_at
from tenure.values.instant import NEVER, Instant, moment_of, parse_instant

PHNOM_PENH, JAKARTA = "Asia/Phnom_Penh", "Asia/Jakarta"
ZONES = [PHNOM_PENH, JAKARTA, "Asia/Jayapura", "UTC", "America/New_York", "Asia/Beirut"]
BORN = st.dates(date(1900, 1, 1), date(2100, 12, 31))

BIRTHDAYS = [
    # born            zone               18 at                          why
    (date(2008, 11, 22), PHNOM_PENH, "2026-11-22T00:00:00+07:00", "an ordinary day"),
    (date(2008, 11, 22), "UTC", "2026-11-22T00:00:00+00:00", "seven hours later elsewhere"),
    (date(2008, 2, 29), PHNOM_PENH, "2026-02-28T00:00:00+07:00", "no such day in 2026"),
    (date(2008, 2, 28), PHNOM_PENH, "2026-02-28T00:00:00+07:00", "the day before has one"),
    (date(2009, 1, 1), JAKARTA, "2027-01-01T00:00:00+07:00", "at the turn of the year"),
    # In Beirut clocks went from 0 h to 1 h on 29 March 2026: that midnight never came.
    (date(2008, 3, 29), "Asia/Beirut", "2026-03-29T01:00:00+03:00", "a midnight that never comes"),
]


@pytest.mark.parametrize(("born", "zone", "expected", "why"), BIRTHDAYS)
def test_of_age_from_the_first_instant_of_the_birthday(
    born: date, zone: str, expected: str, why: str
) -> None:
    at = parse_instant(expected)
    assert comes_of_age_at(born, 18, zone) == at, why
    assert not adult(born, 18, zone, Instant(at - 1_000))
    assert not adult(born, 18, zone, Instant(at - 1))
    assert adult(born, 18, zone, at)
    assert adult(born, 18, zone, Instant(at + 1_000))


def test_a_leap_day_of_age_in_a_leap_year_is_that_day() -> None:
    assert comes_of_age_at(date(2008, 2, 29), 20, "UTC") == parse_instant("2028-02-29T00:00:00Z")


def test_a_birthday_beyond_the_calendar_never_comes() -> None:
    assert comes_of_age_at(date(9999, 1, 1), 18, "UTC") == NEVER


@given(BORN, st.integers(1, 30), st.sampled_from(ZONES))
def test_it_is_never_before_the_day_and_at_most_a_day_of_clocks_after(
    born: date, years: int, zone: str
) -> None:
    moment = moment_of(comes_of_age_at(born, years, zone)).astimezone(ZoneInfo(zone))
    leap = (born.month, born.day) == (2, 29)
    assert moment.year == born.year + years
    assert (moment.month, moment.day) == (born.month, born.day) or (leap and moment.day == 28)
    assert moment - datetime.combine(
        moment.date(), datetime.min.time(), ZoneInfo(zone)
    ) <= timedelta(hours=2)


@given(BORN, st.integers(1, 29), st.sampled_from(ZONES), st.integers(0, 4_102_444_800))
def test_who_is_of_age_stays_so_and_later_ages_come_later(
    born: date, years: int, zone: str, seconds: int
) -> None:
    at = Instant(seconds * 1_000)
    assert comes_of_age_at(born, years, zone) < comes_of_age_at(born, years + 1, zone)
    if adult(born, years, zone, at):
        assert adult(born, years, zone, Instant(at + 1))
    assert moment_of(at).tzinfo is UTC
