"""Goes through all numbers, and puts right in the network what was proven otherwise."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from tenure.gateways.hlr.server.gateway import Gateway
from tenure.gateways.hlr.translate.comparing import (
    ALARMS,
    PUT_RIGHT,
    Compared,
    Difference,
    compared,
)
from tenure.gateways.hlr.translate.dossier import Known
from tenure.gateways.hlr.translate.subscriber import Row
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.values.msisdn import Msisdn

log = logging.getLogger(__name__)

AT_ONCE: Final = 1_000


async def differences(gateway: Gateway) -> list[Compared]:
    """Every number about which the proofs, the tables and the network differ.

    NotReachedError, NotBelievedError.  It reads the whole register.
    """
    rows = {row.msisdn: row for row in await gateway.register.everybody() if row.msisdn}
    found: list[Compared] = []
    known = await asyncio.to_thread(gateway.memory.everything)
    for some in _chunks(known):
        found += await _compared(gateway, some, rows)
    proven = {one.msisdn for one in known}
    waiting = await _waiting(gateway)
    found += [
        compared(msisdn, None, None, row, waits=msisdn in waiting)
        for msisdn, row in rows.items()
        if msisdn not in proven
    ]
    return [one for one in found if one.difference is not Difference.NONE]


async def _compared(
    gateway: Gateway, some: list[Known], rows: Mapping[Msisdn, Row]
) -> list[Compared]:
    msisdns = [str(one.msisdn) for one in some]
    served = await perform(gateway.pool, numbers.network.served, msisdns)
    waiting = await _waiting(gateway)
    return [
        compared(
            one.msisdn, one, served.get(one.msisdn), rows.get(one.msisdn),
            waits=one.msisdn in waiting,
        )
        for one in some
    ]  # fmt: skip


async def _waiting(gateway: Gateway) -> set[str]:
    """The numbers that a task waits for: what is doubted there does not wait for anything."""
    found: set[str] = set()
    after = 0
    while some := await perform(gateway.pool, numbers.network.waiting, after):
        found |= {str(task.msisdn) for task in some if task.problem is None}
        after = some[-1].task_id
    return found


async def put_right(gateway: Gateway, found: Iterable[Compared]) -> int:
    """Have the network believe what was proven, where it does not; of how many numbers."""
    done = 0
    for one in found:
        # It may have changed since it was compared: the memory is asked again.
        known = await asyncio.to_thread(gateway.memory.find, one.msisdn)
        if one.difference not in PUT_RIGHT or known is None or known != one.known:
            continue
        wanted = await gateway.wanted(known)
        if wanted is not None:
            await gateway.register.bring(wanted)
            done += 1
    return done


async def reconcile(gateway: Gateway) -> None:
    """Look for differences, tell of them, and put right what may be."""
    found = await differences(gateway)
    counted = {kind: sum(one.difference is kind for one in found) for kind in ALARMS}
    for kind, count in sorted(counted.items(), key=lambda pair: pair[0].name):
        if count:
            log.error("%d numbers: %s (%s)", count, kind.value, kind.name)
    done = await put_right(gateway, found)
    if done:
        log.warning("%d numbers are put right in the network, as they were proven", done)


def _chunks(some: list[Known]) -> Iterator[list[Known]]:
    rest = iter(some)
    while chunk := list(islice(rest, AT_ONCE)):
        yield chunk
