"""Four eyes for other promises: to ask, to approve, and whose approval counts.

Whoever asks gives the SHA-256 of exactly what is asked; whoever approves signs that hash.
"""

from tenure.postgres.transaction import Transaction
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import rules
from tenure.promises.staff.model import (
    APPROVES,
    NOBODY_OF_OURS,
    OPEN_MS,
    Approval,
    Asked,
    Refusal,
    Task,
)
from tenure.promises.staff.operations import members
from tenure.promises.staff.store import approvals as store
from tenure.promises.staff.store import keys as key_store
from tenure.promises.staff.store import members as member_store
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, Assertion, RelyingParty
from tenure.values.refused import Refused


async def ask(
    tx: Transaction, kind: str, request_hash: bytes, act: Act, *, open_ms: int = OPEN_MS
) -> Asked | Refused[Refusal]:
    """Keep that somebody asks for what has this hash, until when it can be approved.

    Who has a name in angle brackets is nobody of ours: a subscriber who asked by themselves.
    """
    by_staff = not act.by.startswith("<")
    asker = await member_store.member(tx, act.by) if by_staff else None
    human_id = NOBODY_OF_OURS if asker is None else asker.human_id
    new = Asked(request_hash, kind, human_id, act.at, Instant(act.at + open_ms))

    decision = rules.asked(asker, new, await store.asked(tx, request_hash), by_staff=by_staff)

    if isinstance(decision, Asked):
        await store.ask(tx, decision)
    elif by_staff:
        await members.refused(tx, act.by, f"ASK {kind}", decision.refusal.name, act.at)
    return decision


async def approve(
    tx: Transaction,
    request_hash: bytes,
    login: str,
    assertion: Assertion,
    act: Act,
    party: RelyingParty = PARTY,
) -> Approval | Refused[Refusal]:
    """Approve what has this hash, by a passkey that signed the hash.

    Refused for who asked, under any login of theirs, and for who approved before.
    """
    member = await member_store.member(tx, login)
    request = await store.asked(tx, request_hash)
    given = await store.approvals(tx, request_hash)
    key = None
    if member is not None:
        key = await key_store.key(tx, assertion.credential_id, member.human_id)

    count = rules.approved(member, request, given, key, (assertion, act.at, party))

    if isinstance(count, Refused):
        what = Task.APPROVE if request is None else APPROVES.get(request.kind, Task.APPROVE)
        await members.refused(tx, login, what.name, count.refusal.name, act.at)
        return count
    assert member is not None
    assert request is not None
    new = Approval(request_hash, request.requested_by, member.human_id, login, act.at, assertion)
    await store.approve(tx, new)
    await key_store.counted(tx, assertion.credential_id, count)
    said, about = {"request_hash": request_hash.hex()}, {"human": str(member.human_id)}
    await record.append(tx, act, "staff.approved", said, about)
    return new


async def approvals(
    tx: Transaction,
    request_hash: bytes,
    at: Instant | None = None,
    age_max_ms: int | None = None,
) -> list[Approval]:
    """The approvals of a request that count, each by another human.

    With ``at``, those that count at that instant: given by then, not by anybody who is suspended
    now, and with ``age_max_ms`` younger than that.  Without, everything that was ever approved.
    """
    given = await store.approvals(tx, request_hash)
    if at is None:
        return given
    return rules.counting(given, await member_store.suspended(tx), at, age_max_ms)


async def asked(tx: Transaction, request_hash: bytes) -> Asked | None:
    """What was asked, by its hash."""
    return await store.asked(tx, request_hash)
