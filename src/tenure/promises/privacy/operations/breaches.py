"""What may be asked about a breach: open its file, find whom it concerns, tell them in time."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.privacy.model.breaches import (
    Breach,
    BreachFile,
    BreachRefusal,
    Done,
    Leak,
    Reach,
    Said,
    Step,
)
from tenure.promises.privacy.operations import register
from tenure.promises.privacy.rules import breaches as rules
from tenure.promises.privacy.rules.breaches import clocks, draft, tells_public
from tenure.promises.privacy.rules.breaches import worded as unworded
from tenure.promises.privacy.store import breaches as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

__all__ = [
    "TOLD_AT_ONCE",
    "clocks",
    "draft",
    "file",
    "files",
    "letters",
    "open_file",
    "report",
    "scope",
    "tell",
    "tells_public",
    "unworded",
    "word",
]

TOLD_AT_ONCE = 1_000
"""So many are told in one transaction."""

No = Refused[BreachRefusal]


async def open_file(
    tx: Transaction, terms: Terms, leak: Leak, known_at: Instant, act: Act
) -> BreachFile | No:
    """Open the file of a breach: from ``known_at`` on its clocks run (PRV-SEC)."""
    tables = {f"{promise}.{row.table}" for promise, row in register.rows()}
    clocks = rules.opened(leak, known_at, tables, terms, act)
    if isinstance(clocks, Refused):
        return clocks
    if leak.by_login and await staff.member(tx, leak.by_login) is None:
        detail = "tenure staff list shows the logins of ours"
        return Refused(BreachRefusal.BREACH_LOGIN_UNKNOWN, detail)
    drawn = hashlib.sha256(b"breach" + act.salt).digest()[:16]
    breach = Breach(UUID(bytes=drawn, version=4), known_at, leak, *clocks, act.by, act.at)
    said: dict[str, Plain] = {
        "breach": str(breach.breach_id),
        "tables": list(leak.tables),
        "known_at": int(known_at),
        "subjects_until": int(breach.subjects_until),
        "authority_until": int(breach.authority_until),
    }
    leaf_seq = await record.append(tx, act, "privacy.breach_known", said, {})
    await store.open_(tx, breach, leaf_seq)
    return BreachFile(breach, {}, (), Reach())


async def file(tx: Transaction, breach_id: UUID) -> BreachFile | None:
    """All that is known of a breach; None when there is none of this id."""
    breach = await store.breach(tx, breach_id)
    return None if breach is None else await _file(tx, breach)


async def files(tx: Transaction) -> list[BreachFile]:
    """All breaches, the one that was known last first."""
    return [await _file(tx, breach) for breach in await store.breaches(tx)]


async def _file(tx: Transaction, breach: Breach) -> BreachFile:
    return BreachFile(
        breach,
        await store.words(tx, breach.breach_id),
        tuple(await store.steps(tx, breach.breach_id)),
        await store.reach(tx, breach.breach_id),
    )


async def word(
    tx: Transaction, terms: Terms, breach_id: UUID, language: str, said: Said, act: Act
) -> BreachFile | No:
    """Say in one language which data, how it came about and what is done; the last one counts."""
    known = await file(tx, breach_id)
    if (refused := rules.going_on(known)) is not None:
        return refused
    if language not in terms.languages or not rules.said_whole(said):
        detail = f"say --what, --how and --handling in one of {', '.join(terms.languages)}"
        return Refused(BreachRefusal.BREACH_NOT_WORDED, detail)
    await store.word(tx, breach_id, language, said, act.at)
    return await _again(tx, breach_id)


async def scope(tx: Transaction, breach_id: UUID, act: Act) -> BreachFile | No:
    """Find from the register whose data it was; again when more is known, which forgets nobody."""
    known = await file(tx, breach_id)
    if (refused := rules.going_on(known)) is not None:
        return refused
    assert known is not None
    rows = rules.concerning(known.breach.leak, register.rows())
    await store.affect(tx, known.breach, rows, act.at)
    reach = await store.reach(tx, breach_id)
    await _take(tx, breach_id, Done(Step.SCOPED, act.at, act.by, f"{reach.all:,} concerned"), act)
    return await _again(tx, breach_id)


async def tell(tx: Transaction, terms: Terms, breach_id: UUID, act: Act) -> BreachFile | No:
    """Tell some of those who were not told yet; the last of them ends the clock.

    Whoever holds a number is told there; who holds none is listed for a letter (``letters``).
    Ask again until ``subjects-told`` is on record: whoever dies between, nobody is told twice.
    """
    known = await file(tx, breach_id)
    if (refused := rules.may_tell(known, terms)) is not None:
        return refused
    assert known is not None
    waiting = await store.untold(tx, breach_id, TOLD_AT_ONCE)
    facts = rules.facts(known, terms)
    reached = [
        Telling(
            Msisdn(number),
            person_id,
            language,
            NoticeKind.SECURITY_BREACH,
            facts.get(language, facts[terms.prevailing_language]),
            act.at,
        )
        for person_id, _, _, language, number in waiting
        if person_id is not None and number is not None and language is not None
    ]
    told = await notices.tell(tx, reached)
    pairs = [(one.person_id, id_) for one, id_ in zip(reached, told, strict=True)]
    letters = [one[0] for one in waiting if one[0] is not None and one[4] is None]
    persons = [(one, id_) for one, id_ in pairs if one is not None]
    await store.told(tx, breach_id, [*persons, *((one, 0) for one in letters)], act.at)
    subjects = [one[1] for one in waiting if one[1] is not None]
    humans = [one[2] for one in waiting if one[2] is not None]
    await store.told_others(tx, breach_id, subjects, humans, act.at)
    if len(waiting) < TOLD_AT_ONCE and known.at(Step.SUBJECTS_TOLD) is None:
        reach = await store.reach(tx, breach_id)
        note = f"{reach.told:,} told, {reach.by_hand:,} of them by letter"
        await _take(tx, breach_id, Done(Step.SUBJECTS_TOLD, act.at, act.by, note), act)
    return await _again(tx, breach_id)


async def report(
    tx: Transaction, breach_id: UUID, step: Step, note: str, act: Act
) -> BreachFile | No:
    """Keep what somebody did or decided: the authority told, the public told, a note, the end."""
    known = await file(tx, breach_id)
    if (refused := rules.reported(known, step, note)) is not None:
        return refused
    await _take(tx, breach_id, Done(step, act.at, act.by, note.strip()), act)
    return await _again(tx, breach_id)


async def letters(tx: Transaction, breach_id: UUID) -> Sequence[tuple[str, int]]:
    """Who gets a letter, as (person | subject | human, id)."""
    return await store.by_hand(tx, breach_id)


async def _take(tx: Transaction, breach_id: UUID, done: Done, act: Act) -> None:
    said = {"breach": str(breach_id), "step": done.step.value}
    leaf_seq = await record.append(tx, act, "privacy.breach_step", said, {"note": done.note})
    await store.take(tx, breach_id, done, leaf_seq)


async def _again(tx: Transaction, breach_id: UUID) -> BreachFile:
    found = await file(tx, breach_id)
    assert found is not None
    return found
