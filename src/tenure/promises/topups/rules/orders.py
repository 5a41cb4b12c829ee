"""Which orders are filled: keys, amounts, plans and lines, before money moves; pure."""

import hashlib
from typing import Final

import msgspec

from tenure.promises.money.model import Account, Change, Purse
from tenure.promises.numbers import rules as numbers
from tenure.promises.numbers.model import Line, Stage
from tenure.promises.topups.model import (
    Answer,
    Buy,
    Credit,
    Done,
    Order,
    Redeem,
    Refusal,
    TopUp,
    Voucher,
)
from tenure.promises.topups.rules import crediting
from tenure.terms.model import Bundle, Terms
from tenure.values.money import words
from tenure.values.refused import Refused

KEY_CHARACTERS_MAX: Final = 128
PAYMENT_MICROS_MAX: Final = 10**16
"""Ten thousand million units of any currency; beyond it is a mistake."""

UNKNOWN_NUMBER: Final = Refused(Refusal.UNKNOWN_NUMBER, "no line has this number; check its digits")


def content(order: Order) -> bytes:
    """A digest of what is ordered, whenever it is."""
    what = ("topup", order.amount_micros) if isinstance(order, TopUp) else ("bundle", order.bundle)
    return hashlib.sha256(msgspec.msgpack.encode(what)).digest()


def content_of_pin(pin_hash: bytes) -> bytes:
    """A digest of the use of a card, which gives its PIN away no more than its hash does."""
    return hashlib.sha256(b"voucher" + pin_hash).digest()


def key_of_card(digest: bytes) -> str:
    """The key of who uses a card without one: the same card again is the same order again."""
    return f"card {digest.hex()[:32]}"


def repeated(earlier: tuple[bytes, Done] | None, digest: bytes) -> Answer | None:
    """The recorded answer of an equal order; KEY_REUSED for another one; None for a new key."""
    if earlier is None:
        return None
    recorded_digest, done = earlier
    if recorded_digest != digest:
        return Refused(Refusal.KEY_REUSED, "this key was used for another order; take a new one")
    return msgspec.structs.replace(done, repeated=True)


def key_refusal(order: Order | Redeem) -> Refused[Refusal] | None:
    """Whether the key is one: something short that can be stored and printed."""
    least = 0 if isinstance(order, Redeem) else 1
    if least <= len(order.key) <= KEY_CHARACTERS_MAX and order.key.isprintable():
        return None
    detail = f"a key has 1 to {KEY_CHARACTERS_MAX} printable characters"
    return Refused(Refusal.KEY_MALFORMED, detail)


def decide(
    order: Order, line: Line, purse: Purse, terms: Terms
) -> tuple[Change, Done] | Refused[Refusal]:
    """What an order that is new does to the purse, or why nothing."""
    if isinstance(order, Buy):
        return _buy(order, line, purse, terms)
    credit = _credit(order, terms, postpaid=line.postpaid)
    if isinstance(credit, Refused):
        return credit
    return crediting.top_up(purse, credit, terms, order.at, postpaid=line.postpaid)


def _credit(order: TopUp, terms: Terms, *, postpaid: bool) -> Credit | Refused[Refusal]:
    if postpaid:
        days: int | Refused[Refusal] = _payment_days(order.amount_micros, terms)
    else:
        days = crediting.denomination_days(order.amount_micros, terms)
    if isinstance(days, Refused):
        return days
    reference = f"topup {order.key}"
    return Credit(order.amount_micros, days, Account.TOPUP_CLEARING, reference, "by payment")


def _payment_days(amount_micros: int, terms: Terms) -> int | Refused[Refusal]:
    """A postpaid payment may be of any amount, and has no Active Period."""
    if 0 < amount_micros <= PAYMENT_MICROS_MAX:
        return 0
    most = words(PAYMENT_MICROS_MAX, terms.currency)
    return Refused(Refusal.AMOUNT_INVALID, f"a payment is above zero and at most {most}")


def with_card(voucher: Voucher, terms: Terms) -> Credit:
    """The credit of a card that can be used."""
    serial = f"{voucher.serial:0{terms.vouchers.serial_digits}d}"
    return Credit(
        voucher.amount_micros,
        voucher.active_days,
        Account.VOUCHER_CLEARING,
        f"voucher {serial}",
        f"with card {serial}",
    )


def _buy(
    order: Buy, line: Line, purse: Purse, terms: Terms
) -> tuple[Change, Done] | Refused[Refusal]:
    bundle = _bundle(order.bundle, terms)
    if isinstance(bundle, Refused):
        return bundle
    # The stage is left to the purse: whatever its stage, it buys what it can pay for.
    block = numbers.may_go_out(line, Stage.ACTIVE, order.at)
    if block is not None:
        detail = f"nothing can be bought with this line: {block.name.lower().replace('_', ' ')}"
        return Refused(Refusal.LINE_BLOCKED, detail)
    return crediting.buy(purse, bundle, terms, order)


def _bundle(name: str, terms: Terms) -> Bundle | Refused[Refusal]:
    for bundle in terms.bundles:
        if bundle.name == name:
            return bundle
    offered = ", ".join(bundle.name for bundle in terms.bundles)
    return Refused(Refusal.UNKNOWN_BUNDLE, f"the plans are {offered}")


def merged(changes: list[Change]) -> Change:
    """Several changes of one purse in a row, as one."""
    entries = tuple(entry for change in changes for entry in change.entries)
    return Change(changes[-1].purse, entries)
