"""The life of a charging session: opened, continued, ended; every number answered once."""

from typing import Final

import msgspec

from tenure.promises.charging.model import (
    SESSIONS_MAX,
    Answer,
    Ask,
    Ended,
    Granted,
    GroupAsk,
    Meter,
    Recorded,
    Refusal,
    Request,
    Session,
    Sessions,
    Used,
)
from tenure.promises.charging.rules.admission import admitted, barred, digest
from tenure.promises.charging.rules.cases import (
    Case,
    Decision,
    held_elsewhere,
    refused,
    repeated,
)
from tenure.promises.charging.rules.metering import (
    ACCOUNT,
    Bill,
    Held,
    bill,
    entry,
    open_meter,
)
from tenure.promises.charging.rules.reserving import reserve
from tenure.promises.money.model import Entry, EntryKind, Purse
from tenure.promises.money.rules import Drawn
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import UNIT_OF, Service
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

FORGOTTEN_AFTER_MS: Final = 2 * DAY_MS
"""A live session that says nothing for so long is forgotten; its hold ended long before."""
ENDED_KEPT: Final = 6
ENDED_KEPT_MS: Final = DAY_MS
RECORDED_KEPT: Final = 2
MISSING_MAX: Final = 16


class _Desk:
    """The working state of one request: what its groups have changed so far."""

    __slots__ = ("ask", "book", "entries", "granted", "held", "line_offer", "meters", "purse", "spent")

    def __init__(
        self, book: tariffs.Book, case: Case, ask: Ask, meters: tuple[Meter, ...], held: Held
    ) -> None:
        self.book = book
        self.ask = ask
        self.line_offer = case.line.offer
        self.purse: Purse = case.purse
        self.meters: dict[tuple[int, int], Meter] = {
            (meter.rating_group, meter.service_id): meter for meter in meters
        }
        self.held = held
        self.entries: list[Entry] = []
        self.granted: list[Granted] = []
        self.spent = 0


def open_session(book: tariffs.Book, case: Case, ask: Ask) -> Decision:
    """INITIAL: grant what is asked, group by group; with every group refused nothing is opened."""
    for session in case.sessions.live:
        if session.key == ask.key:
            for recorded in session.recorded:
                if recorded.number == ask.number:
                    return repeated(case, ask, recorded)
            return refused(case, Refusal.SESSION_EXISTS, "the session is open already")
    for ended in case.sessions.ended:
        if ended.key == ask.key:
            return refused(case, Refusal.SESSION_EXISTS, "the session has ended; use a new id")
    live = tuple(s for s in case.sessions.live if s.forget_at > ask.at)
    if len(live) >= SESSIONS_MAX:
        return refused(case, Refusal.TOO_MANY_SESSIONS, f"{SESSIONS_MAX} sessions are open")
    if not ask.groups:
        terms = book.terms.lifecycle
        bar = barred(case.line, case.purse.funds_end, terms, ask.direction, ask.at)
        if bar is not None:
            return refused(case, bar)
    desk = _Desk(book, case, ask, (), held_elsewhere(case.sessions, None, ask.at))
    refusals = _serve(desk, case, opened_at=ask.at, last_at=ask.at, late=False)
    answer = Answer(None, "", tuple(desk.granted), desk.spent)
    if refusals and len(refusals) == len(ask.groups) and not desk.entries:
        worst = min(refusals, key=lambda refusal: refusal.refusal)
        whole = msgspec.structs.replace(answer, refusal=worst.refusal, detail=worst.detail)
        return Decision(whole, case.purse, case.sessions, changed=False)
    session = Session(
        key=ask.key,
        service=ask.service,
        direction=ask.direction,
        peer=ask.peer,
        msisdn=str(case.line.msisdn),
        opened_at=ask.at,
        last_number=ask.number,
        missing=(),
        recorded=(Recorded(ask.number, digest(ask), answer),),
        meters=tuple(desk.meters.values()),
        forget_at=Instant(ask.at + FORGOTTEN_AFTER_MS),
    )
    sessions = Sessions((*live, session), case.sessions.ended)
    return Decision(answer, desk.purse, sessions, tuple(desk.entries))


