"""What may be asked of charging: answer a batch of asks, tell stale sessions, explain an entry."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from tenure.postgres.lanes import Lanes
from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.charging import rules, store
from tenure.promises.charging.model import (
    Answer,
    Answered,
    Ask,
    Case,
    Crossed,
    Refusal,
    Request,
    Session,
    Stale,
)
from tenure.promises.charging.rules import rerating, thresholds
from tenure.promises.charging.rules.rerating import Compared, Versions
from tenure.promises.charging.rules.words import explain
from tenure.promises.money import operations as money
from tenure.promises.money.model import Change, Entry
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line
from tenure.promises.tariffs import rules as tariffs
from tenure.values.instant import Instant

__all__ = [
    "Compared",
    "Versions",
    "charge",
    "compared",
    "explain",
    "held_micros",
    "lanes",
    "live_sessions",
    "quiet",
    "sessions_of",
    "stale",
]

_Wanted: TypeAlias = tuple[Sequence[Any], list[int]]
"""A row of a case, and the places in its batch of the asks about it."""

_UNKNOWN = Answer(Refusal.UNKNOWN_SUBSCRIBER, "no line has this number or SIM")


async def charge(tx: Statements, book: tariffs.Book, asks: Sequence[Ask]) -> list[Answer]:
    """Answer a batch of asks in their order, as one transaction: loaded once, recorded once.

    Asks of one purse see each other's effects.  The answers hold once the transaction commits.
    """
    rows, known = await store.load(
        tx,
        sorted({ask.msisdn for ask in asks if ask.msisdn}),
        sorted({ask.imsi for ask in asks if not ask.msisdn}),
        sorted({key for ask in asks for key in _keys(ask)}),
    )
    answers = [_UNKNOWN] * len(asks)
    changes: list[Change] = []
    remembered: list[Answered] = []
    crossed: list[tuple[Line, Crossed]] = []
    # One purse after the other, each from its row to its change: what one has needed is given back
    # to the next, still in the processor's cache.
    for row, places in _by_purse(rows, asks):
        case = before = store.case_of(row)
        entries: list[Entry] = []
        at = Instant(0)
        for place in places:
            ask = asks[place]
            decision = rules.decide(book, case, ask, known)
            answers[place] = decision.answer
            if decision.changed:
                case = Case(case.line, decision.purse, decision.sessions)
                at = ask.at
                entries.extend(decision.entries)
                for one in decision.answered:
                    known[one.key] = one
                    remembered.append(one)
        if case is not before:
            purse = case.purse
            changes.append(Change(store.with_sessions(purse, case.sessions), tuple(entries)))
            told = thresholds.crossed(book, before.purse, purse, at)
            crossed += [(case.line, one) for one in told]
    await money.record(tx, changes, announce=False)
    await store.remember(tx, remembered)
    if crossed:
        await _tell(tx, book, crossed)
    return answers


async def _tell(
    tx: Statements, book: tariffs.Book, crossed: Sequence[tuple[Line, Crossed]]
) -> None:
    """Tell whoever holds the numbers what goes down, once, in the transaction that used it."""
    first = await store.first(tx, [(line.purse_id, one) for line, one in crossed])
    told = [(line, one) for line, one in crossed if (line.purse_id, one.kind.value) in first]
    if not told:
        return
    holders = await numbers.holding.holders(tx, sorted({line.msisdn for line, _ in told}))
    await notices.tell(
        tx,
        [thresholds.telling(book, line, holders.get(line.msisdn), one) for line, one in told],
    )


def lanes(
    connect: Callable[[], Awaitable[Transaction]],
    book: tariffs.Book,
    *,
    count: int = 4,
    batch_max: int = 128,
) -> Lanes[Ask, Answer]:
    """Lanes that charge; all asks of one subscriber go through one lane, in their order.

    What fails by our own fault is answered ACCIDENT, what cannot be queued TOO_BUSY.  Batches stay
    small enough for the processor's own cache (bench/README.md).
    """

    async def batch(tx: Statements, asks: Sequence[Ask]) -> list[Answer]:
        return await charge(tx, book, asks)

    return Lanes(
        connect,
        batch,
        key=lambda ask: ask.msisdn or ask.imsi,
        accident=lambda _ask, _error: Answer(Refusal.ACCIDENT, "our own fault; ask again"),
        busy=lambda _ask: Answer(Refusal.TOO_BUSY, "too much is waiting; ask again"),
        lanes=count,
        batch_max=batch_max,
    )


def _by_purse(rows: Sequence[Sequence[Any]], asks: Sequence[Ask]) -> list[_Wanted]:
    """Each purse's row with the places of its asks, in their order."""
    by_identity: dict[str, _Wanted] = {}
    by_purse: dict[int, _Wanted] = {}
    for row in rows:
        wanted = by_purse.setdefault(row[2], (row, []))
        by_identity[row[0]] = by_identity[row[1]] = wanted
    for place, ask in enumerate(asks):
        found = by_identity.get(ask.msisdn or ask.imsi)
        if found is not None:
            found[1].append(place)
    return list(by_purse.values())


