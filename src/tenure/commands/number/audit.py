"""Replays the record and compares it with the tables: once, or again and again as the auditor."""

import asyncio
import contextlib
import logging
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, Data, Dsn
from tenure.gateways.clock.server import Clock, clock_of
from tenure.gateways.clock.wire import parse
from tenure.postgres.connection import connector
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform, perform_on
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Difference, Look, Wrong
from tenure.promises.record import rules
from tenure.promises.record.model import Trust

NAME: Final = "number"
BY: Final = "<auditor>"
log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 0.2
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
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="Believe only what these witnesses have cosigned."),
    ] = None,
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
            NAME, data, dsn, lambda reached: _follow(reached, kept, policy, with_stdin=with_stdin)
        )
        return

    async def work(pool: Pool) -> Look:
        return await perform(pool, numbers.register.Auditor(_trust(policy)).look)

    look = connect.run(NAME, data, dsn, work)
    _say(look, as_json=as_json)
    if look.differences:
        raise typer.Exit(connect.FAILED)


async def _follow(dsn: str, clock: Clock, policy: Path | None, *, with_stdin: bool) -> None:
    """Look until told to stop."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    if with_stdin:
        # Whoever started us keeps our input open, and is gone when it ends.
        threading.Thread(target=_wait_for_end, args=(loop, stopping), daemon=True).start()
    auditor, whole_at, connection = numbers.register.Auditor(), 0.0, None
    while not stopping.is_set():
        began = time.monotonic()
        # It is written when the witnesses are there, and again when a key is replaced.
        auditor.trust = _trust(policy)
        whole = began >= whole_at
        try:
            connection = connection or await connector(dsn)()
            await _look(connection, auditor, clock, whole=whole, first=whole_at == 0.0)
        except Exception as lost:  # noqa: BLE001 -- whatever it is, it looks again
            # Whatever comes in the place of a database that went away is compared, soon and as a
            # whole, with what was read before.
            log.warning("the auditor could not look: %s", type(lost).__name__)
            auditor.compare_everything()
            await _left(connection)
            connection = None
            await asyncio.sleep(AGAIN_SECONDS)
            continue
        if whole:
            whole_at = time.monotonic() + WHOLE_SECONDS
        rest_seconds = max(LOOK_SECONDS, RESTING * (time.monotonic() - began))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), rest_seconds)
    await _left(connection)


async def _left(connection: Transaction | None) -> None:
    """Close a connection, whatever became of it."""
    if connection is not None:
        with contextlib.suppress(Exception):
            await connection.close()


def _trust(policy: Path | None) -> Trust | None:
    """Whom to believe; None while there is no file, or nobody named one."""
    if policy is None or not policy.exists():
        return None
    try:
        return rules.trust_of(policy.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, rules.MalformedError) as wrong:
        connect.fail(NAME, f"--policy {policy}: {wrong}")


def _wait_for_end(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    sys.stdin.read()
    loop.call_soon_threadsafe(stopping.set)


async def _look(
    connection: Transaction,
    auditor: numbers.register.Auditor,
    clock: Clock,
    *,
    whole: bool,
    first: bool,
) -> None:
    """Look once and tell; the first look is announced, so that others know that it is there."""
    look = await perform_on(connection, auditor.look, whole=whole)
    act = connect.act_of(BY, clock.now())
    raised, ended = await perform_on(connection, numbers.register.tell, auditor, look, act)
    if raised or ended or first:
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
