"""SQL of retention: the ledger, the door by which rows end, what stays and why, and legal holds."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.retention import (
    Certificate,
    Ending,
    Entry,
    Gone,
    Ground,
    Hold,
    Left,
    State,
    Step,
    Window,
)
from tenure.values.instant import Instant, moment_of
from tenure.values.sealing import Whose

_FITS: Final = """
SELECT EXISTS (
    SELECT FROM privacy.plan p, (SELECT %s::jsonb) AS given (plan)
    WHERE p.digest = sha256(convert_to(plan::text, 'UTF8'))
)
"""
_PUBLISH: Final = "SELECT privacy.publish_plan(%s::jsonb)"
_STEPS: Final = "SELECT nth, store, keep, act FROM privacy.step ORDER BY nth"
_KNOWN: Final = """
SELECT CASE %(kind)s
    WHEN 'person' THEN EXISTS (SELECT FROM people.person WHERE person_id = %(whom)s)
    WHEN 'subject' THEN EXISTS (SELECT FROM people.subject WHERE subject_id = %(whom)s)
    ELSE EXISTS (SELECT FROM staff.human WHERE human_id = %(whom)s)
END
"""
_WRITE: Final = """
INSERT INTO privacy.erasure (entry_id, why, kind, whom, written_at, leaf_seq)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_AGAIN: Final = """
INSERT INTO privacy.again AS a (entry_id, next_at) VALUES (%s, %s)
ON CONFLICT ON CONSTRAINT again_pkey DO UPDATE SET next_at = excluded.next_at
"""
_ENTRY: Final = """
SELECT e.entry_id, e.why, e.kind, e.whom, e.written_at, a.next_at, e.leaf_seq
FROM privacy.erasure e LEFT JOIN privacy.again a USING (entry_id)
"""
_OPEN: Final = f"{_ENTRY} WHERE a.next_at <= %s ORDER BY a.next_at, e.entry_id LIMIT %s"
_OF: Final = f"""
{_ENTRY} WHERE e.kind = %s AND e.whom = %s AND a.next_at IS NOT NULL ORDER BY e.written_at LIMIT 1
"""
_END: Final = "SELECT done, pages FROM privacy.end_rows(%s, %s, %s, %s, %s, %s)"
_JUDGED: Final = "SELECT ground, ends_at, counted FROM privacy.judged(%s, %s, %s, %s)"
_ANY_DUE: Final = "SELECT privacy.any_due(%s)"
_FORGET: Final = "DELETE FROM privacy.deferred WHERE entry_id = %s"
_DEFER: Final = """
INSERT INTO privacy.deferred (entry_id, store, keep, ground, rows, until_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_GONE: Final = "SELECT store, act, rows FROM privacy.ended WHERE entry_id = %s ORDER BY store, act"
_LEFT: Final = """
SELECT store, keep, ground, rows, until_at FROM privacy.deferred WHERE entry_id = %s
ORDER BY store, keep, ground
"""
_LEAVES: Final = """
SELECT l.seq FROM record.leaf l
WHERE l.kind IN ('privacy.erasure_begun', 'privacy.erased')
  AND l.body::jsonb -> 'said' ->> 'entry' = %s ORDER BY l.seq
"""
_HOLD: Final = """
INSERT INTO privacy.hold (
    hold_id, kind, whom, keeps, during, reference, authority, document, review_at, asked_at, body,
    request_hash, leaf_seq
) VALUES (%s, %s, %s, %s, tstzrange(%s, %s), %s, %s, %s, %s, %s, %s, %s, %s)
"""
_HOLDS: Final = """
SELECT hold_id, kind, whom, keeps, lower(during), upper(during), reference, authority, document,
       review_at, asked_at, body, request_hash, released_at
