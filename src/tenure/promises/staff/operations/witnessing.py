"""A witness: one of ours who signs, with a passkey of their own, what they saw."""

from tenure.postgres.transaction import Transaction
from tenure.promises.staff.model import Member, Refusal, Task
from tenure.promises.staff.operations.members import allowed, refused
from tenure.promises.staff.store import keys as store
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, Assertion, RelyingParty, verified
from tenure.values.refused import Refused


async def witness(
    tx: Transaction,
    login: str,
    signed: bytes,
    assertion: Assertion,
    at: Instant,
    *,
    party: RelyingParty = PARTY,
) -> Member | Refused[Refusal]:
    """The member who signed this hash as a witness; who may not, or did not, is refused."""
    member = await allowed(tx, login, Task.WITNESS, at)
    if isinstance(member, Refused):
        return member
    key = await store.key(tx, assertion.credential_id, member.human_id)
    count = None if key is None else verified(key, assertion, signed, party)
    if count is None:
        await refused(tx, login, Task.WITNESS.name, Refusal.NOT_PROVEN.name, at)
        detail = "this passkey does not prove that you saw exactly this; use your own"
        return Refused(Refusal.NOT_PROVEN, detail)
    await store.counted(tx, assertion.credential_id, count)
    return member
