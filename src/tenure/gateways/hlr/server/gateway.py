"""The work of the gateway: takes tasks, judges what they rest on, and tells the register."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from tenure.gateways.hlr.server.memory import Memory
from tenure.gateways.hlr.server.papers import dossier_of, request_hash
from tenure.gateways.hlr.server.register import NotBelievedError, NotReachedError, Register
from tenure.gateways.hlr.translate.dossier import (
    WAITS,
    WORDS,
    Before,
    Doubt,
    Ended,
    Known,
)
from tenure.gateways.hlr.translate.judging import judged
from tenure.gateways.hlr.translate.subscriber import Milenage, Wanted
from tenure.gateways.hlr.translate.trust import Trusted
from tenure.postgres.listening import announcements
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import SimKey, Task
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

ASKED: Final = "tenure_network"
PUBLISHED: Final = "tenure_published"
LOOK_SECONDS: Final = 1.0
"""How often it looks although nobody announced anything."""
NUMBERS_AT_ONCE: Final = 6
"""While the register writes one number to its disk, the proofs of others are looked at."""
AGAIN_SECONDS: Final = 30.0
"""After which a task that was doubted is judged again."""


class Settings(msgspec.Struct, frozen=True):
    """Whom the gateway believes, and the key file of the SIMs."""

    trusted: Trusted
    sim_key: SimKey | None
    """None: the network has its SIMs' keys from elsewhere."""


class Tally(msgspec.Struct):
    """What happened since the start."""

    done: int = 0
    doubted: int = 0
    overtaken: int = 0
    trouble: str = ""
    """Why the register is not told now; "" when it is."""


class Gateway:
    """The gateway to one register."""

    def __init__(
        self,
        pool: Pool,
        register: Register,
        memory: Memory,
        settings: Settings,
        now: Callable[[], Instant],
    ) -> None:
        self.tally = Tally()
        self.pool, self.register, self.memory = pool, register, memory
        self.settings, self._now = settings, now
        self._look = asyncio.Event()
        self._not_before: dict[int, float] = {}
        self._few = asyncio.Semaphore(NUMBERS_AT_ONCE)

    async def run(self, connect: Callable[[], Awaitable[Transaction]]) -> None:
        """Do what is asked, until cancelled."""
        listening = [
            asyncio.create_task(self._listen(connect, channel)) for channel in (ASKED, PUBLISHED)
        ]
        try:
            while True:
                try:
                    await self.work()
                except Exception:
                    log.exception("the gateway to the network could not work; it tries again")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._look.wait(), LOOK_SECONDS)
                self._look.clear()
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)
            await self.register.close()

    async def _listen(self, connect: Callable[[], Awaitable[Transaction]], channel: str) -> None:
        async for _ in announcements(connect, channel):
            self._look.set()

    async def work(self) -> None:
        """Go once through all tasks that wait."""
        at = asyncio.get_running_loop().time()
        self._not_before = {key: until for key, until in self._not_before.items() if until > at}
        after = 0
        while True:
            waiting = await perform(
                self.pool, numbers.network.waiting, after, sorted(self._not_before)
            )
            if not waiting:
                return
            of_number: dict[Msisdn, list[Task]] = {}
            for task in waiting:
                of_number.setdefault(task.msisdn, []).append(task)
            if not all(await asyncio.gather(*map(self._do_all, of_number.values()))):
                return
            after = waiting[-1].task_id

    async def _do_all(self, tasks: list[Task]) -> bool:
        """Do the tasks of one number in their order; False when the register is away."""
        async with self._few:
            for task in tasks:
                try:
                    await self._do(task)
                except NotReachedError as away:
                    self._trouble(f"the register cannot be asked: {away}")
                    return False
                except NotBelievedError as strange:
                    self._trouble(f"the register does not do as it is told: {strange}")
                    self._later(task)
        return True

    async def _do(self, task: Task) -> None:
        found = await self.judge(task)
        doubt: Refused[Doubt] | None = None
        if isinstance(found, Ended):
            await asyncio.to_thread(self.memory.end, found.request_hash)
        else:
            doubt = found if isinstance(found, Refused) else await self._bring(found)
        if doubt is not None:
            await self._doubt(task, doubt)
            return
        await perform(self.pool, numbers.network.done, task.task_id, self._now())
        self.tally.done += 1
        self._trouble("")

    async def judge(self, task: Task) -> Known | Ended | Refused[Doubt]:
        """What is proven by what a task rests on."""
        dossier = await perform(self.pool, dossier_of, task)
        if dossier is None:
            return Refused(Doubt.NOT_PUBLISHED)
        known = await asyncio.to_thread(self.memory.find, task.msisdn)
        reached = None
        if known is None:
            at = (await self.register.believed([task.msisdn]))[0]
            reached = None if at is None else at.imsi
        hashed = request_hash(dossier.receipt)
        ended = hashed is not None and await asyncio.to_thread(self.memory.has_ended, hashed.hex())
        return judged(dossier, Before(known, reached, ended), self.settings.trusted)

    async def _bring(self, known: Known) -> Refused[Doubt] | None:
        """Remember it, then have the register believe it; who is interrupted does both again."""
        wanted = await self.wanted(known)
        if wanted is None:
            return Refused(Doubt.KEYS_UNREADABLE)
        await asyncio.to_thread(self.memory.keep, known)
        await self.register.bring(wanted)
        return None

    async def wanted(self, known: Known) -> Wanted | None:
        """What the register is to believe; None when the keys of the SIM cannot be read."""
        keys = None
        if known.imsi is not None and self.settings.sim_key is not None:
            found = await perform(
                self.pool, numbers.inventory.sim_keys, known.imsi, self.settings.sim_key
            )
            if found is None or not found.opc:
                return None
            keys = Milenage(bytes.fromhex(found.ki), bytes.fromhex(found.opc))
        away = tuple(imsi for imsi in known.gone if imsi != known.imsi)
        return Wanted(known.msisdn, known.imsi, keys, open=not known.closed, gone=away)

    async def _doubt(self, task: Task, refused: Refused[Doubt]) -> None:
        """Nothing is done: it waits, is over, or is an alarm to us and to the holder."""
        doubt = refused.refusal
        if doubt in WAITS:
            return
        if doubt is Doubt.STALE:
            await perform(self.pool, numbers.network.done, task.task_id, self._now(), doubt.name)
            self.tally.overtaken += 1
            return
        self._later(task)
        self.tally.doubted += 1
        words = f"{WORDS[doubt]} ({doubt.name}{' ' if refused.detail else ''}{refused.detail})"
        log.error("task %d is not given to the network: %s", task.task_id, words)
        known = await asyncio.to_thread(self.memory.find, task.msisdn)
        holder = None if known is None or known.holder is None else int(known.holder)
        await perform(self.pool, numbers.network.doubted, task, doubt.name, self._now(), holder)

    def _later(self, task: Task) -> None:
        self._not_before[task.task_id] = asyncio.get_running_loop().time() + AGAIN_SECONDS

    def _trouble(self, words: str) -> None:
        if words and words != self.tally.trouble:
            log.error("%s; it is tried again", words)
        self.tally.trouble = words
