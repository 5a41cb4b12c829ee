"""website.toml: the forms, contests and cookies of the public website."""

from collections.abc import Mapping
from typing import Final, TypeVar

from tenure.terms.documents import Folder, Section
from tenure.terms.problems import UnreadableError
from tenure.terms.quantities import Measures
from tenure.terms.subjects import People, SubjectKind, Titled
from tenure.terms.website import (
    CATEGORIES,
    ESSENTIAL,
    FORMS,
    Answers,
    Asked,
    Banner,
    Category,
    Contest,
    Cookie,
    Field,
    Form,
    Limits,
    Website,
)
from tenure.terms.wordings import words
from tenure.values.instant import SECOND_MS, Instant

FILE: Final = "website.toml"
NAME: Final = r"[a-z][a-z0-9-]{0,39}"
WORDS_MAX: Final = 300
TEXT_MAX: Final = 1200
OCTET_COUNT: Final = 1024
MEASURES: Final = Measures("USD", OCTET_COUNT)
AGAIN_MAX: Final = 12
"""So often a letter that was not taken is tried again, at most."""
RESERVED: Final = ("cookies", "policy", "contest", "partners", "held")
"""Pages of their own; no form can have their names."""

NamedT = TypeVar("NamedT", Titled, Field, Form, Contest, Category, Cookie)


