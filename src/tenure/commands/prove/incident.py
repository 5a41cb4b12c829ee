"""The command ``tenure prove incident``: May 2021 again, through every way in."""

import contextlib
import logging
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect, network
from tenure.commands.connect import AsJson, Operator
from tenure.commands.network import NoNetworkError
from tenure.commands.prove.model import Verdict
from tenure.commands.prove.playing import Plan, play
from tenure.commands.prove.stage import NotReadyError
from tenure.commands.prove.ways.table import WAYS
from tenure.commands.prove.words import table, told
from tenure.commands.up import opening
from tenure.commands.up.logbook import open_log
from tenure.commands.up.trouble import CannotRunError
from tenure.gateways.clock.server import RealClock
from tenure.gateways.hlr.server.register import Register

NAME: Final = "prove"
ROUNDS: Final = 100


def add(family: typer.Typer) -> None:
    """Make this command part of ``tenure prove``."""
    family.command()(incident)


def incident(
    operator: Operator = connect.OPERATOR,
    data: Annotated[
        Path | None, typer.Option("--data", help="Keep all of it here; without, nothing stays.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only this way in (1a); may be repeated.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=2, help="Rounds of the race; even.")] = ROUNDS,
    hlr: Annotated[
        str | None,
        typer.Option("--hlr", help="HOST:CTRLPORT:VTYPORT of an osmo-hlr of its own to be told."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give somebody's number to somebody else, through every way in, and show what happens.

    In a fresh database, with witnesses, the auditor, the gate of the network, and texts that leave.
    Exit code 1: a way in was effective, or an owner was not told within 5 seconds.

    Example: tenure prove incident --operator smart-kh
    """
    pack = connect.pack_of(NAME, operator)
    ways = tuple(way for way in WAYS if not only or way.number in only)
    if only and len(ways) != len(set(only)):
        raise typer.BadParameter(f"--only: the ways are {', '.join(way.number for way in WAYS)}")
    plan = Plan(pack, operator, rounds - rounds % 2, ways, _register(hlr))
    verdict = _played(plan, data)
    if as_json:
        connect.say("", told(verdict), as_json=True)
    else:
        sys.stdout.write(table(verdict) + "\n")
    if not verdict.holds:
        raise typer.Exit(connect.FAILED)


def _register(hlr: str | None) -> Register | None:
    if hlr is None:
        return None
    try:
        return Register(network.endpoint_of(hlr))
    except NoNetworkError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong


def _played(plan: Plan, data: Path | None) -> Verdict:
    """Play it in a folder that is kept, or in one that goes."""
    if data is not None and data.exists() and any(data.iterdir()):
        raise typer.BadParameter(f"--data {data}: give an empty folder, or a new one")
    folder = data or Path(tempfile.mkdtemp(prefix="tenure-prove-"))
    if data is None:
        # Whoever runs PostgreSQL must be able to pass through it.
        folder.chmod(0o711)
    # Told to end, it ends as by Ctrl-C: its programs and its folder go with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        opening.claim(folder, plan.pack.terms.operator)
        terms, at = plan.pack.terms, RealClock().now()
        with _logged(folder), opening.opened(folder, None, terms, at) as store:
            return play(plan, folder, store, _say)
    except (CannotRunError, NotReadyError) as error:
        connect.fail(NAME, str(error))
    finally:
        if data is None:
            cluster = (folder / "cluster").resolve()
            shutil.rmtree(cluster, ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _logged(folder: Path) -> Iterator[None]:
    """What is logged goes into the folder meanwhile."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    open_log(folder)
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
