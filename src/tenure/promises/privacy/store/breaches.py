"""SQL of breaches: the file, whom it concerns by the register, and who was told."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tenure.postgres.arrays import int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.breaches import Breach, Done, Leak, Reach, Said, Step
from tenure.promises.privacy.store.reach import HUMAN, KIND_OF, PERSON, SUBJECT, somebody
from tenure.values.holding import Row
from tenure.values.instant import Instant, moment_of

_OPEN: Final = """
INSERT INTO privacy.breach (
    breach_id, known_at, began_at, ended_at, tables, by_login, subjects_until, authority_until,
    opened_by, opened_at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_BREACHES: Final = """
SELECT breach_id, known_at, tables, began_at, ended_at, by_login, subjects_until, authority_until,
       opened_by, opened_at
FROM privacy.breach
"""
_WORD: Final = """
INSERT INTO privacy.breach_words (breach_id, language, seq, what, how, handling, at)
SELECT %(breach)s, %(language)s, count(*) + 1, %(what)s, %(how)s, %(handling)s, %(at)s
FROM privacy.breach_words WHERE breach_id = %(breach)s AND language = %(language)s
"""
_WORDS: Final = """
SELECT DISTINCT ON (language) language, what, how, handling FROM privacy.breach_words
WHERE breach_id = %s ORDER BY language, seq DESC
"""
_STEP: Final = """
INSERT INTO privacy.breach_step (breach_id, seq, step, at, by_login, note, leaf_seq)
SELECT %(breach)s, count(*) + 1, %(step)s, %(at)s, %(by)s, %(note)s, %(leaf)s
FROM privacy.breach_step WHERE breach_id = %(breach)s
"""
_STEPS: Final = """
SELECT step, at, by_login, note FROM privacy.breach_step WHERE breach_id = %s ORDER BY seq
"""
_REACH: Final = """
SELECT count(person_id), count(subject_id), count(human_id), count(told_at),
       count(*) FILTER (WHERE told_at IS NOT NULL AND notice_id IS NULL)
FROM privacy.breach_affected WHERE breach_id = %s
"""
# Somebody may be in several tables, and be found again when it is looked again.
_AFFECTED: Final = """
INSERT INTO privacy.breach_affected (breach_id, {column}, found_at)
SELECT DISTINCT %(breach)s::uuid, f.id, %(at)s::timestamptz
FROM (SELECT {who} AS id FROM {table} t WHERE {condition}) AS f
WHERE f.id IS NOT NULL
ON CONFLICT DO NOTHING
"""
_COLUMN: Final = {PERSON: "person_id", SUBJECT: "subject_id", HUMAN: "human_id"}
_EVERYBODY: Final = "true"
_LOOKED: Final = "t.login = %(login)s AND t.at >= %(began)s AND t.at <= coalesce(%(ended)s, t.at)"
# Whoever holds several numbers is told once, at the number they have had the longest.
_UNTOLD: Final = """
WITH waits AS (
    SELECT a.person_id, a.subject_id, a.human_id FROM privacy.breach_affected a
    WHERE a.breach_id = %(breach)s AND a.told_at IS NULL
    ORDER BY a.person_id, a.subject_id, a.human_id LIMIT %(limit)s FOR UPDATE
)
SELECT w.person_id, w.subject_id, w.human_id, p.language, held.msisdn
FROM waits w
LEFT JOIN people.person p ON p.person_id = w.person_id
LEFT JOIN LATERAL (
    SELECT h.msisdn FROM numbers.tenure h
    WHERE h.holder_id = w.person_id AND upper_inf(h.during) ORDER BY lower(h.during) LIMIT 1
) AS held ON true
"""
_TOLD: Final = """
UPDATE privacy.breach_affected a SET told_at = %(at)s, notice_id = nullif(g.notice_id, 0)
FROM unnest(%(persons)b, %(notices)b) AS g (person_id, notice_id)
WHERE a.breach_id = %(breach)s AND a.person_id = g.person_id
"""
_TOLD_OTHERS: Final = """
UPDATE privacy.breach_affected a SET told_at = %(at)s
WHERE a.breach_id = %(breach)s AND a.told_at IS NULL
  AND (a.subject_id = ANY(%(subjects)b) OR a.human_id = ANY(%(humans)b))
"""
_BY_HAND: Final = """
SELECT person_id, subject_id, human_id FROM privacy.breach_affected
WHERE breach_id = %s AND told_at IS NOT NULL AND notice_id IS NULL
ORDER BY person_id, subject_id, human_id
"""


async def open_(tx: Transaction, breach: Breach, leaf_seq: int) -> None:
    """Keep that a breach is known."""
    leak = breach.leak
    ended = None if leak.ended_at is None else moment_of(leak.ended_at)
    await tx.execute(
        _OPEN,
        [
            breach.breach_id,
            moment_of(breach.known_at),
            moment_of(leak.began_at),
            ended,
            list(leak.tables),
            leak.by_login or None,
            moment_of(breach.subjects_until),
            moment_of(breach.authority_until),
            breach.opened_by,
            moment_of(breach.opened_at),
            leaf_seq,
        ],
    )


async def breach(tx: Transaction, breach_id: UUID) -> Breach | None:
    """One breach; None when there is none of this id."""
    row = await (await tx.execute(f"{_BREACHES} WHERE breach_id = %s", [breach_id])).fetchone()
    return None if row is None else _breach(row)


async def breaches(tx: Transaction) -> list[Breach]:
    """All of them, the one that was known last first."""
    rows = await (await tx.execute(f"{_BREACHES} ORDER BY known_at DESC, breach_id")).fetchall()
    return [_breach(row) for row in rows]


def _breach(row: Sequence[Any]) -> Breach:
    breach_id, known_at, tables, began_at, ended_at, login, *rest = row
    leak = Leak(tuple(tables), began_at, ended_at, login or "")
    return Breach(breach_id, known_at, leak, *rest)


async def word(tx: Transaction, breach_id: UUID, language: str, said: Said, at: Instant) -> None:
    """Add a wording."""
    given = {"what": said.what, "how": said.how, "handling": said.handling}
    await tx.execute(
        _WORD, {"breach": breach_id, "language": language, "at": moment_of(at), **given}
    )


async def words(tx: Transaction, breach_id: UUID) -> dict[str, Said]:
    """The newest wording of each language."""
    rows = await (await tx.execute(_WORDS, [breach_id])).fetchall()
    return {language: Said(*rest) for language, *rest in rows}


async def take(tx: Transaction, breach_id: UUID, done: Done, leaf_seq: int) -> None:
    """Add a step."""
    given = {"step": done.step.value, "at": moment_of(done.at), "by": done.by, "note": done.note}
    await tx.execute(_STEP, {"breach": breach_id, "leaf": leaf_seq, **given})


async def steps(tx: Transaction, breach_id: UUID) -> list[Done]:
    """What was done, in its order."""
    rows = await (await tx.execute(_STEPS, [breach_id])).fetchall()
    return [Done(Step(step), at, by, note) for step, at, by, note in rows]


async def reach(tx: Transaction, breach_id: UUID) -> Reach:
    """Whom it concerns, in numbers."""
    row = await (await tx.execute(_REACH, [breach_id])).fetchone()
    assert row is not None
    return Reach(*row)


async def affect(
    tx: Transaction, found: Breach, rows: Sequence[tuple[str, Row]], at: Instant
) -> None:
    """Find everybody whose data the tables have; those who are known already stay as they are."""
    leak = found.leak
    given = {
        "breach": found.breach_id,
        "at": moment_of(at),
        "login": leak.by_login,
        "began": moment_of(leak.began_at),
        "ended": None if leak.ended_at is None else moment_of(leak.ended_at),
    }
    condition = _LOOKED if leak.by_login else _EVERYBODY
    for promise, row in rows:
        for lead in row.leads:
            query = _AFFECTED.format(
                column=_COLUMN[KIND_OF[lead.way]],
                who=somebody(lead),
                table=f"{promise}.{row.table}",
                condition=condition,
            )
            await tx.execute(query, given)


Untold = tuple[int | None, int | None, int | None, str | None, str | None]
"""Person, subject, human; the language of the person, and a number of theirs."""


async def untold(tx: Transaction, breach_id: UUID, limit: int) -> list[Untold]:
    """Some of those who are still to be told."""
    found = await tx.execute(_UNTOLD, {"breach": breach_id, "limit": limit})
    return await found.fetchall()


async def told(
    tx: Transaction, breach_id: UUID, notices: Sequence[tuple[int, int]], at: Instant
) -> None:
    """Keep that persons were told, each with the notice; 0 for who gets a letter."""
    given = {
        "persons": int8s([person_id for person_id, _ in notices]),
        "notices": int8s([notice_id for _, notice_id in notices]),
    }
    await tx.execute(_TOLD, {"breach": breach_id, "at": moment_of(at), **given})


async def told_others(
    tx: Transaction,
    breach_id: UUID,
    subjects: Sequence[int],
    humans: Sequence[int],
    at: Instant,
) -> None:
    """Keep that a letter is for these, who have no number of ours."""
    given = {"subjects": int8s(subjects), "humans": int8s(humans)}
    await tx.execute(_TOLD_OTHERS, {"breach": breach_id, "at": moment_of(at), **given})


async def by_hand(tx: Transaction, breach_id: UUID) -> list[tuple[str, int]]:
    """Who gets a letter, as kind and id."""
    rows = await (await tx.execute(_BY_HAND, [breach_id])).fetchall()
    kinds = (PERSON, SUBJECT, HUMAN)
    return [
        next((kind, id_) for kind, id_ in zip(kinds, row, strict=True) if id_ is not None)
        for row in rows
    ]
