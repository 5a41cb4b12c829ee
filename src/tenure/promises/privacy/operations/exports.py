"""Exports of what is held about somebody: asked for, told piece by piece, and ended."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.disclosures import DisclosedTo
from tenure.promises.privacy.model.exports import (
    BY_THEMSELVES,
    Batch,
    Job,
    Kind,
    Overview,
    Position,
    Refusal,
    Scope,
    Section,
    Summary,
    Wanted,
    Whose,
)
from tenure.promises.privacy.operations import disclosures, register, unsealing
from tenure.promises.privacy.operations.keys import Keys
from tenure.promises.privacy.rules.exports import document, telling, words
from tenure.promises.privacy.rules.exports import package as sealing
from tenure.promises.privacy.store import exported
from tenure.promises.privacy.store import exports as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.terms.rights import Right
from tenure.values.instant import Instant
from tenure.values.refused import Refused

__all__ = ["DisclosedTo", "document", "sealing", "words"]

EXPORTED: Final = "privacy.exported"
DESTROYED: Final = "privacy.export_destroyed"
COUNTED_MAX: Final = 10_000
"""A page counts no further: its answer is for a person, not for an auditor."""
NO_CASE: Final = Refused(
    Refusal.CASE_UNKNOWN, "this is no case of theirs; see: tenure privacy case list"
)
AT_ONCE: Final = 16
"""Packages that are destroyed in one transaction."""


async def package(
    tx: Transaction, terms: Terms, wanted: Wanted, act: Act
) -> Job | Refused[Refusal]:
    """Begin the export of what is held: a job that ``step`` takes on until it is complete.

    Asked again while the same is under way, it answers with that job, and nothing is done twice.
    """
    barred = await _case(tx, wanted, act)
    if barred is not None:
        return barred
    if wanted.language not in terms.languages:
        known = ", ".join(terms.languages)
        return Refused(Refusal.LANGUAGE_UNKNOWN, f"the languages of this operator are {known}")
    if not await exported.exists(tx, wanted.whose):
        return Refused(Refusal.UNKNOWN, "nobody of this kind has this number")
    running = await store.under_way(tx, wanted.whose, wanted.scope, wanted.case_id)
    if running is not None:
        return running
    plan = await sections(tx, terms, wanted.whose, wanted.scope)
    pins = [await exported.pins(tx, one, wanted.whose) for one in plan]
    await store.ask(tx, wanted, act.by, act.at, pins, Position())
    job = await store.job(tx, wanted.export_id)
    assert job is not None
    return job


async def _case(tx: Transaction, wanted: Wanted, act: Act) -> Refused[Refusal] | None:
    """Why one of ours may not export this now; who asks on their own page needs no case."""
    if wanted.case_id is None:
        if act.by == BY_THEMSELVES:
            return None
        return Refused(Refusal.CASE_MISSING, "name the case that this answers with --case")
    known = await store.asked(tx, wanted.case_id, wanted.whose)
    if known is None:
        return NO_CASE
    right, proven = known
    if not proven:
        return Refused(Refusal.UNPROVEN, "who asks has to show first who they are")
    scope = telling.asked(right, wanted.scope)
    return scope if isinstance(scope, Refused) else None


async def scope_of(
    tx: Transaction, case_id: str, whose: Whose, typed: Scope | None
) -> Scope | Refused[Refusal]:
    """How much answers a case of theirs: what it asks, and ``typed`` only if it is the same."""
    known = await store.asked(tx, case_id, whose)
    return NO_CASE if known is None else telling.asked(known[0], typed)


def answers(job: Job, right: Right, case_id: str, received_at: Instant, *, alone: bool) -> bool:
    """Whether a package answers a case: made for it, or by themselves (alone) after they asked."""
    if job.finished_at is None:
        return False
    theirs = alone and job.asked_by == BY_THEMSELVES and job.asked_at >= received_at
    return job.case_id == case_id or (theirs and telling.covers(job.scope, right))


async def answered(tx: Transaction, case_id: str) -> Job | None:
    """The complete package that answers a case; None as long as there is none."""
    return await store.of_case(tx, case_id)


async def sections(
    tx: Transaction, terms: Terms, whose: Whose, scope: Scope
) -> tuple[Section, ...]:
    """What is told to somebody, as the register and the terms have it."""
    reach = telling.reach(terms.privacy.rights, scope)
    types = await exported.types(tx)
    return telling.sections(register.rows(), register.holdings(), types, whose.kind, reach)


def reasons(terms: Terms, language: str) -> words.Reasons:
    """Why what is kept under each period is held, and how it ends, in a language of the terms."""
    privacy = terms.privacy
    why = {name: one.title[language] for name, one in privacy.processing.activities.items()}
    ends = {name: one.action[language] for name, one in privacy.retention.keeps.items()}
    return words.Reasons(why, ends)


async def under_way(tx: Transaction, whose: Whose, scope: Scope, case_id: str | None) -> Job | None:
    """The job that already does the same."""
    return await store.under_way(tx, whose, scope, case_id)


async def job(tx: Transaction, export_id: str) -> Job | None:
    """An export, whatever became of it."""
    return await store.job(tx, export_id)


async def of(tx: Transaction, whose: Whose, limit: int = 5) -> list[Job]:
    """The newest exports about somebody."""
    return await store.of(tx, whose, limit)


async def waiting(tx: Transaction) -> list[Job]:
    """Jobs that are not complete."""
    return await store.waiting(tx, AT_ONCE)


async def step(
    tx: Transaction,
    terms: Terms,
    job: Job,
    plan: Sequence[Section],
    limit: int,
    keys: Keys | None = None,
) -> Batch | Refused[Refusal]:
    """The next piece of the document: at most ``limit`` records, in the order of their keys.

    Nothing is changed; ``moved`` keeps the position once the piece is in the file.  What is sealed
    is opened for whom it is about; refused when ``keys`` do not open it.
    """
    position, pieces, room = job.position, [], limit
    if position.frames == 0:
        pieces.append(document.opening(job, terms.name, terms.currency))
    setting, why = _setting(terms), reasons(terms, job.language)
    while position.section < len(plan) and room:
        section = plan[position.section]
        if not position.begun:
            told = words.section(section, why, job.language)
            pieces.append(document.section_opening(section, position, told))
            counts = (*position.counts, 0)
            position = msgspec.structs.replace(position, begun=True, counts=counts)
        pins = job.pins[position.section]
        pin = pins[position.pin] if pins else None
        rows = await exported.read(tx, section, job.whose, pin, position.after, setting, room)
        texts = await unsealing.texts(tx, keys, section, [text for text, _ in rows])
        if isinstance(texts, Refused):
            return texts
        pieces.append(document.records(texts, first=position.counts[-1] == 0))
        position = document.moved(position, rows, room, max(len(pins), 1))
        if not position.begun:
            pieces.append(document.SECTION_END)
        room -= len(rows)
    if position.section == len(plan):
        pieces.append(document.closing(position))
        position = msgspec.structs.replace(position, told=True)
    return Batch(b"".join(pieces), position)


def _setting(terms: Terms) -> Mapping[str, Any]:
    return {"currency": terms.currency, "digits": terms.privacy.exports.others_digits}


async def moved(tx: Transaction, job: Job, position: Position) -> Job | Refused[Refusal]:
    """Keep that a piece is in the file, if nobody else has taken the job on meanwhile."""
    if not await store.move(tx, job.export_id, position, job.position.frames):
        return Refused(Refusal.CONTESTED, "another process took this export on; look again")
    return msgspec.structs.replace(job, position=position)


async def summaries(
    tx: Transaction, terms: Terms, job: Job, plan: Sequence[Section], keys: Keys | None = None
) -> list[Summary] | Refused[Refusal]:
    """What is printed: of each kind how much there is, the newest records, and sums of months.

    Refused when something is sealed that ``keys`` do not open.
    """
    limit, told = terms.privacy.exports.paper_records, []
    setting = {**_setting(terms), "limit": limit}
    for section, pins, count in zip(plan, job.pins, job.position.counts, strict=True):
        found = await exported.newest(tx, section, job, pins, setting) if count else []
        rows = await unsealing.records(tx, keys, section, found)
        if isinstance(rows, Refused):
            return rows
        sums = await exported.months(tx, section, job) if count > limit else []
        told.append(Summary(section.name, count, tuple(rows), tuple(sums)))
    return told


async def overview(tx: Transaction, terms: Terms, whose: Whose) -> list[Overview]:
    """How much is held of each kind, for somebody's own page; counted as far as COUNTED_MAX."""
    told = []
    for section in await sections(tx, terms, whose, Scope.KNOW):
        records, since = await exported.counted(tx, section, whose, COUNTED_MAX + 1)
        capped = records > COUNTED_MAX
        told.append(Overview(section, min(records, COUNTED_MAX), capped, None if capped else since))
    return told


