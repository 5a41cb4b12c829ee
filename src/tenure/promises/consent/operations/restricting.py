"""What is held of somebody is kept and not used, until they were told that it will be again."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import rules, store
from tenure.promises.consent.model import Refusal, Restrict, Restriction, Told
from tenure.promises.consent.store import restrictions
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.values.refused import Refused


async def restrict(tx: Transaction, asked: Restrict, act: Act) -> Restriction | Refused[Refusal]:
    """Keep what is held of somebody and use it for nothing else, from the commit on (PRV-RIGHTS).

    Offers stop, the roles of purposes see no row of theirs, looks outside the case are refused.
    Asked again for the same ground, the answer is the restriction that is in force.  Whoever is
    just sending to them commits first, or sees it.  Refused: CASE_UNUSABLE.
    """
    await store.lock(tx, asked.person_id)
    known = await restrictions.open_of(tx, asked.person_id)

    decision = rules.restricted(asked, known, act)

    if isinstance(decision, Refused) or decision in known:
        return decision
    return await _kept(tx, decision, act)


async def _kept(tx: Transaction, new: Restriction, act: Act) -> Restriction:
    said = {"ground": new.asked.ground.value}
    about = {
        "person": str(new.asked.person_id),
        "restriction": str(new.restriction_id),
        "case": new.asked.case_ref,
    }
    leaf_seq = await record.append(tx, act, "consent.restricted", said, about)
    await restrictions.add(tx, new, leaf_seq)
    return msgspec.structs.replace(new, leaf_seq=leaf_seq)


async def lift(
    tx: Transaction, restriction_id: UUID, told: Told, act: Act
) -> Restriction | Refused[Refusal]:
    """End a restriction of which the person was told before that it will end (GDPR 18(3)).

    ``told`` names the notice (kind privacy.lifting) that left before, or the letter.  Refused:
    UNKNOWN_RESTRICTION, LIFTED_ALREADY, NOT_TOLD.
    """
    known = await restrictions.one(tx, restriction_id)
    heard = await restrictions.was_told(tx, known, told) if known is not None else False

    decision = rules.lifted(known, told, heard=heard, at=act.at)

    if isinstance(decision, Refused):
        return decision
    await store.lock(tx, decision.asked.person_id)
    said = {"ground": decision.asked.ground.value}
    about = {"person": str(decision.asked.person_id), "restriction": str(restriction_id)}
    leaf_seq = await record.append(tx, act, "consent.restriction_lifted", said, about)
    await restrictions.lift(tx, decision, leaf_seq)
    return decision


async def restricted(tx: Transaction, person_ids: Collection[int]) -> set[int]:
    """Of these people, whose data is kept and not used now.

    To be asked in the transaction that would use it, after ``hold_still``.
    """
    return await restrictions.restricted(tx, person_ids)


async def hold_still(tx: Transaction, person_ids: Collection[int] | None) -> None:
    """Nobody of these (None: nobody at all) withdraws or is restricted until this transaction ends.

    For whoever hands data on: what was answered before is seen, what comes meanwhile waits.
    """
    await store.lock_shared(tx, range(store.LOCKS) if person_ids is None else list(person_ids))


async def restrictions_of(tx: Transaction, person_id: int) -> list[Restriction]:
    """Every restriction of somebody, in force or lifted, oldest first."""
    return await restrictions.all_of(tx, person_id)


async def carry(tx: Transaction, kept_id: int, merged_id: int, act: Act) -> None:
    """Two persons were one: what restricts the merged one restricts the one that is kept."""
    for one in await restrictions.open_of(tx, merged_id):
        asked = msgspec.structs.replace(one.asked, person_id=kept_id)
        await restrict(tx, asked, act)
