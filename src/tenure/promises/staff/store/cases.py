"""All SQL about cases, looks and broken glass."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.staff.model import Alert, Case, Glass, Look, Member, Purpose, ToTell
from tenure.values.instant import Instant, moment_of

_OPEN: Final = """
INSERT INTO staff.case (case_id, kind, salt, about, login, human_id, reason, opened_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_CASES: Final = """
SELECT case_id::text, kind, salt, about, login, opened_at, closed_at FROM staff.case
"""
_CASE: Final = f"{_CASES} WHERE case_id = %s::uuid"
_OPEN_CASES: Final = f"{_CASES} WHERE closed_at IS NULL ORDER BY opened_at, case_id"
_OWN_CASES: Final = f"""{_CASES}
WHERE human_id = %s AND kind = %s AND closed_at IS NULL ORDER BY opened_at, case_id
"""
_CLOSE: Final = "UPDATE staff.case SET closed_at = %s WHERE case_id = %s::uuid"
_BREAK: Final = """
INSERT INTO staff.glass (glass_id, login, human_id, reason, since, until_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_GLASS: Final = """
SELECT glass_id::text, human_id, login, reason, since, until_at FROM staff.glass
WHERE human_id = %s ORDER BY until_at DESC LIMIT 1
"""
_GLASSES: Final = """
SELECT glass_id::text, human_id, login, reason, since, until_at FROM staff.glass
WHERE since <= %(at)s AND %(at)s < until_at ORDER BY since
"""
# Everybody who oversees, but for the one it is about.
_RAISE: Final = """
INSERT INTO staff.alert (glass_id, human_id)
SELECT DISTINCT %s::uuid, human_id
FROM staff.human JOIN staff.member USING (human_id) JOIN staff.role USING (login)
WHERE role.role IN ('supervisor', 'reviewer') AND human_id <> %s
  AND suspended_at IS NULL
"""
_SEE: Final = """
WITH seen AS (
    UPDATE staff.alert SET seen_at = %s WHERE human_id = %s AND seen_at IS NULL
    RETURNING glass_id
)
SELECT login, since, reason FROM staff.glass JOIN seen USING (glass_id) ORDER BY since
"""
_LOOK: Final = """
INSERT INTO staff.look (
    login, human_id, at, purpose, case_id, about, glass_id, until_at, shown, leaf_seq
)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_TO_TELL: Final = """
SELECT look_id, opening.value, look.at
FROM staff.look JOIN record.opening USING (leaf_seq)
WHERE glass_id IS NOT NULL AND told_at IS NULL AND look.at <= %s AND opening.field = 'msisdn'
ORDER BY look_id LIMIT 1000
"""
_TOLD: Final = "UPDATE staff.look SET told_at = %s WHERE look_id = ANY (%b)"

# Who is restricted stands in a promise above; its function answers yes or no, and its trigger on
# staff.look refuses the same.
_IS_RESTRICTED: Final = "SELECT consent.restricts_looks_at(%s)"


async def is_restricted(tx: Transaction, about: str) -> bool:
    """Whether what is held of the one whom a look is about is kept and not used (PRV-RIGHTS)."""
    row = await (await tx.execute(_IS_RESTRICTED, [about])).fetchone()
    return row is not None and bool(row[0])


def _case(row: tuple[Any, ...]) -> Case:
    case_id, kind, *rest = row
    return Case(case_id, Purpose(kind), *rest)


async def open_case(tx: Transaction, new: Case, human_id: int, reason: str) -> None:
    """Keep a new case."""
    named = [new.case_id, new.kind.value, new.salt, new.about]
    await tx.execute(_OPEN, [*named, new.login, human_id, reason, moment_of(new.opened_at)])


async def case(tx: Transaction, case_id: str) -> Case | None:
    """The case with this number."""
    cursor = await tx.execute(_CASE, [case_id])
    row = await cursor.fetchone()
    return None if row is None else _case(row)


async def open_cases(tx: Transaction) -> list[Case]:
    """All cases that are open."""
    cursor = await tx.execute(_OPEN_CASES)
    return [_case(row) for row in await cursor.fetchall()]


async def own_cases(tx: Transaction, human_id: int, kind: Purpose) -> list[Case]:
    """The open cases of a kind that somebody opened."""
    cursor = await tx.execute(_OWN_CASES, [human_id, kind.value])
    return [_case(row) for row in await cursor.fetchall()]


async def close_case(tx: Transaction, case_id: str, at: Instant) -> None:
    """Nobody may look any more because of this case."""
    await tx.execute(_CLOSE, [moment_of(at), case_id])


async def break_glass(tx: Transaction, new: Glass) -> None:
    """Keep that the glass was broken, and alert whoever oversees."""
    when = [moment_of(new.since), moment_of(new.until)]
    await tx.execute(_BREAK, [new.glass_id, new.login, new.human_id, new.reason, *when])
    await tx.execute(_RAISE, [new.glass_id, new.human_id])


async def glass(tx: Transaction, member: Member) -> Glass | None:
    """What this human broke last."""
    cursor = await tx.execute(_GLASS, [member.human_id])
    row = await cursor.fetchone()
    return None if row is None else Glass(*row)


async def glasses(tx: Transaction, at: Instant) -> list[Glass]:
    """What is broken at an instant."""
    cursor = await tx.execute(_GLASSES, {"at": moment_of(at)})
    return [Glass(*row) for row in await cursor.fetchall()]


async def see(tx: Transaction, human_id: int, at: Instant) -> list[Alert]:
    """What somebody was not told yet; from now on they were."""
    cursor = await tx.execute(_SEE, [moment_of(at), human_id])
    return [Alert(*row) for row in await cursor.fetchall()]


async def look(tx: Transaction, new: Look, leaf_seq: int) -> None:
    """Keep that somebody looked."""
    case, glass = new.case, new.glass
    await tx.execute(
        _LOOK,
        [
            new.login,
            new.human_id,
            moment_of(new.at),
            new.purpose.value,
            None if case is None else case.case_id,
            None if case is None else case.about,
            None if glass is None else glass.glass_id,
            None if glass is None else moment_of(glass.until),
            new.shown,
            leaf_seq,
        ],
    )


async def to_tell(tx: Transaction, before: Instant) -> list[ToTell]:
    """Looks without a case until an instant, of which the subscriber was not told."""
    cursor = await tx.execute(_TO_TELL, [moment_of(before)])
    return [ToTell(*row) for row in await cursor.fetchall()]


async def told(tx: Transaction, look_ids: Sequence[int], at: Instant) -> None:
    """The subscribers were told."""
    await tx.execute(_TOLD, [moment_of(at), int8s(look_ids)])
