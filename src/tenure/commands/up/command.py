"""The command ``tenure up``: how it begins, shows itself and ends, in words."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Final

import msgspec
import typer
import uvloop
from rich.console import Console
from rich.live import Live as Screen
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tenure.commands import sim_key, voucher_key
from tenure.commands.demo.settling import Settling, settle
from tenure.commands.demo.shopping import act_of
from tenure.commands.up import opening, options
from tenure.commands.up.addresses import Address, address_of, must_be_free, must_be_loopback
from tenure.commands.up.logbook import open_log
from tenure.commands.up.networking import network_of
from tenure.commands.up.opening import Store
from tenure.commands.up.options import Typed
from tenure.commands.up.page import public_url
from tenure.commands.up.phones import Phones, phones_of, reaching_phones
from tenure.commands.up.reaching import Reaching, reaching_of
from tenure.commands.up.recording import outside
from tenure.commands.up.running import Plan, run
from tenure.commands.up.showing import Showing
from tenure.commands.up.terminal import plain, view
from tenure.commands.up.trouble import CannotRunError
from tenure.gateways.clock.server import clock_of
from tenure.gateways.clock.wire import parse
from tenure.gateways.diameter.server import listener as diameter
from tenure.gateways.diameter.server.listener import Tls
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.terms import pack
from tenure.terms.pricelist import Pack
from tenure.terms.problems import UnusablePackError

app = typer.Typer()

log = logging.getLogger(__name__)

NAME: Final = "up"
NONE: Final = "-"
FAILED: Final = 1
PLAIN_EVERY_SECONDS: Final = 5.0
JSON_EVERY_SECONDS: Final = 1.0
FRESH_EVERY_SECONDS: Final = 0.5


@app.command()
def up(
    operator: options.Operator = "smart-kh",
    data: options.Data = Path(".tenure"),
    dsn: options.Dsn = None,
    diameter: options.Diameter = "127.0.0.1:3868",
    http: options.Http = "127.0.0.1:8080",
    public_url: options.PublicUrl = None,
    nchf: options.Nchf = "127.0.0.1:8090",
    tls_certificate: options.Certificate = None,
    tls_key: options.Key = None,
    tls_authority: options.Authority = None,
    peers: options.Peers = None,
    identity: options.Identity = "ocs.example.net|example.net",
    witness: options.Witnesses = None,
    hlr: options.Hlr = None,
    hlr_trust: options.HlrTrust = None,
    smpp: options.Smpp = None,
    mail: options.Mail = None,
    ussd_hlr: options.UssdHlr = None,
    ussd_http: options.UssdHttp = None,
    handset: options.Handset = "127.0.0.1:8081",
    demo: options.Demo = 0,
    demo_rate: options.DemoRate = 150,
    clock: options.Clock = "real",
    as_json: options.AsJson = False,
) -> None:
    """Run Tenure: the store, the gateways, the page; Ctrl-C stops it and keeps the data.

    Example: tenure up --operator smart-kh --data .tenure --demo 10000

    Example: tenure up --dsn postgresql://tenure_app@db/tenure --peer pgw.example.net

    Example: tenure up --demo 1000 --clock 2026-12-31T23:50:00+07:00x60
    """
    tls = (tls_certificate, tls_key, tls_authority)
    typed = Typed(
        operator, data, dsn, diameter, http, nchf, tls, tuple(peers or ()), identity,
        demo, demo_rate, clock, as_json, tuple(witness or ()), hlr, hlr_trust, public_url,
        smpp, mail, tuple(ussd_hlr or ()), ussd_http, handset if demo else NONE,
    )  # fmt: skip
    try:
        _begin(typed, Console(stderr=as_json))
    except (CannotRunError, UnusablePackError) as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("stopped before it was open; nothing was asked of it yet")
    except Exception as accident:
        log.exception("an accident ended everything")
        _fail(
            f"an accident of ours ({type(accident).__name__}) ended everything; nothing that was"
            f" acknowledged is lost, and {data / 'log' / 'tenure.log'} says where it happened"
        )


def _fail(words: str) -> None:
    sys.stderr.write(f"\ntenure {NAME}: {words}\n")
    raise typer.Exit(FAILED) from None


def _begin(typed: Typed, console: Console) -> None:
    """Run what was asked for until it is told to stop."""
    addresses = _addresses(typed)
    plan = _plan(typed, addresses)
    log_path = open_log(typed.data)
    console.print(f"{plan.pack.terms.name}: starting; the log is {log_path}", highlight=False)
    terms, at = plan.pack.terms, plan.clock.now()
    with opening.opened(typed.data, typed.dsn, terms, at) as store:
        uvloop.run(_run(plan, store, console, as_json=typed.as_json))
    console.print("Stopped. Everything is kept; start again to go on.", highlight=False)


def _plan(typed: Typed, addresses: dict[str, Address]) -> Plan:
    """What was typed, read and checked; the data folder becomes this operator's."""
    chosen = pack.load(typed.operator)
    try:
        asked = parse(typed.clock)
    except ValueError as wrong:
        raise CannotRunError(f"--clock {typed.clock}: {wrong}") from wrong
    tls = _tls(*typed.tls, demo=typed.demo)
    opening.claim(typed.data, chosen.terms.operator)
    reaching, phones = _reaching(typed, addresses, chosen)
    return Plan(
        pack=chosen,
        operator=str(pack.find(typed.operator)),
        data=typed.data,
        clock=clock_of(asked),
        simulated=asked.start is not None,
        diameter=addresses["--diameter"],
        http=addresses["--http"],
        public_url=public_url(typed.public_url, addresses["--http"]),
        nchf=addresses["--nchf"],
        tls=tls,
        peers=typed.peers,
        identity=_identity(typed.identity, demo=typed.demo),
        secret=opening.secret(typed.data, "nchf"),
        voucher_key=voucher_key.read_or_make(NAME, None, typed.data, None),
        demo=typed.demo,
        demo_rate=typed.demo_rate,
        witnesses=tuple(outside(typed.witnesses)),
        network=network_of(typed.hlr, typed.hlr_trust, typed.data),
        reaching=reaching,
        phones=phones,
    )


