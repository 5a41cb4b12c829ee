"""The auditor beside us: it replays the record and tells when the tables say something else."""

import asyncio
import logging
import sys
from pathlib import Path
from typing import Final

from tenure.commands.up.beside import clock_typed, ended
from tenure.gateways.clock.server import Clock

log = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 2.0


async def run(dsn: str, clock: Clock, policy: Path, ready: asyncio.Event | None = None) -> None:
    """Keep the auditor running, a process of its own, until cancelled.

    It needs memory for every number, shares no code with the rules that it watches, and believes
    what the witnesses of this policy have cosigned.  ``ready`` is set once it has looked.
    """
    ready = ready or asyncio.Event()
    while True:
        try:
            await _audit(dsn, clock, policy, ready)
        except OSError as error:
            log.error("the auditor does not start: %s", type(error).__name__)  # noqa: TRY400 -- it is told
        await asyncio.sleep(AGAIN_SECONDS)


async def _audit(dsn: str, clock: Clock, policy: Path, ready: asyncio.Event) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tenure.main", "number", "audit", "--follow", "--with-stdin"),
        *("--dsn", dsn, "--clock", clock_typed(clock), "--policy", str(policy)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            said = line.decode().strip()
            # What it says first is that it has looked.
            log.log(logging.WARNING if ready.is_set() else logging.INFO, "the auditor: %s", said)
            ready.set()
        await process.wait()
        log.error("the auditor has ended; it is started again")
    finally:
        await ended(process)
