"""What may be asked: money added, plans bought, cards used, issued, blocked and reported."""

from collections.abc import Callable, Sequence
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.money import operations as money
from tenure.promises.money.model import Change, Purse
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Line
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.topups import store
from tenure.promises.topups.model import (
    Answer,
    Batch,
    BatchReport,
    Card,
    Done,
    Issue,
    Order,
    Printing,
    Redeem,
    Refusal,
    TopUp,
    Voucher,
    VoucherKey,
    WrongPins,
)
from tenure.promises.topups.rules import crediting, orders, receipts, vouchers
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

ROWS_AT_ONCE: Final = 10_000

Told = Callable[[int], None]
"""Called with the number of cards that were written since the last call."""
Received = tuple[Line, Purse, Done, Instant]
"""Money that was received on a line: its purse after it, what it did, and when."""


async def fulfil(tx: Transaction, terms: Terms, asked: Sequence[Order]) -> list[Answer]:
    """Fill orders for top-ups and plans in turn: one load, one write, whatever their number.

    Idempotent by (purse, key): an equal order gets the recorded answer, another one KEY_REUSED.
    Refusals are not recorded, since they had no effect.  Whoever holds the number is told of money
    that was received, once for an order.  GTC-TOPUP, -RESTORE, -PROMO, -POSTPAID.
    """
    lines = await numbers.find_all(tx, [order.msisdn for order in asked])
    known = [(lines[order.msisdn].purse_id, order) for order in asked if order.msisdn in lines]
    earlier = await store.answered(tx, [(purse_id, order.key) for purse_id, order in known])
    purses = await money.purses(tx, sorted({purse_id for purse_id, _ in known}))
    changes: dict[int, list[Change]] = {}
    fresh: list[tuple[int, str, Instant, bytes, Done]] = []
    answers: list[Answer] = []
    received: list[Received] = []

    for order in asked:
        line = lines.get(order.msisdn)
        purse = None if line is None else purses.get(line.purse_id)
        if line is None or purse is None:
            answers.append(orders.UNKNOWN_NUMBER)
            continue
        at_key, digest = (line.purse_id, order.key), orders.content(order)
        answer = orders.key_refusal(order) or orders.repeated(earlier.get(at_key), digest)
        if answer is None:
            decision = orders.decide(order, line, purse, terms)
            if isinstance(decision, Refused):
                answer = decision
            else:
                change, answer = decision
                purses[line.purse_id] = change.purse
                changes.setdefault(line.purse_id, []).append(change)
                earlier[at_key] = (digest, answer)
                fresh.append((*at_key, order.at, digest, answer))
                if isinstance(order, TopUp):
                    received.append((line, change.purse, answer, order.at))
        answers.append(answer)

    if fresh:
        await money.record(tx, [orders.merged(several) for several in changes.values()])
        await store.remember(tx, fresh)
        await _tell(tx, received)
    return answers


async def _tell(tx: Transaction, received: Sequence[Received]) -> None:
    """Tell whoever holds the numbers of what was received, in the transaction that received it."""
    if not received:
        return
    holders = await numbers.holding.holders(tx, sorted({line.msisdn for line, *_ in received}))
    tellings = [
        receipts.receipt(line, holders.get(line.msisdn), after, done, at)
        for line, after, done, at in received
    ]
    await notices.tell(tx, tellings)


async def by_hand(tx: Transaction, terms: Terms, order: Order, act: Act) -> Answer:
    """Fill an order that one of ours enters; what it did is kept in the record."""
    [answer] = await fulfil(tx, terms, [order])
    if isinstance(answer, Done) and not answer.repeated:
        said = {"amount_micros": str(answer.amount_micros), "key": order.key}
        await record.append(tx, act, "topups.by_hand", said, {"msisdn": order.msisdn})
    return answer


async def redeem(tx: Transaction, terms: Terms, key: VoucherKey, asked: Redeem) -> Answer:
    """Top up with the PIN of a card: once, whoever else tries it at the same time (GTC-TOPUP).

    Wrong PINs are counted for the line, in this transaction; too many in a row lock it out for a
    while, whatever PIN comes then.
    """
    line = await numbers.find(tx, asked.msisdn)
    if line is None:
        return orders.UNKNOWN_NUMBER
    pin = vouchers.pin_of(asked.pin, terms.vouchers)
    if isinstance(pin, Refused):
        return pin
    pin_hash = vouchers.pin_hash(key, pin)
    digest = orders.content_of_pin(pin_hash)
    at_key = (line.purse_id, asked.key or orders.key_of_card(digest))
    earlier = await store.answered(tx, [at_key])
    known = orders.key_refusal(asked) or orders.repeated(earlier.get(at_key), digest)
    if known is not None:
        return known
    voucher = await _usable_voucher(tx, terms, line.purse_id, pin_hash, asked.at)
    if isinstance(voucher, Refused):
        return voucher
    purse = await _purse(tx, line.purse_id)
    credit = orders.with_card(voucher, terms)

    change, done = crediting.top_up(purse, credit, terms, asked.at, postpaid=line.postpaid)

    await store.set_wrong_pins(tx, line.purse_id, WrongPins(0, asked.at))
    # The row is locked, so nobody can have been first; the condition is the second keeper.
    used = await store.use(tx, voucher.serial, asked.at, line.purse_id, done.seq)
    assert used, "a locked, unused card was used"
    await money.record(tx, [change])
    await store.remember(tx, [(*at_key, asked.at, digest, done)])
    await _tell(tx, [(line, change.purse, done, asked.at)])
    return done