def continue_session(book: tariffs.Book, case: Case, ask: Ask) -> Decision:
    """UPDATE and TERMINATE: first what was used is charged, then what is asked is granted."""
    session = next((s for s in case.sessions.live if s.key == ask.key), None)
    if session is None:
        for ended in case.sessions.ended:
            if ended.key == ask.key and ended.recorded.number == ask.number:
                return repeated(case, ask, ended.recorded)
        return refused(case, Refusal.UNKNOWN_SESSION, "the session is not open")
    late = ask.number < session.last_number and ask.number in session.missing
    if ask.number <= session.last_number and not late:
        for recorded in session.recorded:
            if recorded.number == ask.number:
                return repeated(case, ask, recorded)
        return refused(
            case, Refusal.OUT_OF_ORDER, f"numbers up to {session.last_number} are answered"
        )
    held = held_elsewhere(case.sessions, session, ask.at)
    for meter in session.meters:
        if meter.hold_until > ask.at:
            held.add(meter)
    desk = _Desk(book, case, ask, session.meters, held)
    last_at = max((meter.held_at for meter in session.meters), default=session.opened_at)
    _serve(desk, case, opened_at=session.opened_at, last_at=last_at, late=late)
    answer = Answer(None, "", tuple(desk.granted), desk.spent)
    recorded = Recorded(ask.number, digest(ask), answer)
    others = tuple(s for s in case.sessions.live if s.key != ask.key and s.forget_at > ask.at)
    if ask.request is Request.TERMINATE:
        _mention_free_use(desk)
        ended = Ended(ask.key, ask.at, recorded)
        kept = tuple(e for e in case.sessions.ended if e.ended_at > ask.at - ENDED_KEPT_MS)
        sessions = Sessions(others, (*kept[-(ENDED_KEPT - 1) :], ended))
    else:
        sessions = Sessions(
            (*others, _continued(session, ask, recorded, desk, late=late)), case.sessions.ended
        )
    return Decision(answer, desk.purse, sessions, tuple(desk.entries))


def _continued(
    session: Session, ask: Ask, recorded: Recorded, desk: _Desk, *, late: bool
) -> Session:
    if late:
        missing = tuple(number for number in session.missing if number != ask.number)
        last_number = session.last_number
    else:
        skipped = range(session.last_number + 1, ask.number)
        missing = session.missing
        if skipped:
            missing = (*missing, *skipped[-MISSING_MAX:])[-MISSING_MAX:]
        last_number = ask.number
    return Session(
        session.key,
        session.service,
        session.direction,
        ask.peer or session.peer,
        session.msisdn,
        session.opened_at,
        last_number,
        missing,
        (*session.recorded[-(RECORDED_KEPT - 1) :], recorded),
        tuple(desk.meters.values()),
        Instant(ask.at + FORGOTTEN_AFTER_MS),
    )


def _serve(
    desk: _Desk, case: Case, *, opened_at: Instant, last_at: Instant, late: bool
) -> list[Refused[Refusal]]:
    """Charge the used units of all groups, then grant in their order; what was refused and why."""
    ask = desk.ask
    refusals: list[Refused[Refusal]] = []
    problems: list[Refused[Refusal] | None] = []
    for group in ask.groups:
        problem = _charge(desk, case, group, opened_at, last_at)
        problems.append(problem)
    for group, problem in zip(ask.groups, problems, strict=True):
        if problem is None and group.requested is not None and not late:
            if ask.request is not Request.TERMINATE:
                problem = _grant(desk, case, group)
                if problem is not None:
                    refusals.append(problem)
                continue
        if problem is not None:
            refusals.append(problem)
        refusal = None if problem is None else problem.refusal
        desk.granted.append(Granted(group.rating_group, group.service_id, refusal, None))
    return refusals


def _charge(
    desk: _Desk, case: Case, group: GroupAsk, opened_at: Instant, last_at: Instant
) -> Refused[Refusal] | None:
    ask = desk.ask
    identity = (group.rating_group, group.service_id)
    meter = desk.meters.get(identity)
    if meter is None:
        route = admitted(desk.book, case.line, desk.purse, ask, group.rating_group)
        if isinstance(route, Refused):
            return route
        since = opened_at if ask.service is Service.VOICE else ask.at
        meter = open_meter(group.rating_group, group.service_id, route, since)
        desk.meters[identity] = meter
    elif meter.hold_until > ask.at:
        _release(desk.held, meter)
    used = group.used
    if used is None or used.units == 0:
        desk.meters[identity] = msgspec.structs.replace(
            meter, hold_micros=0, hold_units=(), hold_until=ask.at
        )
        return None
    return _charge_used(desk, case, meter, used, last_at)


