"""Programs of ours beside this one: their clock goes as ours does, and they end with us."""

import asyncio
import contextlib
from typing import Final

from tenure.gateways.clock.server import Clock, SimulatedClock
from tenure.values.instant import iso

END_SECONDS_MAX: Final = 5


def clock_typed(clock: Clock) -> str:
    """A clock that goes as ours does; from now on, each for itself."""
    if isinstance(clock, SimulatedClock):
        return f"{iso(clock.now())}x{clock.speed}"
    return "real"


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a program of ours, and wait for it."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS_MAX)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
