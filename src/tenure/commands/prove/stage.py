"""Everything of Tenure that matters to the incident, running: at a time of our choice, or now."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import msgspec

from tenure.commands import network
from tenure.commands.notices import SPOOL
from tenure.commands.prove.cast import Cast
from tenure.commands.prove.post import Post
from tenure.commands.prove.switchboard import Switchboard
from tenure.commands.up import auditing, doors
from tenure.commands.up.recording import Recording, policy_below
from tenure.gateways.clock.server import Clock
from tenure.gateways.hlr.server.gateway import Gateway, Settings
from tenure.gateways.hlr.server.memory import Memory
from tenure.gateways.hlr.server.register import Register
from tenure.gateways.hlr.translate.trust import trusted_of
from tenure.gateways.spool.server import Spool
from tenure.gateways.witness.server import Publisher
from tenure.postgres.connection import connector
from tenure.postgres.embedded import Cluster
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Trust

WAIT_SECONDS: Final = 0.02
PUBLISHED_WITHIN_SECONDS: Final = 20.0
STARTED_WITHIN_SECONDS: Final = 60.0


class NotReadyError(Exception):
    """Something does not come up; the message says what."""


class Stage(msgspec.Struct):
    """What runs, and where it is."""

    data: Path
    cluster: Cluster
    pool: Pool
    cast: Cast
    clock: Clock
    recording: Recording
    rounds: int
    """Of the race."""
    gateway: Gateway | None = None
    """The gateway to the network; there is one in the present only."""
    post: Post | None = None
    """What leaves the spool; watched in the present only."""

    @property
    def publisher(self) -> Publisher:
        """Who publishes the record."""
        assert self.recording.publisher is not None
        return self.recording.publisher

    @property
    def network(self) -> Gateway:
        """The gateway to the network."""
        assert self.gateway is not None
        return self.gateway

    async def has_witnesses(self) -> bool:
        """Whether enough witnesses are there."""
        return len(self.publisher.witnesses) >= self.publisher.quorum

    def trust(self) -> Trust:
        """Whom relying parties believe, as it stands in the file that they are given."""
        return rules.trust_of(policy_below(self.data).read_text(encoding="utf-8"))


async def published(stage: Stage) -> None:
    """Wait until the witnesses have seen everything; NotReadyError."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PUBLISHED_WITHIN_SECONDS
    while loop.time() < until:
        found = await perform(stage.pool, record.log.standing)
        size = None if found is None or found.published is None else found.published.checkpoint.size
        if found is not None and not found.waiting and size == found.size:
            return
        await asyncio.sleep(WAIT_SECONDS)
    raise NotReadyError(f"the record is not published: {stage.publisher.trouble}")


@contextlib.asynccontextmanager
async def at_a_time(
    data: Path, cluster: Cluster, pool: Pool, cast: Cast, clock: Clock, rounds: int = 0
) -> AsyncIterator[Stage]:
    """The record with its witnesses, whose clocks go as this one; everything is published after."""
    recording = Recording(data, cast.pack.terms.operator, clock, pool, ())
    await recording.open()
    stage = Stage(data, cluster, pool, cast, clock, recording, rounds)
    try:
        async with _together([recording.run(cluster.dsn)]):
            await _or_not_ready(stage.has_witnesses, "the witnesses do not start")
            yield stage
            await published(stage)
    finally:
        for witness in stage.publisher.witnesses:
            witness.close()


@contextlib.asynccontextmanager
async def now(stage: Stage, register: Register | None) -> AsyncIterator[Stage]:
    """The rest as well: notices that leave, the auditor, the watch at the doors, the network."""
    data, pool, clock, terms = stage.data, stage.pool, stage.clock, stage.cast.pack.terms
    dsn = stage.cluster.dsn
    spool = Spool(pool, stage.cast.pack, data / SPOOL, clock.now)
    trusted = trusted_of(network.trust_text(stage.trust(), terms))
    memory = Memory(network.folder_of(data) / network.KNOWN)
    settings = Settings(trusted, stage.cast.sim_key)
    stage.gateway = Gateway(pool, register or Switchboard(), memory, settings, clock.now)
    stage.post = Post(data / SPOOL)
    audited = asyncio.Event()
    work = [
        spool.run(),
        auditing.run(dsn, clock, policy_below(data), audited),
        doors.watch(stage.cluster, pool, clock.now),
        stage.gateway.run(connector(dsn)),
        stage.post.watch(),
    ]
    try:
        async with _together(work):
            async with asyncio.timeout(STARTED_WITHIN_SECONDS):
                await audited.wait()
            yield stage
    except TimeoutError:
        raise NotReadyError("the auditor does not start") from None
    finally:
        memory.close()


@contextlib.asynccontextmanager
async def _together(work: list[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Do all the work meanwhile; NotReadyError when some of it ended by an accident."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        accidents = [task.exception() for task in tasks if task.done() and not task.cancelled()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for accident in accidents:
        raise NotReadyError("something ended by itself") from accident


async def _or_not_ready(fact: Callable[[], Coroutine[Any, Any, bool]], words: str) -> None:
    if not await until(fact, STARTED_WITHIN_SECONDS):
        raise NotReadyError(words)


async def until(fact: Callable[[], Coroutine[Any, Any, bool]], seconds: float) -> bool:
    """Wait until something is so; False if it is not within so many seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        if await fact():
            return True
        await asyncio.sleep(WAIT_SECONDS)
    return False


async def judged(stage: Stage, msisdn: str, seconds: float = 4.0) -> bool:
    """Wait until the network has made up its mind about every task of a number, or cannot."""

    async def decided() -> bool:
        after = 0
        while some := await perform(stage.pool, numbers.network.waiting, after):
            if any(task.msisdn == msisdn and task.problem is None for task in some):
                return False
            after = some[-1].task_id
        return True

    return await until(decided, seconds)
