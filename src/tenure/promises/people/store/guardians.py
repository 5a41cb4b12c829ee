"""SQL of guardians, and of those who come of age."""

from collections.abc import Sequence
from typing import Final

from tenure.postgres.arrays import int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Guardian
from tenure.values.instant import Instant, moment_of

_GUARDIANS: Final = """
SELECT ward_id, guardian_id, since, until FROM people.guardians_of(%(ward)s, %(at)s)
ORDER BY guardian_id
"""
_ADD_GUARDIAN: Final = """
INSERT INTO people.guardian (ward_id, guardian_id, since, leaf_seq) VALUES (%s, %s, %s, %s)
"""
_WARDS: Final = """
SELECT g.ward_id, g.guardian_id, g.since, g.until
FROM people.guardian g WHERE g.guardian_id = %(guardian)s
  AND people.answers_for(g.guardian_id, g.ward_id, %(at)s) ORDER BY g.ward_id
"""
_END_GUARDIAN: Final = """
UPDATE people.guardian SET until = %(at)s
WHERE ward_id = %(ward)s AND guardian_id = %(guardian)s AND since < %(at)s
  AND (until IS NULL OR %(at)s < until)
RETURNING ward_id
"""
# Wards only: who was of age when they registered is told nothing new.
_NEWLY_ADULT: Final = """
SELECT DISTINCT g.ward_id
FROM people.guardian g JOIN people.person p ON p.person_id = g.ward_id
WHERE people.comes_of_age_at(p.born_on) <= %(at)s
  AND NOT EXISTS (SELECT FROM people.adulthood a WHERE a.person_id = g.ward_id
                  AND a.came_of_age_at = people.comes_of_age_at(p.born_on))
  AND NOT EXISTS (SELECT FROM people.merge m WHERE m.duplicate_id = g.ward_id)
ORDER BY g.ward_id LIMIT %(limit)s
"""
# Whoever comes second finds the row, and tells nothing.
_TELL_ADULT: Final = """
INSERT INTO people.adulthood (person_id, came_of_age_at, told_at, leaf_seq)
SELECT p.person_id, people.comes_of_age_at(p.born_on), %(at)s, %(leaf)s
FROM people.person p
WHERE p.person_id = ANY(%(persons)b) AND people.comes_of_age_at(p.born_on) <= %(at)s
ORDER BY p.person_id
ON CONFLICT DO NOTHING
RETURNING person_id
"""


async def guardians(tx: Transaction, ward_id: int, at: Instant) -> list[Guardian]:
    """Who answers for somebody at an instant."""
    cursor = await tx.execute(_GUARDIANS, {"ward": ward_id, "at": moment_of(at)})
    return [Guardian(*row) for row in await cursor.fetchall()]


async def add_guardian(tx: Transaction, new: Guardian, leaf_seq: int) -> None:
    """Add a guardian."""
    await tx.execute(_ADD_GUARDIAN, [new.ward_id, new.guardian_id, moment_of(new.since), leaf_seq])


async def wards(tx: Transaction, guardian_id: int, at: Instant) -> list[Guardian]:
    """For whom somebody answers at an instant."""
    cursor = await tx.execute(_WARDS, {"guardian": guardian_id, "at": moment_of(at)})
    return [Guardian(*row) for row in await cursor.fetchall()]


async def end_guardian(tx: Transaction, ward_id: int, guardian_id: int, at: Instant) -> bool:
    """End that somebody answers for a minor; whether they did."""
    named = {"ward": ward_id, "guardian": guardian_id, "at": moment_of(at)}
    cursor = await tx.execute(_END_GUARDIAN, named)
    return bool(await cursor.fetchall())


async def newly_adult(tx: Transaction, at: Instant, limit: int) -> list[int]:
    """Wards who are of age at an instant, and were not told so."""
    cursor = await tx.execute(_NEWLY_ADULT, {"at": moment_of(at), "limit": limit})
    return [int(row[0]) for row in await cursor.fetchall()]


async def tell_adults(
    tx: Transaction, persons: Sequence[int], leaf_seq: int, at: Instant
) -> list[int]:
    """Keep that these are told that they are of age; of whom that was new."""
    named = {"persons": int8s(persons), "leaf": leaf_seq, "at": moment_of(at)}
    cursor = await tx.execute(_TELL_ADULT, named)
    return sorted(int(row[0]) for row in await cursor.fetchall())
