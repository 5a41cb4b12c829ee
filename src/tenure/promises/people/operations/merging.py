"""What may be asked of duplicates: that two rows of one human become one, by four eyes."""

from collections.abc import Collection

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.people import rules
from tenure.promises.people.model import MERGE, Merge, MergeRequest, Refusal
from tenure.promises.people.store import merging as store
from tenure.promises.people.store import persons
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.values.refused import Refused

No = Refused[Refusal] | Refused[StaffRefusal]


async def ask(
    tx: Transaction, duplicate_id: int, survivor_id: int, holds: Collection[str], act: Act
) -> MergeRequest | No:
    """Ask that a duplicate leads to whom it is; two others of ours have to approve exactly this.

    ``holds`` are the numbers in the duplicate's name, which whoever calls knows.  The reason is
    part of what is approved.
    """
    if not act.reason.strip():
        return Refused(StaffRefusal.REASON_MISSING, "say how you know that both are one: --reason")
    duplicate = await persons.by_id(tx, duplicate_id)
    survivor = await persons.by_id(tx, survivor_id)

    decision = rules.merge_asked(duplicate, survivor, holds, act)

    if isinstance(decision, Refused):
        await staff.refused(tx, act.by, "MERGE", decision.refusal.name, act.at)
        return decision
    asked = await staff.ask(tx, MERGE, decision.request_hash, act)
    if isinstance(asked, Refused):
        return asked
    said = {"request_hash": decision.request_hash.hex()}
    about = {"duplicate": str(duplicate_id), "survivor": str(survivor_id)}
    leaf_seq = await record.append(tx, act, "people.merge_asked", said, about)
    await store.ask(tx, decision, leaf_seq)
    return decision


async def merge(
    tx: Transaction, request_hash: bytes, holds: Collection[str], act: Act
) -> Merge | No:
    """Make two rows one, if two humans approved who neither asked nor are one of the two.

    Past tenures stay in the duplicate's name: ``persons_of`` finds them.
    """
    request = await store.request(tx, request_hash)
    duplicate = survivor = None
    approved_by: list[int] = []
    if request is not None:
        duplicate = await persons.by_id(tx, request.duplicate_id)
        survivor = await persons.by_id(tx, request.survivor_id)
        themselves = await store.humans_of(tx, [request.duplicate_id, request.survivor_id])
        given = await staff.approvals(tx, request_hash, act.at)
        approved_by = [one.approved_by for one in given if one.approved_by not in themselves]

    decision = rules.merged(request, duplicate, survivor, holds, approved_by)

    if isinstance(decision, Refused):
        return decision
    said = {"request_hash": request_hash.hex()}
    about = {"duplicate": str(decision.duplicate_id), "survivor": str(decision.survivor_id)}
    leaf_seq = await record.append(tx, act, "people.merged", said, about)
    await store.merge(tx, request_hash, leaf_seq, act.at)
    # PRV-RIGHTS: what the duplicate refused is refused by whom it is.
    await consent.join(tx, decision.survivor_id, decision.duplicate_id, act)
    return Merge(decision.duplicate_id, decision.survivor_id, act.at)


async def request(tx: Transaction, request_hash: bytes) -> MergeRequest | None:
    """What was asked, by its hash."""
    return await store.request(tx, request_hash)


async def open_requests(tx: Transaction) -> list[MergeRequest]:
    """What was asked and not done, oldest first."""
    return await store.open_requests(tx)
