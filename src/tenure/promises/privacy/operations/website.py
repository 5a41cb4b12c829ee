"""What visitors of the public website give is kept sealed, answered, and ended in time."""

import hashlib
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.people import operations as people
from tenure.promises.people.model import Subject
from tenure.promises.privacy.model.website import (
    KEEP_CLASS,
    SUBJECT,
    CookieAnswer,
    Ended,
    Entry,
    FormRefusal,
    Given,
    Received,
    Sent,
    Visit,
)
from tenure.promises.privacy.operations.keys import Keys
from tenure.promises.privacy.rules.website import (
    address_in,
    address_of,
    commitment_of,
    contact_of,
    mark_of,
    read,
    seen,
    text_of,
    verified,
)
from tenure.promises.privacy.rules.website import answered as answer_of
from tenure.promises.privacy.store import website as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.agreements import PRIVACY_NOTICE, DocumentVersion
from tenure.terms.model import Terms
from tenure.terms.website import Contest, Form
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose, place_of

No = Refused[FormRefusal] | Refused[StaffRefusal]
SHOWN = "form"
_FORM = "privacy.form_sent"
_ANSWERED = "privacy.form_answered"
_ENDED = "privacy.website_ended"


async def receive(
    tx: Transaction, terms: Terms, keys: Keys, sent: Sent, act: Act
) -> Received | Refused[FormRefusal]:
    """Keep a form that a visitor sent, sealed, until the end that its pack says (WEB-KEEP).

    The same form sent twice is one.  Sending it acknowledges the privacy notice that was beside it
    (PRV-ACK).  A contest takes one entry a person, while it is open.
    """
    form = terms.privacy.website.form(sent.form)
    assert form is not None
    await store.lock(tx, str(sent.entry_id))
    known = await store.entry(tx, sent.entry_id)
    if known is not None:
        return Received(known.entry_id, known.given_at, again=True)
    notice = consent.in_force(terms, PRIVACY_NOTICE, act.at)
    if notice is None or notice.version != sent.notice_version:
        return Refused(
            FormRefusal.NO_NOTICE, "the notice has changed; show the form with the new one"
        )
    entry = await _entry(tx, terms, form, sent, notice, act)
    if isinstance(entry, Refused):
        return entry
    new = Subject(sent.subject_id, terms.privacy.website.kind, form.occasion.name, act.at)
    met = await people.subjects.meet(tx, terms, new, act)
    assert not isinstance(met, Refused), "website.toml names who enters themselves"
    value = msgspec.json.encode(dict(sent.given.items))
    sealed = await keys.seal(tx, _whose(entry), KEEP_CLASS, _place(entry), value)
    said: dict[str, Plain] = {
        "form": form.name,
        "notice": notice.version,
        "sha256": entry.notice_sha256.hex(),
        "language": sent.language,
    }
    about = {"entry": str(sent.entry_id), "subject": str(sent.subject_id)}
    leaf_seq = await record.append(tx, act, _FORM, said, about)
    await store.add(tx, msgspec.structs.replace(entry, sealed=sealed), leaf_seq)
    return Received(sent.entry_id, act.at, again=False)


async def _entry(
    tx: Transaction, terms: Terms, form: Form, sent: Sent, notice: DocumentVersion, act: Act
) -> Entry | Refused[FormRefusal]:
    """The row of a form, without what was written; or why a contest does not take it."""
    entry = Entry(
        entry_id=sent.entry_id,
        form=form.name,
        subject_id=sent.subject_id,
        language=sent.language,
        notice_version=notice.version,
        notice_sha256=bytes.fromhex(notice.sha256[sent.language]),
        given_at=act.at,
        keep_until=Instant(act.at + form.keep_ms),
        sealed=b"",
        contact=sent.contact,
    )
    if not form.contest:
        return entry
    contest = terms.privacy.website.contest(form.contest)
    assert contest is not None
    announced = await store.contest(tx, contest.name)
    if announced is None or not announced.opens_at <= act.at < announced.closes_at:
        return Refused(FormRefusal.NOT_OPEN, "it takes no entries now")
    assert sent.mark is not None
    await store.lock(tx, f"{contest.name} {sent.mark.hex()}")
    if await store.is_marked(tx, contest.name, sent.mark):
        return Refused(FormRefusal.ENTERED_ALREADY, "whoever has this number has entered")
    return msgspec.structs.replace(
        entry,
        keep_until=announced.claim_until,
        contest=contest.name,
        opens_at=announced.opens_at,
        closes_at=announced.closes_at,
        own_notice_sha256=rules_sha256(contest, sent.language),
        mark=sent.mark,
    )


