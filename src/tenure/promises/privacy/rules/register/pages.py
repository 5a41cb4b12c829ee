"""The record of processing as a page, and the tables of the notice: CommonMark, in one language."""

from collections.abc import Iterable, Iterator

from tenure.promises.privacy.model.book import Activity, Book, Kind, Named, Stay
from tenure.terms.processing import Processing
from tenure.terms.retention import ROW


def ropa(book: Book, processing: Processing) -> str:
    """Who is responsible, and every activity with all that is held for it (GDPR article 30, law
    27/2022 article 31)."""
    words = _Words(processing, book.language)
    lines = [
        f"# {book.controller}",
        "",
        f"{book.address} · {book.contact}",
        "",
        f"{words('law')}: {book.jurisdiction} · {words('held_in')}: {', '.join(book.locations)}",
    ]
    for one in book.activities:
        lines += ["", f"## {one.title} ({one.name})", "", *_activity(one, words)]
    return "\n".join(lines) + "\n"


def notice(book: Book, processing: Processing) -> str:
    """What every kind of people is told: what, when, why, who gets it, how long (PRV-KINDS)."""
    words = _Words(processing, book.language)
    lines = [f"# {words('heading')}", "", f"{book.controller} · {book.contact}"]
    for one in book.kinds:
        lines += ["", f"## {one.title}", "", *_kind(one, words)]
    if book.cookies:
        lines += ["", f"## {words('cookies')}", ""]
        lines += [f"- {one.name}: {one.records}" for one in book.cookies]
    return "\n".join(lines) + "\n"


class _Words:
    """The words of the tables in one language."""

    def __init__(self, processing: Processing, language: str) -> None:
        self._said, self._language = processing.words, language

    def __call__(self, name: str) -> str:
        return self._said[name][self._language]

    def listed(self, names: Iterable[Named]) -> str:
        return "; ".join(one.title for one in names) or self("nobody")

    def stay(self, stay: Stay) -> str:
        if stay.forms:
            each = (f"{title}: {self('at_most')} {days}" for title, days in stay.forms)
            days = self("days")
            return "; ".join(f"{one} {days} {self('after_form')}" for one in each)
        after = self("after_row" if stay.starts == ROW else "after_relation")
        least = f"{self('at_least')} {stay.minimum_days}, " if stay.minimum_days else ""
        return f"{least}{self('at_most')} {stay.maximum_days} {self('days')} {after}"


def _activity(one: Activity, words: _Words) -> Iterator[str]:
    yield f"- {words.listed(one.kinds)}"
    yield f"- {words('collected')}: {words.listed(one.categories)}"
    yield f"- {words('recipients')}: {words.listed(one.recipients)}"
    for stay in one.stays:
        kind = f" ({stay.kind})" if stay.kind else ""
        yield f"- {words('periods')}{kind}: {words.stay(stay)}"
    yield f"- {one.action} ({one.authority})"
    yield ""
    yield f"| {words('purposes')} | {words('basis')} | |"
    yield "|---|---|---|"
    for use in one.uses:
        yield f"| {use.title} | {use.because} | {use.authority} |"
    yield ""
    yield f"| {words('held_in')} | {words('collected')} | {words('periods')} |"
    yield "|---|---|---|"
    for place in one.places:
        what = ", ".join(f"{name}…" if name in place.free and not name.endswith("…") else name
                         for name in place.what)  # fmt: skip
        yield f"| {place.where} | {what} | {'; '.join(place.ends)} |"


def _kind(one: Kind, words: _Words) -> Iterator[str]:
    yield f"### {words('collected')}"
    yield ""
    for item in one.items:
        need = f"{words('obligatory')}. {item.without}" if item.without else words("voluntary")
        yield f"- {item.title} ({item.category}): {need}"
    if one.recorded:
        yield f"- {words('recorded')}: {words.listed(one.recorded)}"
    yield ""
    yield f"### {words('occasions')}"
    yield ""
    yield f"{words.listed(one.occasions)}."
    yield ""
    yield f"### {words('purposes')}"
    yield ""
    for use in one.uses:
        yield f"- {use.title}: {use.because}"
    yield ""
    yield f"### {words('recipients')}"
    yield ""
    yield f"{words.listed(one.recipients)}."
    yield ""
    yield f"### {words('periods')}"
    yield ""
    for title, stay, action in one.stays:
        yield f"- {title}: {words.stay(stay)}. {action}"