def _reaching(
    typed: Typed, addresses: dict[str, Address], chosen: Pack
) -> tuple[Reaching, Phones | None]:
    """The ways to people; those of a demo lead to its phones, unless texts go elsewhere."""
    reaching = reaching_of(
        chosen, typed.smpp, typed.mail, typed.ussd_hlr, typed.ussd_http, typed.data
    )
    page = addresses.get("--handset")
    if page is None:
        return reaching, None
    phones = phones_of(page, typed.data)
    sender = chosen.terms.contact.call_centre
    return reaching_phones(phones, reaching, sender, typed.data), phones


def _identity(typed: str, *, demo: int) -> tuple[str, str]:
    """Our Origin-Host and Origin-Realm; the host is a name in the realm (RFC 6733 4.3.1)."""
    host, _, realm = typed.partition("|")
    if not host or not realm or not host.endswith(f".{realm}"):
        raise CannotRunError(
            f"--identity {typed}: write HOST|REALM with a host in the realm,"
            " such as ocs.example.net|example.net"
        )
    if demo and realm != diameter.REALM:
        raise CannotRunError(
            f"the demo population lives in the realm {diameter.REALM}: leave out --demo,"
            " or --identity"
        )
    return host, realm


def _tls(
    certificate: Path | None, key: Path | None, authority: Path | None, *, demo: int
) -> Tls | None:
    if certificate is None and key is None and authority is None:
        return None
    if certificate is None or key is None:
        raise CannotRunError("TLS needs both --tls-certificate and --tls-key")
    if demo:
        raise CannotRunError(
            "the demo population speaks plain TCP: leave out --demo, or the files of TLS"
        )
    return Tls(certificate, key, authority)


def _addresses(typed: Typed) -> dict[str, Address]:
    """Where the gateways listen; CannotRunError when somebody else does already."""
    options_ = {"--diameter": typed.diameter, "--http": typed.http, "--nchf": typed.nchf}
    if typed.handset != NONE and typed.smpp is None:
        options_["--handset"] = typed.handset
    found = {option: address_of(text, option) for option, text in options_.items()}
    taken = list(found.values())
    for option, address in found.items():
        if taken.count(address) > 1:
            raise CannotRunError(f"{option} {address}: two gateways cannot share an address")
        must_be_free(address, option)
    for option in {"--http", "--handset"} & found.keys():
        must_be_loopback(found[option], option)
    return found


async def _run(plan: Plan, store: Store, console: Console, *, as_json: bool) -> None:
    if plan.demo:
        await _settle(plan, store, console)

    async def show(showing: Showing) -> None:
        if as_json:
            await _tell(showing)
        elif console.is_terminal and os.environ.get("TERM") != "dumb":
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
            key = sim_key.read_or_make(NAME, None, plan.data, None)
            settling = Settling(plan.pack, key, os.urandom, act_of(at))
            await settle(pool, settling, plan.demo, lambda some: bar.advance(task, some))


async def _draw(showing: Showing, console: Console) -> None:
    """Redraw the terminal until cancelled."""
    with Screen(console=console, auto_refresh=False, screen=True) as screen:
        while True:
            size = console.size
            screen.update(view(showing.live(), width=size.width, height=size.height), refresh=True)
            await asyncio.sleep(FRESH_EVERY_SECONDS)


async def _tell(showing: Showing) -> None:
    """Write the live view for a program until cancelled."""
    while True:
        sys.stdout.write(f"{msgspec.json.encode(showing.live()).decode()}\n")
        sys.stdout.flush()
        await asyncio.sleep(JSON_EVERY_SECONDS)


async def _report(showing: Showing, console: Console) -> None:
    """Print a line now and then until cancelled."""
    live = showing.live()
    gateways = ", ".join(f"{one.name} {one.address}" for one in live.traffic)
    console.print(f"open: {gateways}; the page is {live.page}", highlight=False, soft_wrap=True)
    if live.phones:
        console.print(f"phones to read and dial: {live.phones}", highlight=False, soft_wrap=True)
    while True:
        await asyncio.sleep(PLAIN_EVERY_SECONDS)
        console.print(plain(showing.live()), highlight=False, soft_wrap=True)