async def given(tx: Transaction, whose: Whose) -> list[DisclosedTo]:
    """To whom something of theirs was given; only what is held of persons leaves by that door."""
    return await disclosures.disclosed_to(tx, whose.whom) if whose.kind is Kind.PERSON else []


async def finish(
    tx: Transaction, terms: Terms, job: Job, digest: str, act: Act
) -> Job | Refused[Refusal]:
    """A package is complete: in the record, without its key here, and with an end."""
    kept = await store.job(tx, job.export_id, lock=True)
    if kept is None or kept.destroyed_at is not None:
        return Refused(Refusal.OVER, "this export was ended")
    if kept.finished_at is not None:
        return kept
    until = Instant(act.at + terms.privacy.exports.keep_ms)
    said = {"scope": job.scope.value, "language": job.language, "kind": job.whose.kind.value}
    leaf_seq = await record.append(tx, act, EXPORTED, said, _about(job, digest=digest))
    await store.finish(tx, job.export_id, act.at, until, leaf_seq)
    return msgspec.structs.replace(kept, working_key=None, finished_at=act.at, until_at=until)


def _about(job: Job, **more: str) -> dict[str, str]:
    """What only commitments tell of: whom, which package, for which case."""
    case = {} if job.case_id is None else {"case": job.case_id}
    return {job.whose.kind.value: str(job.whose.whom), "export": job.export_id, **case, **more}


