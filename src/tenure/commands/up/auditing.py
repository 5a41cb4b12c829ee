"""The auditor beside us: it replays the record and tells when the tables say something else."""

import asyncio
import logging
import sys
from typing import Final

from tenure.commands.up.beside import clock_typed, ended
from tenure.gateways.clock.server import Clock

log = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 2.0


async def run(dsn: str, clock: Clock) -> None:
    """Keep the auditor running, a process of its own, until cancelled.

    It needs memory for every number, and shares no code with the rules that it watches.
    """
    while True:
        try:
            await _audit(dsn, clock)
        except OSError as error:
            log.error("the auditor does not start: %s", type(error).__name__)  # noqa: TRY400 -- it is told
        await asyncio.sleep(AGAIN_SECONDS)


async def _audit(dsn: str, clock: Clock) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tenure.main", "number", "audit", "--follow", "--with-stdin"),
        *("--dsn", dsn, "--clock", clock_typed(clock)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            log.warning("the auditor: %s", line.decode().strip())
        await process.wait()
        log.error("the auditor has ended; it is started again")
    finally:
        await ended(process)
