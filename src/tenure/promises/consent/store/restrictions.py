"""SQL of what is kept and not used."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from tenure.postgres.arrays import int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.consent.model import Ground, Restrict, Restriction, Told
from tenure.values.instant import moment_of

_KNOWN: Final = """
SELECT restriction_id, person_id, ground, case_ref, since, told_by, told_at, until_at, leaf_seq
FROM consent.restriction
"""
_ALL_OF: Final = f"{_KNOWN} WHERE person_id = %s ORDER BY since, restriction_id"
_OPEN_OF: Final = f"{_KNOWN} WHERE person_id = %s AND until_at IS NULL ORDER BY since"
_ONE: Final = f"{_KNOWN} WHERE restriction_id = %s"
_RESTRICTED: Final = """
SELECT person_id FROM consent.restriction WHERE until_at IS NULL AND person_id = ANY (%b)
"""
_RESTRICT: Final = "SELECT consent.restrict(%s, %s, %s, %s, %s, %s)"
_LIFT: Final = "SELECT consent.lift(%s, %s, %s, %s, %s)"
# The notice stands in a promise above; the door of the database looks for it as well.
_TOLD: Final = """
SELECT EXISTS (
    SELECT FROM notices.notice n
    WHERE 'notice ' || n.notice_id = %s AND n.person_id = %s AND n.kind = 'privacy.lifting'
      AND n.at >= %s AND coalesce(n.sent_at, n.dropped_at) <= %s
)
"""


def _restriction(row: Sequence[Any]) -> Restriction:
    one, person_id, ground, case_ref, since, told_by, told_at, until, leaf_seq = row
    asked = Restrict(person_id, Ground(ground), case_ref)
    told = None if told_by is None else Told(told_by, told_at)
    return Restriction(one, asked, since, told, until, leaf_seq)


async def all_of(tx: Transaction, person_id: int) -> list[Restriction]:
    """Every restriction of somebody, oldest first."""
    cursor = await tx.execute(_ALL_OF, [person_id])
    return [_restriction(row) for row in await cursor.fetchall()]


async def open_of(tx: Transaction, person_id: int) -> list[Restriction]:
    """The restrictions of somebody that are in force."""
    cursor = await tx.execute(_OPEN_OF, [person_id])
    return [_restriction(row) for row in await cursor.fetchall()]


async def one(tx: Transaction, restriction_id: UUID) -> Restriction | None:
    """The restriction with this id."""
    row = await (await tx.execute(_ONE, [restriction_id])).fetchone()
    return None if row is None else _restriction(row)


async def restricted(tx: Transaction, person_ids: Collection[int]) -> set[int]:
    """Of these people, who is restricted now."""
    cursor = await tx.execute(_RESTRICTED, [int8s(sorted(person_ids))])
    return {row[0] for row in await cursor.fetchall()}


async def add(tx: Transaction, new: Restriction, leaf_seq: int) -> None:
    """Add a restriction; of two for one ground at once, the second asks again."""
    asked = new.asked
    named = [new.restriction_id, asked.person_id, asked.ground.value, asked.case_ref]
    await tx.execute(_RESTRICT, [*named, leaf_seq, moment_of(new.since)])


async def was_told(tx: Transaction, known: Restriction, told: Told) -> bool:
    """Whether the notice is this person's, about it, and left by then; a letter is believed."""
    if told.by.startswith("letter "):
        return True
    asked = [told.by, known.asked.person_id, moment_of(known.since), moment_of(told.at)]
    row = await (await tx.execute(_TOLD, asked)).fetchone()
    return row is not None and bool(row[0])


async def lift(tx: Transaction, lifted: Restriction, leaf_seq: int) -> None:
    """End a restriction."""
    assert lifted.told is not None
    assert lifted.until is not None
    told = [lifted.told.by, moment_of(lifted.told.at)]
    await tx.execute(_LIFT, [lifted.restriction_id, *told, leaf_seq, moment_of(lifted.until)])
