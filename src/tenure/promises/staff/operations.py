"""What may be asked of staff: who may act, and to enrol and suspend logins."""

from collections.abc import Sequence

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import rules, store
from tenure.promises.staff.model import Member, Refusal, Role, Task
from tenure.values.instant import Instant
from tenure.values.refused import Refused

ENROLS_FIRST = "<first>"
"""Who enrols while there is nobody yet; from then on only a supervisor can."""


async def allowed(
    tx: Transaction, login: str, task: Task, at: Instant
) -> Member | Refused[Refusal]:
    """The member with this login, if they may do the task at the instant."""
    return rules.allowed(await store.member(tx, login), task, at)


async def enrol(
    tx: Transaction, login: str, name: str, roles: Sequence[Role], act: Act
) -> Member | Refused[Refusal]:
    """Add a login for a human who has none.  Once there is staff, only a supervisor may."""
    if await store.anybody(tx):
        asker = await allowed(tx, act.by, Task.ENROL, act.at)
        if isinstance(asker, Refused):
            return asker
    else:
        act = msgspec.structs.replace(act, by=ENROLS_FIRST)
    human_id = await store.next_human_id(tx)
    new = Member(login, human_id, name, act.at, None, frozenset(roles))

    decision = rules.enrolled(new, await store.member(tx, login))

    if isinstance(decision, Member):
        await store.enrol(tx, new)
        said: dict[str, Plain] = {"roles": sorted(role.value for role in new.roles)}
        await record.append(tx, act, "staff.enrolled", said, {"login": login})
    return decision


async def suspend(
    tx: Transaction, login: str, act: Act, *, ends: bool = False
) -> Member | Refused[Refusal]:
    """Suspend a login at once, or end its suspension; only a supervisor may."""
    asker = await allowed(tx, act.by, Task.ENROL, act.at)
    if isinstance(asker, Refused):
        return asker
    member = await store.member(tx, login)
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; see: tenure staff list")
    suspended_at = None if ends else member.suspended_at or act.at
    await store.suspend(tx, login, suspended_at)
    said = {"suspended": suspended_at is not None}
    await record.append(tx, act, "staff.suspended", said, {"login": login})
    return msgspec.structs.replace(member, suspended_at=suspended_at)


async def members(tx: Transaction) -> list[Member]:
    """All logins with their roles."""
    return await store.members(tx)