async def fetch(
    tx: Transaction, whose: Whose, export_id: str, at: Instant
) -> Job | Refused[Refusal]:
    """Hand a package over to whom it is about, once and before its end."""
    kept = await store.job(tx, export_id, lock=True)
    if kept is None or kept.whose != whose:
        return Refused(Refusal.UNKNOWN, "there is no such package")
    if kept.destroyed_at is not None or kept.fetched_at is not None:
        return Refused(Refusal.OVER, "it was handed over, or its time is over; ask again")
    if kept.finished_at is None or kept.until_at is None:
        return Refused(Refusal.NOT_FINISHED, "it is not complete yet")
    if at >= kept.until_at:
        return Refused(Refusal.OVER, "its time is over; ask again")
    await store.fetched(tx, export_id, at)
    return kept


async def due(tx: Transaction, at: Instant) -> list[Job]:
    """Packages to be destroyed: fetched, or over."""
    return await store.due(tx, at, AT_ONCE)


async def destroyed(tx: Transaction, job: Job, act: Act) -> bool:
    """Keep that a package is no more; False when that was known."""
    kept = await store.job(tx, job.export_id, lock=True)
    if kept is None or kept.destroyed_at is not None:
        return False
    await store.destroyed(tx, job.export_id, act.at)
    await record.append(tx, act, DESTROYED, {}, _about(job))
    return True
