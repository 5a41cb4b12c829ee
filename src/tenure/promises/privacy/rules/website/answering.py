"""What a letter to who sent a form says, where it goes, and what becomes of it; pure and total."""

import hashlib
import hmac
from typing import Final
from zoneinfo import ZoneInfo

from tenure.promises.privacy.model.letters import SILENT_MS, TEXT_MAX, Kind, Letter, State
from tenure.promises.privacy.model.website import Entry, Given
from tenure.terms.model import Terms
from tenure.terms.website import Answers, Form
from tenure.terms.writing import clock, day
from tenure.values.instant import Instant

EMAIL: Final = "email"


def address_of(form: Form, given: Given) -> str:
    """The e-mail address that a form gave; "" for none."""
    names = [one.field.name for one in form.fields if one.field.form == EMAIL]
    return next((given.items[name] for name in names if name in given.items), "")


def contact_of(key: bytes, address: str) -> bytes:
    """An address as a keyed hash: the same for every form of it, and of no use elsewhere.

    Small and capital letters are one: nearly every server of mail takes them so.
    """
    return hmac.digest(key, address.casefold().encode(), hashlib.sha256)


def text_of_answer(text: str) -> str | None:
    """An answer as it is sealed; None when nothing is in it, or too much."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return kept if 0 < len(kept) <= TEXT_MAX else None


def said(terms: Terms, form: Form, entry: Entry, letter: Letter, text: str) -> tuple[str, str]:
    """Subject and body, in the language in which the form was sent."""
    answers, language = terms.privacy.website.answers, entry.language
    zone = ZoneInfo(terms.time_zone)
    if letter.kind is Kind.LINK:
        subject = answers.link_subject[language]
        until = clock(Instant(letter.written_at + answers.link_ms), zone, language)
        parts = [answers.link[language], f"{text}\n({until})"]
    else:
        subject, parts = answers.subject[language], [text]
    about = f"{form.title[language]}, {day(entry.given_at, zone)}\n{entry.entry_id}"
    parts += ["--", answers.closing[language], about]
    return subject, "\n\n".join(parts)


def state(letter: Letter, at: Instant) -> State:
    """How far a letter is at an instant."""
    if letter.handed_at is not None:
        return State.SENT
    if letter.due_at is not None:
        return State.WAITING
    if letter.handing_at is None:
        return State.FAILED
    silent = letter.reason is None and at < letter.handing_at + SILENT_MS
    return State.UNDER_WAY if silent else State.DOUBTFUL


def next_at(answers: Answers, tries: int, at: Instant) -> Instant | None:
    """When a letter that was not taken is tried again; None when it was tried often enough."""
    assert tries > 0
    return Instant(at + answers.again_ms[tries - 1]) if tries <= len(answers.again_ms) else None
