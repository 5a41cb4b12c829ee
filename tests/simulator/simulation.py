"""One run: a world, a workload and faults against the real operations and a real PostgreSQL.

Deterministic: one event loop, one lane, a simulated clock, all chance from the seed.  Connections
are lost at their commits as the seed says; the system must repeat what it cannot know about.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tenure.postgres import arrays
from tenure.postgres.embedded import Cluster
from tenure.postgres.lanes import Lanes
from tenure.postgres.transaction import Statements, Transaction, perform_on
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask, Refusal
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar, ReportFound, ReportLost, Resume, Suspend
from tenure.promises.record.model import Act
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import (
    Buy,
    Done,
    Issue,
    Pin,
    Printing,
    Redeem,
    TopUp,
    VoucherKey,
)
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tests.simulator import books, world
from tests.simulator.auditor import Auditor, Violation
from tests.simulator.faults import Cut, Wire, kill_postgres
from tests.simulator.prices import Prices
from tests.simulator.workload import Clock, Workload
from tests.simulator.world import Person

SILENT_DAYS = 3
CARDS = 4
"""Of each denomination: few, so that many are tried twice."""
KEY = VoucherKey(bytes(range(32)))


class Faults(NamedTuple):
    """How often, of a thousand bursts, something breaks."""

    cuts: int = 20
    kills: int = 0


class Outcome(NamedTuple):
    """What a run came to."""

    seed: int
    answers: int
    bursts: int
    cuts: int
    kills: int
    steps_back: int
    simulated_hours: int
    violations: tuple[Violation, ...]

    def __str__(self) -> str:
        """The run in a line."""
        return (
            f"seed {self.seed}: {self.answers} answers in {self.simulated_hours} simulated hours, "
            f"{self.cuts} connections cut at a commit, {self.kills} kills of PostgreSQL, "
            f"{self.steps_back} clock steps back, {len(self.violations)} violations"
        )


class Stage(NamedTuple):
    """Where a run takes place."""

    cluster: Cluster
    dsn: str
    wire: Wire
    lanes: "Lanes[Ask, Answer]"


class Simulation:
    """A run that is under way."""

    def __init__(self, pack: Pack, seed: int, *, people: int, faults: Faults) -> None:
        self.seed = seed
        self.pack = pack
        self.rng = Random(seed)
        self.faults = faults
        self.book = tariffs.compile_book(pack)
        self.world = world.make(pack, self.rng, people)
        self.auditor = Auditor(Prices(pack), pack.terms)
        world.introduce(self.world, self.auditor)
        self.workload = Workload(self.world, self.rng)
        self.clock = Clock(self.world.start, self.rng, self._edges())
        self.cards: list[tuple[str, int]] = []
        self.used: set[str] = set()
        self.bursts = self.kills = self.cuts = self.orders = 0

    def _edges(self) -> list[int]:
        """Instants at which something changes: midnights, bands, versions, ends of validity."""
        midnight = self.world.start - (self.world.start + 7 * HOUR_MS) % DAY_MS
        edges = [
            midnight + day * DAY_MS + hour * HOUR_MS for day in range(60) for hour in (0, 5, 23)
        ]
        edges += [int(version.effective_from) for version in self.pack.versions]
        for purse in self.world.purses:
            edges += [int(purse.funds_end), *(int(grant.ends_at) for grant in purse.grants)]
        return edges

    async def run(self, cluster: Cluster, dsn: str, wire: Wire, *, hours: int) -> Outcome:
        """Play so many hours of simulated time, then end everything and audit the books."""
        given = conninfo_to_dict(dsn)
        through = make_conninfo(dsn, host=str(wire.listen.parent), port=str(given["port"]))

        async def connect() -> Transaction:
            return await connected(through)

        async def charge(tx: Statements, asks: Sequence[Ask]) -> list[Answer]:
            return await charging.charge(tx, self.book, asks)

        lanes: Lanes[Ask, Answer] = Lanes(
            connect,
            charge,
            key=lambda _: 0,
            accident=lambda _, error: Answer(Refusal.ACCIDENT, repr(error)),
            busy=lambda _: Answer(Refusal.TOO_BUSY),
            lanes=1,
        )
        async with await connected(dsn) as direct:
            await perform_on(direct, world.write, self.world)
            await self._issue(direct)
        stage = Stage(cluster, dsn, wire, lanes)
        lanes.start()
        try:
            until = self.world.start + hours * HOUR_MS
            while self.clock.at < until:
                await self._burst(stage)
            await self._wind_up(stage)
        finally:
            await lanes.stop()
        books.audit(dsn, self.auditor)
        self.cuts = sum(wire.cuts.values())
        return self._outcome(hours)

    async def _burst(self, stage: Stage) -> None:
        self.bursts += 1
        self.clock.run()
        if self.rng.randrange(1000) < self.faults.cuts:
            stage.wire.cut_next(self.rng.choice((Cut.BEFORE_COMMIT, Cut.AFTER_COMMIT)))
        if self.rng.randrange(1000) < self.faults.kills:
            self.kills += 1
            kill = asyncio.to_thread(kill_postgres, stage.cluster)
            asks = self.workload.some(self.clock.at)
            await asyncio.gather(kill, self._asked(stage, asks, shaken=True))
        else:
            await self._asked(stage, self.workload.some(self.clock.at))
        if self.rng.random() < 0.06:
            async with await connected(stage.dsn) as direct:
                await self._outside(direct, self.rng.choice(self.world.people))

    async def _asked(self, stage: Stage, asks: Sequence[Ask], *, shaken: bool = False) -> None:
        """Send asks together; hear their answers in the order of their effect."""
        cuts = dict(stage.wire.cuts)
        answers = await asyncio.gather(*(stage.lanes.ask(ask) for ask in asks))
        self.auditor.reads_may_lag = shaken or cuts != stage.wire.cuts
        for ask, answer in zip(asks, answers, strict=True):
            self.auditor.heard(ask, answer)
            self.workload.heard(ask, answer)

    async def _outside(self, direct: Transaction, person: Person) -> None:
        """Somebody tops up, buys a plan, is barred, loses a SIM or finds it."""
        at = self.clock.at
        account = self.auditor.accounts[person.purse_id]
        self.orders += 1
        act = Act("<simulator>", at, bytes(32))
        kind = self.rng.randrange(12)
        if kind > 9:
            await self._redeem(direct, person)
            return
        if kind < 5:
            amount = self.rng.choice(self.pack.terms.topups.denominations).amount_micros
            order: TopUp | Buy = TopUp(person.msisdn, amount, f"t{self.orders}", at)
        else:
            bundle = self.rng.choice(self.pack.terms.bundles).name
            order = Buy(person.msisdn, bundle, f"t{self.orders}", at, 0)
        if kind < 7:
            twice = [order] * self.rng.choice((1, 2))
            for asked in twice:
                [done] = await perform_on(direct, topups.fulfil, self.pack.terms, [asked])
                self._ordered(person, order, done)
        elif kind == 7:
            account.bar_out, account.bar_in = self.rng.random() < 0.3, self.rng.random() < 0.3
            bar = Bar(outgoing=account.bar_out, incoming=account.bar_in)
            await perform_on(direct, numbers.change, person.msisdn, bar, act)
        elif kind == 8:
            account.suspended = self.rng.random() < 0.3
            change = Suspend() if account.suspended else Resume()
            await perform_on(direct, numbers.change, person.msisdn, change, act)
        elif account.lost_at is None and self.rng.random() < 0.5:
            account.lost_at = at
            await perform_on(direct, numbers.change, person.msisdn, ReportLost(), act)
        else:
            account.lost_at = None
            await perform_on(direct, numbers.change, person.msisdn, ReportFound(), act)

    async def _issue(self, direct: Transaction) -> None:
        """Print cards of every denomination."""
        act = Act("<simulator>", self.world.start, bytes(32))
        for denomination in self.pack.terms.topups.denominations:
            asked = Issue(denomination.amount_micros, CARDS)
            printing = await perform_on(
                direct, topups.prepare, self.pack.terms, asked, KEY, self.rng.randbytes, act.at
            )
            assert isinstance(printing, Printing)
            await perform_on(direct, topups.issue, printing, KEY, act)
            amount = denomination.amount_micros
            self.cards += [(str(card.pin), amount) for card in printing.cards]

    async def _redeem(self, direct: Transaction, person: Person) -> None:
        """Use a card, perhaps one that is used, perhaps with a PIN that no card has."""
        pin, amount = self.rng.choice(self.cards)
        if self.rng.random() < 0.2:
            pin = pin[::-1]
        at = self.clock.at
        asked = Redeem(person.msisdn, Pin(pin), f"t{self.orders}", at)
        done = await perform_on(direct, topups.redeem, self.pack.terms, KEY, asked)
        if isinstance(done, Done) and not done.repeated:
            if pin in self.used or done.amount_micros != amount:
                self.auditor.accuse("a card is used once", person.purse_id, f"at {at}")
            self.used.add(pin)
            self.auditor.topped_up(person.purse_id, amount, at)

    def _ordered(self, person: Person, order: TopUp | Buy, done: Any) -> None:
        if not isinstance(done, Done) or done.repeated:
            return
        if isinstance(order, TopUp):
            self.auditor.topped_up(person.purse_id, order.amount_micros, order.at)
        else:
            self.auditor.bought(person.purse_id, order.bundle, order.at)

    async def _wind_up(self, stage: Stage) -> None:
        """Half of what is open ends; the rest falls silent.  Then nothing may be held any more."""
        endings = self.workload.endings(self.clock.at)
        await self._asked(stage, endings[: len(endings) // 2])
        self.clock.at = Instant(self.clock.at + SILENT_DAYS * DAY_MS)
        looks = [self.workload.look_at(person, self.clock.at) for person in self.world.people]
        for account in self.auditor.accounts.values():
            account.talks.clear()
        await self._asked(stage, looks)

    def _outcome(self, hours: int) -> Outcome:
        return Outcome(
            seed=self.seed,
            answers=self.auditor.heard_answers,
            bursts=self.bursts,
            cuts=self.cuts,
            kills=self.kills,
            steps_back=self.clock.steps_back,
            simulated_hours=hours,
            violations=tuple(self.auditor.violations),
        )


async def connected(dsn: str) -> Transaction:
    """A connection that knows our types."""
    connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    arrays.adapt(connection)
    return connection


def placed(dsn: str, found: world.World) -> None:
    """Put a world into the empty database of this DSN."""

    async def place() -> None:
        async with await connected(dsn) as direct:
            await perform_on(direct, world.write, found)

    asyncio.run(place())


async def play(cluster: Cluster, dsn: str, simulation: Simulation, *, hours: int) -> Outcome:
    """Play a simulation on an empty database and say what it came to."""
    socket = f".s.PGSQL.{conninfo_to_dict(dsn)['port']}"
    with tempfile.TemporaryDirectory(prefix="tenure-wire-") as folder:
        async with Wire(Path(folder) / socket, cluster.socket_folder / socket) as wire:
            return await simulation.run(cluster, dsn, wire, hours=hours)
