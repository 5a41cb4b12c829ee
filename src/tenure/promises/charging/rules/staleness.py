"""Which live grants no longer fit: computed from what is stored, whenever somebody asks."""

from tenure.promises.charging.model import Case, Meter, Session, Stale
from tenure.promises.charging.rules.admission import barred
from tenure.promises.charging.rules.cases import held_elsewhere
from tenure.promises.charging.rules.metering import Till
from tenure.promises.charging.rules.reserving import reserve
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Service
from tenure.values.instant import Instant
from tenure.values.refused import Refused


def stale(book: tariffs.Book, case: Case, at: Instant) -> list[Stale]:
    """The sessions of a purse that the network must end, or ask again for."""
    found: list[Stale] = []
    for session in case.sessions.live:
        if session.forget_at <= at:
            continue
        reason = _must_end(book, case, session, at)
        if reason is not None:
            found.append(Stale(session.key, session.peer, abort=True, reason=reason))
            continue
        reason = _must_ask_again(book, case, session, at)
        if reason is not None:
            found.append(Stale(session.key, session.peer, abort=False, reason=reason))
    return found


def _must_end(book: tariffs.Book, case: Case, session: Session, at: Instant) -> str | None:
    if session.meters and all(meter.route.always for meter in session.meters):
        return None
    funds_end, lifecycle = case.purse.funds_end, book.terms.lifecycle
    bar = barred(case.line, funds_end, lifecycle, session.service, session.direction, at)
    return None if bar is None else bar.name.lower()


def _must_ask_again(book: tariffs.Book, case: Case, session: Session, at: Instant) -> str | None:
    for meter in session.meters:
        if meter.final and _reaches_further(book, case, session, meter, at):
            return "topped_up"
        if meter.granted_units and _repriced(book, case, meter, at):
            return "price_changed"
    return None


def _reaches_further(
    book: tariffs.Book, case: Case, session: Session, meter: Meter, at: Instant
) -> bool:
    till = Till(book, case.line.offer, held_elsewhere(case.sessions, session, at))
    again, granted = reserve(till, case.purse, meter, 0, at)
    return granted.refusal is None and (
        again.granted_units > meter.granted_units or not again.final
    )


def _repriced(book: tariffs.Book, case: Case, meter: Meter, at: Instant) -> bool:
    if meter.route.service is Service.VOICE:
        return False  # a call is priced second by second, whatever was held for it
    offer, key = case.line.offer, meter.route.key
    then = tariffs.in_force(book, offer, key, meter.held_at)
    now = tariffs.in_force(book, offer, key, at)
    if isinstance(then, Refused) or isinstance(now, Refused):
        return False
    return then.rate != now.rate
