"""The figures by which a number stays its holder's: recycling, transfer, lock, SIMs, limits."""

import itertools

from tenure.terms.documents import Section
from tenure.terms.model import (
    Expiry,
    Keeping,
    Lifecycle,
    Lock,
    Recycling,
    SimReplacement,
    Transfer,
)
from tenure.terms.problems import UnreadableError
from tenure.terms.quantities import Measures
from tenure.values.instant import DAY_MS, SECOND_MS

DAYS_MAX = 3660
APPROVALS_MAX = 5
NUMBERS_MAX = 100
YEARS_MAX = 30
EXPIRY_DAYS_MAX = 30


def read_keeping(top: Section, lifecycle: Lifecycle, measures: Measures, time_zone: str) -> Keeping:
    """[recycling], [expiry], [transfer], [lock], [sim], [holding] and [adult] of terms.toml."""
    holding, adult = top.section("holding"), top.section("adult")
    found = Keeping(
        recycling=_recycling(top.section("recycling"), lifecycle, measures),
        expiry=_expiry(top.section("expiry"), measures),
        transfer=_transfer(top.section("transfer"), measures),
        lock=_lock(top.section("lock"), measures),
        sim=_sim(top.section("sim")),
        prepaid_numbers_max=holding.whole("prepaid_numbers_max", 0, NUMBERS_MAX, 3),
        adult_years=adult.whole("years", 1, YEARS_MAX, 18),
        time_zone=time_zone,
    )
    for section in (holding, adult):
        section.done()
    return found


def _milliseconds(section: Section, key: str, example: str, measures: Measures) -> int:
    def seconds(text: str) -> int:
        return measures.units(text, "seconds")

    return section.quantity(key, example, seconds) * SECOND_MS


def _recycling(section: Section, lifecycle: Lifecycle, measures: Measures) -> Recycling:
    days = tuple(
        _days(section, "reminders", text, measures)
        for text in section.texts("reminders", r".{1,20}", "30 days")
    )
    found = Recycling(
        reminder_days=days,
        reminders_min=section.whole("reminders_min", 1, 100, 3),
        rest_days=section.whole("rest_days", 0, DAYS_MAX, 90),
    )
    section.done()
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        section.note("reminders", "the reminders are out of order", "write the earliest first")
    if any(day >= lifecycle.outgoing_blocked_days for day in days):
        section.note(
            "reminders",
            "a reminder comes when the number can no longer receive it",
            "write only days before outgoing_blocked_days are over",
        )
    if found.reminders_min > len(days):
        section.note(
            "reminders_min",
            "more reminders are needed than are sent",
            "add reminders, or ask for fewer",
        )
    return found


def _expiry(section: Section, measures: Measures) -> Expiry:
    found = Expiry(
        before_days=tuple(
            _days(section, "before", text, measures)
            for text in section.texts("before", r".{1,20}", "3 days")
        ),
        news_ms=_milliseconds(section, "news", "1 day", measures),
    )
    section.done()
    if any(later >= earlier for earlier, later in itertools.pairwise(found.before_days)):
        section.note("before", "the days before the end are out of order", "write the most first")
    if any(not 0 < day <= EXPIRY_DAYS_MAX for day in found.before_days):
        what = f"an end is told between 1 and {EXPIRY_DAYS_MAX} days before it"
        section.note("before", what, 'write each like "3 days"')
    return found


def _days(section: Section, key: str, text: str, measures: Measures) -> int:
    try:
        days, rest_ms = divmod(measures.units(text, "seconds") * SECOND_MS, DAY_MS)
    except UnreadableError as error:
        section.note(key, f"{key}: {error.what}", 'write each like "30 days"')
        return 0
    if rest_ms:
        section.note(key, f'"{text}" is not a whole number of days', "round it")
    return days


def _transfer(section: Section, measures: Measures) -> Transfer:
    found = Transfer(
        cooling_off_ms=_milliseconds(section, "cooling_off", "24 h", measures),
        open_ms=_milliseconds(section, "open", "14 days", measures),
        sim_age_ms=_milliseconds(section, "sim_age", "7 days", measures),
        # INC-STAFF: no employee can do it alone, whatever a pack would like.
        approvals_min=section.whole("approvals", 2, APPROVALS_MAX, 2),
    )
    section.done()
    if found.open_ms <= found.cooling_off_ms:
        section.note(
            "open",
            "a transfer would end before its cooling-off is over",
            "leave it open for longer than cooling_off",
        )
    return found


def _lock(section: Section, measures: Measures) -> Lock:
    found = Lock(lift_delay_ms=_milliseconds(section, "lift_delay", "72 h", measures))
    section.done()
    return found


def _sim(section: Section) -> SimReplacement:
    found = SimReplacement(fee_micros=section.money("replacement_fee", "1.00"))
    section.done()
    return found
