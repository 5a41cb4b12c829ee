"""What may be asked of tenure: to begin it, and to tell whose a number is and was."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Acceptance, How, Manner, Way
from tenure.promises.money import operations as money
from tenure.promises.money.model import Purse
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers.model.holding import (
    Buyer,
    Figures,
    Found,
    History,
    HoldingRefusal,
    Sale,
    Sell,
    Sold,
    TakenOver,
    Tenure,
)
from tenure.promises.numbers.operations import attempts, inventory
from tenure.promises.numbers.rules import holding as rules
from tenure.promises.numbers.store import holding as store
from tenure.promises.numbers.store import inventory as inventory_store
from tenure.promises.people import operations as people
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

EMPTY: Final = b"\x92\x90\x90"
"""A purse without live sessions, as money.purse has it by default."""


async def figures(tx: Transaction) -> Figures | None:
    """The figures that the database enforces; None before the first start."""
    return await store.figures(tx)


async def fits(tx: Transaction, terms: Terms) -> bool:
    """Whether the database enforces what the pack says."""
    return await store.figures(tx) == rules.figures_of(terms)


async def keep_figures(tx: Transaction, terms: Terms, act: Act) -> bool:
    """Have the database enforce what the pack says; whether it did not before.

    Only as the owner (``perform_as_owner``): the application cannot change its own rules.
    """
    wanted = rules.figures_of(terms)
    if await store.figures(tx) == wanted:
        return False
    said: dict[str, Plain] = msgspec.to_builtins(wanted)
    await record.append(tx, act, "numbers.figures", said, {})
    await store.keep_figures(tx, wanted)
    return True


async def activate(
    tx: Transaction, terms: Terms, sell: Sell, act: Act
) -> Sold | Refused[HoldingRefusal]:
    """Give a free number on a new SIM to a holder: purse, tenure, line and leaf, and the network.

    ``act.by`` is the clerk whose reservation counts.  Who holds the number is told of a sale that
    was refused: it began like that once.
    """
    found = Found(
        number=await inventory.in_stock(tx, sell.msisdn, act.at),
        sim=await inventory_store.sim(tx, sell.iccid),
        buyer=await _buyer(tx, terms, sell.holder_id, act.at),
    )

    decision = rules.sold(sell, found, terms, act.by, act.at)

    if isinstance(decision, Refused):
        said = {"what": "SELL", "kind": "first-sale", "refused": decision.refusal.name}
        await attempts.keep(tx, sell.msisdn, NoticeKind.SECURITY_ATTEMPT, act, said)
        return decision
    await money.open_purses(tx, [_purse(decision, act.at)])
    about = {
        "msisdn": str(sell.msisdn),
        "holder": str(sell.holder_id),
        "iccid": str(sell.iccid),
        "imsi": str(decision.imsi),
    }
    said = {"opened_as": "first-sale"}
    leaf_seq = await record.append(tx, act, "numbers.activated", said, about)
    await store.activate(tx, decision, act.by, leaf_seq, act.at)
    # GTC-ACCEPT: whoever activates a service accepts the terms in force.  Were there none, nothing
    # could be accepted, and the sale stands all the same (docs/decisions/0049).
    how = How(Way.SHOP, sell.language, f"leaf {leaf_seq}")
    await consent.accept(tx, terms, Acceptance(sell.holder_id, Manner.ACTIVATION, how), act)
    return Sold(decision, leaf_seq)


async def _buyer(tx: Transaction, terms: Terms, person_id: int, at: Instant) -> Buyer | None:
    person = await people.find(tx, person_id)
    if person is None or person.merged_into is not None:
        return None
    return Buyer(
        person_id=person_id,
        born_on=person.born_on,
        documented=person.document is not None,
        guarded=await store.guarded(tx, person_id, at),
        prepaid_held=await store.prepaid_held(tx, person_id, at)
        if terms.keeping.prepaid_numbers_max
        else 0,
    )


def _purse(sale: Sale, at: Instant) -> Purse:
    """Empty and without an Active Period: the first top-up begins it (GTC-TOPUP)."""
    return Purse(
        purse_id=sale.sell.purse_id,
        seq=0,
        version=0,
        funds_micros=0,
        funds_end=at,
        owed_micros=0,
        credit_limit_micros=sale.credit_limit_micros,
        grants=(),
        sessions=EMPTY,
    )


async def take_over(tx: Transaction, taken: Sequence[TakenOver], act: Act) -> int:
    """Give lines of an existing base, which nobody ever held, to their holders; the leaf's number.

    The lines, their SIMs and the people are there already.  A number that is or was held, a SIM
    that is not the line's, or one number too many raises, and nothing is taken over.
    """
    rows = sorted(f"{one.msisdn} {one.holder_id} {one.iccid}\n" for one in taken)
    about = {"digest": hashlib.sha256("".join(rows).encode()).hexdigest()}
    said = {"numbers": len(taken)}
    leaf_seq = await record.append(tx, act, "numbers.taken_over", said, about)
    await store.take_over(tx, taken, leaf_seq, act.at)
    return leaf_seq


async def holder(tx: Transaction, msisdn: str) -> Tenure | None:
    """Who holds a number now; None for one that nobody holds."""
    newest = await store.tenures(tx, msisdn)
    return newest[0] if newest and newest[0].until is None else None


async def holders(tx: Statements, msisdns: Sequence[str]) -> dict[str, int]:
    """Who holds these numbers, as far as somebody does, in one round trip."""
    return await store.holders(tx, msisdns)


async def held_by(tx: Transaction, person_id: int) -> list[Tenure]:
    """The numbers that somebody holds."""
    return await store.held_by(tx, person_id)


async def history(tx: Transaction, msisdn: Msisdn, at: Instant) -> History:
    """Who holds and held a number, on which SIMs, the newest first; and whether it is locked."""
    return History(
        msisdn=msisdn,
        number_class=await inventory_store.number_class(tx, msisdn),
        tenures=tuple(await store.tenures(tx, msisdn)),
        bindings=tuple(await store.bindings(tx, msisdn)),
        reservation=await inventory_store.reservation(tx, msisdn, at),
        locked_since=await store.locked_since(tx, msisdn, at),
    )
