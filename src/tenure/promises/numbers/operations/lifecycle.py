"""What the clock causes: reminders, bars in the network, recycling; and what holds a number."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.money import operations as money
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, Notice, NoticeKind, Reach, Telling
from tenure.promises.numbers.model.lifecycle import (
    Due,
    Evidence,
    Hold,
    HoldKind,
    HoldRefusal,
    Judged,
    Lapsed,
    Swept,
)
from tenure.promises.numbers.rules import lifecycle as rules
from tenure.promises.numbers.store import expiry as expiry_store
from tenure.promises.numbers.store import holding as holding_store
from tenure.promises.numbers.store import lifecycle as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, NewLeaf
from tenure.terms.model import Lifecycle, Terms
from tenure.values.instant import DAY_MS, Instant, iso
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused

PURSES_AT_ONCE: Final = 20_000
"""The page of a sweep: what one transaction looks at."""
UNKNOWN: Final = Refused(HoldRefusal.UNKNOWN_NUMBER, "no line has this number; check its digits")
OF_VALIDITY: Final = frozenset(
    {NoticeKind.LIFECYCLE_REMINDER, NoticeKind.EXPIRY_SOON, NoticeKind.EXPIRY_ENDED}
)
"""What tells of one end of validity, and is false after a top-up."""
CLOSED_WORDS: Final = "The number was recycled; what was left in its account has lapsed."


def _blocked_by(lifecycle: Lifecycle, at: Instant) -> Instant:
    """A validity that ended by then has left the number without incoming use."""
    return Instant(at - lifecycle.outgoing_blocked_days * DAY_MS)


async def sweep(
    tx: Transaction, terms: Terms, after: int, act: Act, rows: int = PURSES_AT_ONCE
) -> Swept:
    """What is due at ``act.at`` for one page of purses: reminders, and bars in the network.

    The next page begins after ``last``.  A page that is swept twice, late, or by two at once has
    the effects of one: what was done is looked up, and its key is its own.
    """
    days = terms.keeping.recycling.reminder_days
    last, purses, found = await store.lapsed(
        tx,
        (after, rows),
        act.at,
        _blocked_by(terms.lifecycle, act.at),
        [Instant(act.at - day * DAY_MS) for day in days],
    )

    effects = [(one, rules.effect(one, terms, act.at)) for one in found]

    due = [(one, effect.step) for one, effect in effects if effect.step is not None]
    await _remind(tx, terms, due, act.at)
    out = [(one.msisdn, one.imsi) for one, effect in effects if effect.bar]
    if out:
        msisdns, leaf_seqs = await _tell_network(tx, "numbers.stage_barred", out, act)
        await store.bar(tx, msisdns, leaf_seqs, act.at)
    return Swept(last, purses, reminded=len(due), barred=len(out))


async def _remind(
    tx: Transaction, terms: Terms, due: Sequence[tuple[Lapsed, int]], at: Instant
) -> None:
    """INC-90: the holder is told that the number will be recycled, and when."""
    notice_ids = await notices.tell(tx, [_reminder(terms, one, step, at) for one, step in due])
    await store.remind(tx, due, notice_ids, at)


def _reminder(terms: Terms, lapsed: Lapsed, step: int, at: Instant) -> Telling:
    return Telling(
        msisdn=lapsed.msisdn,
        person_id=lapsed.holder_id,
        language=lapsed.language,
        kind=NoticeKind.LIFECYCLE_REMINDER,
        facts={
            "days": str(rules.days_left(lapsed.validity_end, terms.lifecycle, at)),
            "recycled_at": iso(rules.recycled_at(lapsed.validity_end, terms.lifecycle)),
            "step": str(step),
        },
        at=at,
    )


async def _tell_network(
    tx: Transaction, kind: str, told: Sequence[tuple[Msisdn, Imsi]], act: Act
) -> tuple[list[str], list[int]]:
    """A leaf for each of these numbers, and a task for the gateway to the network."""
    leaves = [
        NewLeaf(kind, {"stage": "both-blocked"}, {"msisdn": str(msisdn), "imsi": str(imsi)})
        for msisdn, imsi in told
    ]
    leaf_seqs = await record.append_all(tx, act, leaves)
    msisdns = [str(msisdn) for msisdn, _ in told]
    await store.ask_network(tx, msisdns, leaf_seqs, act.at)
    return msisdns, leaf_seqs


async def bring_back(
    tx: Transaction, terms: Terms, act: Act, purse_ids: Sequence[int] | None = None
) -> int:
    """Have the network serve again what a top-up brought back, of these purses or of all.

    How many.  Charging needs no telling: for it the stage is computed.
    """
    found = await store.back(tx, _blocked_by(terms.lifecycle, act.at), purse_ids)
    if found:
        await _tell_network(tx, "numbers.stage_unbarred", found, act)
    return len(found)


async def due(
    tx: Transaction, terms: Terms, after: int, at: Instant, rows: int = PURSES_AT_ONCE
) -> Due:
    """One page of the numbers whose time is over, with what decides whether they go."""
    lifecycle = terms.lifecycle
    ended_by = at - (lifecycle.outgoing_blocked_days + lifecycle.both_blocked_days) * DAY_MS
    since = {
        "due_by": Instant(ended_by),
        "asked_after": Instant(at - terms.keeping.transfer.open_ms),
    }
    receives_ms = lifecycle.outgoing_blocked_days * DAY_MS
    return await store.due(tx, (after, rows), at, since, receives_ms)


def judged(found: Sequence[Evidence], quiet: Collection[int], terms: Terms) -> list[Judged]:
    """Which of them go, and why the others are kept; ``quiet``: see ``charging.quiet``."""
    return rules.judged(found, quiet, terms.keeping.recycling)


async def recycle(tx: Transaction, going: Sequence[Evidence], act: Act) -> None:
    """Recycle numbers that are judged to go: holders, SIMs, lines and purses end, on record.

    The database looks at all evidence again.  If something came between, the transaction is
    contested, and whoever performs it looks again.
    """
    if not going:
        return
    purse_ids = [one.purse_id for one in going]
    await money.close(tx, purse_ids, act.at, "recycled", CLOSED_WORDS)
    leaf_seqs = await record.append_all(tx, act, [_recycled(one) for one in going])
    await store.recycle(tx, [one.msisdn for one in going], leaf_seqs, act.at)
    await notices.tell(tx, [_farewell(one, act.at) for one in going])


def _recycled(evidence: Evidence) -> NewLeaf:
    about = {
        "msisdn": str(evidence.msisdn),
        "holder": str(evidence.holder_id),
        "iccid": str(evidence.iccid),
        "imsi": str(evidence.imsi),
    }
    return NewLeaf("numbers.recycled", {"reminders": evidence.reminders}, about)


def _farewell(evidence: Evidence, at: Instant) -> Telling:
    """The number is nobody's now: the person is told on another one of theirs, or not at all."""
    return Telling(
        msisdn=evidence.msisdn,
        person_id=evidence.holder_id,
        language=evidence.language,
        kind=NoticeKind.LIFECYCLE_RECYCLED,
        facts={},
        at=at,
        channel=Channel.PERSON,
    )


