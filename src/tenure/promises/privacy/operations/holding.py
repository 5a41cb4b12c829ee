"""What may be asked of legal holds: to hold, to release, and what is held (PRV-KEEP).

A hold counts from when it is asked, so that nothing goes meanwhile, and beyond two weeks only when
somebody else of ours approved exactly it.  It ends by four eyes as well.
"""

import hashlib

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.retention import HOLD, RELEASE, Hold, Refusal
from tenure.promises.privacy.rules import retention as rules
from tenure.promises.privacy.store import retention as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.values.refused import Refused
from tenure.values.sealing import Whose

No = Refused[Refusal] | Refused[StaffRefusal]


async def hold(tx: Transaction, terms: Terms, asked: Hold, act: Act) -> Hold | No:
    """Postpone the end of exactly what is named, from now on.

    Refused for nobody, and without case, authority, document, scope and a day to look again.
    """
    if not await store.knows(tx, asked.whose):
        return Refused(Refusal.SUBJECT_UNKNOWN, "nobody is known by this number")

    decision = rules.held(asked, terms.privacy.retention.keeps)

    if isinstance(decision, Refused):
        await staff.refused(tx, act.by, "HOLD", decision.refusal.name, act.at)
        return decision
    body = rules.hold_body(decision)
    hashed = hashlib.sha256(body.encode()).digest()
    request = await staff.ask(tx, HOLD, hashed, act)
    if isinstance(request, Refused):
        return request
    said = {"hold": str(asked.hold_id), "request_hash": hashed.hex(), "keeps": list(asked.keeps)}
    about = {asked.whose.kind: str(asked.whose.whom), "body": body}
    leaf_seq = await record.append(tx, act, "privacy.held", said, about)
    found = msgspec.structs.replace(decision, body=body, request_hash=hashed)
    await store.hold(tx, found, leaf_seq)
    return found


async def ask_release(tx: Transaction, hold_id: str, act: Act) -> bytes | No:
    """Ask that a hold ends, and why; the hash that another pair of eyes approves."""
    found = await _open(tx, hold_id)
    if isinstance(found, Refused):
        return found
    if not act.reason.strip():
        return Refused(StaffRefusal.REASON_MISSING, "say why nobody needs it any more: --reason")
    body = rules.release_body(found, act.reason, act.at)
    hashed = hashlib.sha256(body.encode()).digest()
    request = await staff.ask(tx, RELEASE, hashed, act)
    if isinstance(request, Refused):
        return request
    await store.ask_release(tx, found.hold_id, body, hashed, act.at)
    return hashed


async def release(tx: Transaction, hold_id: str, act: Act) -> int | No:
    """End a hold whose end was asked and approved; how many erasures go on by it.

    They are looked at again from the same instant on, in the same transaction.
    """
    found = await _open(tx, hold_id)
    if isinstance(found, Refused):
        return found
    asked = await store.releases(tx, found.hold_id)
    approved = [one for one in asked if await staff.approvals(tx, one, act.at)]
    if not approved:
        first = "ask for it first: tenure privacy hold ask-release"
        what = (
            f"somebody else approves it: tenure staff approve {asked[0].hex()}" if asked else first
        )
        return Refused(Refusal.APPROVAL_MISSING, what)
    said = {"hold": str(found.hold_id), "request_hash": approved[0].hex()}
    about = {found.whose.kind: str(found.whose.whom)}
    leaf_seq = await record.append(tx, act, "privacy.released", said, about)
    return await store.release(tx, found.hold_id, approved[0], act.at, leaf_seq)


async def held(tx: Transaction, whose: Whose | None = None) -> list[Hold]:
    """What is or was held, of somebody or of everybody."""
    return await store.holds(tx, whose)


async def _open(tx: Transaction, hold_id: str) -> Hold | Refused[Refusal]:
    found = [one for one in await store.holds(tx) if str(one.hold_id) == hold_id]
    if not found:
        return Refused(Refusal.HOLD_UNKNOWN, "there is no such hold; see: tenure privacy hold list")
    if found[0].released_at is not None:
        return Refused(Refusal.HOLD_RELEASED, "it was released already")
    return found[0]
