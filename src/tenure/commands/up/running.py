"""Everything that runs in the one process, from the first gateway opened to the last one closed."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import msgspec

from tenure.commands import campaigning, collector, ending, website
from tenure.commands.demo.handset.orders import Orders
from tenure.commands.demo.shopping import Shopping
from tenure.commands.exporting import serving
from tenure.commands.privacy import usage
from tenure.commands.up import (
    answering,
    auditing,
    doors,
    networking,
    phones,
    reporting,
    turning,
)
from tenure.commands.up.addresses import Address
from tenure.commands.up.ageing import Ageing
from tenure.commands.up.coming_of_age import coming_of_age
from tenure.commands.up.demo import Demo
from tenure.commands.up.gateways import diameter_of, nchf_of
from tenure.commands.up.networking import Network
from tenure.commands.up.opening import Store
from tenure.commands.up.overseeing import EVERY_MS, overseeing
from tenure.commands.up.page import site_of
from tenure.commands.up.phones import Phones
from tenure.commands.up.pricing import Pricing
from tenure.commands.up.reaching import Reaching, Ways
from tenure.commands.up.recording import Recording, policy_below
from tenure.commands.up.requests import effecting
from tenure.commands.up.showing import About, Showing
from tenure.commands.up.telling import Telling
from tenure.commands.up.trouble import CannotRunError
from tenure.commands.up.watching import Watch
from tenure.gateways.clock.server import Clock, Duty, keep
from tenure.gateways.diameter.server.listener import Tls
from tenure.gateways.web.server import WebGateway
from tenure.gateways.witness.server import Outside
from tenure.postgres.connection import connector
from tenure.postgres.embedded import Cluster
from tenure.postgres.lanes import Lanes
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.programs import CannotStartError
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask
from tenure.promises.money import operations as money
from tenure.promises.tariffs.rules import Book
from tenure.promises.topups.model import VoucherKey
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, HOUR_MS, MINUTE_MS, Instant

log = logging.getLogger(__name__)

ALIVE_EVERY_SECONDS: Final = 0.5
STOP_SECONDS_MAX: Final = 10
"""What waits in the lanes is answered first, but a database that is gone is not waited for."""


class Plan(msgspec.Struct, frozen=True):
    """What is to run."""

    pack: Pack
    operator: str
    """The pack as it was named."""
    data: Path
    clock: Clock
    simulated: bool
    diameter: Address
    http: Address
    nchf: Address | None
    tls: Tls | None
    """For the Diameter gateway."""
    peers: tuple[str, ...]
    identity: tuple[str, str]
    """Our Origin-Host and Origin-Realm."""
    secret: bytes
    """Of the Nchf gateway's references."""
    voucher_key: VoucherKey
    demo: int
    """So many subscribers; 0 for no demo."""
    demo_rate: int
    """Requests a second of the demo population."""
    witnesses: tuple[Outside, ...] = ()
    """Who cosigns the record; none means two programs beside us."""
    public_url: str = "http://localhost:8080"
    """Where browsers find the page: passkeys are for this name."""
    network: Network | None = None
    """The register that is told what is proven; None for no network."""
    reaching: Reaching = Reaching()
    """The ways to people."""
    phones: Phones | None = None
    """Those of the demo; None when texts go elsewhere."""


Show = Callable[[Showing], Coroutine[Any, Any, None]]
"""Shows what happens, until it is cancelled."""


async def run(plan: Plan, store: Store, show: Show) -> None:
    """Run until SIGINT or SIGTERM, then close in the opposite order.

    CannotRunError when something cannot begin.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(pool_of(store.dsn))
        await perform(pool, money.open_months, plan.clock.now())
        pricing = await Pricing.opened(pool, plan.pack, plan.clock.now)
        book = pricing.book
        collector.settle()
        lanes = await stack.enter_async_context(_lanes(store.dsn, book))
        watch = Watch()
        gateways = await _charging(stack, plan, watch, lanes)
        showing = Showing(_about(plan, store), watch, pool, plan.clock.now)
        recording = await Recording.opened(plan, pool)
        showing.record = recording.told
        telling = Telling(pool, book, pricing.starts, plan.clock.now, gateways, showing.changed)
        ageing = Ageing(pool, plan.pack.terms, plan.clock.now)
        ways = Ways(plan, pool)
        watch.called = ways.called
        site = site_of(
            plan.pack, plan.data, plan.public_url, pool, showing.live, plan.clock.now,
            recording.witness_vkeys, demo=bool(plan.demo),
        )  # fmt: skip
        site.keys = stack.enter_context(website.sealing(plan.data, plan.clock.now()))
        site.mails = plan.reaching.relay is not None
        await website.announce_all(pool, plan.data, plan.pack.terms, plan.clock.now())
        page = WebGateway(plan.http.host, plan.http.port, site)
        await _opened(stack, page, f"--http {plan.http}")
        tasks = [
            showing.run(),
            telling.listen(connector(store.dsn)),
            keep(plan.clock, _duties(pool, plan, telling, ageing, pricing)),
            ageing.listen(connector(store.dsn)),
            *await ways.opened(stack),
            campaigning.run(pool, plan.clock.now),
            show(showing),
            recording.run(store.dsn),
            auditing.run(store.dsn, plan.clock, policy_below(plan.data)),
        ]
        tasks += networking.work(plan.network, pool, connector(store.dsn), plan.clock)
        if store.cluster is not None:
            tasks.append(_revive(store.cluster))
            tasks.append(doors.watch(store.cluster, pool, plan.clock.now))
        tasks += _demo(plan, pool, watch)
        log.info("open: diameter %s, http %s, nchf %s", plan.diameter, plan.http, plan.nchf)
        await _until(stopping, tasks)
        log.info("stopping")


async def _charging(
    stack: AsyncExitStack, plan: Plan, watch: Watch, lanes: "Lanes[Ask, Answer]"
) -> list[Any]:
    """The gateways that ask for charges, open."""
    diameter = diameter_of(plan, watch.before(lanes, "Diameter Gy/Ro", str(plan.diameter)))
    await _opened(stack, diameter, f"--diameter {plan.diameter}")
    if plan.nchf is None:
        return [diameter]
    nchf = nchf_of(plan, plan.nchf, watch.before(lanes, "5G Nchf", str(plan.nchf)))
    await _opened(stack, nchf, f"--nchf {plan.nchf}")
    return [diameter, nchf]


def _demo(plan: Plan, pool: Pool, watch: Watch) -> list[Coroutine[Any, Any, None]]:
    """What the population of a plan does; nothing without one."""
    if not plan.demo:
        return []
    shopping = Shopping(pool, plan.pack, plan.voucher_key, plan.clock.now, watch.refused)
    watch.penniless = shopping.empty.append
    demo = Demo(plan, pool, shopping)
    work = [demo.call(), demo.shop()]
    if plan.phones is not None:
        work.append(phones.keep(_orders(plan, plan.phones)))
    return work


def _orders(plan: Plan, them: Phones) -> Orders:
    return phones.orders_of(them, plan.reaching, plan.pack, plan.demo, plan.voucher_key)


async def _until(stopping: asyncio.Event, work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do all the work until told to stop; work that ends by an accident ends everything."""
    tasks = [asyncio.create_task(each) for each in work]
    stop = asyncio.create_task(stopping.wait())
    try:
        done, _ = await asyncio.wait([*tasks, stop], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stop}:
            task.result()
    finally:
        for task in (*tasks, stop):
            task.cancel()
        await asyncio.gather(*tasks, stop, return_exceptions=True)