async def _usable_voucher(
    tx: Transaction, terms: Terms, purse_id: int, pin_hash: bytes, at: Instant
) -> Voucher | Refused[Refusal]:
    """The card with this PIN, locked for use; a guess of a PIN that no card has is counted."""
    wrong = await store.wrong_pins_locked(tx, purse_id, at)
    locked = vouchers.locked(wrong, terms.vouchers, at)
    if locked is not None:
        return locked
    voucher = await store.voucher_locked(tx, pin_hash)
    if voucher is None:
        counted = vouchers.after_wrong(wrong, terms.vouchers, at)
        await store.set_wrong_pins(tx, purse_id, counted)
        return vouchers.unknown(counted, terms.vouchers)
    return vouchers.refusal(voucher, at) or voucher


async def _purse(tx: Transaction, purse_id: int) -> Purse:
    purse = (await money.purses(tx, [purse_id])).get(purse_id)
    assert purse is not None, "every line has a purse"
    return purse


async def prepare(
    tx: Transaction,
    terms: Terms,
    asked: Issue,
    key: VoucherKey,
    chance: Callable[[int], bytes],
    at: Instant,
) -> Printing | Refused[Refusal]:
    """Draw the PINs and serials of a batch, to be printed before ``issue`` makes them worth money.

    So a print that fails leaves nothing that anybody could use, and no card without its print.
    """
    days = crediting.denomination_days(asked.amount_micros, terms)
    if isinstance(days, Refused):
        return days
    refusal = vouchers.issuable(asked.vouchers, await store.outstanding(tx, at), terms.vouchers)
    if refusal is not None:
        return refusal
    serials = await store.next_serials(tx, asked.vouchers)
    pins = vouchers.draw_pins(chance, asked.vouchers, terms.vouchers.pin_digits)
    batch = Batch(
        batch_id=await store.next_batch_id(tx),
        amount_micros=asked.amount_micros,
        active_days=days,
        vouchers=asked.vouchers,
        issued_at=at,
        expires_at=Instant(at + terms.vouchers.shelf_days * DAY_MS),
        key_id=vouchers.key_id(key),
    )
    cards = (Card(serial, pin) for serial, pin in zip(serials, pins, strict=True))
    return Printing(batch, tuple(cards))


async def issue(
    tx: Transaction, printing: Printing, key: VoucherKey, act: Act, told: Told | None = None
) -> None:
    """Make printed cards usable; only the hashes of their PINs are kept.

    A PIN that some card has already makes the transaction fail: print and issue a new batch.
    """
    batch = printing.batch
    await store.issue_batch(tx, batch, act.by)
    for start in range(0, len(printing.cards), ROWS_AT_ONCE):
        cards = printing.cards[start : start + ROWS_AT_ONCE]
        hashes = [vouchers.pin_hash(key, card.pin) for card in cards]
        await store.issue_vouchers(tx, batch.batch_id, [card.serial for card in cards], hashes)
        if told is not None:
            told(len(cards))
    said: dict[str, Plain] = {
        "batch": batch.batch_id,
        "vouchers": batch.vouchers,
        "amount_micros": str(batch.amount_micros),
    }
    await record.append(tx, act, "topups.issued", said, {})


async def block_batch(tx: Transaction, batch_id: int, act: Act) -> int | Refused[Refusal]:
    """Block all cards of a batch that are neither used nor blocked; how many cards that were."""
    if not await store.reports(tx, act.at, batch_id):
        return Refused(Refusal.UNKNOWN_BATCH, "no batch has this number; see: vouchers report")
    blocked = await store.block_batch(tx, act.at, batch_id)
    if blocked:
        said = {"batch": batch_id, "vouchers": blocked}
        await record.append(tx, act, "topups.blocked", said, {})
    return blocked


async def block_card(tx: Transaction, serial: int, act: Act) -> int | Refused[Refusal]:
    """Block one card, say one that was stolen; NOTHING_TO_BLOCK when it is used or blocked."""
    if not await store.has_serial(tx, serial):
        return Refused(Refusal.UNKNOWN_SERIAL, "no card has this serial; check its digits")
    if not await store.block_one(tx, act.at, serial):
        return Refused(Refusal.NOTHING_TO_BLOCK, "this card is used or blocked already")
    await record.append(tx, act, "topups.blocked", {"serial": serial, "vouchers": 1}, {})
    return 1


async def reports(tx: Transaction, at: Instant, batch_id: int | None = None) -> list[BatchReport]:
    """What has become of one batch, or of all, by the instant."""
    return await store.reports(tx, at, batch_id)


async def fits_key(tx: Transaction, key: VoucherKey) -> bool:
    """Whether cards were hashed with this key, or there are none yet.

    With a wrong key every PIN would be unknown and honest people would be locked out.
    """
    key_ids = await store.key_ids(tx)
    return not key_ids or vouchers.key_id(key) in key_ids
