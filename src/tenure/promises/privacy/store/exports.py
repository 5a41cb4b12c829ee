"""SQL of jobs that export what is held, and of the packages that they make."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.exports import (
    Job,
    Kind,
    Position,
    Scope,
    Wanted,
    Whose,
    Wrapped,
)
from tenure.terms.rights import Right
from tenure.values.instant import Instant, moment_of

_JOB: Final = """
SELECT export_id::text, person_id, subject_id, human_id, scope, language, case_id::text, asked_by,
       asked_at, salt, nonce, sealed_key, working_key, file, pins::text, position::text,
       finished_at, until_at, fetched_at, destroyed_at
FROM privacy.export
"""
_ONE: Final = f"{_JOB} WHERE export_id = %s"
_LOCKED: Final = f"{_JOB} WHERE export_id = %s FOR UPDATE"
_UNDER_WAY: Final = f"""
{_JOB} WHERE (person_id = %(person)s OR subject_id = %(subject)s OR human_id = %(human)s)
  AND scope = %(scope)s AND case_id IS NOT DISTINCT FROM %(case)s::uuid
  AND finished_at IS NULL AND destroyed_at IS NULL
"""
_OF: Final = f"""
{_JOB} WHERE person_id = %(person)s OR subject_id = %(subject)s OR human_id = %(human)s
ORDER BY asked_at DESC LIMIT %(limit)s
"""
_WAITING: Final = f"""
{_JOB} WHERE finished_at IS NULL AND destroyed_at IS NULL ORDER BY asked_at LIMIT %s
"""
_DUE: Final = f"""
{_JOB} WHERE destroyed_at IS NULL AND (until_at <= %s OR fetched_at IS NOT NULL)
ORDER BY asked_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_STANDS: Final = """
SELECT c.right_name, NOT c.needs_proof OR EXISTS (
    SELECT FROM privacy.rights_proof p WHERE p.case_id = c.case_id
)
FROM privacy.rights_case c WHERE c.case_id = %s AND c.whose_kind = %s AND c.whose_id = %s
"""
_OF_CASE: Final = f"""
{_JOB} WHERE case_id = %s AND finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1
"""
_ASK: Final = """
INSERT INTO privacy.export (
    export_id, person_id, subject_id, human_id, scope, language, case_id, asked_by, asked_at, salt,
    nonce, sealed_key, working_key, file, pins, position
) VALUES (
    %(export)s, %(person)s, %(subject)s, %(human)s, %(scope)s, %(language)s, %(case)s, %(by)s,
    %(at)s, %(salt)s, %(nonce)s, %(sealed)s, %(working)s, %(file)s, %(pins)s::jsonb,
    %(position)s::jsonb
)
"""
_MOVE: Final = """
UPDATE privacy.export SET position = %s::jsonb, frames = %s
WHERE export_id = %s AND frames = %s AND finished_at IS NULL AND destroyed_at IS NULL
RETURNING frames
"""
_FINISH: Final = """
UPDATE privacy.export SET finished_at = %s, until_at = %s, leaf_seq = %s, working_key = NULL
WHERE export_id = %s
"""
_FETCHED: Final = "UPDATE privacy.export SET fetched_at = %s WHERE export_id = %s"
_DESTROYED: Final = """
UPDATE privacy.export SET destroyed_at = %s, working_key = NULL WHERE export_id = %s
"""


def _room(whose: Whose) -> dict[str, int | None]:
    """In which of the three columns somebody is."""
    return {kind.value: whose.whom if kind is whose.kind else None for kind in Kind}


def _job(row: Sequence[Any]) -> Job:
    export_id, *rooms, scope, language, case_id, by, at = row[:9]
    salt, nonce, sealed, working, file, pins, position, *ends = row[9:]
    ((kind, whom),) = [
        (kind, room) for kind, room in zip(Kind, rooms, strict=True) if room is not None
    ]
    return Job(
        export_id=export_id,
        whose=Whose(kind, whom),
        scope=Scope(scope),
        language=language,
        case_id=case_id,
        asked_by=by,
        asked_at=at,
        wrapped=Wrapped(bytes(salt), bytes(nonce), bytes(sealed)),
        working_key=None if working is None else bytes(working),
        file=file,
        pins=msgspec.json.decode(pins, type=tuple[tuple[str, ...], ...]),
        position=msgspec.json.decode(position, type=Position),
        finished_at=ends[0],
        until_at=ends[1],
        fetched_at=ends[2],
        destroyed_at=ends[3],
    )


