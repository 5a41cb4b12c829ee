"""The record of processing, made of the register and the pack and of nothing else."""

from collections.abc import Iterable, Mapping

from tenure.promises.privacy.model.book import (
    Activity,
    Asked,
    Book,
    Cookie,
    Kind,
    Named,
    Place,
    Stay,
    Use,
)
from tenure.promises.privacy.model.register import Register
from tenure.promises.privacy.rules.register.checking import KINDS_OF
from tenure.terms.model import Terms
from tenure.terms.processing import CALLED_PARTY
from tenure.terms.retention import Keeping, Period
from tenure.terms.subjects import SubjectKind, Words
from tenure.terms.website import KEEP
from tenure.values.holding import Category, Subject
from tenure.values.kept import Form


def book(register: Register, terms: Terms, language: str) -> Book:
    """Everything in the order of the pack, so that the same makes the same book, to the byte."""
    controller = terms.consents.controller
    return Book(
        operator=terms.operator,
        controller=controller.name,
        address=controller.address,
        contact=controller.contact,
        jurisdiction=controller.jurisdiction,
        locations=controller.locations,
        language=language,
        activities=tuple(
            _activity(register, terms, name, language)
            for name in terms.privacy.processing.activities
        ),
        kinds=tuple(_kind(register, terms, kind, language) for kind in terms.people.kinds),
        cookies=tuple(
            Cookie(one.name, one.records[language]) for one in terms.privacy.website.cookies
        ),
    )


def _activity(register: Register, terms: Terms, name: str, language: str) -> Activity:
    said = terms.privacy.processing.activities[name]
    keeping = terms.privacy.retention.keeps[name]
    kinds = _titles(terms, language)
    classes = {one.name: one.title[language] for one in terms.privacy.disclosing.classes}
    return Activity(
        name=name,
        title=said.title[language],
        kinds=tuple(Named(one, kinds[one]) for one in said.kinds),
        categories=_categories(terms, language, _categories_of(register, name)),
        uses=tuple(_use(terms, purpose, language) for purpose in said.purposes),
        recipients=tuple(Named(one, classes[one]) for one in said.recipients),
        stays=tuple(_stays(terms, name, language)),
        action=keeping.action[language],
        authority=keeping.authority,
        places=(*_tables(register, name), *_outside(register, name)),
    )


def _titles(terms: Terms, language: str) -> Mapping[str, str]:
    """The title of every kind of people, and of whoever was called."""
    found = {one.name: one.title[language] for one in terms.people.kinds}
    return found | {CALLED_PARTY: terms.privacy.processing.called_party[language]}


def _use(terms: Terms, purpose: str, language: str) -> Use:
    processing = terms.privacy.processing
    reason = processing.reasons[purpose]
    basis = processing.bases[reason.basis]
    title = next(
        one.title for kind in terms.people.kinds for one in kind.purposes if one.name == purpose
    )
    return Use(
        purpose,
        title[language],
        reason.basis,
        basis.title[language],
        basis.authority,
        reason.sensitive,
    )


def _stays(terms: Terms, keep: str, language: str) -> Iterable[Stay]:
    keeping = terms.privacy.retention.keeps[keep]
    for kind, period in (("", keeping.period), *keeping.kinds.items()):
        yield _stay(terms, keeping, kind, period, language)


def _stay(terms: Terms, keeping: Keeping, kind: str, period: Period, language: str) -> Stay:
    """How long it stays; what the website got stays as long as its form says."""
    website = terms.privacy.website
    forms: tuple[tuple[str, int], ...] = ()
    longest = period.maximum_days
    if keeping.name == KEEP:
        forms = tuple((one.title[language], website.kept_days(one)) for one in website.forms)
        longest += website.longest_days
    return Stay(kind, keeping.starts, period.minimum_days, longest, forms)


def _categories_of(register: Register, keep: str) -> set[Category]:
    tables = {one.category for _, one in register.held if one.keep == keep}
    return tables | {one.category for one in register.kept if one.keep == keep}


def _categories(terms: Terms, language: str, found: set[Category]) -> tuple[Named, ...]:
    titles: Mapping[str, Words] = terms.privacy.processing.categories
    return tuple(
        Named(one.value, titles[one.value][language])
        for one in Category
        if one in found and one.value in titles
    )


def _tables(register: Register, keep: str) -> Iterable[Place]:
    free = {
        *(f"{one.table}.{one.column}" for one in register.inside if one.form is Form.FREE),
        *(
            f"{promise}.{one.table}.{one.column}"
            for promise, one in register.held
            if register.everywhere.get(one.column) is Form.FREE
        ),
    }
    tables: dict[str, list[tuple[str, str]]] = {}
    for promise, one in register.held:
        if one.keep == keep:
            tables.setdefault(f"{promise}.{one.table}", []).append((one.column, one.end.value))
    for name, columns in tables.items():
        yield Place(
            name,
            tuple(column for column, _ in columns),
            tuple(sorted({end for _, end in columns})),
            tuple(column for column, _ in columns if f"{name}.{column}" in free),
        )


def _outside(register: Register, keep: str) -> Iterable[Place]:
    for one in register.kept:
        if one.keep == keep:
            free = tuple(field for field in one.fields if field.endswith("…"))
            where = f"{one.name} ({one.place.value}: {one.where})"
            yield Place(where, one.fields, (f"{one.end.value}: {one.ended_by}",), free)


def _kind(register: Register, terms: Terms, kind: SubjectKind, language: str) -> Kind:
    titles = terms.privacy.processing.categories
    activities = [
        one for one in terms.privacy.processing.activities.values() if kind.name in one.kinds
    ]
    recorded = {
        category
        for activity in activities
        for whose, category in _held(register, activity.keep)
        if kind.name in KINDS_OF[whose]
    }
    return Kind(
        name=kind.name,
        title=kind.title[language],
        items=tuple(
            Asked(
                one.item.name,
                one.item.title[language],
                titles[one.item.category][language],
                one.without[language] if one.without is not None else "",
            )
            for one in kind.wanted
        ),
        recorded=_categories(terms, language, recorded),
        occasions=tuple(Named(one.name, one.title[language]) for one in kind.occasions),
        uses=tuple(_use(terms, one.name, language) for one in kind.purposes),
        recipients=tuple(
            Named(one.name, one.title[language])
            for one in terms.privacy.disclosing.classes
            if kind.name in one.kinds
        ),
        stays=tuple(_of_kind(terms, one.keep, kind.name, language) for one in activities),
    )


def _held(register: Register, keep: str) -> Iterable[tuple[Subject, Category]]:
    for _, one in register.held:
        if one.keep == keep:
            yield one.whose, one.category
    for kept in register.kept:
        if kept.keep == keep:
            yield from ((whose, kept.category) for whose in kept.whose)


def _of_kind(terms: Terms, keep: str, kind: str, language: str) -> tuple[str, Stay, str]:
    keeping = terms.privacy.retention.keeps[keep]
    shown = kind if kind in keeping.kinds else ""
    stay = _stay(terms, keeping, shown, keeping.of(kind), language)
    title = terms.privacy.processing.activities[keep].title[language]
    return title, stay, keeping.action[language]
