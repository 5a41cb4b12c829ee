"""Looks at what is held about a subscriber: bound to a case, or made without one, loudly."""

from collections.abc import Sequence
from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import rules
from tenure.promises.staff.model import (
    GLASS_MS,
    TELL_MS,
    Alert,
    Case,
    Glass,
    Look,
    Member,
    Purpose,
    Refusal,
    ToTell,
)
from tenure.promises.staff.operations import members
from tenure.promises.staff.store import cases as store
from tenure.promises.staff.store import members as member_store
from tenure.values.instant import Instant
from tenure.values.refused import Refused

LOOK = "LOOK"
"""What somebody tried who may not look."""


async def open_case(
    tx: Transaction, case_id: str, kind: Purpose, msisdn: str, act: Act
) -> Case | Refused[Refusal]:
    """Open a case about a number; ``act.reason`` says why there is one."""
    member = await member_store.member(tx, act.by)
    salt = rules.salt_of(act.salt)
    new = Case(case_id, kind, salt, rules.about(salt, msisdn), act.by, act.at)

    decision = rules.opened(member, new, act.reason)

    if isinstance(decision, Refused):
        await members.refused(tx, act.by, "OPEN_CASE", decision.refusal.name, act.at)
        return decision
    assert member is not None
    await store.open_case(tx, new, member.human_id, act.reason)
    said: dict[str, Plain] = {"kind": kind.value}
    private = {"case": case_id, "msisdn": msisdn, "human": str(member.human_id)}
    await record.append(tx, act, "staff.case_opened", said, private)
    return new


async def close_case(tx: Transaction, case_id: str, act: Act) -> Case | Refused[Refusal]:
    """Close a case: it allows no look from now on."""
    member = await member_store.member(tx, act.by)
    case = await _case(tx, case_id)

    decision = rules.closed(member, case, act.at)

    if isinstance(decision, Case):
        await store.close_case(tx, case_id, act.at)
        await record.append(tx, act, "staff.case_closed", {}, {"case": case_id})
    return decision


async def cases(tx: Transaction) -> list[Case]:
    """The cases that are open."""
    return await store.open_cases(tx)


async def break_glass(tx: Transaction, glass_id: str, act: Act) -> Glass | Refused[Refusal]:
    """Look without a case for a short time: every supervisor and reviewer is alerted at once."""
    member = await member_store.member(tx, act.by)

    found = rules.broken(member, act.reason)

    if isinstance(found, Refused):
        await members.refused(tx, act.by, "BREAK_GLASS", found.refusal.name, act.at)
        return found
    until = Instant(act.at + GLASS_MS)
    new = Glass(glass_id, found.human_id, found.login, act.reason, act.at, until)
    await store.break_glass(tx, new)
    about = {"human": str(found.human_id), "glass": glass_id}
    await record.append(tx, act, "staff.glass_broken", {}, about)
    return new


async def look(  # noqa: PLR0913, PLR0917 -- who, what for, by which case, at whom, what
    tx: Transaction,
    login: str,
    purpose: Purpose,
    case_id: str | None,
    msisdn: str,
    act: Act,
    shown: str = "line",
) -> Look | Refused[Refusal]:
    """Let somebody see what is held about a number, and keep that they did.

    Refused without an open case about this very number, unless they broke the glass a moment ago,
    and RESTRICTED for somebody whose data rests (PRV-RIGHTS).
    """
    member = await member_store.member(tx, login)
    case = await _case(tx, case_id)
    if purpose is Purpose.DEMONSTRATION and case is None and member is not None:
        case = await _demonstration(tx, member, msisdn, act)
    glass = None
    if purpose is Purpose.BREAK_GLASS and member is not None:
        glass = await store.glass(tx, member)

    found = rules.looked(member, purpose, case, glass, msisdn, act.at)
    if isinstance(found, Member) and await store.is_restricted(tx, msisdn):
        found = rules.at_rest(purpose) or found

    if isinstance(found, Refused):
        await members.refused(tx, login, LOOK, found.refusal.name, act.at)
        return found
    done = Look(login, found.human_id, act.at, purpose, None if glass else case, glass, shown)
    about = {"human": str(found.human_id), "msisdn": msisdn}
    if done.case is not None:
        about["case"] = done.case.case_id
    said: dict[str, Plain] = {"purpose": purpose.value, "shown": shown}
    seq = await record.append(tx, act, "staff.looked", said, about)
    await store.look(tx, done, seq)
    return done


async def _case(tx: Transaction, case_id: str | None) -> Case | None:
    """The case, if that is the number of one."""
    try:
        return None if case_id is None else await store.case(tx, str(UUID(case_id)))
    except ValueError:
        return None


async def _demonstration(tx: Transaction, member: Member, msisdn: str, act: Act) -> Case | None:
    """The case by which an invented human shows a number; it is opened at the first look."""
    if not member.invented:
        return None
    for known in await store.own_cases(tx, member.human_id, Purpose.DEMONSTRATION):
        if known.about == rules.about(known.salt, msisdn):
            return known
    because = Act(act.by, act.at, act.salt, "demonstration")
    case_id = str(UUID(bytes=rules.salt_of(act.salt)[:16]))
    made = await open_case(tx, case_id, Purpose.DEMONSTRATION, msisdn, because)
    return made if isinstance(made, Case) else None


async def alerts(tx: Transaction, member: Member, at: Instant) -> list[Alert]:
    """Of whom this member was not yet told that they broke the glass; now they were."""
    return await store.see(tx, member.human_id, at)


async def glasses(tx: Transaction, at: Instant) -> list[Glass]:
    """The glass that is broken at this instant, by whom and why."""
    return await store.glasses(tx, at)


async def to_tell(tx: Transaction, at: Instant) -> list[ToTell]:
    """Looks without a case of which the subscriber is to be told by now."""
    return await store.to_tell(tx, Instant(at - TELL_MS))


async def told(tx: Transaction, look_ids: Sequence[int], at: Instant) -> None:
    """These subscribers were told, in the same transaction."""
    await store.told(tx, look_ids, at)
