"""Replays the record and compares it with the tables: once, or again and again as the auditor."""

import asyncio
import contextlib
import signal
import sys
import threading
import time
from typing import Annotated, Final

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, Data, Dsn
from tenure.gateways.clock.server import Clock, clock_of
from tenure.gateways.clock.wire import parse
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Difference, Look, Wrong

NAME: Final = "number"
BY: Final = "<auditor>"
LOOK_SECONDS: Final = 1.0
RESTING: Final = 10
"""So many times as long as a look takes, the auditor rests: it may use a tenth of one core."""
WHOLE_SECONDS: Final = 600.0
"""So often everything is replayed and compared, not only what was written since."""
SHOWN_MAX: Final = 50


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure number``."""
    app.command()(audit)


def audit(
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on: look every second, and raise alarms.")
    ] = False,
    with_stdin: Annotated[
        bool, typer.Option("--with-stdin", hidden=True, help="End when the input ends.")
    ] = False,
    clock: Annotated[
        str, typer.Option("--clock", help="real, or INSTANTxSPEED: the clock of alarms.")
    ] = "real",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Replay the record, and compare who holds what by it with what the tables say.

    A difference was made behind the system's back.  With --follow the holder on record is told of
    it within seconds, and it stays an alarm until it is gone.  Exit code 1: there are differences.

    Example: tenure number audit
    """
    if follow:
        try:
            kept = clock_of(parse(clock))
        except ValueError as wrong:
            raise typer.BadParameter(f"--clock {clock}: {wrong}") from wrong
        connect.run_on(
            NAME, data, dsn, lambda reached: _follow(reached, kept, with_stdin=with_stdin)
        )
        return

    async def work(pool: Pool) -> Look:
        return await perform(pool, numbers.register.Auditor().look)

    look = connect.run(NAME, data, dsn, work)
    _say(look, as_json=as_json)
    if look.differences:
        raise typer.Exit(connect.FAILED)


async def _follow(dsn: str, clock: Clock, *, with_stdin: bool) -> None:
    """Look until told to stop."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    if with_stdin:
        # Whoever started us keeps our input open, and is gone when it ends.
        threading.Thread(target=_wait_for_end, args=(loop, stopping), daemon=True).start()
    async with pool_of(dsn, size_min=1, size_max=1) as pool:
        auditor, whole_at = numbers.register.Auditor(), 0.0
        while not stopping.is_set():
            began = time.monotonic()
            whole = began >= whole_at
            with contextlib.suppress(ConnectionError):
                await _look(pool, auditor, clock, whole=whole)
            if whole:
                whole_at = time.monotonic() + WHOLE_SECONDS
            rest_seconds = max(LOOK_SECONDS, RESTING * (time.monotonic() - began))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), rest_seconds)


def _wait_for_end(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    sys.stdin.read()
    loop.call_soon_threadsafe(stopping.set)


async def _look(
    pool: Pool, auditor: numbers.register.Auditor, clock: Clock, *, whole: bool
) -> None:
    look = await perform(pool, auditor.look, whole=whole)
    act = connect.act_of(BY, clock.now())
    raised, ended = await perform(pool, numbers.register.tell, auditor, look, act)
    if raised or ended:
        told = {"numbers": look.numbers, "raised": raised, "ended": ended}
        connect.say("", told, as_json=True)
        sys.stdout.flush()


def _say(look: Look, *, as_json: bool) -> None:
    told = {
        "numbers": look.numbers,
        "read_to": {"log": look.mark.log_id, "index": look.mark.index},
        "differences": [
            {"number": _shown(one), "wrong": one.wrong.name} for one in look.differences
        ],
    }
    if not look.differences:
        words = f"{look.numbers:,} numbers are held as the record says"
    else:
        lines = [f"{_shown(one)}: {one.wrong.value}" for one in look.differences[:SHOWN_MAX]]
        rest = len(look.differences) - len(lines)
        lines += [f"and {rest:,} more"] if rest else []
        words = "\n".join([f"{len(look.differences):,} differences:", *lines])
    connect.say(words, msgspec.to_builtins(told), as_json=as_json)


def _shown(one: Difference) -> str:
    if one.msisdn:
        return f"+{one.msisdn}"
    return "a base" if one.wrong is Wrong.BASE_EDITED else "a leaf"
