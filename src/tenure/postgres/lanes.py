"""Lanes gather what arrives while batches are under way, and run it as the next batch.

No timer is needed: under light load a command is a batch of one and leaves at once; under heavy
load the batches grow until the work and the waiting balance.  Commands of one key (a subscriber)
are never under way in two lanes, and are answered in the order in which they came.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

import psycopg

from tenure.postgres.direct import Direct
from tenure.postgres.transaction import Statements, Transaction

CommandT = TypeVar("CommandT")
AnswerT = TypeVar("AnswerT")

log = logging.getLogger(__name__)

RECONNECT_SECONDS: Final = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0, 4.0)


Waiting: TypeAlias = tuple[CommandT, Callable[[AnswerT], None], Hashable]
"""A command, what to call with its answer, and its key."""


class _Lane(Generic[CommandT, AnswerT]):
    def __init__(self, house: "Lanes[CommandT, AnswerT]") -> None:
        self.house = house
        self.wake = asyncio.Event()
        self.connection: Direct | None = None

    async def run(self) -> None:
        while True:
            taken = self.house.take()
            if taken:
                await self.batch(taken)
            else:
                self.wake.clear()
                self.house.rest(self)
                await self.wake.wait()

    async def batch(self, taken: "list[Waiting[CommandT, AnswerT]]") -> None:
        house = self.house
        answers = await self.answers([command for command, _, _ in taken])
        house.done(taken)
        assert len(answers) == len(taken)
        # Each is let go of once it is answered, while the processor still has it at hand.
        taken.reverse()
        for answer in answers:
            reply = taken.pop()[1]
            try:
                reply(answer)
            except Exception:
                # The effect is committed; a peer that has gone must not cost the others theirs.
                log.exception("a reply could not be handed over")
        if house.after_batch is not None:
            house.after_batch()

    async def answers(self, commands: list[CommandT]) -> list[AnswerT]:
        try:
            return await self.attempt(commands)
        except ConnectionError as unreachable:
            log.error("%d commands were not answered: %s", len(commands), unreachable)  # noqa: TRY400
            return [self.house.accident(command, unreachable) for command in commands]
        except Exception as accident:
            if len(commands) == 1:
                log.exception("a command failed by accident and was answered so")
                return [self.house.accident(commands[0], accident)]
        log.warning("a batch of %d failed; its commands are repeated one by one", len(commands))
        return [(await self.answers([command]))[0] for command in commands]

    async def attempt(self, commands: list[CommandT]) -> list[AnswerT]:
        """Run the batch; a lost connection leaves it unknown, and repeating it is harmless."""
        for pause_seconds in RECONNECT_SECONDS:
            try:
                if self.connection is None or self.connection.closed:
                    await asyncio.sleep(pause_seconds)
                    self.connection = await Direct.over(await self.house.connect())
                return await self.connection.perform(self.house.operation, commands)
            except (psycopg.OperationalError, OSError) as lost:
                if self.connection is not None and not self.connection.broken:
                    raise
                log.warning("the database connection was lost: %s", type(lost).__name__)
                if self.connection is not None:
                    # The server may have said that it goes before the driver saw it gone.
                    await self.connection.close()
                self.connection = None
        raise ConnectionError("the database cannot be reached")


class Lanes(Generic[CommandT, AnswerT]):
    """A few lanes over one operation on batches: whichever is free takes all that waits.

    A further lane sets out only when ``company_min`` commands wait for each that is under way: a
    few commands are sooner answered by the next batch than by one more small one beside it.
    What has the key of a command that is under way in another lane waits for that one.
    ``submit`` never waits.  ``reply`` is called after the commit, or with ``accident(command,
    error)`` when a command, alone, still fails; ``busy(command)`` answers what comes while
    ``queue_max`` commands wait.
    """

    def __init__(  # noqa: PLR0913  # the parts of a lane, named at the one place that makes them
        self,
        connect: Callable[[], Awaitable[Transaction]],
        operation: Callable[[Statements, Sequence[CommandT]], Awaitable[list[AnswerT]]],
        *,
        key: Callable[[CommandT], Hashable],
        accident: Callable[[CommandT, Exception], AnswerT],
        busy: Callable[[CommandT], AnswerT],
        lanes: int = 2,
        batch_max: int = 200,
        company_min: int = 16,
        queue_max: int = 20_000,
    ) -> None:
        self.connect = connect
        self.operation = operation
        self.key = key
        self.accident = accident
        self.busy = busy
        self.batch_max = batch_max
        self.company_min = min(company_min, batch_max)
        self.queue_max = queue_max
        self.after_batch: Callable[[], None] | None = None
        self.batches = 0
        self.commands = 0
        self._queue: deque[Waiting[CommandT, AnswerT]] = deque()
        self._under_way: set[Hashable] = set()
        self._unanswered = 0
        self._answered = asyncio.Event()
        self._lanes = [_Lane(self) for _ in range(lanes)]
        self._resting: list[_Lane[CommandT, AnswerT]] = []
        self._running = 0
        """Lanes with a batch under way."""
        self._woken = False
        """A lane was woken and has not come yet: it will take what arrives until then, too."""
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def waiting(self) -> int:
        """Commands that wait for their batch."""
        return len(self._queue)

    def start(self) -> None:
        """Open the lanes; connections are made when first needed."""
        self._tasks = [asyncio.create_task(lane.run()) for lane in self._lanes]

    async def stop(self) -> None:
        """Answer all that waits, then close."""
        while self._unanswered:
            self._answered.clear()
            await self._answered.wait()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for lane in self._lanes:
            if lane.connection is not None:
                await lane.connection.close()

    def submit(self, command: CommandT, reply: Callable[[AnswerT], None]) -> None:
        """Queue a command; ``reply`` is called once, after its effect is on disk."""
        if len(self._queue) >= self.queue_max:
            reply(self.busy(command))
            return
        self._queue.append((command, reply, self.key(command)))
        self._unanswered += 1
        self._rouse()

    def _rouse(self) -> None:
        if self._resting and not self._woken and self._is_worth_it():
            self._woken = True
            self._resting.pop().wake.set()

    def _is_worth_it(self) -> bool:
        """Whether what waits should begin now, and not be gathered until a lane comes back."""
        return len(self._queue) >= self._running * self.company_min

    def rest(self, lane: _Lane[CommandT, AnswerT]) -> None:
        """A lane has found nothing to do."""
        self._resting.append(lane)

    def take(self) -> list[Waiting[CommandT, AnswerT]]:
        """All that waits and may be begun, in its order, up to the size of a batch."""
        self._woken = False
        queue, under_way = self._queue, self._under_way
        if not self._is_worth_it():
            return []
        taken: list[Waiting[CommandT, AnswerT]] = []
        left: list[Waiting[CommandT, AnswerT]] = []
        while queue and len(taken) < self.batch_max:
            waiting = queue.popleft()
            (left if waiting[2] in under_way else taken).append(waiting)
        queue.extendleft(reversed(left))
        under_way.update(key for _, _, key in taken)
        if taken:
            self._running += 1
            self._rouse()
        return taken

    def done(self, taken: list[Waiting[CommandT, AnswerT]]) -> None:
        """A batch is committed: its keys are free, and so is its lane."""
        self._running -= 1
        self._under_way.difference_update(key for _, _, key in taken)
        self._unanswered -= len(taken)
        self.batches += 1
        self.commands += len(taken)
        if not self._unanswered:
            self._answered.set()

    async def ask(self, command: CommandT) -> AnswerT:
        """Queue a command and wait for its answer."""
        answer: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()

        def reply(value: AnswerT) -> None:
            if not answer.done():
                answer.set_result(value)

        self.submit(command, reply)
        return await answer
