"""What may be asked of the stock: to import numbers and SIMs, to set a number aside."""

import hashlib
from collections.abc import Callable, Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.holding import (
    HoldingRefusal,
    Imported,
    InStock,
    NumberRange,
    Reservation,
    SealedSim,
    SimCard,
    SimKey,
    SimKeys,
)
from tenure.promises.numbers.rules import holding as rules
from tenure.promises.numbers.rules import sealing
from tenure.promises.numbers.rules import stock as stock_rules
from tenure.promises.numbers.store import holding, inventory, lines
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.msisdn import Iccid, Msisdn
from tenure.values.refused import Refused

Draw = Callable[[int], bytes]
"""So many random octets."""


async def import_numbers(tx: Transaction, given: Sequence[NumberRange], act: Act) -> Imported:
    """Add ranges to the stock; what is there exactly so is passed over, so it can be repeated."""
    there = await inventory.overlapping(tx, given)

    decided = stock_rules.stocked(given, there)

    written = decided.new + decided.special
    if written:
        rows = [f"{one.first} {one.last} {one.number_class}\n" for one in written]
        digest = hashlib.sha256("".join(rows).encode()).hexdigest()
        said: dict[str, Plain] = {"rows": len(written), "digest": digest}
        leaf_seq = await record.append(tx, act, "numbers.stocked", said, {})
        await inventory.add_ranges(tx, decided.new, leaf_seq, act.at)
        await inventory.add_specials(tx, decided.special)
    return Imported(len(written), decided.known, decided.refused)


async def stock(tx: Transaction) -> list[NumberRange]:
    """All ranges of ours, by number."""
    return await inventory.stock(tx)


async def free(
    tx: Transaction, terms: Terms, number_class: str | None, count: int, at: Instant
) -> list[Msisdn]:
    """Some numbers that could be given to somebody now, of a class or of any."""
    rest_ms = rules.figures_of(terms).rest_ms
    return await inventory.free(tx, number_class, count, rest_ms, at)


async def in_stock(tx: Transaction, msisdn: Msisdn, at: Instant) -> InStock:
    """What is known of a number before somebody gets it."""
    held = await holding.tenures(tx, msisdn)
    return InStock(
        msisdn=msisdn,
        number_class=await inventory.number_class(tx, msisdn),
        has_line=bool(await lines.by_msisdn(tx, [msisdn])),
        last=held[0] if held else None,
        reservation=await inventory.reservation(tx, msisdn, at),
    )


async def reserve(
    tx: Transaction, terms: Terms, msisdn: Msisdn, until: Instant, act: Act
) -> Reservation | Refused[HoldingRefusal]:
    """Set a number aside for whoever acts; of two at the same time, one gets it."""
    number = await in_stock(tx, msisdn, act.at)

    decision = rules.reserved(number, act.by, until, rules.figures_of(terms), act.at)

    if isinstance(decision, Reservation):
        if number.reservation is not None:
            await inventory.release(tx, msisdn, act.at)
        await inventory.reserve(tx, decision)
    return decision


async def release(
    tx: Transaction, msisdn: Msisdn, act: Act
) -> Reservation | Refused[HoldingRefusal]:
    """End one's own reservation before its time."""
    there = await inventory.reservation(tx, msisdn, act.at)
    if there is None or there.reserved_by != act.by:
        return Refused(HoldingRefusal.NOT_RESERVED, "you have not set this number aside")
    await inventory.release(tx, msisdn, act.at)
    return there


async def import_sims(
    tx: Transaction, cards: Sequence[SimCard], key: SimKey, draw: Draw, act: Act
) -> Imported:
    """Add SIMs, their keys sealed; what is there exactly so is passed over.

    A card that is known with another IMSI or other keys is refused, and stays as it was.
    """
    there = await inventory.all_sealed(tx, [card.iccid for card in cards])
    fresh: dict[str, SimCard] = {}
    for card in cards:
        if card.iccid not in there:
            fresh.setdefault(card.iccid, card)
    sealed = [sealing.sealed(card, key, draw(sealing.NONCE_OCTETS)) for card in fresh.values()]
    added = await inventory.add_sims(tx, sealed, act.at) if sealed else set()
    if added:
        digest = hashlib.sha256("\n".join(sorted(added)).encode()).hexdigest()
        said = {"sims": len(added)}
        await record.append(tx, act, "numbers.sims_imported", said, {"digest": digest})
    known, refused = 0, []
    for place, card in enumerate(cards):
        new = card.iccid in added and fresh[card.iccid] is card
        same = fresh.get(card.iccid) == card if card.iccid in added else _same(card, there, key)
        if not same:
            refused.append((place, HoldingRefusal.SIM_DIFFERS))
        elif not new:
            known += 1
    return Imported(len(added), known, tuple(refused))


def _same(card: SimCard, there: dict[str, SealedSim], key: SimKey) -> bool:
    known = there.get(card.iccid)
    if known is None or known.imsi != card.imsi:
        return False
    return sealing.unsealed(known, key) == card.keys


async def fresh_sims(tx: Transaction, count: int) -> list[Iccid]:
    """Some cards in stock that never worked for anybody."""
    return await inventory.fresh_sims(tx, count)


async def fits_key(tx: Transaction, key: SimKey) -> bool:
    """Whether this is the key that the SIMs in stock were sealed with."""
    one = await inventory.sealed(tx)
    return one is None or sealing.unsealed(one, key) is not None


async def sim_keys(tx: Transaction, imsi: str, key: SimKey) -> SimKeys | None:
    """The keys of a SIM, for the network alone; None for a SIM or a key that is not ours."""
    sim = await inventory.sealed(tx, imsi=imsi)
    return None if sim is None else sealing.unsealed(sim, key)