def _charge_used(
    desk: _Desk, case: Case, meter: Meter, used: Used, last_at: Instant
) -> Refused[Refusal] | None:
    """Bill used units, what came after a tariff change apart, and nothing after a loss."""
    ask = desk.ask
    chargeable = _before_loss(used.units, last_at, ask.at, case.line.lost_at)
    # A volume is priced as it was when it was granted, unless the peer tells what came after.
    granted_at = meter.held_at if meter.granted_units else ask.at
    before = min(used.before_change, chargeable)
    parts = [(chargeable, granted_at)]
    if before and meter.route.service is not Service.VOICE:
        parts = [(before, granted_at), (chargeable - before, ask.at)]
    unit = UNIT_OF[meter.route.service]
    for units, priced_at in parts:
        if not units:
            continue
        billed = bill(
            desk.book, desk.line_offer, desk.purse, meter, unit, units, priced_at, desk.held
        )
        if isinstance(billed, Refused):
            return billed
        desk.purse, meter, cost = billed
        _book(desk, cost, uncharged=used.units - chargeable)
    desk.meters[meter.rating_group, meter.service_id] = msgspec.structs.replace(
        meter, hold_micros=0, hold_units=(), hold_until=ask.at, held_at=ask.at, granted_units=0
    )
    return None


def _book(desk: _Desk, cost: Bill, *, uncharged: int = 0) -> None:
    """Append the entry of a bill; a report within what is paid already moves nothing."""
    desk.spent += cost.due_micros - cost.overrun_micros
    if not (cost.due_micros or cost.explanation.covered or uncharged):
        return
    if uncharged:
        cost = msgspec.structs.replace(
            cost, explanation=msgspec.structs.replace(cost.explanation, uncharged=uncharged)
        )
    ask = desk.ask
    desk.purse, booked = entry(
        desk.purse,
        cost,
        kind=EntryKind.USAGE,
        account=ACCOUNT[ask.service],
        at=ask.at,
        reference=ask.key,
        party=ask.other_party,
    )
    desk.entries.append(booked)


def _grant(desk: _Desk, case: Case, group: GroupAsk) -> Refused[Refusal] | None:
    ask = desk.ask
    identity = (group.rating_group, group.service_id)
    meter = desk.meters[identity]
    bar = None
    if not meter.route.always:
        terms = desk.book.terms.lifecycle
        direction = meter.route.direction
        bar = barred(case.line, desk.purse.funds_end, terms, direction, ask.at)
    if bar is not None:
        desk.granted.append(Granted(group.rating_group, group.service_id, bar, None))
        return Refused(bar)
    unit = UNIT_OF[ask.service]
    assert group.requested is not None
    meter, granted = reserve(
        desk.book, desk.line_offer, desk.purse, meter, unit, group.requested, ask.at, desk.held
    )
    desk.meters[identity] = meter
    desk.held.add(meter)
    desk.granted.append(granted)
    return None if granted.refusal is None else Refused(granted.refusal)


def _release(held: Held, meter: Meter) -> None:
    """A meter that reports no longer holds what it held."""
    held.micros -= meter.hold_micros
    for grant_id, units in meter.hold_units:
        held.units[grant_id] -= units


def _before_loss(units: int, last_at: Instant, at: Instant, lost_at: Instant | None) -> int:
    """The units used before the line was reported lost, in proportion of time (GTC-LOST)."""
    if lost_at is None or lost_at >= at:
        return units
    if lost_at <= last_at:
        return 0
    return units * (lost_at - last_at) // (at - last_at)


def _mention_free_use(desk: _Desk) -> None:
    """At the end, use that cost nothing at all is written down once, so that it can be explained."""
    ask = desk.ask
    for meter in desk.meters.values():
        if meter.used_units and not meter.charged_micros and not desk.entries:
            free = bill(
                desk.book, desk.line_offer, desk.purse, meter, UNIT_OF[ask.service], 0, ask.at,
                Held(0, {}),
            )
            if isinstance(free, Refused):
                continue
            cost = msgspec.structs.replace(free[2], drawn=Drawn(0, 0, ()))
            desk.purse, booked = entry(
                desk.purse, cost, kind=EntryKind.USAGE, account=ACCOUNT[ask.service],
                at=ask.at, reference=ask.key, party=ask.other_party,
            )
            desk.entries.append(booked)


