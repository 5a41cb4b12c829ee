"""What is held of the forms of one address, as their page shows it; no decisions."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from tenure.gateways.web.translate.public import date
from tenure.gateways.web.wire.pages.public.held import SentForm
from tenure.gateways.web.wire.pages.public.words import WORDS
from tenure.promises.privacy import model
from tenure.terms.model import Terms
from tenure.terms.website import Field, Form
from tenure.terms.writing import clock
from tenure.values.instant import Instant


def sent_forms(
    terms: Terms, found: Sequence[model.letters.Mine], language: str
) -> tuple[SentForm, ...]:
    """Every form in a language of the site."""
    return tuple(_sent(terms, one, language) for one in found)


def _sent(terms: Terms, one: model.letters.Mine, language: str) -> SentForm:
    words, entry = WORDS[language], one.entry
    form = terms.privacy.website.form(entry.form)
    answered = words["held-not"] if entry.answered_at is None else date(terms, entry.answered_at)
    return SentForm(
        title=entry.form if form is None else form.title[language],
        facts=(
            (words["held-sent-at"], moment(terms, entry.given_at, language)),
            (words["held-until"], date(terms, entry.keep_until)),
            (words["held-answered"], answered),
            (words["held-notice"], entry.notice_version),
            (words["held-number"], str(entry.entry_id)),
        ),
        written=() if one.given is None else _written(form, one.given.items, language),
        answers=tuple((_answered(terms, letter), text) for letter, text in one.answers),
    )


def _answered(terms: Terms, letter: model.letters.Letter) -> str:
    return date(terms, letter.handed_at or letter.written_at)


def _written(
    form: Form | None, items: Mapping[str, str], language: str
) -> tuple[tuple[str, str], ...]:
    fields = {} if form is None else {one.field.name: one.field for one in form.fields}
    return tuple(
        (fields[name].title[language], _value(fields[name], text, language))
        if name in fields
        else (name, text)
        for name, text in items.items()
    )


def _value(field: Field, text: str, language: str) -> str:
    """What was chosen, in the words that were shown."""
    return next((one.title[language] for one in field.choices if one.name == text), text)


def moment(terms: Terms, at: Instant, language: str) -> str:
    """Day and time by the operator's clocks."""
    return clock(at, ZoneInfo(terms.time_zone), language)
