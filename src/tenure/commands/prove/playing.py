"""Plays the incident from the first day to the last attack."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from tenure.commands import sim_key
from tenure.commands.prove import judging
from tenure.commands.prove.cast import Cast, Owner, owner_of, settle
from tenure.commands.prove.model import Row, Verdict
from tenure.commands.prove.scene import Scene, must
from tenure.commands.prove.stage import Stage, at_a_time, now, until
from tenure.commands.prove.ways.table import WAYS, Way
from tenure.commands.up import opening
from tenure.gateways.clock.server import RealClock, SimulatedClock
from tenure.gateways.hlr.server.register import Register
from tenure.postgres.embedded import Cluster
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.numbers.model import Progress
from tenure.promises.record import operations as record
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, Instant

FIRST_DAY_MS: Final = 30 * DAY_MS
AGREED_MS: Final = 2 * DAY_MS
MEMORY_SECONDS: Final = 15.0

Say = Callable[[str], None]
"""Tells a person how far it is."""


class Plan(msgspec.Struct, frozen=True):
    """What is to be played."""

    pack: Pack
    operator: str
    """The pack as it was named."""
    rounds: int
    """Of the race."""
    ways: tuple[Way, ...] = WAYS
    register: Register | None = None
    """The register to be told; None for one in memory."""


def play(plan: Plan, data: Path, store: opening.Store, say: Say) -> Verdict:
    """Everything from the first sale, a month ago, to the last attack; NotReadyError.

    Each day has an event loop of its own, as each was another run of the programs.
    """
    assert store.cluster is not None
    began = time.monotonic()
    owners = [owner_of(plan.pack, index) for index in range(len(plan.ways) + 1)]
    key = sim_key.read_or_make("prove", None, data, None)
    cast = Cast(plan.pack, plan.operator, data / "passkeys", key, owners)
    where = (data, store.cluster, cast)
    today = RealClock().now()
    say("a month ago: numbers are sold, passkeys are brought")
    asyncio.run(_sold_once(where, SimulatedClock(Instant(today - FIRST_DAY_MS), 1)))
    say("two days ago: some agree to a transfer, as one should")
    agreed = asyncio.run(_agreed(plan, where, SimulatedClock(Instant(today - AGREED_MS), 1)))
    return asyncio.run(_today(plan, where, agreed, say, began))


Where = tuple[Path, Cluster, Cast]


async def _sold_once(where: Where, clock: SimulatedClock) -> None:
    data, cluster, cast = where
    async with pool_of(cluster.dsn) as pool:
        await perform(pool, money.open_months, RealClock().now())
        async with at_a_time(data, cluster, pool, cast, clock):
            await settle(pool, cast, clock.now())


async def _agreed(plan: Plan, where: Where, clock: SimulatedClock) -> list[Progress | None]:
    """What was agreed to in time, for each way in; the last one is the control's."""
    data, cluster, cast = where
    async with (
        pool_of(cluster.dsn) as pool,
        at_a_time(data, cluster, pool, cast, clock, plan.rounds) as stage,
    ):
        agreed = []
        for way, owner in zip(plan.ways, cast.owners, strict=False):
            scene = Scene(stage, owner)
            if way.before is not None:
                await way.before(scene)
            agreed.append(scene.prepared)
        return [*agreed, await Scene(stage, cast.owners[-1]).complete()]


async def _today(
    plan: Plan, where: Where, agreed: list[Progress | None], say: Say, began: float
) -> Verdict:
    """The control, then every way in."""
    data, cluster, cast = where
    async with (
        pool_of(cluster.dsn) as pool,
        at_a_time(data, cluster, pool, cast, RealClock(), plan.rounds) as stage,
        now(stage, plan.register),
    ):
        await _known(stage, cast.owners)
        *scenes, control = (
            Scene(stage, owner, prepared)
            for owner, prepared in zip(cast.owners, agreed, strict=True)
        )
        said, served = await _control(control)
        rows: list[Row] = []
        for number, (way, scene) in enumerate(zip(plan.ways, scenes, strict=True), 1):
            say(f"{number} of {len(plan.ways)}: {way.name}")
            before = await _last_leaf(stage)
            await way.attack(scene)
            rows.append(await judging.row_of(scene, way.number, way.name, before))
        return Verdict(tuple(rows), said, served, judging.elapsed(began))


async def _known(stage: Stage, owners: list[Owner]) -> None:
    """The network knows of every sale."""

    async def known() -> bool:
        memory = stage.network.memory
        return all(memory.find(owner.msisdn) is not None for owner in owners)

    assert await until(known, MEMORY_SECONDS), "the network was not told of the sales"


async def _control(scene: Scene) -> tuple[str, bool]:
    """A transfer as it should be comes into effect: the way that is open."""
    made = must(scene.prepared)
    await scene.begin()
    scene.meets(await scene.effect(made, by="<clock>"), "effect")
    await scene.is_judged()
    known = scene.stage.network.memory.find(scene.owner.msisdn)
    served = known is not None and known.holder == str(scene.owner.buyer)
    doubts = await judging.doubts(scene)
    return "; ".join([*scene.met, *doubts]), served


async def _last_leaf(stage: Stage) -> int:
    """The number of the newest leaf that has a place."""
    log = await perform(stage.pool, record.log.current)
    assert log is not None
    size = await perform(stage.pool, record.log.size, log)
    seqs = await perform(stage.pool, record.log.seqs, log, 0, size)
    return max(seqs)