FROM privacy.hold
"""
_ASK_RELEASE: Final = """
INSERT INTO privacy.hold_release (request_hash, hold_id, body, asked_at) VALUES (%s, %s, %s, %s)
"""
_ASKED: Final = """
SELECT request_hash FROM privacy.hold_release WHERE hold_id = %s ORDER BY asked_at DESC
"""
_RELEASE: Final = "SELECT privacy.release_hold(%s, %s, %s, %s)"


async def fits(tx: Transaction, wanted: str) -> bool:
    """Whether the database does exactly this."""
    (row,) = await (await tx.execute(_FITS, [wanted])).fetchall()
    return bool(row[0])


async def publish(tx: Transaction, wanted: str) -> None:
    """Have the database do this; only as its owner."""
    await tx.execute(_PUBLISH, [wanted])


async def steps(tx: Transaction) -> list[Step]:
    """The plan, in its order."""
    return [Step(*row) for row in await (await tx.execute(_STEPS)).fetchall()]


async def knows(tx: Transaction, whose: Whose) -> bool:
    """Whether there is such a person, subject or human."""
    cursor = await tx.execute(_KNOWN, {"kind": whose.kind, "whom": whose.whom})
    (row,) = await cursor.fetchall()
    return bool(row[0])


async def write(tx: Transaction, entry: Entry, leaf_seq: int) -> None:
    """Write a line of the ledger; it is looked at from its own instant on."""
    kind, whom = (None, None) if entry.whose is None else entry.whose
    at = moment_of(entry.at)
    await tx.execute(_WRITE, [entry.entry_id, entry.why, kind, whom, at, leaf_seq])
    await look_again(tx, entry.entry_id, entry.at)


async def look_again(tx: Transaction, entry_id: UUID, at: Instant | None) -> None:
    """When an entry is looked at next."""
    await tx.execute(_AGAIN, [entry_id, None if at is None else moment_of(at)])


async def entry(tx: Transaction, entry_id: UUID) -> tuple[Entry, Instant | None] | None:
    """An entry of the ledger, and when it is looked at next."""
    cursor = await tx.execute(f"{_ENTRY} WHERE e.entry_id = %s", [entry_id])
    row = await cursor.fetchone()
    return None if row is None else (_entry(row), row[5])


async def entries(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these the ledger has."""
    cursor = await tx.execute(f"{_ENTRY} WHERE e.entry_id = ANY (%s)", [list(ids)])
    return {row[0] for row in await cursor.fetchall()}


async def open_entry(tx: Transaction, whose: Whose) -> Entry | None:
    """What is under way for somebody."""
    row = await (await tx.execute(_OF, [*whose])).fetchone()
    return None if row is None else _entry(row)


async def waiting(tx: Transaction, at: Instant, most: int) -> list[Entry]:
    """The entries that are to be looked at, the oldest first."""
    cursor = await tx.execute(_OPEN, [moment_of(at), most])
    return [_entry(row) for row in await cursor.fetchall()]


def _entry(row: Sequence[Any]) -> Entry:
    whose = None if row[2] is None else Whose(row[2], row[3])
    return Entry(row[0], row[1], whose, row[4])


async def end_rows(
    tx: Transaction, entry_id: UUID, nth: int, at: Instant, window: Window
) -> tuple[int, int]:
    """End rows of a step in a window of its table; how many, and how many pages it has.

    The function of the database looks at everything.
    """
    asked = [entry_id, nth, moment_of(at), window.rows_max, window.page, window.until_page]
    (row,) = await (await tx.execute(_END, asked)).fetchall()
    return int(row[0]), int(row[1])


async def any_due(tx: Transaction, at: Instant) -> bool:
    """Whether a row of any step has to be gone."""
    (row,) = await (await tx.execute(_ANY_DUE, [moment_of(at)])).fetchall()
    return bool(row[0])


async def left(tx: Transaction, step: Step, whose: Whose, at: Instant) -> list[Left]:
    """What of a step stays of somebody, and why."""
    cursor = await tx.execute(_JUDGED, [step.nth, *whose, moment_of(at)])
    return [
        Left(step.store, step.keep, Ground(ground), int(rows), until)
        for ground, until, rows in await cursor.fetchall()
        if ground
    ]


