"""The life of a charging session: opened, continued, ended; every number answered once."""

from typing import Final

import msgspec

from tenure.promises.charging.model import (
    SESSIONS_MAX,
    Answer,
    Ask,
    Case,
    Ended,
    Meter,
    Recorded,
    Refusal,
    Request,
    Session,
    Sessions,
)
from tenure.promises.charging.rules.admission import barred, digest
from tenure.promises.charging.rules.cases import (
    Decision,
    held_elsewhere,
    recorded,
    refused,
    repeated,
    unchanged,
)
from tenure.promises.charging.rules.desk import Desk, grants
from tenure.promises.tariffs import rules as tariffs
from tenure.values.instant import DAY_MS, Instant

TERMINATE: Final = Request.TERMINATE
FORGOTTEN_AFTER_MS: Final = 2 * DAY_MS
"""A live session that says nothing for so long is forgotten; its hold ended long before."""
ENDED_KEPT: Final = 6
ENDED_KEPT_MS: Final = DAY_MS
RECORDED_KEPT: Final = 2
MISSING_MAX: Final = 16

_pack = msgspec.msgpack.Encoder().encode
_ended = msgspec.msgpack.Decoder(tuple[Ended, ...]).decode


def open_session(book: tariffs.Book, case: Case, ask: Ask) -> Decision:
    """INITIAL: grant what is asked, group by group; with every group refused nothing is opened."""
    known = _known_session(case, ask)
    if known is not None:
        return known
    live = tuple(session for session in case.sessions.live if session.forget_at > ask.at)
    if len(live) >= SESSIONS_MAX:
        return refused(case, Refusal.TOO_MANY_SESSIONS, f"{SESSIONS_MAX} sessions are open")
    if not ask.groups:
        lifecycle = book.terms.lifecycle
        funds_end = case.purse.funds_end
        bar = barred(case.line, funds_end, lifecycle, ask.service, ask.direction, ask.at)
        if bar is not None:
            return refused(case, bar)
    desk = Desk(book, case, ask, (), held_elsewhere(case.sessions, None, ask.at))
    refusals = desk.serve(opened_at=ask.at, last_at=ask.at, granting=True)
    answer = Answer(None, "", tuple(desk.granted), desk.spent_micros)
    if refusals and len(refusals) == len(ask.groups) and not desk.entries:
        worst = min(refusals, key=lambda one: one.refusal)
        return unchanged(
            case, msgspec.structs.replace(answer, refusal=worst.refusal, detail=worst.detail)
        )
    kept = recorded(ask.number, digest(ask), answer)
    session = Session(
        key=ask.key,
        service=ask.service,
        direction=ask.direction,
        peer=ask.peer,
        msisdn=str(case.line.msisdn),
        opened_at=ask.at,
        last_number=ask.number,
        missing=(),
        recorded=(kept,),
        meters=tuple(desk.meters.values()),
        forget_at=Instant(ask.at + FORGOTTEN_AFTER_MS),
    )
    sessions = Sessions((*live, session), case.sessions.ended)
    return Decision(answer, desk.purse, sessions, tuple(desk.entries))


def _known_session(case: Case, ask: Ask) -> Decision | None:
    """The answer to an INITIAL whose session is live or has ended; None for a new one."""
    for session in case.sessions.live:
        if session.key == ask.key:
            for earlier in session.recorded:
                if earlier.number == ask.number:
                    return repeated(case, ask, earlier)
            return refused(case, Refusal.SESSION_EXISTS, "the session is open already")
    # The key stands in the packed tuple as it is: what does not hold it need not be unpacked.
    kept = case.sessions.ended
    if ask.key.encode() in bytes(kept) and any(one.key == ask.key for one in _ended(kept)):
        return refused(case, Refusal.SESSION_EXISTS, "the session has ended; use a new id")
    return None


def continue_session(book: tariffs.Book, case: Case, ask: Ask) -> Decision:
    """UPDATE and TERMINATE: first what was used is charged, then what is asked is granted."""
    session = _live(case, ask.key)
    if session is None:
        return _after_the_end(case, ask)
    late = ask.number < session.last_number and ask.number in session.missing
    if ask.number <= session.last_number and not late:
        for earlier in session.recorded:
            if earlier.number == ask.number:
                return repeated(case, ask, earlier)
        return refused(
            case, Refusal.OUT_OF_ORDER, f"numbers up to {session.last_number} are answered"
        )
    desk = Desk(book, case, ask, session.meters, held_elsewhere(case.sessions, session, ask.at))
    last_at = session.opened_at
    for meter in session.meters:
        last_at = max(last_at, meter.held_at)
    desk.serve(opened_at=session.opened_at, last_at=last_at, granting=grants(ask, late=late))
    ends = ask.request is TERMINATE
    if ends:
        desk.mention_free_use()
    answer = Answer(None, "", tuple(desk.granted), desk.spent_micros)
    kept = recorded(ask.number, digest(ask), answer)
    sessions = case.sessions
    live = [one for one in sessions.live if one is not session and one.forget_at > ask.at]
    if ends:
        after = Sessions(tuple(live), _with_ended(sessions.ended, Ended(ask.key, ask.at, kept)))
    else:
        meters = tuple(desk.meters.values())
        after = Sessions((*live, _continued(session, ask, kept, meters, late)), sessions.ended)
    return Decision(answer, desk.purse, after, tuple(desk.entries))


def _live(case: Case, key: str) -> Session | None:
    for session in case.sessions.live:
        if session.key == key:
            return session
    return None


def _after_the_end(case: Case, ask: Ask) -> Decision:
    for ended in _ended(case.sessions.ended):
        if ended.key == ask.key and ended.recorded.number == ask.number:
            return repeated(case, ask, ended.recorded)
    return refused(case, Refusal.UNKNOWN_SESSION, "the session is not open")


def forgettable(sessions: Sessions, at: Instant) -> bool:
    """Whether nothing of these sessions can matter any more: no use, and no late duplicate."""
    return all(one.forget_at <= at for one in sessions.live) and all(
        one.ended_at <= at - ENDED_KEPT_MS for one in _ended(sessions.ended)
    )


def _with_ended(ended: msgspec.Raw, newest: Ended) -> msgspec.Raw:
    recent = [one for one in _ended(ended) if one.ended_at > newest.ended_at - ENDED_KEPT_MS]
    return msgspec.Raw(_pack((*recent[-(ENDED_KEPT - 1) :], newest)))


def _continued(
    session: Session,
    ask: Ask,
    kept: Recorded,
    meters: tuple[Meter, ...],
    late: bool,  # noqa: FBT001  # positional for speed: this runs for every update
) -> Session:
    missing = session.missing
    last_number = session.last_number
    if late:
        missing = tuple(number for number in missing if number != ask.number)
    else:
        skipped = range(last_number + 1, ask.number)
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
        (*session.recorded[-(RECORDED_KEPT - 1) :], kept),
        meters,
        Instant(ask.at + FORGOTTEN_AFTER_MS),
    )