class _Reader:
    """The file, with what its tables refer to."""

    def __init__(self, folder: Folder, languages: tuple[str, ...], kind: SubjectKind) -> None:
        self.folder, self.languages, self.kind = folder, languages, kind
        self.choices: Mapping[str, Titled] = {}
        self.consequences: Mapping[str, Titled] = {}
        self.fields: Mapping[str, Field] = {}
        self.contests: Mapping[str, Contest] = {}

    def named(self, found: list[NamedT]) -> dict[str, NamedT]:
        """By name; none twice."""
        names = [one.name for one in found]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.folder.note(FILE, 0, f"{name} is there twice", "keep one of them", "WEB-COLLECT")
        return {one.name: one for one in found}

    def titled(self, section: Section) -> Titled:
        """A name with its words."""
        found = Titled(section.matching("name", NAME, "a-name"), self.words(section, "title"))
        section.done()
        return found

    def words(self, section: Section, key: str, longest: int = WORDS_MAX) -> Mapping[str, str]:
        """A text in each language."""
        return words(section, key, self.languages, longest)

    def field(self, section: Section) -> Field:
        """Something that a form may ask for."""
        form = section.choice("form", FORMS)
        names = section.texts("choices", NAME, "a-choice") if section.has("choices") else ()
        found = Field(
            name=section.matching("name", NAME, "a-name"),
            title=self.words(section, "title"),
            form=form,
            choices=_chosen(section, "choices", names, self.choices),
            identifies=section.flag("identifies") if section.has("identifies") else False,
        )
        section.done()
        if (form == "choice") != bool(names):
            section.note(
                "form", "only a choice has choices, and it has some", 'add choices = ["…"]'
            )
        return found

    def contest(self, section: Section) -> Contest:
        """A contest, whose times are in order."""
        found = Contest(
            name=section.matching("name", NAME, "a-name"),
            title=self.words(section, "title"),
            rules=self.words(section, "rules", TEXT_MAX),
            agree=self.words(section, "agree"),
            opens_at=section.instant("opens") or Instant(0),
            closes_at=section.instant("closes") or Instant(1),
            claim_ms=_ms(section, "claim_for", "30 days"),
            winners=section.whole("winners", 1, 1000, 3),
            keep_winners_ms=_ms(section, "keep_winners_for", "90 days"),
            question=section.text("question", "answer", default=""),
        )
        section.done()
        if found.closes_at <= found.opens_at:
            section.note("closes", f"{found.name} closes before it opens", "write a later instant")
        if found.question and found.question not in self.fields:
            section.note(
                "question", f'there is no field "{found.question}"', "describe it as an [[item]]"
            )
        return found

    def form(self, section: Section) -> Form:
        """A form with its fields, its occasion and its purpose."""
        name = section.matching("name", NAME, "a-name")
        if name in RESERVED:
            section.note("name", f"{name} is a page of its own", "give the form another name")
        contest = section.text("contest", "a-contest", default="")
        found = Form(
            name=name,
            title=self.words(section, "title"),
            intro=self.words(section, "intro", TEXT_MAX),
            thanks=self.words(section, "thanks", TEXT_MAX),
            occasion=self._of_kind(section, "occasion", self.kind.occasions),
            purpose=self._of_kind(section, "purpose", self.kind.purposes),
            recipients=section.texts("recipients", NAME, "couriers"),
            keep_ms=_ms(section, "keep_for", "180 days"),
            fields=(
                *self._obligatory(section),
                *(Asked(one) for one in self._optional(section)),
            ),
            contest=contest,
        )
        section.done()
        self._fits(section, found)
        return found

    def _fits(self, section: Section, form: Form) -> None:
        """No field twice, and an entrant is known by something that has to be given."""
        names = [one.field.name for one in form.fields]
        for name in sorted({name for name in names if names.count(name) > 1}):
            section.note("optional", f"{name} is obligatory and optional", "keep it in one of both")
        if not form.contest:
            return
        if form.contest not in self.contests:
            section.note(
                "contest", f'there is no contest "{form.contest}"', "describe it as a [[contest]]"
            )
        known_by = [one for one in form.fields if one.field.identifies and one.without is not None]
        if len(known_by) != 1:
            section.note(
                "obligatory",
                f"an entrant of {form.name} is known by {len(known_by)} obligatory items",
                "make exactly one with identifies = true obligatory",
            )

    def _of_kind(self, section: Section, key: str, known: tuple[Titled, ...]) -> Titled:
        name = section.text(key, known[0].name if known else "website")
        for one in known:
            if one.name == name:
                return one
        names = ", ".join(one.name for one in known)
        section.note(key, f'"{name}" is no {key} of a {self.kind.name}', f"people.toml has {names}")
        return Titled(name, {})

    def _optional(self, section: Section) -> tuple[Field, ...]:
        names = section.texts("optional", NAME, "phone")
        return _chosen(section, "optional", names, self.fields)

    def _obligatory(self, section: Section) -> list[Asked]:
        section.has("obligatory")
        given = section.values.get("obligatory")
        if not isinstance(given, dict):
            what = f"[{section.name}] does not say what is obligatory"
            section.note("obligatory", what, 'add obligatory = { email = "no-reply" }, or {}')
            return []
        found = []
        for name, without in given.items():
            if name not in self.fields:
                what = f'obligatory has "{name}", which is nowhere described'
                section.note("obligatory", what, f"the items are {', '.join(sorted(self.fields))}")
            elif not isinstance(without, str) or without not in self.consequences:
                what = f"what follows without {name} is told nowhere"
                known = ", ".join(sorted(self.consequences))
                section.note("obligatory", what, f"the consequences are {known}")
            else:
                found.append(Asked(self.fields[name], self.consequences[without].title))
        return found


