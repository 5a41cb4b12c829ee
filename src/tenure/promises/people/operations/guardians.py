"""Who answers for a minor (PRV-MINOR), until the first instant of the birthday."""

from collections.abc import Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.people import rules
from tenure.promises.people.model import Guardian, Refusal
from tenure.promises.people.store import guardians as store
from tenure.promises.people.store import persons
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused


async def guardians(tx: Transaction, ward_id: int, at: Instant) -> list[Guardian]:
    """Who answers for somebody at an instant (PRV-MINOR)."""
    return await store.guardians(tx, ward_id, at)


async def name_guardian(
    tx: Transaction, terms: Terms, ward_id: int, guardian_id: int, document: str, act: Act
) -> Guardian | Refused[Refusal]:
    """Keep who answers for a minor; ``document`` is the SHA-256 of the paper that says so."""
    ward = await persons.by_id(tx, ward_id)
    guardian = await persons.by_id(tx, guardian_id)
    known = await store.guardians(tx, ward_id, act.at)

    decision = rules.guarded(ward, guardian, known, terms, act.at)

    if isinstance(decision, Guardian):
        about = {"ward": str(ward_id), "guardian": str(guardian_id), "document": document}
        leaf_seq = await record.append(tx, act, "people.guardian_named", {}, about)
        await store.add_guardian(tx, decision, leaf_seq)
    return decision


async def wards(tx: Transaction, guardian_id: int, at: Instant) -> list[Guardian]:
    """For whom somebody answers at an instant: for nobody who is of age."""
    return await store.wards(tx, guardian_id, at)


async def end_guardian(
    tx: Transaction, ward_id: int, guardian_id: int, act: Act
) -> Guardian | Refused[Refusal]:
    """End that somebody answers for a minor, from now on."""
    known = await store.guardians(tx, ward_id, act.at)

    decision = rules.unguarded(known, guardian_id, act.at)

    if isinstance(decision, Guardian):
        await store.end_guardian(tx, ward_id, guardian_id, act.at)
        about = {"ward": str(ward_id), "guardian": str(guardian_id)}
        await record.append(tx, act, "people.guardian_ended", {}, about)
    return decision


async def newly_adult(tx: Transaction, at: Instant, limit: int) -> list[int]:
    """Wards who came of age by an instant, and were not told that they did."""
    return await store.newly_adult(tx, at, limit)


async def tell_adults(tx: Transaction, person_ids: Sequence[int], act: Act) -> list[int]:
    """Keep that these are told, in this transaction, that they are of age; of whom that was new.

    A birthday is told once, however late, often or seldom a clock runs: whoever else keeps the same
    wins, and nothing is returned.  Their guardians' power ended without it.
    """
    if not person_ids:
        return []
    leaf_seq = await record.append(tx, act, "people.came_of_age", {"persons": len(person_ids)}, {})
    return await store.tell_adults(tx, person_ids, leaf_seq, act.at)
