"""Answers to forms of the website, and links that prove an address: written, sent once, shown."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.letters import (
    STUCK,
    Going,
    Kind,
    Letter,
    Mine,
    NewAnswer,
    State,
)
from tenure.promises.privacy.model.website import (
    KEEP_CLASS,
    SUBJECT,
    Entry,
    FormRefusal,
    Given,
)
from tenure.promises.privacy.operations import website
from tenure.promises.privacy.operations.keys import Keys
from tenure.promises.privacy.rules.website import address_of, next_at, said, state, text_of_answer
from tenure.promises.privacy.store import letters as store
from tenure.promises.privacy.store import website as entries
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose, place_of

__all__ = ["state"]

_WRITTEN = "privacy.letter_written"
_AGAIN = "privacy.letter_again"
_KEY_GONE = "its form cannot be read"
_NO_ADDRESS = "its form gave no address"


async def answer(
    tx: Transaction, terms: Terms, keys: Keys, new: NewAnswer, act: Act
) -> Letter | website.No:
    """WEB-USE: write an answer to who sent a form; it leaves once, by mail, after the commit."""
    entry_id = new.entry_id
    await entries.lock(tx, str(entry_id))
    shown = await website.show(tx, keys, entry_id, new.case_id, act)
    if isinstance(shown, Refused):
        return shown
    entry, given = shown
    form = terms.privacy.website.form(entry.form)
    if form is None or not address_of(form, given):
        detail = "it gave no e-mail address; answer otherwise, and keep that without --text"
        return Refused(FormRefusal.NO_ADDRESS, detail)
    written = await store.of(tx, entry_id)
    if not new.more and (entry.answered_at is not None or _answers(written)):
        detail = "see: tenure privacy forms list and letters; to write once more, add --more"
        return Refused(FormRefusal.ANSWERED_ALREADY, detail)
    kept = text_of_answer(new.text)
    if kept is None:
        detail = "nothing is in it, or more than 20,000 characters; write it anew"
        return Refused(FormRefusal.LETTER_IS_EMPTY, detail)
    letter = await _written(tx, keys, (entry, Kind.ANSWER), kept, len(written) + 1, act)
    named = {"entry": str(entry_id), "subject": str(entry.subject_id)}
    await record.append(tx, act, _WRITTEN, {"form": entry.form, "number": letter.number}, named)
    return letter


def _answers(written: Sequence[Letter]) -> list[Letter]:
    return [one for one in written if one.kind is Kind.ANSWER]


async def _written(
    tx: Transaction, keys: Keys, what: tuple[Entry, Kind], text: str, number: int, act: Act
) -> Letter:
    entry, kind = what
    letter = Letter(
        entry_id=entry.entry_id,
        number=number,
        subject_id=entry.subject_id,
        kind=kind,
        sealed=b"",
        written_at=act.at,
        written_by=act.by,
        due_at=act.at,
    )
    whose = Whose(SUBJECT, entry.subject_id)
    sealed = await keys.seal(tx, whose, KEEP_CLASS, _place(letter), text.encode())
    letter = msgspec.structs.replace(letter, sealed=sealed)
    await store.add(tx, letter)
    return letter


def _place(letter: Letter) -> bytes:
    return place_of("privacy.letter", "sealed", f"{letter.entry_id} {letter.number}")


async def ask(
    tx: Transaction, terms: Terms, keys: Keys, contact: bytes, link: str, act: Act
) -> bool:
    """Have a link sent to an address, if a form with it is kept; whether one will be.

    Whoever asked is told the same, either way.  While a link of before may still count, there is
    no other: nobody's mailbox is filled from here.
    """
    await entries.lock(tx, contact.hex())
    found = await entries.of_contact(tx, contact, act.at)
    after = Instant(act.at - terms.privacy.website.answers.link_ms)
    if not found or await store.is_recent(tx, contact, after):
        return False
    newest = found[0]
    await entries.lock(tx, str(newest.entry_id))
    number = len(await store.of(tx, newest.entry_id)) + 1
    await _written(tx, keys, (newest, Kind.LINK), link, number, act)
    return True


async def mine(tx: Transaction, keys: Keys, contact: bytes, at: Instant) -> list[Mine]:
    """PRV-RIGHTS: all forms of one address, newest first, for who proved that it is theirs."""
    found = []
    for entry in await entries.of_contact(tx, contact, at):
        given = await website.opened(tx, keys, entry)
        answers = [
            (one, await _text(tx, keys, one) or "")
            for one in _answers(await store.of(tx, entry.entry_id))
        ]
        found.append(Mine(entry, given if isinstance(given, Given) else None, tuple(answers)))
    return found


async def _text(tx: Transaction, keys: Keys, letter: Letter) -> str | None:
    whose = Whose(SUBJECT, letter.subject_id)
    value = await keys.open(tx, whose, KEEP_CLASS, _place(letter), letter.sealed)
    return None if isinstance(value, Refused) else value.decode()


async def texts(tx: Transaction, keys: Keys, entry_id: UUID) -> list[tuple[Letter, str]]:
    """The answers to a form; who may see them, the caller knows."""
    answers = _answers(await store.of(tx, entry_id))
    return [(one, await _text(tx, keys, one) or "") for one in answers]


async def is_due(tx: Transaction, at: Instant) -> bool:
    """Whether a letter waits to be handed over now."""
    return await store.is_due(tx, at)


async def begin(tx: Transaction, terms: Terms, keys: Keys, at: Instant) -> Going | None:
    """Take the next letter; once this is committed it may leave.  None when nothing waits.

    What cannot be sent, because its form cannot be read any more, fails here, with its reason.
    """
    while (letter := await store.due(tx, at)) is not None:
        going = await _going(tx, terms, keys, letter)
        if not isinstance(going, str):
            await store.begin(tx, letter, at)
            return going
        await store.waits(tx, letter, None, letter.tries, going)
    return None


async def _going(tx: Transaction, terms: Terms, keys: Keys, letter: Letter) -> Going | str:
    entry = await entries.entry(tx, letter.entry_id)
    assert entry is not None, "a letter ends with its form"
    form = terms.privacy.website.form(entry.form)
    given = await website.opened(tx, keys, entry)
    text = await _text(tx, keys, letter)
    if form is None or isinstance(given, Refused) or text is None:
        return _KEY_GONE
    to = address_of(form, given)
    if not to:
        return _NO_ADDRESS
    subject, body = said(terms, form, entry, letter, text)
    tried = msgspec.structs.replace(letter, tries=letter.tries + 1)
    return Going(tried, to, subject, body, entry.language)


async def handed(tx: Transaction, letter: Letter, at: Instant) -> None:
    """The server of mail has a letter; with an answer, its form is answered.  Twice is once."""
    if await store.handed(tx, letter, at) and letter.kind is Kind.ANSWER:
        await entries.answer(tx, letter.entry_id, at, letter.written_by)


async def refused(
    tx: Transaction, terms: Terms, letter: Letter, why: tuple[str, bool], at: Instant
) -> None:
    """The server surely did not take a letter: why, and for good?  Else it is tried again."""
    reason, for_good = why
    due = None if for_good else next_at(terms.privacy.website.answers, letter.tries, at)
    await store.waits(tx, letter, due, letter.tries, reason)


async def returned(tx: Transaction, letter: Letter, at: Instant) -> None:
    """It was not even tried, for there was no server: it waits, and that counts as no try."""
    await store.waits(tx, letter, at, letter.tries - 1, None)


async def unsure(tx: Transaction, letter: Letter, reason: str) -> None:
    """The connection ended after the text: nobody knows.  It is not sent twice unasked."""
    await store.unsure(tx, letter, reason)


async def listed(tx: Transaction, limit: int = 100) -> list[Letter]:
    """Letters that were not taken yet, the oldest first, and then the newest that were."""
    return await store.listed(tx, limit)


async def again(
    tx: Transaction, about: tuple[UUID, int], case_id: str, act: Act
) -> Letter | website.No:
    """Have a letter tried again that failed, or of which nobody knows; it keeps its Message-ID."""
    entry_id, number = about
    found = [one for one in await store.of(tx, entry_id) if one.number == number]
    if not found:
        return Refused(FormRefusal.UNKNOWN_LETTER, "see: tenure privacy forms letters")
    look = await staff.look(tx, act.by, Purpose.CARE, case_id, str(entry_id), act, website.SHOWN)
    if isinstance(look, Refused):
        return look
    (letter,) = found
    if state(letter, act.at) not in STUCK:
        return Refused(FormRefusal.NOT_STUCK, "it was sent, or is tried again by itself")
    await store.waits(tx, letter, act.at, 0, letter.reason)
    named = {"entry": str(entry_id), "subject": str(letter.subject_id)}
    await record.append(tx, act, _AGAIN, {"number": number}, named)
    return msgspec.structs.replace(letter, due_at=act.at, handing_at=None)


async def stuck(tx: Transaction, at: Instant) -> list[tuple[Letter, State]]:
    """Letters that did not leave, with how each is: what a desk shows."""
    found = [(one, state(one, at)) for one in await store.listed(tx, 100)]
    return [(one, how) for one, how in found if how is not State.SENT]