def read_website(folder: Folder, languages: tuple[str, ...], people: People) -> Website:
    """Every form, contest and cookie; everything named must be there."""
    top = folder.toml(FILE)
    site = top.section("site")
    name = site.matching("kind", NAME, "website-visitor")
    kind = people.kind(name)
    if kind is None:
        what = f'people.toml has no kind "{name}"'
        site.note("kind", what, "name a kind whose people enter themselves")
        kind = SubjectKind(name, {}, False, False, (), (), (), ())  # noqa: FBT003 -- nobody
    reader = _Reader(folder, languages, kind)
    reader.choices = reader.named([reader.titled(one) for one in top.sections("choice")])
    reader.consequences = reader.named([reader.titled(one) for one in top.sections("consequence")])
    reader.fields = reader.named([reader.field(one) for one in top.sections("item")])
    reader.contests = reader.named([reader.contest(one) for one in top.sections("contest")])
    forms = reader.named([reader.form(one) for one in top.sections("form")])
    categories = reader.named([_category(reader, one) for one in top.sections("category")])
    cookies = reader.named([_cookie(reader, one) for one in top.sections("cookie")])
    found = Website(
        kind=name,
        greeting=reader.words(site, "greeting"),
        about=reader.words(site, "about", TEXT_MAX),
        scope=reader.words(site, "scope", TEXT_MAX),
        limits=_limits(top.section("limits")),
        answers=_answers(reader, top.section("answers")),
        forms=tuple(forms.values()),
        contests=tuple(reader.contests.values()),
        banner=_banner(reader, top.section("banner")),
        categories=tuple(categories.values()),
        cookies=tuple(cookies.values()),
    )
    site.done()
    top.done()
    if ESSENTIAL not in categories and not folder.problems:
        what, remedy = "no category is essential", f'add [[category]] name = "{ESSENTIAL}"'
        folder.note(FILE, 0, what, remedy, "WEB-COOKIE")
    return found


def _chosen(
    section: Section, key: str, names: tuple[str, ...], shelf: Mapping[str, NamedT]
) -> tuple[NamedT, ...]:
    for name in names:
        if name not in shelf:
            what = f'{key} has "{name}", which is nowhere described'
            section.note(key, what, f"the names are {', '.join(sorted(shelf))}")
    return tuple(shelf[name] for name in names if name in shelf)


def _ms(section: Section, key: str, example: str) -> int:
    return section.measure(key, example, _seconds) * SECOND_MS


def _seconds(text: str) -> int:
    return MEASURES.units(text, "seconds")


def _limits(section: Section) -> Limits:
    found = Limits(
        longest=section.whole("longest", 100, 1600, 1600),
        an_hour=section.whole("an_hour", 1, 1000, 20),
        open_ms=_ms(section, "open_for", "24 h"),
        links=section.whole("links", 0, 20, 2),
    )
    section.done()
    return found


def _answers(reader: _Reader, section: Section) -> Answers:
    waits = []
    for text in section.texts("again", r".{1,20}", "10 min"):
        try:
            waits.append(_seconds(text) * SECOND_MS)
        except UnreadableError as error:
            section.note("again", f"again: {error.what}", 'write each like "10 min"')
    if len(waits) > AGAIN_MAX:
        section.note("again", f"again has {len(waits)} waits", f"write at most {AGAIN_MAX}")
    found = Answers(
        subject=reader.words(section, "subject"),
        closing=reader.words(section, "closing", TEXT_MAX),
        link_subject=reader.words(section, "link_subject"),
        link=reader.words(section, "link", TEXT_MAX),
        link_ms=_ms(section, "link_for", "30 min"),
        again_ms=tuple(waits),
    )
    section.done()
    return found


def _banner(reader: _Reader, section: Section) -> Banner:
    found = Banner(
        version=section.matching("version", r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", "2026-11"),
        text=reader.words(section, "text", TEXT_MAX),
        valid_ms=_ms(section, "valid_for", "180 days"),
        keep_ms=_ms(section, "keep_for", "365 days"),
        visit_keep_ms=_ms(section, "keep_visits_for", "90 days"),
    )
    section.done()
    return found


def _category(reader: _Reader, section: Section) -> Category:
    found = Category(
        section.choice("name", CATEGORIES),
        reader.words(section, "title"),
        reader.words(section, "text", TEXT_MAX),
    )
    section.done()
    return found


def _cookie(reader: _Reader, section: Section) -> Cookie:
    found = Cookie(
        section.matching("name", NAME, "tenure-choice"),
        section.choice("category", CATEGORIES),
        reader.words(section, "records", TEXT_MAX),
        _ms(section, "lasts", "30 min"),
    )
    section.done()
    return found
