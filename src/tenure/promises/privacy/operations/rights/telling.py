"""The person is told: that we have it, what we need, that it takes longer, what became of it."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers import operations as numbers
from tenure.promises.privacy.model.rights import (
    PERSON,
    Case,
    Dossier,
    Outcome,
    Position,
    Refusal,
    Step,
)
from tenure.promises.privacy.operations.rights.keeping import UNKNOWN, kept, may
from tenure.promises.privacy.rules import rights as rules
from tenure.promises.privacy.store import rights as store
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.terms.subjects import Words
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused
from tenure.values.sealing import Whose


async def received(
    tx: Transaction, terms: Terms, case: Case, now: Position, at: Instant
) -> list[int]:
    """That somebody asked in their name, and by when they hear: also if it was not them."""
    facts = {"due_at": iso(now.due_at)}
    return await _tell(tx, terms, case, case.whose, NoticeKind.RIGHTS_RECEIVED, facts, at)


async def proof_wanted(tx: Transaction, terms: Terms, case: Case, at: Instant) -> list[int]:
    """That they have to show who they are, and until when."""
    facts = {"ends_at": iso(Instant(at + terms.privacy.rights.proof_wait_ms))}
    return await _tell(tx, terms, case, case.prover, NoticeKind.RIGHTS_PROOF, facts, at)


async def extended(
    tx: Transaction, terms: Terms, case: Case, now: Position, at: Instant
) -> list[int]:
    """That it takes longer, and why."""
    facts = {"due_at": iso(now.due_at), "reason": now.reason}
    return await _tell(tx, terms, case, case.prover, NoticeKind.RIGHTS_EXTENDED, facts, at)


async def answered(tx: Transaction, terms: Terms, known: Dossier, at: Instant) -> str | None:
    """The answer in words, by a notice; its number as a reference, None if no number is theirs.

    Who did not show who they are is told nothing of anybody: then the person it is about is told.
    """
    case, now = known.case, known.now
    to = case.prover if now.proven or not case.needs_proof else case.whose
    words = answer(terms, known)
    facts = {"answer": words}
    told = await _tell(tx, terms, case, to, NoticeKind.RIGHTS_ANSWERED, facts, at)
    return f"notice {told[0]}" if told else None


async def followed(tx: Transaction, terms: Terms, case: Case, at: Instant) -> list[int]:
    """That what a hold had kept is gone as well."""
    facts = {"answer": _in(terms, case, terms.privacy.rights.answers[Outcome.DONE.value])}
    return await _tell(tx, terms, case, case.prover, NoticeKind.RIGHTS_ANSWERED, facts, at)


def answer(terms: Terms, known: Dossier) -> str:
    """What became of a case, in the language of the person."""
    case, now, rights = known.case, known.now, terms.privacy.rights
    assert now.outcome is not None, "there is no answer yet"
    words = [_in(terms, case, rights.answers[now.outcome.value])]
    if now.ground is not None:
        words.append(_in(terms, case, rights.grounds[now.ground]))
    if now.outcome is Outcome.PARTIAL:
        others = {one.ground for one in known.results if one.ground not in {None, now.ground}}
        words += [_in(terms, case, rights.grounds[one]) for one in sorted(others) if one]
    return " ".join(words)


async def told_by_letter(
    tx: Transaction, case_id: UUID, reference: str, act: Act
) -> Dossier | Refused[Refusal] | Refused[StaffRefusal]:
    """Keep that the answer was handed over or sent by letter, to who has no number of ours."""
    barred = await may(tx, act, Task.ANSWER_RIGHTS)
    if barred is not None:
        return barred
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    if not reference.strip():
        return Refused(Refusal.REASON_MISSING, "name the letter, with --letter")
    next_ = rules.moved(known.now, known.case, Step.TELL, act.by, act.at)
    if isinstance(next_, Refused):
        return next_
    next_ = msgspec.structs.replace(next_, reason=f"letter {reference.strip()}")
    return await kept(tx, known, next_, act)


def _in(terms: Terms, case: Case, words: Words) -> str:
    return words.get(case.language) or words[terms.prevailing_language]


async def _tell(  # noqa: PLR0913, PLR0917 -- whom, of which case, what, when
    tx: Transaction,
    terms: Terms,
    case: Case,
    to: Whose,
    kind: NoticeKind,
    facts: Mapping[str, str],
    at: Instant,
) -> list[int]:
    """On one number that they hold: the others would tell the same."""
    if to.kind != PERSON:
        return []
    title = terms.privacy.rights.rule(case.right).title
    known = {**facts, "right": _in(terms, case, title), "case": str(case.case_id)}
    tellings: list[Telling] = await numbers.profiles.tellings(tx, to.whom, kind, at, known)
    return await notices.tell(tx, tellings[:1]) if tellings else []
