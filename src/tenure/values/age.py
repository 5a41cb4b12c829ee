"""Whether somebody is of age at an instant, by the clocks of the place where they are asked."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tenure.values.instant import NEVER, Instant, instant_of, moment_of


def comes_of_age_at(born_on: date, years: int, zone: str) -> Instant:
    """PRV-MINOR: the first instant of the birthday in a zone of the IANA database.

    Who was born on 29 February has the birthday on 28 February when there is no such day.  Where
    that midnight comes twice or never, the later one counts: a minor for an hour more.
    """
    year = born_on.year + years
    if year > moment_of(NEVER).year:
        return NEVER
    try:
        birthday = born_on.replace(year=year)
    except ValueError:
        birthday = date(year, 2, 28)
    midnight = datetime.combine(birthday, time(), ZoneInfo(zone))
    return max(instant_of(midnight.replace(fold=fold).astimezone(UTC)) for fold in (0, 1))


def adult(born_on: date, years: int, zone: str, at: Instant) -> bool:
    """PRV-MINOR: whether the birthday has come: a function of the date, which nobody sweeps."""
    return comes_of_age_at(born_on, years, zone) <= at
