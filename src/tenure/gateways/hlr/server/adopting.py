"""Has the network remember who holds the numbers of a base that was taken over."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from tenure.gateways.hlr.server.gateway import Gateway
from tenure.gateways.hlr.translate.adopting import adopted
from tenure.gateways.hlr.translate.dossier import Doubt, Known
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import TakenOver
from tenure.promises.record import operations as record
from tenure.promises.record.model import Receipt
from tenure.values.refused import Refused

LOOKED_AT_ONCE: Final = 500


class Adopted(msgspec.Struct):
    """How it went."""

    new: int = 0
    known: int = 0
    """Something was proven about the number before; that stays."""
    unreached: int = 0
    """No SIM has the number in the register; it is brought there first, and adopted then."""


async def adopt(gateway: Gateway) -> Adopted | Refused[Doubt]:
    """Remember every number of every base that was taken over, as far as nothing is known of it.

    NotReachedError, NotBelievedError.  Bases are gone through in the order of their leaves.
    """
    total = Adopted()
    for leaf_seq in await perform(gateway.pool, numbers.network.bases):
        receipt, lines = await perform(gateway.pool, _base, leaf_seq)
        if receipt is None:
            return Refused(Doubt.NOT_PUBLISHED)
        found = adopted(receipt, lines, gateway.settings.trusted)
        if isinstance(found, Refused):
            return found
        for some in _chunks(found):
            await _remember(gateway, some, total)
    return total


async def _base(tx: Transaction, leaf_seq: int) -> tuple[Receipt | None, list[TakenOver]]:
    receipts = await record.sightings.first_receipts(tx, [leaf_seq], ["digest"])
    return receipts.get(leaf_seq), await numbers.network.base(tx, leaf_seq)


async def _remember(gateway: Gateway, some: Sequence[Known], total: Adopted) -> None:
    believed = await gateway.register.believed([one.msisdn for one in some])
    for one, there in zip(some, believed, strict=True):
        before = await asyncio.to_thread(gateway.memory.find, one.msisdn)
        if before is not None and before.holder is not None:
            total.known += 1
        elif there is None:
            total.unreached += 1
        else:
            # Bars that were proven before count on.
            kept = before or one
            fresh = msgspec.structs.replace(kept, imsi=there.imsi, holder=one.holder)
            await asyncio.to_thread(gateway.memory.keep, fresh)
            total.new += 1


def _chunks(some: Sequence[Known]) -> Iterator[Sequence[Known]]:
    for start in range(0, len(some), LOOKED_AT_ONCE):
        yield some[start : start + LOOKED_AT_ONCE]