def rules_sha256(contest: Contest, language: str) -> bytes:
    """The hash of what an entrant agreed to, in the language in which it was shown."""
    shown = f"{contest.rules[language]}\n{contest.agree[language]}"
    return hashlib.sha256(shown.encode()).digest()


def _whose(entry: Entry) -> Whose:
    return Whose(SUBJECT, entry.subject_id)


def _place(entry: Entry) -> bytes:
    return place_of("privacy.entry", "sealed", str(entry.entry_id))


async def opened(tx: Transaction, keys: Keys, entry: Entry) -> Given | Refused[FormRefusal]:
    """What somebody wrote; refused when its key is gone.  Who may see it, the caller knows."""
    value = await keys.open(tx, _whose(entry), KEEP_CLASS, _place(entry), entry.sealed)
    if isinstance(value, Refused):
        return Refused(FormRefusal.NOT_READABLE, value.detail)
    return Given(msgspec.json.decode(value, type=dict[str, str]))


async def listed(tx: Transaction, form: str, at: Instant) -> list[Entry]:
    """What was sent and has not ended, newest first, sealed; of one form, or of all with ""."""
    return await store.entries(tx, form, at)


async def open_case(
    tx: Transaction, entry_id: UUID, case_id: str, act: Act
) -> Refused[FormRefusal] | Refused[StaffRefusal] | None:
    """Open a case about one form; ``act.reason`` says why there is one."""
    if await store.entry(tx, entry_id) is None:
        return _UNKNOWN
    case = await staff.open_case(tx, case_id, Purpose.CARE, str(entry_id), act)
    return case if isinstance(case, Refused) else None


async def show(
    tx: Transaction, keys: Keys, entry_id: UUID, case_id: str, act: Act
) -> tuple[Entry, Given] | No:
    """What somebody wrote, to one of ours with an open case about this very form; it is kept."""
    entry = await store.entry(tx, entry_id)
    if entry is None or entry.keep_until <= act.at:
        return _UNKNOWN
    look = await staff.look(tx, act.by, Purpose.CARE, case_id, str(entry_id), act, SHOWN)
    if isinstance(look, Refused):
        return look
    given = await opened(tx, keys, entry)
    return given if isinstance(given, Refused) else (entry, given)


async def answered(tx: Transaction, entry_id: UUID, case_id: str, act: Act) -> Entry | No:
    """Keep that a form was answered, by whom and when; what was said is not kept."""
    entry = await store.entry(tx, entry_id)
    if entry is None or entry.keep_until <= act.at:
        return _UNKNOWN
    look = await staff.look(tx, act.by, Purpose.CARE, case_id, str(entry_id), act, SHOWN)
    if isinstance(look, Refused):
        return look
    await store.answer(tx, entry_id, act.at, act.by)
    about = {"entry": str(entry_id), "subject": str(entry.subject_id)}
    await record.append(tx, act, _ANSWERED, {"form": entry.form}, about)
    return msgspec.structs.replace(entry, answered_at=act.at, answered_by=act.by)


_UNKNOWN = Refused(FormRefusal.UNKNOWN_ENTRY, "no form has this number, or its time is over")


async def answer_cookies(tx: Transaction, new: CookieAnswer) -> None:
    """WEB-COOKIE: keep what a browser answered; a no ends what was recorded with a yes."""
    await store.cookie_answer(tx, new)
    if not new.visits:
        await store.forget_visits(tx, new.consent_id)


async def visited(tx: Transaction, new: Visit) -> None:
    """WEB-COOKIE: keep that a page was opened by a browser whose yes stands in the database."""
    await store.visit(tx, new)


async def end(tx: Transaction, keys: Keys, act: Act) -> Ended:
    """WEB-KEEP: destroy what has reached its end, with its keys; again changes nothing.

    The keys are destroyed after the commit: call ``keys.settle`` then.
    """
    subjects = await store.end(tx, act.at)
    for subject_id in subjects:
        await keys.destroy(tx, Whose(SUBJECT, subject_id), KEEP_CLASS, act)
    if subjects:
        await record.append(tx, act, _ENDED, {"entries": len(subjects)}, {})
    return Ended(len(subjects))


__all__ = [
    "address_in",
    "address_of",
    "answer_cookies",
    "answer_of",
    "answered",
    "commitment_of",
    "contact_of",
    "end",
    "listed",
    "mark_of",
    "open_case",
    "opened",
    "read",
    "receive",
    "rules_sha256",
    "seen",
    "show",
    "text_of",
    "verified",
    "visited",
]