async def endings(tx: Transaction, step: Step, at: Instant) -> list[Ending]:
    """How all rows of a step stand, by the month in which they have to be gone."""
    cursor = await tx.execute(_JUDGED, [step.nth, None, None, moment_of(at)])
    states = {"": State.DUE, "needed": State.DUE, "minimum": State.MUST_STAY}
    return [
        Ending(step.store, step.keep, states.get(ground) or State(ground), month, int(rows))
        for ground, month, rows in await cursor.fetchall()
    ]


async def defer(tx: Transaction, entry_id: UUID, stays: Sequence[Left]) -> None:
    """Keep what stays, in the place of what was kept before."""
    await tx.execute(_FORGET, [entry_id])
    merged: dict[tuple[str, str, str], Left] = {}
    for one in stays:
        key = (one.store, one.keep, one.ground.value)
        first = merged.get(key)
        merged[key] = (
            one if first is None else Left(*key[:2], one.ground, first.rows + one.rows, first.until)
        )
    for one in merged.values():
        until = None if one.until is None else moment_of(one.until)
        named = [one.store, one.keep, one.ground.value, one.rows, until]
        await tx.execute(_DEFER, [entry_id, *named])


async def certificate(tx: Transaction, entry_id: UUID) -> Certificate | None:
    """What an entry came to so far."""
    found = await entry(tx, entry_id)
    if found is None:
        return None
    gone = await (await tx.execute(_GONE, [entry_id])).fetchall()
    stays = await (await tx.execute(_LEFT, [entry_id])).fetchall()
    leaves = await (await tx.execute(_LEAVES, [str(entry_id)])).fetchall()
    return Certificate(
        found[0],
        tuple(Gone(*row) for row in gone),
        tuple(Left(row[0], row[1], Ground(row[2]), row[3], row[4]) for row in stays),
        found[1],
        tuple(row[0] for row in leaves),
    )


async def hold(tx: Transaction, new: Hold, leaf_seq: int) -> None:
    """Keep a hold as it was asked."""
    since = None if new.since is None else moment_of(new.since)
    until = None if new.until is None else moment_of(new.until)
    named = [new.reference, new.authority, new.document]
    times = [moment_of(new.review_at), moment_of(new.asked_at)]
    hashed = [new.body, new.request_hash, leaf_seq]
    scope = [new.hold_id, *new.whose, list(new.keeps), since, until]
    await tx.execute(_HOLD, [*scope, *named, *times, *hashed])


async def holds(tx: Transaction, whose: Whose | None = None) -> list[Hold]:
    """All holds, or those of somebody; the oldest first."""
    where = "" if whose is None else "WHERE kind = %s AND whom = %s"
    cursor = await tx.execute(f"{_HOLDS} {where} ORDER BY asked_at", list(whose or []))
    return [_hold(row) for row in await cursor.fetchall()]


def _hold(row: Sequence[Any]) -> Hold:
    hold_id, kind, whom, keeps, *asked = row
    asked[-2] = bytes(asked[-2])
    return Hold(hold_id, Whose(kind, whom), tuple(keeps), *asked)


async def ask_release(tx: Transaction, held: UUID, body: str, hashed: bytes, at: Instant) -> None:
    """Keep that the end of a hold is asked."""
    await tx.execute(_ASK_RELEASE, [hashed, held, body, moment_of(at)])


async def releases(tx: Transaction, held: UUID) -> list[bytes]:
    """The hashes of what was asked about its end, the newest first."""
    return [bytes(row[0]) for row in await (await tx.execute(_ASKED, [held])).fetchall()]


async def release(tx: Transaction, held: UUID, hashed: bytes, at: Instant, leaf_seq: int) -> int:
    """End a hold; how many entries are looked at again because of it."""
    cursor = await tx.execute(_RELEASE, [held, hashed, moment_of(at), leaf_seq])
    (row,) = await cursor.fetchall()
    return int(row[0])