async def job(tx: Transaction, export_id: str, *, lock: bool = False) -> Job | None:
    """The job of this number."""
    found = await tx.execute((_LOCKED if lock else _ONE).encode(), [export_id])
    row = await found.fetchone()
    return None if row is None else _job(row)


async def asked(tx: Transaction, case_id: str, whose: Whose) -> tuple[Right, bool] | None:
    """What a case asks, and whether who asked has shown who they are; None if it is not theirs."""
    found = await tx.execute(_STANDS, [case_id, whose.kind.value, whose.whom])
    row = await found.fetchone()
    return None if row is None else (Right(row[0]), bool(row[1]))


async def of_case(tx: Transaction, case_id: str) -> Job | None:
    """The newest complete export that answers a case."""
    row = await (await tx.execute(_OF_CASE.encode(), [case_id])).fetchone()
    return None if row is None else _job(row)


async def under_way(tx: Transaction, whose: Whose, scope: Scope, case_id: str | None) -> Job | None:
    """The job that already does the same."""
    asked = {**_room(whose), "scope": scope.value, "case": case_id}
    row = await (await tx.execute(_UNDER_WAY.encode(), asked)).fetchone()
    return None if row is None else _job(row)


async def of(tx: Transaction, whose: Whose, limit: int) -> list[Job]:
    """The newest exports about somebody."""
    found = await tx.execute(_OF.encode(), {**_room(whose), "limit": limit})
    return [_job(row) for row in await found.fetchall()]


async def waiting(tx: Transaction, limit: int) -> list[Job]:
    """Jobs that are not complete, the oldest first."""
    found = await tx.execute(_WAITING.encode(), [limit])
    return [_job(row) for row in await found.fetchall()]


async def due(tx: Transaction, at: Instant, limit: int) -> list[Job]:
    """Packages whose time is over, or that were fetched."""
    found = await tx.execute(_DUE.encode(), [moment_of(at), limit])
    return [_job(row) for row in await found.fetchall()]


async def ask(
    tx: Transaction,
    wanted: Wanted,
    by: str,
    at: Instant,
    pins: Sequence[Sequence[str]],
    position: Position,
) -> None:
    """Keep that an export was asked for."""
    await tx.execute(
        _ASK,
        {
            "export": wanted.export_id,
            **_room(wanted.whose),
            "scope": wanted.scope.value,
            "language": wanted.language,
            "case": wanted.case_id,
            "by": by,
            "at": moment_of(at),
            "salt": wanted.wrapped.salt,
            "nonce": wanted.wrapped.nonce,
            "sealed": wanted.wrapped.sealed,
            "working": wanted.working_key,
            "file": wanted.file,
            "pins": _json(pins),
            "position": _json(position),
        },
    )


async def move(tx: Transaction, export_id: str, position: Position, frames: int) -> bool:
    """Take a job from where it had so many frames to a position; False when it is not there."""
    found = await tx.execute(_MOVE, [_json(position), position.frames, export_id, frames])
    return await found.fetchone() is not None


async def finish(
    tx: Transaction, export_id: str, at: Instant, until: Instant, leaf_seq: int
) -> None:
    """A package is complete, and from now on nobody's but who has the passphrase."""
    await tx.execute(_FINISH, [moment_of(at), moment_of(until), leaf_seq, export_id])


async def fetched(tx: Transaction, export_id: str, at: Instant) -> None:
    """A package was handed over."""
    await tx.execute(_FETCHED, [moment_of(at), export_id])


async def destroyed(tx: Transaction, export_id: str, at: Instant) -> None:
    """A package is no more."""
    await tx.execute(_DESTROYED, [moment_of(at), export_id])


def _json(told: object) -> str:
    return msgspec.json.encode(told).decode()
