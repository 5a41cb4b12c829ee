"""The demo population at work: its calling program as a process, its shopping as a task."""

import asyncio
import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Final

import msgspec

from tenure.commands.demo import shopping
from tenure.commands.demo.calling import Orders
from tenure.commands.demo.population import population
from tenure.commands.demo.shopping import Shopping
from tenure.postgres.pool import Pool

if TYPE_CHECKING:
    from tenure.commands.up.running import Plan

log = logging.getLogger(__name__)

LEAVE_SECONDS_MAX: Final = 6
AGAIN_SECONDS: Final = 2


class Demo:
    """The population of a plan, once it has settled."""

    def __init__(self, plan: "Plan", pool: Pool, shop: Shopping) -> None:
        """Nothing happens yet."""
        self._plan, self._pool, self._shopping = plan, pool, shop

    async def shop(self) -> None:
        """Top up for the population, until cancelled."""
        passkeys = self._plan.data / "passkeys"
        await shopping.enrol(self._pool, self._plan.clock.now(), passkeys)
        await self._shopping.run(list(population(self._plan.pack, self._plan.demo)))

    async def call(self) -> None:
        """Have the population call, until cancelled; then it hangs up and takes its leave."""
        plan = self._plan
        orders = Orders(
            operator=plan.operator,
            people=plan.demo,
            per_second=plan.demo_rate,
            host=plan.diameter.host,
            port=plan.diameter.port,
        )
        while True:
            await _follow(orders)
            log.error("the network elements of the demo ended by themselves; they begin again")
            await asyncio.sleep(AGAIN_SECONDS)


async def _follow(orders: Orders) -> None:
    """Run the calling program to its end, or end it when we are cancelled."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tenure.commands.demo.calling",
        msgspec.json.encode(orders).decode(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        # Ctrl-C reaches Tenure only, which then says good-bye in its order.
        start_new_session=True,
    )
    heard = asyncio.create_task(_hear(process))
    try:
        await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), LEAVE_SECONDS_MAX)
        except TimeoutError:
            process.kill()
        await heard


async def _hear(process: asyncio.subprocess.Process) -> None:
    """Log what the calling program says; it knows nobody by name."""
    assert process.stderr is not None
    async for line in process.stderr:
        log.warning("demo: %s", line.decode(errors="replace").strip())
