"""people.toml: the kinds of data subjects, what each is asked for, when, why, and by whom."""

from collections.abc import Mapping
from typing import Final, TypeVar

from tenure.terms.documents import Folder, Section
from tenure.terms.subjects import (
    FORMS,
    ROLES,
    THEMSELVES,
    Item,
    People,
    SubjectKind,
    Titled,
    Wanted,
)
from tenure.terms.wordings import words
from tenure.values.holding import Category

FILE: Final = "people.toml"
NAME: Final = r"[a-z][a-z0-9-]{0,39}"
CATEGORIES: Final = tuple(
    one.value for one in Category if one not in (Category.NONE, Category.DECLARED)
)
VAGUE: Final = frozenset({"other", "others", "misc", "various", "general", "legitimate"})
"""A purpose that names nothing can justify nothing."""
WORDS_MAX: Final = 300

NamedT = TypeVar("NamedT", Item, Titled, SubjectKind)


def read_people(folder: Folder, languages: tuple[str, ...]) -> People:
    """Kinds, items, occasions, purposes and consequences; everything named must be there."""
    top = folder.toml(FILE)
    photo = top.section("photo")
    keep_photos = photo.flag("keep")
    photo.done()
    occasions = _named([_titled(one, languages) for one in top.sections("occasion")], folder)
    purposes = _named([_purpose(one, languages) for one in top.sections("purpose")], folder)
    consequences = _named([_titled(one, languages) for one in top.sections("consequence")], folder)
    items = _named([_item(one, languages, keep_photos) for one in top.sections("item")], folder)
    shelves = (occasions, purposes, items, consequences)
    kinds = _named([_kind(one, languages, shelves) for one in top.sections("kind")], folder)
    top.done()
    if not kinds and not folder.problems:
        folder.note(FILE, 0, "there is no kind of people", "add [[kind]]", "PRV-KINDS")
    return People(tuple(kinds.values()), keep_photos)


def _named(found: list[NamedT], folder: Folder) -> dict[str, NamedT]:
    """By name; none twice."""
    names = [one.name for one in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        folder.note(FILE, 0, f"{name} is there twice", "keep one of them", "PRV-KINDS")
    return {one.name: one for one in found}


def _flag(section: Section, key: str) -> bool:
    """True or false; false where nothing is said."""
    return section.flag(key) if section.has(key) else False


def _titled(section: Section, languages: tuple[str, ...]) -> Titled:
    found = Titled(
        section.matching("name", NAME, "a-name"),
        words(section, "title", languages, WORDS_MAX),
    )
    section.done()
    return found


def _purpose(section: Section, languages: tuple[str, ...]) -> Titled:
    found = _titled(section, languages)
    if found.name in VAGUE:
        section.note("name", f'"{found.name}" names no purpose', "say what the data is used for")
    return found


def _item(section: Section, languages: tuple[str, ...], keep_photos: bool) -> Item:  # noqa: FBT001 -- as the pack says it
    form = section.choice("form", FORMS)
    found = Item(
        name=section.matching("name", NAME, "a-name"),
        title=words(section, "title", languages, WORDS_MAX),
        form=form,
        category=section.choice("category", CATEGORIES),
        choices=section.texts("choices", NAME, "a-choice") if section.has("choices") else (),
        many=_flag(section, "many"),
        of_another=_flag(section, "of_another"),
    )
    section.done()
    if found.category == Category.BIOMETRIC.value and not keep_photos:
        what = f"{found.name} would be kept, and [photo] says that nothing of a photo is"
        section.note("category", what, "take the item out, or write keep = true in [photo]")
    if (form == "choice") != bool(found.choices):
        section.note("form", "only a choice has choices, and it has some", 'add choices = ["…"]')
    return found


Shelves = tuple[
    Mapping[str, Titled], Mapping[str, Titled], Mapping[str, Item], Mapping[str, Titled]
]
"""Occasions, purposes, items and consequences, by name."""


def _kind(section: Section, languages: tuple[str, ...], shelves: Shelves) -> SubjectKind:
    occasions, purposes, items, consequences = shelves
    found = SubjectKind(
        name=section.matching("name", NAME, "a-name"),
        title=words(section, "title", languages, WORDS_MAX),
        registered=_flag(section, "registered"),
        third_party=_flag(section, "third_party"),
        entered_by=_entered_by(section),
        occasions=_chosen(section, "occasions", occasions),
        purposes=_chosen(section, "purposes", purposes),
        wanted=(
            *_obligatory(section, items, consequences),
            *(Wanted(one) for one in _chosen(section, "optional", items, may_be_empty=True)),
        ),
    )
    section.done()
    names = [one.item.name for one in found.wanted]
    for name in sorted({name for name in names if names.count(name) > 1}):
        what = f"{name} is obligatory and optional"
        section.note("optional", what, "keep it in one of both")
    if found.third_party and THEMSELVES in found.entered_by:
        what = "somebody known only through others cannot enter themselves"
        section.note("entered_by", what, f'take "{THEMSELVES}" away, or write third_party = false')
    return found


def _entered_by(section: Section) -> tuple[str, ...]:
    roles = section.texts("entered_by", NAME, "sales")
    known = {*ROLES, THEMSELVES}
    for role in roles:
        if role not in known:
            what = f'nobody has the role "{role}"'
            section.note("entered_by", what, f"the roles are {', '.join(sorted(known))}")
    if not roles:
        section.note("entered_by", "nobody may enter this kind", 'name who may: ["sales"]')
    return roles


def _chosen(
    section: Section, key: str, shelf: Mapping[str, NamedT], *, may_be_empty: bool = False
) -> tuple[NamedT, ...]:
    names = section.texts(key, NAME, "a-name")
    for name in names:
        if name not in shelf:
            what = f'{key} has "{name}", which is nowhere described'
            section.note(key, what, f"the names are {', '.join(sorted(shelf))}")
    if not names and not may_be_empty:
        section.note(key, f"{key} is empty", f"name at least one, as {section.clause} does")
    return tuple(shelf[name] for name in names if name in shelf)


def _obligatory(
    section: Section, items: Mapping[str, Item], consequences: Mapping[str, Titled]
) -> list[Wanted]:
    """PRV-OPTION: an item that must be given, and what follows when it is not."""
    section.has("obligatory")
    given = section.values.get("obligatory")
    if not isinstance(given, dict):
        what = f"[{section.name}] does not say what is obligatory"
        section.note("obligatory", what, 'add obligatory = { name = "no-service" }, or {}')
        return []
    found = []
    for name, without in given.items():
        if name not in items:
            what = f'obligatory has "{name}", which is nowhere described'
            section.note("obligatory", what, f"the items are {', '.join(sorted(items))}")
        elif not isinstance(without, str) or without not in consequences:
            what = f"what follows without {name} is told nowhere"
            section.note(
                "obligatory", what, f"the consequences are {', '.join(sorted(consequences))}"
            )
        else:
            found.append(Wanted(items[name], consequences[without].title))
    return found