async def _opened(stack: AsyncExitStack, gateway: Any, option: str) -> None:
    """Open a gateway, and have it closed at the end."""
    try:
        await gateway.start()
    except OSError as error:
        # ssl.SSLError is one of them: a certificate or key that cannot be used.
        raise CannotRunError(f"{option}: cannot be opened: {error.strerror or error}") from error
    stack.push_async_callback(gateway.stop)


@asynccontextmanager
async def _lanes(dsn: str, book: Book) -> "AsyncIterator[Lanes[Ask, Answer]]":
    lanes = charging.lanes(connector(dsn), book)
    lanes.start()
    try:
        yield lanes
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(lanes.stop(), timeout=STOP_SECONDS_MAX)


async def _revive(cluster: Cluster) -> None:
    """Start the embedded PostgreSQL again when it was killed; what was acknowledged is on disk."""
    while True:
        await asyncio.sleep(ALIVE_EVERY_SECONDS)
        if not cluster.is_ready():
            log.error("PostgreSQL has ended by itself; it is started again")
            try:
                await asyncio.to_thread(cluster.revive)
            except CannotStartError as error:
                log.error("PostgreSQL does not start: %s", error)  # noqa: TRY400 -- it is told


def _duties(
    pool: Pool, plan: Plan, telling: Telling, ageing: Ageing, pricing: Pricing
) -> list[Duty]:
    terms = plan.pack.terms
    desk = serving.desk_of(pool, terms, plan.data, plan.clock.now)

    async def open_months(at: Instant) -> None:
        await perform(pool, money.open_months, at)

    return [
        Duty("open the months ahead", DAY_MS // 4, open_months),
        Duty("confirm an announced tariff", HOUR_MS, pricing.confirm),
        Duty("look at the tariffs on record", MINUTE_MS, pricing.look),
        Duty("look at a new tariff", MINUTE_MS, telling.at_new_versions),
        Duty("go through all numbers", HOUR_MS, ageing.go_through),
        Duty("effect what is due", MINUTE_MS, effecting(pool, terms)),
        Duty("oversee staff", EVERY_MS, overseeing(pool, terms)),
        Duty("end what the website got", HOUR_MS, website.ending(pool, plan.data)),
        Duty("tell who came of age", EVERY_MS, coming_of_age(pool)),
        Duty(
            "answer what people ask of theirs", answering.EVERY_MS, answering.answering(pool, terms)
        ),
        Duty("write packages of what is held", EVERY_MS, serving.duty(desk)),
        Duty("end what has to end", HOUR_MS, ending.ending(pool, plan.data)),
        Duty("end months of usage", DAY_MS // 4, usage.ending(pool, terms)),
        Duty("look what reports are due", reporting.EVERY_MS, reporting.reporting(pool, terms)),
        Duty("wrap keys anew", turning.EVERY_MS, turning.turning(plan.data)),
    ]


def _about(plan: Plan, store: Store) -> About:
    demo = ""
    if plan.demo:
        demo = (
            f"{plan.demo:,} invented subscribers call, text, browse and top up,"
            f" at about {plan.demo_rate} requests a second."
        )
    return About(
        pack=plan.pack,
        version=_version(),
        simulated=plan.simulated,
        where=store.where,
        page=f"{plan.public_url}/",
        demo=demo,
        phones="" if plan.phones is None else f"http://{plan.phones.page}/",
    )


def _version() -> str:
    try:
        return version("tenure")
    except PackageNotFoundError:
        return "from a checkout"
