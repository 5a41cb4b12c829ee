"""Whether somebody is of age at an instant."""

from datetime import date

from tenure.values.instant import Instant, moment_of


def adult(born_on: date, years: int, at: Instant) -> bool:
    """PRV-MINOR: whether the birthday has come, by the date in UTC.

    East of Greenwich that is some hours late: those hours need one consent more, never one less.
    Who was born on 29 February has the birthday on 28 February when there is no such day.
    """
    try:
        birthday = born_on.replace(year=born_on.year + years)
    except ValueError:
        birthday = date(born_on.year + years, 2, 28)
    return birthday <= moment_of(at).date()