def _keys(ask: Ask) -> tuple[bytes, ...]:
    if ask.request is Request.DEBIT:
        return (rules.answer_key(ask.key),)
    if ask.request is Request.REFUND:
        return (rules.answer_key(ask.refunds), rules.refund_key(ask.refunds))
    return ()


async def stale(
    tx: Transaction, book: tariffs.Book, purse_ids: Sequence[int], at: Instant
) -> list[Stale]:
    """The live sessions of these purses whose grants no longer fit; nothing is written."""
    cases = await store.cases_of_purses(tx, purse_ids)
    found = [one for case in cases for one in rules.stale(book, case, at)]
    orphaned = await store.sessions_without_line(tx, purse_ids)
    return found + [
        Stale(one.key, one.peer, abort=True, reason="changed_hands")
        for sessions in orphaned
        for one in sessions.live
        if one.forget_at > at
    ]


async def live_sessions(tx: Transaction, at: Instant) -> list[Session]:
    """Every live session: for a server that starts and must know whose sessions it serves."""
    cases = await store.cases_with_sessions(tx)
    return [s for case in cases for s in case.sessions.live if s.forget_at > at]


async def held_micros(tx: Transaction, purse_id: int, at: Instant) -> int:
    """What live sessions hold of a purse: it may not be spent on anything else meanwhile."""
    meters = [meter for one in await sessions_of(tx, purse_id, at) for meter in one.meters]
    return sum(meter.hold_micros for meter in meters if meter.hold_until > at)


async def sessions_of(tx: Transaction, purse_id: int, at: Instant) -> list[Session]:
    """The live sessions of one purse."""
    cases = await store.cases_of_purses(tx, [purse_id])
    return [s for case in cases for s in case.sessions.live if s.forget_at > at]


async def quiet(tx: Transaction, purse_ids: Sequence[int], at: Instant) -> set[int]:
    """Those of these purses that need remember no session: none lives, none ended lately."""
    cases = await store.cases_of_purses(tx, purse_ids)
    return {case.purse.purse_id for case in cases if rules.forgettable(case.sessions, at)}


async def compared(
    tx: Transaction,
    versions: Versions,
    offers: Sequence[str],
    after: int,
    limit: int,
    period: tuple[Instant, Instant],
) -> tuple[int | None, list[Compared]]:
    """What the usage of the next lines of these offers would have cost by another version.

    Returns the purse to go on after, None at the end, and one comparison a line.
    """
    found: dict[int, tuple[str, list[tuple[Instant, str]]]] = {}
    for purse_id, offer, at, told in await store.used(tx, offers, after, limit, *period):
        usage = found.setdefault(purse_id, (offer, []))[1]
        if at is not None and told is not None:
            usage.append((at, told))
    lines = [rerating.compared(versions, offer, usage) for offer, usage in found.values()]
    return (max(found) if len(found) == limit else None), lines
