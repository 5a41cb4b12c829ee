"""processing.toml: the legal basis of every purpose, and what is done with what is kept."""

from collections.abc import Collection
from typing import Final

from tenure.terms.documents import Folder, Section
from tenure.terms.people_files import CATEGORIES
from tenure.terms.processing import (
    BASES,
    CALLED_PARTY,
    WORDS,
    Activity,
    LegalBasis,
    Processing,
    Reason,
)
from tenure.terms.recipients import Disclosing
from tenure.terms.retention import Retention
from tenure.terms.subjects import People, Words
from tenure.terms.wordings import words

FILE: Final = "processing.toml"
NAME: Final = r"[a-z][a-z0-9-]{0,39}"
WORDS_MAX: Final = 200


def read_processing(
    folder: Folder,
    languages: tuple[str, ...],
    people: People,
    beside: tuple[Retention, Disclosing],
) -> Processing:
    """Every purpose has its basis, and whatever is named is there.

    ``beside`` is what retention.toml and recipients.toml say.
    """
    retention, disclosing = beside
    top = folder.toml(FILE)
    bases = {one.name: one for one in (_basis(s, languages) for s in top.sections("basis"))}
    purposes = sorted({one.name for kind in people.kinds for one in kind.purposes})
    reasons = [_reason(section, bases, purposes) for section in top.sections("reason")]
    called = top.section(CALLED_PARTY)
    called_party = words(called, "title", languages, WORDS_MAX)
    called.done()
    shelves = {
        "keep": tuple(retention.keeps),
        "kinds": (*(one.name for one in people.kinds), CALLED_PARTY),
        "purposes": tuple(purposes),
        "recipients": tuple(one.name for one in disclosing.classes),
    }
    activities = [_activity(one, languages, shelves) for one in top.sections("activity")]
    spoken = top.section("words")
    said = {name: words(spoken, name, languages, WORDS_MAX) for name in WORDS}
    spoken.done()
    categories = dict(_category(one, languages) for one in top.sections("category"))
    top.done()
    for name in CATEGORIES:
        if name not in categories:
            folder.note(FILE, 0, f"{name} has no title", "add a [[category]] for it", "PRV-DATA-C")
    found = Processing(
        bases,
        {one.purpose: one for one in reasons},
        called_party,
        {one.keep: one for one in activities},
        said,
        categories,
    )
    _once(folder, "the purpose", [one.purpose for one in reasons])
    _once(folder, "the activity", [one.keep for one in activities])
    if found.reasons and found.activities:
        _complete(folder, found, people)
    return found


def _category(section: Section, languages: tuple[str, ...]) -> tuple[str, Words]:
    found = section.choice("name", CATEGORIES), words(section, "title", languages, WORDS_MAX)
    section.done()
    return found


def _once(folder: Folder, what: str, names: Collection[str]) -> None:
    for name in sorted({name for name in names if list(names).count(name) > 1}):
        folder.note(FILE, 0, f"{what} {name} is there twice", "keep one of them", "PRV-WHY")


def _complete(folder: Folder, found: Processing, people: People) -> None:
    """What no section says cannot be noted at a line: it is noted at the file.

    That every period has its activity is seen by the gate of the register, which knows columns.
    """
    for kind in people.kinds:
        for purpose in kind.purposes:
            if purpose.name not in found.reasons:
                what = f"the purpose {purpose.name} of a {kind.name} has no legal basis"
                folder.note(FILE, 0, what, "add a [[reason]] for it", "PRV-WHY")
        strong = [one.name for one in kind.purposes if _strong(found, one.name)]
        for wanted in kind.wanted:
            if wanted.item.is_sensitive and not strong:
                what = f"{wanted.item.name} of a {kind.name} is sensitive, and no basis carries it"
                folder.note(FILE, 0, what, "add sensitive = to one of its purposes", "PRV-WHY")


def _strong(found: Processing, purpose: str) -> bool:
    reason = found.reasons.get(purpose)
    return reason is not None and bool(reason.sensitive)


def _one_of(section: Section, key: str, names: tuple[str, ...]) -> str:
    """One of the names, unless the file that should have them has none."""
    return section.choice(key, names) if names else section.text(key, "a-name")


def _basis(section: Section, languages: tuple[str, ...]) -> LegalBasis:
    found = LegalBasis(
        name=section.choice("name", BASES),
        title=words(section, "title", languages, WORDS_MAX),
        sensitive=section.flag("sensitive"),
        authority=section.text("authority", "law 27/2022 article 20(2)(b)"),
    )
    section.done()
    return found


def _reason(section: Section, bases: dict[str, LegalBasis], purposes: Collection[str]) -> Reason:
    known = tuple(bases)
    found = Reason(
        purpose=_one_of(section, "purpose", tuple(purposes)),
        basis=_one_of(section, "basis", known),
        sensitive=_one_of(section, "sensitive", known) if section.has("sensitive") else "",
    )
    section.done()
    if found.sensitive in bases and not bases[found.sensitive].sensitive:
        what = f"{found.sensitive} is not strong enough for what is sensitive"
        strong = ", ".join(sorted(one.name for one in bases.values() if one.sensitive))
        section.note("sensitive", what, f"those that are: {strong}")
    return found


def _activity(
    section: Section, languages: tuple[str, ...], shelves: dict[str, tuple[str, ...]]
) -> Activity:
    found = Activity(
        keep=_one_of(section, "keep", shelves["keep"]),
        title=words(section, "title", languages, WORDS_MAX),
        kinds=section.texts("kinds", NAME, "customer"),
        purposes=section.texts("purposes", NAME, "service"),
        recipients=section.texts("recipients", NAME, "authorities"),
    )
    section.done()
    for key in ("kinds", "purposes", "recipients"):
        for name in getattr(found, key):
            if name not in shelves[key]:
                what = f'{key} has "{name}", which is nowhere described'
                section.note(key, what, f"the names are {', '.join(shelves[key])}")
        if not getattr(found, key) and key != "recipients":
            section.note(key, f"{key} is empty", "name at least one")
    return found
