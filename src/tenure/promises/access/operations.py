"""What may be asked of access: to restrict, suspend, terminate and lift; everything is told.

A measure is written with its leaf, its notice and its effect on the line in one transaction.  Who
of ours may ask for it is for the command to say (``staff.allowed``).
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.access import rules, store
from tenure.promises.access.model import (
    Chosen,
    Clause,
    Form,
    Group,
    Kind,
    Measure,
    Refusal,
    Requested,
    Restrict,
    Suspend,
    Terminate,
    Why,
    bits,
)
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line, Reached, Resume
from tenure.promises.numbers.model import Suspend as SuspendLine
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import NOBODY_OF_OURS
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Access, Mail
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

LINES_AT_ONCE: Final = 10_000
APPROVAL: Final = "access.terminate"
"""The kind of request that a second human approves."""

_UNKNOWN: Final = Refused(Refusal.UNKNOWN_NUMBER, "no line has this number; check its digits")


def policy(mail: Mail, form: Form) -> str:
    """What is not carried for anybody (GTC-SMTP), in the words of who carries."""
    match form:
        case Form.FILTER:
            return "\n".join(rules.ip_filter_rules(mail))
        case Form.PCC:
            return rules.pcc_rules(mail)
        case Form.NFTABLES:
            return rules.nftables(mail).rstrip("\n")


async def of_line(tx: Transaction, line: Line) -> list[Measure]:
    """All measures against whoever holds this line, in their order."""
    return await store.of_purse(tx, line.purse_id)


async def groups(tx: Transaction, limit: int = 20) -> list[Group]:
    """The newest groups, newest first."""
    return await store.groups(tx, limit)


async def restrict(
    tx: Transaction, figures: Access, msisdn: str, asked: Restrict, act: Act
) -> Measure | Refused[Refusal]:
    """Keep a line from some services until an instant; live sessions of it are told at once.

    Exactly the same asked again, while it is in force, is the same measure.
    """
    decision = rules.restricted(asked, figures, act.at)
    if isinstance(decision, Refused):
        return decision
    found = await numbers.limits.reached(tx, [msisdn])
    if not found:
        return _UNKNOWN
    same = await _known(tx, found[0], asked, act.at)
    if same is not None:
        return same
    new = _new(Kind.RESTRICTION, asked.why, act, await _leaf(tx, "restricted", asked, msisdn, act))
    new = msgspec.structs.replace(
        new, ground=asked.ground, services=bits(asked.services), ends_at=asked.until
    )
    told = _restriction_notice(asked)
    (measure_id,) = await _take(
        tx, new, found, told, rules.facts(asked.why, asked, iso(asked.until))
    )
    await numbers.limits.limit(tx, await store.limits(tx, found, act.at))
    return await _taken(tx, measure_id)


def _restriction_notice(asked: Restrict) -> NoticeKind:
    traffic = asked.why.clause is Clause.TRAFFIC
    return NoticeKind.ACCESS_TRAFFIC if traffic else NoticeKind.ACCESS_RESTRICTED


async def suspend(
    tx: Transaction, msisdn: str, asked: Suspend, act: Act
) -> Measure | Refused[Refusal]:
    """Cut a line from all use until it is lifted; live sessions of it are told at once.

    Exactly the same asked again, while it is in force, is the same measure.
    """
    decision = rules.suspended(asked)
    if isinstance(decision, Refused):
        return decision
    found = await numbers.limits.reached(tx, [msisdn])
    if not found:
        return _UNKNOWN
    same = await _known(tx, found[0], asked, act.at)
    if same is not None:
        return same
    seq = await _leaf(tx, "suspended", asked, msisdn, act)
    new = _new(Kind.SUSPENSION, asked.why, act, seq)
    facts = rules.facts(asked.why, None, "")
    (measure_id,) = await _take(tx, new, found, NoticeKind.ACCESS_SUSPENDED, facts)
    await numbers.change(tx, msisdn, SuspendLine(), act)
    return await _taken(tx, measure_id)


async def ask_termination(
    tx: Transaction, msisdn: str, asked: Terminate, act: Act
) -> Requested | Refused[Refusal] | Refused[StaffRefusal]:
    """Ask for the end of a contract: a second human approves the hash of exactly this."""
    text = await _termination_text(tx, msisdn, asked)
    if isinstance(text, Refused):
        return text
    request_hash = hashlib.sha256(text.encode()).digest()
    kept = await staff.ask(tx, APPROVAL, request_hash, act)
    if isinstance(kept, Refused):
        return kept
    said: dict[str, Plain] = {"kind": APPROVAL, "request_hash": request_hash.hex()}
    await record.append(tx, act, "access.requested", said, {"msisdn": msisdn})
    return Requested(request_hash, text, kept.until)


async def terminate(
    tx: Transaction, msisdn: str, asked: Terminate, act: Act
) -> Measure | Refused[Refusal]:
    """End the contract of a line, if exactly this was asked and a second human approved it.

    The contract is void from the instant of its notice, which is the instant of the act.
    """
    text = await _termination_text(tx, msisdn, asked)
    if isinstance(text, Refused):
        return text
    request_hash = hashlib.sha256(text.encode()).digest()
    request = await staff.asked(tx, request_hash)
    if request is None or request.requested_by == NOBODY_OF_OURS or act.at >= request.until:
        return Refused(Refusal.NOT_REQUESTED, "ask for it first: tenure access terminate")
    approvals = await staff.approvals(tx, request_hash, act.at)
    if not approvals:
        return Refused(Refusal.APPROVAL_MISSING, "another of us has to approve exactly this")
    found = await numbers.limits.reached(tx, [msisdn])
    seq = await _leaf(tx, "terminated", asked, msisdn, act)
    new = msgspec.structs.replace(
        _new(Kind.TERMINATION, asked.why, act, seq),
        proof=asked.proof or None,
        asked=text,
        request_hash=request_hash,
        approved_by=approvals[0].approved_by,
    )
    facts = rules.facts(asked.why, None, "")
    (measure_id,) = await _take(tx, new, found, NoticeKind.ACCESS_TERMINATED, facts)
    await numbers.change(tx, msisdn, SuspendLine(), act)
    return await _taken(tx, measure_id)


async def _termination_text(
    tx: Transaction, msisdn: str, asked: Terminate
) -> str | Refused[Refusal]:
    """Exactly what is approved, of a line that can be terminated for this."""
    decision = rules.terminated(asked)
    if isinstance(decision, Refused):
        return decision
    found = await numbers.limits.reached(tx, [msisdn])
    if not found:
        return _UNKNOWN
    before = await store.of_purse(tx, found[0].purse_id)
    if any(one.kind is Kind.TERMINATION for one in before):
        return Refused(Refusal.TERMINATED_ALREADY, "the contract of this line is void already")
    return rules.termination_text(msisdn, found[0].purse_id, asked)


async def lift(
    tx: Transaction, measure_id: int, because: str, act: Act
) -> Measure | Refused[Refusal]:
    """End a measure before its time; its subscriber is told, and may use the service again."""
    if not because.strip():
        return Refused(Refusal.REASON_MISSING, "say why it is lifted")
    known = await store.one(tx, measure_id)
    found = [] if known is None else await numbers.limits.reached(tx, [known.msisdn])
    # Read again: who lifts it at the same time has let go of the line by now.
    measure = await store.one(tx, measure_id)
    if measure is None:
        return Refused(Refusal.UNKNOWN_MEASURE, "no such measure; see: tenure access list")
    decision = rules.lifted(measure, act.at)
    if isinstance(decision, Refused):
        return decision
    lines = [line for line in found if line.purse_id == measure.purse_id]
    if not lines:
        return Refused(Refusal.ENDED_ALREADY, "the number has another holder by now")
    said: dict[str, Plain] = {"kind": measure.kind.value, "clause": measure.clause.value}
    about = {"msisdn": measure.msisdn, "because": because}
    await record.append(tx, act, "access.lifted", said, about)
    told = await notices.tell(tx, [_telling(lines[0], NoticeKind.ACCESS_ENDED, {}, act.at)])
    await store.lift(tx, [measure_id], told, (act.at, act.by, because))
    await numbers.limits.limit(tx, await store.limits(tx, lines, act.at))
    if not rules.cut(await store.of_purse(tx, measure.purse_id), act.at):
        await numbers.change(tx, measure.msisdn, Resume(), act)
    return await _taken(tx, measure_id)


async def restrict_group(
    tx: Transaction, figures: Access, chosen: Chosen, asked: Restrict, act: Act
) -> Group | Refused[Refusal]:
    """Restrict many lines for one ground (GTC-TRAFFIC): each is told, one leaf is of all."""
    decision = rules.restricted(asked, figures, act.at)
    if isinstance(decision, Refused):
        return decision
    if asked.ground is None:
        return Refused(Refusal.GROUND_MISSING, "many lines are restricted for a ground only")
    if chosen.offer:
        found = await numbers.limits.reached_by_offer(tx, chosen.offer)
    else:
        found = await numbers.limits.reached(tx, sorted(set(chosen.msisdns)))
    if not found:
        return Refused(Refusal.NOBODY_MEANT, "no line is of this offer, or on this list")
    name = f"offer:{chosen.offer}" if chosen.offer else "list"
    digest = hashlib.sha256(rules.digest_text([line.msisdn for line in found])).hexdigest()
    said = _said(asked) | {"chosen": name, "lines": len(found)}
    about = {"digest": digest, "evidence": asked.why.evidence}
    seq = await record.append(tx, _because(act, asked.why), "access.group_restricted", said, about)
    new = msgspec.structs.replace(
        _new(Kind.RESTRICTION, asked.why, act, seq),
        ground=asked.ground,
        services=bits(asked.services),
        ends_at=asked.until,
    )
    group_id = await store.add_group(tx, new, name, len(found))
    new = msgspec.structs.replace(new, group_id=group_id)
    facts = rules.facts(asked.why, asked, iso(asked.until))
    for some in _chunks(found):
        await _take(tx, new, some, NoticeKind.ACCESS_TRAFFIC, facts)
        await numbers.limits.limit(tx, await store.limits(tx, some, act.at))
    group = await store.group_locked(tx, group_id)
    assert group is not None
    return group


async def lift_group(
    tx: Transaction, group_id: int, because: str, act: Act
) -> Group | Refused[Refusal]:
    """End the restriction of a group before its time; each of its lines is told."""
    if not because.strip():
        return Refused(Refusal.REASON_MISSING, "say why it is lifted")
    group = await store.group_locked(tx, group_id)
    if group is None:
        return Refused(Refusal.UNKNOWN_MEASURE, "no such group; see: tenure access list")
    if group.lifted_at is not None or act.at >= group.ends_at:
        return Refused(Refusal.ENDED_ALREADY, "it has ended; nothing is left to lift")
    said: dict[str, Plain] = {"group": group_id}
    await record.append(tx, act, "access.group_lifted", said, {"because": because})
    open_ids = await store.of_group(tx, group_id)
    found = await numbers.limits.reached(tx, sorted(open_ids))
    for some in _chunks(found):
        tellings = [_telling(line, NoticeKind.ACCESS_ENDED, {}, act.at) for line in some]
        told = await notices.tell(tx, tellings)
        measure_ids = [open_ids[line.msisdn] for line in some]
        await store.lift(tx, measure_ids, told, (act.at, act.by, because))
        await numbers.limits.limit(tx, await store.limits(tx, some, act.at))
    await store.lift_group(tx, group_id, act.at)
    return msgspec.structs.replace(group, lifted_at=act.at)


def _chunks(lines: Sequence[Reached]) -> Iterator[Sequence[Reached]]:
    for start in range(0, len(lines), LINES_AT_ONCE):
        yield lines[start : start + LINES_AT_ONCE]


def _because(act: Act, why: Why) -> Act:
    return msgspec.structs.replace(act, reason=why.reason)


def _said(asked: Restrict | Suspend | Terminate) -> dict[str, Plain]:
    """What of a measure is nobody's secret."""
    said: dict[str, Plain] = {"clause": asked.why.clause.value}
    if isinstance(asked, Restrict):
        said["ground"] = None if asked.ground is None else asked.ground.value
        said["services"] = sorted(service.name.lower() for service in asked.services)
        said["until"] = iso(asked.until)
    return said


