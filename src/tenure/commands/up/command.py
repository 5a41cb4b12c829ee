"""What may be asked of ``tenure up``, and how it begins and ends in words."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop
from rich.console import Console
from rich.live import Live as Screen
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tenure.commands import voucher_key
from tenure.commands.demo.settling import settle
from tenure.commands.demo.shopping import act_of
from tenure.commands.up import opening
from tenure.commands.up.addresses import Address, address_of, must_be_free
from tenure.commands.up.logbook import open_log
from tenure.commands.up.opening import Store
from tenure.commands.up.running import Plan, run
from tenure.commands.up.showing import Showing
from tenure.commands.up.terminal import plain, view
from tenure.commands.up.trouble import CannotRunError
from tenure.gateways.clock.server import clock_of
from tenure.gateways.clock.wire import Asked, parse
from tenure.gateways.diameter.server.listener import Tls
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.terms import pack
from tenure.terms.problems import UnusablePackError

app = typer.Typer()

log = logging.getLogger(__name__)

NAME: Final = "up"
FAILED: Final = 1
DEMO_MAX: Final = 2_000_000
PLAIN_EVERY_SECONDS: Final = 5.0
FRESH_EVERY_SECONDS: Final = 0.5


@app.command()
def up(
    operator: Annotated[
        str, typer.Option(help="The pack of terms: a name under operators/ or a path.")
    ] = "smart-kh",
    data: Annotated[
        Path, typer.Option(help="Where everything is kept, with an embedded PostgreSQL in it.")
    ] = Path(".tenure"),
    dsn: Annotated[
        str | None, typer.Option(help="A PostgreSQL 16 or newer of your own, not the embedded one.")
    ] = None,
    diameter: Annotated[str, typer.Option(help="HOST:PORT for Gy/Ro.")] = "127.0.0.1:3868",
    http: Annotated[str, typer.Option(help="HOST:PORT for the page.")] = "127.0.0.1:8080",
    nchf: Annotated[str, typer.Option(help="HOST:PORT for 5G Nchf.")] = "127.0.0.1:8090",
    tls_certificate: Annotated[
        Path | None, typer.Option(help="PEM file: Gy/Ro over TLS, with --tls-key.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM file of its key.")] = None,
    tls_authority: Annotated[
        Path | None, typer.Option(help="PEM file: peers must show a certificate signed by it.")
    ] = None,
    peers: Annotated[
        list[str] | None,
        typer.Option("--peer", help="Admit this Diameter peer, by its Origin-Host; repeatable."),
    ] = None,
    demo: Annotated[
        int, typer.Option(min=0, max=DEMO_MAX, help="Invent so many subscribers who use it.")
    ] = 0,
    demo_rate: Annotated[
        int, typer.Option(min=1, max=5_000, help="Their requests a second.")
    ] = 150,
    clock: Annotated[
        str, typer.Option(help="real, or an instant, or an instant and a speed: INSTANTxSPEED.")
    ] = "real",
) -> None:
    """Run Tenure: the store, the gateways, the page; Ctrl-C stops it and keeps the data.

    Example: tenure up --operator smart-kh --data .tenure --demo 10000

    Example: tenure up --dsn postgresql://tenure_app@db/tenure --peer pgw.example.net

    Example: tenure up --demo 1000 --clock 2026-12-31T23:50:00+07:00x60
    """
    console = Console(stderr=not sys.stdout.isatty())
    try:
        asked = _clock_asked(clock)
        addresses = _addresses({"--diameter": diameter, "--http": http, "--nchf": nchf})
        chosen = pack.load(operator)
        opening.claim(data, chosen.terms.operator)
        log_path = open_log(data)
        ticking = clock_of(asked)
        plan = Plan(
            pack=chosen,
            operator=str(pack.find(operator)),
            data=data,
            clock=ticking,
            simulated=asked.start is not None,
            diameter=addresses["--diameter"],
            http=addresses["--http"],
            nchf=addresses["--nchf"],
            tls=_tls(tls_certificate, tls_key, tls_authority, demo=demo),
            peers=tuple(peers or ()),
            secret=opening.secret(data, "nchf"),
            voucher_key=voucher_key.read_or_make(NAME, None, data, None),
            demo=demo,
            demo_rate=demo_rate,
        )
        console.print(f"{chosen.terms.name}: starting; the log is {log_path}", highlight=False)
        with opening.opened(data, dsn, ticking.now()) as store:
            uvloop.run(_run(plan, store, console))
    except (CannotRunError, UnusablePackError) as error:
        console.print()
        sys.stderr.write(f"tenure {NAME}: {error}\n")
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        # Before the gateways were open: nothing was asked of us yet.
        sys.stderr.write(f"tenure {NAME}: stopped before it was open\n")
        raise typer.Exit(FAILED) from None
    except Exception as accident:
        log.exception("an accident ended everything")
        sys.stderr.write(
            f"tenure {NAME}: an accident of ours ({type(accident).__name__}) ended everything;"
            f" nothing acknowledged is lost, and {data / 'log'} says where it happened\n"
        )
        raise typer.Exit(FAILED) from None
    console.print("Stopped. Everything is kept; start again to go on.", highlight=False)


def _tls(
    certificate: Path | None, key: Path | None, authority: Path | None, *, demo: int
) -> Tls | None:
    if certificate is None and key is None and authority is None:
        return None
    if certificate is None or key is None:
        raise CannotRunError("TLS needs both --tls-certificate and --tls-key")
    if demo:
        raise CannotRunError(
            "the demo population speaks plain TCP; leave out --demo or the TLS files"
        )
    return Tls(certificate, key, authority)


def _clock_asked(text: str) -> Asked:
    try:
        return parse(text)
    except ValueError as wrong:
        raise CannotRunError(f"--clock {text}: {wrong}") from wrong


def _addresses(options: dict[str, str]) -> dict[str, Address]:
    found = {option: address_of(text, option) for option, text in options.items()}
    for option, address in found.items():
        must_be_free(address, option)
    taken = list(found.values())
    for option, address in found.items():
        if taken.count(address) > 1:
            raise CannotRunError(f"{option} {address}: two gateways cannot share an address")
    return found


async def _run(plan: Plan, store: Store, console: Console) -> None:
    if plan.demo:
        await _settle(plan, store, console)

    async def show(showing: Showing) -> None:
        if console.is_terminal and os.environ.get("TERM") != "dumb":
            await _draw(showing, console)
        else:
            await _report(showing, console)

    await run(plan, store, show)


async def _settle(plan: Plan, store: Store, console: Console) -> None:
    """Create the demo population, as far as it is not there yet."""
    bar = Progress(
        TextColumn("demo subscribers"), BarColumn(), MofNCompleteColumn(), console=console
    )
    async with pool_of(store.dsn, size_min=1, size_max=2) as pool:
        at = plan.clock.now()
        await perform(pool, money.open_months, at)
        with bar:
            task = bar.add_task("", total=plan.demo)
            new = await settle(
                pool, plan.pack, plan.demo, act_of(at), lambda some: bar.advance(task, some)
            )
    if not new:
        console.print(f"all {plan.demo:,} are here already", highlight=False)


async def _draw(showing: Showing, console: Console) -> None:
    """Redraw the terminal until cancelled."""
    with Screen(console=console, auto_refresh=False, screen=True) as screen:
        while True:
            size = console.size
            screen.update(view(showing.live(), width=size.width, height=size.height), refresh=True)
            await asyncio.sleep(FRESH_EVERY_SECONDS)


async def _report(showing: Showing, console: Console) -> None:
    """Print a line now and then until cancelled."""
    live = showing.live()
    console.print(
        f"open: {', '.join(f'{one.name} {one.address}' for one in live.traffic)}", highlight=False
    )
    console.print(f"the page is {live.page}", highlight=False)
    while True:
        await asyncio.sleep(PLAIN_EVERY_SECONDS)
        console.print(plain(showing.live()), highlight=False, soft_wrap=True)