async def hold(
    tx: Transaction, msisdn: Msisdn, kind: HoldKind, reference: str, act: Act
) -> Hold | Refused[HoldRefusal]:
    """Keep a number where it is, for a case; it is neither recycled nor transferred meanwhile."""
    if not await store.take_line(tx, msisdn):
        return UNKNOWN
    refused = rules.may_hold_still(kind, reference, await store.open_holds(tx, msisdn, act.at))
    if refused is not None:
        return refused
    said = {"kind": kind.value}
    about = {"msisdn": str(msisdn), "case": reference}
    leaf_seq = await record.append(tx, act, "numbers.held", said, about)
    hold_id = await store.hold(tx, msisdn, kind, reference, (leaf_seq, act.at))
    return Hold(hold_id, msisdn, kind, reference, act.at, None)


async def release(
    tx: Transaction, msisdn: Msisdn, kind: HoldKind, reference: str, act: Act
) -> Hold | Refused[HoldRefusal]:
    """End the hold of a case."""
    found = rules.to_release(kind, reference, await store.open_holds(tx, msisdn, act.at))
    if isinstance(found, Refused):
        return found
    said = {"kind": kind.value}
    about = {"msisdn": str(msisdn), "case": reference}
    leaf_seq = await record.append(tx, act, "numbers.released", said, about)
    await store.release(tx, found.hold_id, leaf_seq, act.at)
    return msgspec.structs.replace(found, until=act.at)


async def holds(tx: Transaction, msisdn: str, at: Instant) -> list[Hold]:
    """What holds a number at an instant."""
    return await store.open_holds(tx, msisdn, at)


async def reach(tx: Transaction, waiting: Sequence[Notice]) -> dict[int, Reach]:
    """Where each of these notices could go now, by its number."""
    told = {one.notice_id: one.telling for one in waiting}
    msisdns = sorted({str(one.msisdn) for one in told.values()})
    people = sorted(
        {one.person_id for one in told.values() if one.channel is Channel.PERSON and one.person_id}
    )
    lines = await store.in_service(tx, msisdns)
    holders = await holding_store.holders(tx, msisdns)
    theirs = await store.numbers_of(tx, people) if people else []
    of_validity = [one.notice_id for one in waiting if one.telling.kind in OF_VALIDITY]
    outdated = await expiry_store.outdated(tx, of_validity)
    return {
        notice_id: Reach(
            in_service=one.msisdn in lines,
            holder_id=holders.get(one.msisdn),
            others=tuple(
                number
                for person_id, number in theirs
                if person_id == one.person_id and number != one.msisdn
            ),
            outdated=notice_id in outdated,
        )
        for notice_id, one in told.items()
    }
