"""The network while Tenure runs: it is told what is proven, and looked through now and then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import msgspec

from tenure.commands import network, sim_key
from tenure.commands.network import NoNetworkError
from tenure.commands.up.trouble import CannotRunError
from tenure.gateways.clock.server import Clock
from tenure.gateways.hlr.server.gateway import Gateway
from tenure.gateways.hlr.server.reconciling import reconcile
from tenure.gateways.hlr.server.register import Endpoint, NotBelievedError, NotReachedError
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model import SimKey

log = logging.getLogger(__name__)

RECONCILED_EVERY_SECONDS: Final = 300.0
NAME: Final = "up"


class Network(msgspec.Struct, frozen=True):
    """The register of a plan, and what the gateway to it needs."""

    endpoint: Endpoint
    data: Path
    trust: Path | None
    key: SimKey


def network_of(typed: str | None, trust: Path | None, data: Path) -> Network | None:
    """The network that was asked for; CannotRunError when it cannot be had so."""
    if typed is None:
        return None
    try:
        endpoint = network.endpoint_of(typed)
        network.trusted(trust or network.folder_of(data) / network.TRUST)
    except NoNetworkError as wrong:
        raise CannotRunError(str(wrong)) from wrong
    return Network(endpoint, data, trust, sim_key.read_or_make(NAME, None, data, None))


def work(
    plan: Network | None, pool: Pool, connect: Callable[[], Awaitable[Transaction]], clock: Clock
) -> list[Coroutine[Any, Any, None]]:
    """What runs for the network; nothing without one."""
    return [] if plan is None else [_run(plan, pool, connect, clock)]


async def _run(
    plan: Network, pool: Pool, connect: Callable[[], Awaitable[Transaction]], clock: Clock
) -> None:
    """Tell the network what is proven, until cancelled."""
    try:
        gateway = network.gateway_of(pool, plan.endpoint, plan.data, plan.trust, clock, plan.key)
    except NoNetworkError as wrong:
        raise CannotRunError(str(wrong)) from wrong
    try:
        await asyncio.gather(gateway.run(connect), _look_through(gateway))
    finally:
        gateway.memory.close()


async def _look_through(gateway: Gateway) -> None:
    """Compare everything now and then; a failure is logged, and tried again next time."""
    while True:
        await asyncio.sleep(RECONCILED_EVERY_SECONDS)
        try:
            await reconcile(gateway)
        except (NotReachedError, NotBelievedError) as away:
            log.error("the network cannot be looked through: %s", away)  # noqa: TRY400 -- it is told
        except Exception:
            log.exception("the network cannot be looked through; it is tried again")
