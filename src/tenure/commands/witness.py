"""The command ``tenure witness``: a program of its own that cosigns logs that only grow."""

import asyncio
import json
import logging
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop

from tenure.commands import connect
from tenure.gateways.clock.server import clock_of
from tenure.gateways.clock.wire import parse
from tenure.gateways.witness.server import Witness, WitnessServer
from tenure.gateways.witness.server.files import UnusableFolderError
from tenure.promises.record.rules import MalformedError, is_name

app = typer.Typer()

NAME: Final = "witness"
PORT_MAX: Final = 65_535


@app.command()
def witness(
    folder: Annotated[
        Path, typer.Option(help="The witness's own folder: its key, and what it has seen.")
    ] = Path("witness"),
    name: Annotated[
        str, typer.Option(help="The name in its key; counts at the first start only.")
    ] = "witness.example/1",
    listen: Annotated[
        str, typer.Option(help="HOST:PORT of POST /add-checkpoint; port 0 takes a free one.")
    ] = "127.0.0.1:8100",
    log: Annotated[
        list[str] | None,
        typer.Option(help="Trust this verifier key of a log; may be repeated, and is remembered."),
    ] = None,
    clock: Annotated[
        str, typer.Option(help="real, or an instant, or an instant and a speed: INSTANTxSPEED.")
    ] = "real",
    with_stdin: Annotated[
        bool, typer.Option("--with-stdin", help="End when standard input ends, as a child does.")
    ] = False,
    as_json: connect.AsJson = False,
) -> None:
    """Watch logs, and cosign each state that only adds to what was seen before (C2SP tlog-witness).

    It prints its verifier key; relying parties and the operator of the log are given it.  Keep its
    folder: a witness that forgets what it has seen can be deceived.

    Example: tenure witness --folder witness --name regulator.example/1 --log LOG+1a2b3c4d+KEY
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    host, port = _address(listen)
    if not is_name(name):
        raise typer.BadParameter(f"--name {name!r}: a name has no spaces and no plus sign")
    try:
        now = clock_of(parse(clock)).now
    except ValueError as wrong:
        raise typer.BadParameter(f"--clock {clock}: {wrong}") from wrong
    try:
        one = Witness(folder, name, now)
        one.trust(log or [])
    except (UnusableFolderError, OSError) as error:
        connect.fail(NAME, str(error))
    except MalformedError as wrong:
        connect.fail(NAME, f"--log: {wrong}; give the line that tenure record checkpoint shows")
    try:
        uvloop.run(_serve(one, host, port, with_stdin=with_stdin, as_json=as_json))
    except OSError as error:
        connect.fail(NAME, f"--listen {listen}: {error.strerror or error}; give another port")
    finally:
        one.close()


def _address(typed: str) -> tuple[str, int]:
    host, colon, port = typed.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > PORT_MAX:
        raise typer.BadParameter(f"--listen {typed}: write HOST:PORT, such as 127.0.0.1:8100")
    return host, int(port)


def _free(host: str, port: int) -> int:
    """The port, or a free one for 0; OSError when somebody has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


async def _serve(one: Witness, host: str, port: int, *, with_stdin: bool, as_json: bool) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    server = WitnessServer(one, host, _free(host, port))
    await server.start()
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{server.port}"
    told = {"url": url, "vkey": one.vkey, "name": one.name}
    words = f"{one.name} cosigns at {url}\nits verifier key: {one.vkey}"
    sys.stdout.write((json.dumps(told) if as_json else words) + "\n")
    sys.stdout.flush()
    if with_stdin:
        await loop.connect_read_pipe(lambda: _Ends(stopping), sys.stdin)
    await stopping.wait()
    await server.stop()


class _Ends(asyncio.Protocol):
    """Whoever holds the other end of standard input has ended."""

    def __init__(self, stopping: asyncio.Event) -> None:
        self._stopping = stopping

    def connection_lost(self, _: Exception | None) -> None:
        """End as well."""
        self._stopping.set()
