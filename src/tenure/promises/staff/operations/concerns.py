"""What an overseer asks: everything that a human of ours did or saw, and what of it is unusual."""

from tenure.postgres.transaction import Transaction
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, NewLeaf
from tenure.promises.staff import rules
from tenure.promises.staff.model import WATCH, Concern, Refusal, Report, Task, Watch
from tenure.promises.staff.operations import members
from tenure.promises.staff.store import concerns as store
from tenure.promises.staff.store import members as member_store
from tenure.values.refused import Refused


async def report(tx: Transaction, login: str, act: Act) -> Report | Refused[Refusal]:
    """Everything that the human behind a login did or saw, under all their logins.

    That somebody read it is in the record as well.
    """
    reader = await members.allowed(tx, act.by, Task.READ_REPORTS, act.at)
    if isinstance(reader, Refused):
        return reader
    member = await member_store.member(tx, login)
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; see: tenure staff list")
    everybody = await member_store.members(tx)
    same = tuple(one for one in everybody if one.human_id == member.human_id)
    logins = [one.login for one in same]
    events = tuple(await store.events(tx, member.human_id, logins))
    await record.append(tx, act, "staff.reported", {}, {"human": str(member.human_id)})
    return Report(same, events)


async def raise_concerns(
    tx: Transaction, zone: str, act: Act, watch: Watch = WATCH
) -> list[Concern]:
    """Raise what is unusual of the last week; whatever was raised before stays as it is.

    The clock calls it; late or twice it does the same.  ``zone`` is where night is.
    """
    raised = await store.raise_all(tx, zone, watch, act.at)
    if raised:
        leaves = [
            NewLeaf(
                "staff.concern_raised",
                {"pattern": one.pattern.value, "day": one.day, "counted": one.counted},
                {"human": str(one.human_id), "concern": str(one.concern_id)},
            )
            for one in raised
        ]
        await record.append_all(tx, act, leaves)
    return raised


async def concerns(tx: Transaction) -> list[Concern]:
    """The concerns that nobody has closed."""
    return await store.open_concerns(tx)


async def close_concern(tx: Transaction, concern_id: int, act: Act) -> Concern | Refused[Refusal]:
    """Close a concern with ``act.reason``: a reviewer does, never the one it is about."""
    reviewer = await member_store.member(tx, act.by)
    concern = await store.concern(tx, concern_id)

    decision = rules.dismissed(reviewer, concern, act.reason)

    if isinstance(decision, Refused):
        await members.refused(tx, act.by, Task.REVIEW.name, decision.refusal.name, act.at)
        return decision
    assert reviewer is not None
    await store.close(tx, concern_id, reviewer.human_id, act.reason, act.at)
    about = {"human": str(decision.human_id), "concern": str(concern_id)}
    await record.append(tx, act, "staff.concern_closed", {}, about)
    return decision
