"""One-off requests: a debit at once, its refund, the balance, the price."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

import msgspec

from tenure.promises.charging.model import (
    Answer,
    Answered,
    Ask,
    Case,
    Explanation,
    Granted,
    GroupAsk,
    Meter,
    Refusal,
    Request,
)
from tenure.promises.charging.rules.admission import admitted, digest
from tenure.promises.charging.rules.cases import (
    Decision,
    held_elsewhere,
    refused,
    unchanged,
)
from tenure.promises.charging.rules.metering import ACCOUNT, Bill, Till, bill, entry, open_meter
from tenure.promises.charging.rules.reserving import has_positive_balance
from tenure.promises.money import rules as money
from tenure.promises.money.model import Account, Drawn, Entry, EntryKind, Purse
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction, Route, Service, Use
from tenure.values.money import words
from tenure.values.refused import Refused

_json = msgspec.json.Encoder().encode


@lru_cache(maxsize=4_096)
def answer_key(key: str) -> bytes:
    """Where the answer of a one-off request is kept: a digest, since keys come in any length."""
    return blake2b(key.encode(), digest_size=16).digest()


def refund_key(refunds: str) -> bytes:
    """Where the answer of the one refund of a debit is kept, whoever asked for it."""
    return blake2b(refunds.encode(), digest_size=16, person=b"refund").digest()


def debit(book: tariffs.Book, case: Case, ask: Ask, known: Mapping[bytes, Answered]) -> Decision:
    """DEBIT: charge all groups or none.

    Units that are ``requested`` must be affordable.  Units that are ``used`` have been used: they
    are charged as far as money goes, and the rest is written off as overrun.
    """
    earlier = known.get(answer_key(ask.key))
    if earlier is not None:
        return _again(case, ask, earlier)
    if not any(group.requested or group.used for group in ask.groups):
        return refused(case, Refusal.NOTHING_ASKED, "name the units to charge for")
    purse = case.purse
    problem = _too_large(book, ask)
    if problem is not None:
        return refused(case, problem.refusal, problem.detail)
    bills: list[tuple[GroupAsk, Bill]] = []
    for group in ask.groups:
        charged = _charge_event(book, case, purse, ask, group)
        if isinstance(charged, Refused):
            return refused(case, charged.refusal, charged.detail)
        purse, cost = charged
        bills.append((group, cost))
    entries: list[Entry] = []
    for group, cost in bills:
        offline = group.used is not None
        purse, booked = entry(
            purse,
            cost,
            kind=EntryKind.OFFLINE if offline else EntryKind.EVENT,
            account=ACCOUNT[ask.service],
            ask=ask,
        )
        entries.append(booked)
    answer = _debited(case, purse, ask, bills)
    remembered = _remembered(entries, ask, answer, [cost for _, cost in bills])
    return Decision(answer, purse, case.sessions, tuple(entries), (remembered,))


def _debited(case: Case, purse: Purse, ask: Ask, bills: list[tuple[GroupAsk, Bill]]) -> Answer:
    held = held_elsewhere(case.sessions, None, ask.at)
    groups: list[Granted] = []
    paid_micros = 0
    for group, cost in bills:
        groups.append(Granted(group.rating_group, group.service_id, None, group.requested))
        paid_micros += cost.due_micros - cost.overrun_micros
    return Answer(
        refusal=None,
        groups=tuple(groups),
        cost_micros=paid_micros,
        balance_micros=max(money.payable(purse, ask.at) - held.micros, 0),
    )


def _remembered(entries: list[Entry], ask: Ask, answer: Answer, bills: list[Bill]) -> Answered:
    drawn = bills[0].drawn
    due = overrun = tax = 0
    for number, cost in enumerate(bills):
        due += cost.due_micros
        overrun += cost.overrun_micros
        tax += cost.tax_micros
        if number:
            drawn = _together(drawn, cost.drawn)
    return Answered(
        key=answer_key(ask.key),
        purse_id=entries[0].purse_id,
        digest=digest(ask),
        answer=answer,
        drawn=drawn,
        entry=(entries[0].seq, entries[0].account, due, overrun, tax),
        at=ask.at,
    )


def _too_large(book: tariffs.Book, ask: Ask) -> Refused[Refusal] | None:
    """GTC-DCB: what a purchase may cost at once, a guard for whoever loses a phone."""
    limit_micros = book.terms.purchase_maximum_micros
    asked = sum(group.requested or 0 for group in ask.groups)
    if ask.service is not Service.CONTENT or asked <= limit_micros:
        return None
    limit = words(limit_micros, book.terms.currency)
    return Refused(Refusal.PURCHASE_TOO_LARGE, f"at most {limit} in one purchase")


def _charge_event(
    book: tariffs.Book, case: Case, purse: Purse, ask: Ask, group: GroupAsk
) -> tuple[Purse, Bill] | Refused[Refusal]:
    began = ask.used_at if ask.used_at is not None else ask.at
    till = Till(book, case.line.offer, held_elsewhere(case.sessions, None, ask.at))
    meter = _admitted_event(till, case, purse, ask, group)
    if isinstance(meter, Refused):
        return meter
    units = group.used.units if group.used is not None else (group.requested or 0)
    # Price and Active Period are those of when it was used, never of when the record came.
    billed = bill(till, purse, meter, units, began, ask.at)
    if isinstance(billed, Refused):
        return billed
    paid, _, cost = billed
    if cost.overrun_micros and group.used is None and not _reaches_anyway(ask):
        return Refused(Refusal.CREDIT_EXHAUSTED)
    if ask.description:
        told = msgspec.structs.replace(cost.explanation, what=ask.description)
        cost = msgspec.structs.replace(cost, explanation=told)
    return paid, cost


def _reaches_anyway(ask: Ask) -> bool:
    """A message to the subscriber arrives while the number may receive (GTC-LIFE, INC-90).

    What it costs (GTC-TEXT) is paid as far as there is money; nobody is cut off from messages,
    reminders among them, for want of it.
    """
    return ask.direction is Direction.IN and ask.service in {Service.SMS, Service.MMS}


def _admitted_event(
    till: Till, case: Case, purse: Purse, ask: Ask, group: GroupAsk
) -> Meter | Refused[Refusal]:
    """A meter for an event that may happen, or that did happen and must be paid."""
    began = ask.used_at if ask.used_at is not None else ask.at
    if group.used is None:
        route = admitted(till.book, case.line, purse, ask, group.rating_group)
        if isinstance(route, Refused):
            return route
        meter = open_meter(group.rating_group, group.service_id, route, began)
        positive = has_positive_balance(till, purse, meter, ask.at)
        return meter if positive else Refused(Refusal.CREDIT_EXHAUSTED)
    # What was used is used: bars are the network's business then; only a loss report counts.
    route = _priced(till.book, case, ask, group)
    if isinstance(route, Refused):
        return route
    lost_at = case.line.lost_at
    if lost_at is not None and began >= lost_at:
        return Refused(Refusal.LOST_OR_STOLEN, "used after the report: not charged")
    return open_meter(group.rating_group, group.service_id, route, began)


def _priced(book: tariffs.Book, case: Case, ask: Ask, group: GroupAsk) -> Route | Refused[Refusal]:
    use = Use(ask.service, ask.direction, ask.other_party, ask.visited_plmn, group.rating_group)
    route = tariffs.route(book, case.line.offer, use)
    if isinstance(route, Refused):
        return Refused(Refusal.RATING_FAILED, route.detail)
    return route


def _together(one: Drawn, other: Drawn) -> Drawn:
    return Drawn(
        one.funds_micros + other.funds_micros,
        one.owed_micros + other.owed_micros,
        one.grants + other.grants,
    )


def _again(case: Case, ask: Ask, earlier: Answered) -> Decision:
    if earlier.purse_id != case.purse.purse_id or earlier.digest != digest(ask):
        return refused(
            case, Refusal.KEY_REUSED, "this key was answered before, for another content"
        )
    return unchanged(case, msgspec.structs.replace(earlier.answer, repeated=True))


def refund(case: Case, ask: Ask, known: Mapping[bytes, Answered]) -> Decision:
    """REFUND: give back, once, exactly what the debit named by ``refunds`` drew.

    An allowance or promotional bucket that has ended gets its units back and stays ended.
    """
    earlier = known.get(refund_key(ask.refunds))
    if earlier is not None:
        if earlier.digest == digest(ask) and earlier.purse_id == case.purse.purse_id:
            return unchanged(case, msgspec.structs.replace(earlier.answer, repeated=True))
        return refused(case, Refusal.NOTHING_TO_REFUND, "this debit was refunded before")
    original = known.get(answer_key(ask.refunds))
    if (
        original is None
        or original.drawn is None
        or original.entry is None
        or original.purse_id != case.purse.purse_id
    ):
        return refused(case, Refusal.NOTHING_TO_REFUND, "no debit of this line has that key")
    present = {grant.grant_id for grant in case.purse.grants}
    drawn = msgspec.structs.replace(
        original.drawn,
        grants=tuple(pair for pair in original.drawn.grants if pair[0] in present),
    )
    purse = money.restored(case.purse, drawn)
    purse, booked = _refund_entry(case.purse, purse, ask, original)
    given = booked.funds_micros + booked.owed_micros + booked.grants_micros
    answer = Answer(
        refusal=None,
        cost_micros=given,
        balance_micros=money.payable(purse, ask.at),
    )
    remembered = Answered(
        refund_key(ask.refunds), purse.purse_id, digest(ask), answer, None, None, ask.at
    )
    return Decision(answer, purse, case.sessions, (booked,), (remembered,))


def _refund_entry(before: Purse, after: Purse, ask: Ask, original: Answered) -> tuple[Purse, Entry]:
    assert original.entry is not None
    _, account, due, overrun, tax = original.entry
    funds = after.funds_micros - before.funds_micros
    owed = before.owed_micros - after.owed_micros
    promo = _promo(after) - _promo(before)
    given = funds + owed + promo
    # The share of the tax goes back with its price; the overrun was never paid, so it stays.
    tax_back = tax * given // (due - overrun) if due > overrun else 0
    told = Explanation(
        service=ask.service.name.lower(),
        route="refund",
        used=0,
        total=0,
        due=-given,
        funds=-funds,
        owed=-owed,
        tax=-tax_back,
        what=ask.refunds,
    )
    booked = Entry(
        purse_id=after.purse_id,
        seq=after.seq + 1,
        at=ask.at,
        kind=EntryKind.REFUND,
        account=Account(account),
        funds_micros=funds,
        grants_micros=promo,
        owed_micros=owed,
        tax_micros=-tax_back,
        overrun_micros=0,
        contra_micros=tax_back - given,
        funds_after_micros=after.funds_micros,
        reference=ask.key,
        party="",
        explanation=_json(told).decode(),
    )
    return msgspec.structs.replace(after, seq=after.seq + 1), booked


def _promo(purse: Purse) -> int:
    return sum(grant.remaining for grant in purse.grants if grant.allowance == "")


def enquire(book: tariffs.Book, case: Case, ask: Ask) -> Decision:
    """PRICE_ENQUIRY and BALANCE_CHECK: what it would cost and what is available; no effect."""
    till = Till(book, case.line.offer, held_elsewhere(case.sessions, None, ask.at))
    available = max(money.payable(case.purse, ask.at) - till.held.micros, 0)
    cost = 0
    for group in ask.groups:
        route = _priced(book, case, ask, group)
        if isinstance(route, Refused):
            return refused(case, route.refusal, route.detail)
        meter = open_meter(group.rating_group, group.service_id, route, ask.at)
        billed = bill(till, case.purse, meter, group.requested or 0, ask.at, ask.at)
        if isinstance(billed, Refused):
            return refused(case, billed.refusal, billed.detail)
        cost += billed[2].due_micros
    if ask.request is Request.PRICE_ENQUIRY:
        return unchanged(case, Answer(refusal=None, cost_micros=cost))
    enough = available > 0 and cost <= available
    return unchanged(
        case,
        Answer(
            refusal=None if enough else Refusal.CREDIT_EXHAUSTED,
            cost_micros=cost,
            balance_micros=available,
        ),
    )