async def _leaf(
    tx: Transaction, what: str, asked: Restrict | Suspend | Terminate, msisdn: str, act: Act
) -> int:
    about = {"msisdn": msisdn, "evidence": asked.why.evidence}
    return await record.append(tx, _because(act, asked.why), f"access.{what}", _said(asked), about)


def _new(kind: Kind, why: Why, act: Act, leaf_seq: int) -> store.New:
    return store.New(
        kind=kind,
        clause=why.clause,
        ground=None,
        services=0,
        ends_at=None,
        reason=why.reason,
        evidence=why.evidence,
        decided_by=act.by,
        decided_at=act.at,
        leaf_seq=leaf_seq,
    )


def _telling(line: Reached, kind: NoticeKind, facts: dict[str, str], at: Instant) -> Telling:
    return Telling(line.msisdn, line.holder_id, line.language, kind, facts, at)


async def _take(
    tx: Transaction,
    new: store.New,
    lines: Sequence[Reached],
    kind: NoticeKind,
    facts: dict[str, str],
) -> list[int]:
    """Tell each line, and keep the measure with what was told."""
    told = await notices.tell(tx, [_telling(line, kind, facts, new.decided_at) for line in lines])
    return await store.take(tx, new, lines, told)


async def _known(
    tx: Transaction, line: Reached, asked: Restrict | Suspend, at: Instant
) -> Measure | None:
    """The very measure that is asked for, if it is in force: who asks again gets it again."""
    return rules.known(await store.of_purse(tx, line.purse_id), asked, at)


async def _taken(tx: Transaction, measure_id: int) -> Measure:
    measure = await store.one(tx, measure_id)
    assert measure is not None
    return measure
