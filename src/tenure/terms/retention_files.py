"""retention.toml: how long what is held about people is kept, and what ends it."""

from typing import Final

from tenure.terms.documents import Folder, Section
from tenure.terms.retention import STARTS, Keeping, Period, Retention
from tenure.terms.wordings import words

FILE: Final = "retention.toml"
NAME: Final = r"[a-z][a-z-]{0,29}"
DAYS_MAX: Final = 36_600
WORDS_MAX: Final = 300


def read_retention(folder: Folder, languages: tuple[str, ...]) -> Retention:
    """Every period; none twice, and none that ends before it may."""
    top = folder.toml(FILE)
    clock = top.section("clock")
    late_days = clock.whole("late_days", 1, 30, 2)
    clock.done()
    kinds = [(section, *_kind(section)) for section in top.sections("kind")]
    keeps: dict[str, Keeping] = {}
    for section in top.sections("keep"):
        found = _keeping(section, languages, kinds)
        if found.name in keeps:
            section.note("name", f"{found.name} is there twice", "keep one of them")
        keeps[found.name] = found
    for section, keep, kind, _ in kinds:
        if keep not in keeps:
            section.note("keep", f"{kind} is kept as {keep}, which is not there", "name a [[keep]]")
    top.done()
    if not keeps and not folder.problems:
        what = "nothing is said of how long anything is kept"
        folder.note(FILE, 0, what, "add [[keep]]", "PRV-KEEP")
    return Retention(keeps, late_days)


OfKind = tuple[Section, str, str, Period]
"""Where it stands, the name of the period, the kind of people, and its own days."""


def _keeping(section: Section, languages: tuple[str, ...], kinds: list[OfKind]) -> Keeping:
    name = section.matching("name", NAME, "identity")
    found = Keeping(
        name=name,
        starts=section.choice("starts", STARTS),
        period=_period(section),
        kinds={kind: period for _, keep, kind, period in kinds if keep == name},
        disputed=section.flag("disputed") if section.has("disputed") else False,
        authority=section.text("authority", "not published"),
        action=words(section, "action", languages, WORDS_MAX),
    )
    section.done()
    return found


def _kind(section: Section) -> tuple[str, str, Period]:
    found = (section.text("keep", "subject"), section.text("name", "visitor"), _period(section))
    section.done()
    return found


def _period(section: Section) -> Period:
    found = Period(
        section.whole("minimum_days", 0, DAYS_MAX, 365),
        section.whole("maximum_days", 0, DAYS_MAX, 730),
    )
    if found.maximum_days < found.minimum_days:
        what = f"it must stay {found.minimum_days} days and be gone after {found.maximum_days}"
        section.note("maximum_days", what, "write maximum_days no less than minimum_days")
    return found
