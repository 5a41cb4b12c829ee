"""What goes from purse to purse with a request: the fee of a new SIM, and what the purse holds."""

from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.money import operations as money
from tenure.promises.money import rules as money_rules
from tenure.promises.money.model import Account, Change, Entry, EntryKind, Purse
from tenure.promises.numbers.model.requests import Refusal, Request
from tenure.promises.numbers.store import lines
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.quantity import Unit
from tenure.values.refused import Refused

EMPTY: Final = b"\x92\x90\x90"
"""A purse without live sessions, as money.purse has it by default."""
NOT_PAYABLE: Final = Refused(
    Refusal.FEE_NOT_PAYABLE, "the fee of a new SIM is more than the purse can pay; top up first"
)


async def _purse(tx: Transaction, msisdn: str) -> Purse | None:
    found = await lines.by_msisdn(tx, [msisdn])
    if not found:
        return None
    return (await money.purses(tx, [found[0].purse_id])).get(found[0].purse_id)


async def payable(tx: Transaction, terms: Terms, msisdn: str, at: Instant) -> bool:
    """GTC-LOST: whether the purse can pay for a new SIM, which is at the subscriber's cost."""
    purse = await _purse(tx, msisdn)
    fee = terms.keeping.sim.fee_micros
    return purse is not None and money_rules.payable(purse, at) >= fee


async def pay(tx: Transaction, terms: Terms, request: Request, at: Instant) -> bool:
    """Take the fee of a new SIM from the purse; False when it cannot pay."""
    purse = await _purse(tx, request.msisdn)
    fee = terms.keeping.sim.fee_micros
    if purse is None or money_rules.payable(purse, at) < fee:
        return False
    if not fee:
        return True
    drawn, took = money_rules.draw(purse, fee, at)
    paid = msgspec.structs.replace(drawn, seq=drawn.seq + 1)
    entry = _entry(paid, at, EntryKind.FEE, Account.REVENUE_FEES, request.request_id)
    entry = msgspec.structs.replace(
        entry,
        funds_micros=-took.funds_micros,
        owed_micros=-took.owed_micros,
        grants_micros=-sum(amount for _, amount in took.grants),
        contra_micros=fee,
    )
    await money.record(tx, [Change(paid, (entry,))])
    return True


async def hand_over(tx: Transaction, request: Request, at: Instant) -> None:
    """Open the next holder's purse; what is left goes along, or stays with the former holder.

    What the former holder owes stays theirs in any case, and so do the entries.
    """
    assert request.purse_id is not None
    former = await _purse(tx, request.msisdn)
    assert former is not None
    new = Purse(
        request.purse_id, 0, 0, 0, former.funds_end, 0, former.credit_limit_micros, (), EMPTY
    )
    promo = sum(one.remaining for one in former.grants if one.unit is Unit.MICROS)
    moved = former.funds_micros + promo
    if not request.funds_go or not (moved or former.grants):
        await money.open_purses(tx, [new])
        return
    emptied = msgspec.structs.replace(former, funds_micros=0, grants=(), seq=former.seq + 1)
    filled = msgspec.structs.replace(
        new, funds_micros=former.funds_micros, grants=former.grants, seq=1
    )
    went, came = (
        msgspec.structs.replace(
            _entry(purse, at, EntryKind.HANDED_OVER, Account.HANDED_OVER, request.request_id),
            funds_micros=sign * former.funds_micros,
            grants_micros=sign * promo,
            contra_micros=-sign * moved,
        )
        for purse, sign in ((emptied, -1), (filled, 1))
    )
    await money.record(tx, [Change(emptied, (went,))])
    await money.open_purses(tx, [filled], [came])


def _entry(purse: Purse, at: Instant, kind: EntryKind, account: Account, reference: str) -> Entry:
    return Entry(
        purse_id=purse.purse_id,
        seq=purse.seq,
        at=at,
        kind=kind,
        account=account,
        funds_micros=0,
        grants_micros=0,
        owed_micros=0,
        tax_micros=0,
        overrun_micros=0,
        contra_micros=0,
        funds_after_micros=purse.funds_micros,
        reference=reference,
        party="",
        explanation="{}",
    )
