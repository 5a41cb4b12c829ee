"""Asks Tenure for things, and breaks what can break: connections at any statement, lost answers.

Deterministic: who races has done everything but commit when the other begins, so that the winner
is known; all chance comes from the seed.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import psycopg

from tenure.postgres import arrays
from tenure.postgres.transaction import perform_on
from tenure.promises.record.model import Act
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.simulator.years.books import Books

Operation = Callable[..., Awaitable[Any]]
DONE_ALREADY = frozenset(
    {
        "APPROVED_ALREADY", "CASE_CLOSED", "DOCUMENT_KNOWN", "ENDED", "ENDED_ALREADY",
        "GIVEN_ALREADY", "GUARDIAN_KNOWN", "HELD_ALREADY", "LOCKED", "LOGIN_TAKEN", "NOT_HELD",
        "NOT_PROVEN", "NUMBER_HELD", "OTHER_REQUEST_OPEN", "PASSKEY_KNOWN",
    }
)  # fmt: skip
"""What whoever never heard an answer is told when they ask again, and it was done."""
STATEMENTS = 14
RACE_SECONDS = 0.01


class Fragile(psycopg.AsyncConnection[Any]):
    """A connection that is lost at a statement of our choice."""

    dies_at = 0

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """As any connection does, until its time has come."""
        if self.dies_at:
            self.dies_at -= 1
            if not self.dies_at:
                self.pgconn.finish()
                raise psycopg.OperationalError("the connection is lost")
        return await super().execute(*args, **kwargs)


class Driver:
    """One who asks, on one connection."""

    def __init__(self, dsn: str, rng: Random, books: Books, faults: int = 30) -> None:
        """``faults``: of a thousand asks so many are broken."""
        self.dsn, self.rng, self.books, self.faults = dsn, rng, books, faults
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.stopped: Counter[str] = Counter()
        """What the database alone refused, by the name of the constraint."""
        self.broken: Counter[str] = Counter()
        self._open: Fragile | None = None

    async def connection(self) -> Fragile:
        """The connection, or a new one if that was lost."""
        if self._open is None or self._open.closed:
            self._open = await self.another()
        return self._open

    async def another(self) -> Fragile:
        """One more connection."""
        made = await Fragile.connect(self.dsn, autocommit=True)
        assert isinstance(made, Fragile)
        arrays.adapt(made)
        # The simulator's database is thrown away; what dies here is the client.
        await made.execute("SET synchronous_commit = off")
        return made

    async def close(self) -> None:
        """Leave."""
        if self._open is not None:
            await self._open.close()

    def act(self, by: str, at: int, reason: str = "") -> Act:
        """Somebody does something, with a salt of its own."""
        return Act(by, Instant(at), self.rng.randbytes(32), reason)

    async def ask(self, name: str, operation: Operation, *args: Any, **kwargs: Any) -> Any:
        """The answer in the end, however often it had to be asked; counted by name."""
        roll = self.rng.randrange(1000)
        if roll < self.faults // 2:
            answer = await self._lost_before(operation, *args, **kwargs)
        elif roll < self.faults:
            answer = await self._lost_after(name, operation, *args, **kwargs)
        else:
            answer = await self.once(operation, *args, **kwargs)
        return self.heard(name, answer)

    def heard(self, name: str, answer: Any) -> Any:
        """Count an answer."""
        if isinstance(answer, Refused):
            self.refused[answer.refusal.name] += 1
        else:
            self.done[name] += 1
        return answer

    async def once(self, operation: Operation, *args: Any, **kwargs: Any) -> Any:
        """Without any fault; what the database refuses is an accident, and raised."""
        return await perform_on(await self.connection(), operation, *args, **kwargs)

    async def _lost_before(self, operation: Operation, *args: Any, **kwargs: Any) -> Any:
        """The process dies somewhere under way; whoever asked, asks again."""
        connection = await self.connection()
        connection.dies_at = self.rng.randint(1, STATEMENTS)
        try:
            answer = await perform_on(connection, operation, *args, **kwargs)
        except psycopg.OperationalError:
            self.broken["died before its commit"] += 1
            return await self.once(operation, *args, **kwargs)
        connection.dies_at = 0
        return answer

    async def _lost_after(self, name: str, operation: Operation, *args: Any, **kwargs: Any) -> Any:
        """It was done and nobody heard; whoever asked, asks again."""
        first = await self.once(operation, *args, **kwargs)
        self.broken["answer lost after its commit"] += 1
        await (await self.connection()).close()
        second = await self.once(operation, *args, **kwargs)
        if isinstance(first, Refused):
            return second
        if isinstance(second, Refused):
            self.books.must(
                "who asks again hears that it was done",
                holds=second.refusal.name in DONE_ALREADY,
                seen=f"{name}: {second.refusal.name}",
            )
        return first

    async def race(
        self, name: str, first: Callable[[], Operation], second: Callable[[], Operation]
    ) -> tuple[Any, Any]:
        """Two at once; the first has done all but commit when the second begins.

        Each is called with the transaction alone.
        """
        begun = asyncio.Event()

        async def slowly(tx: Any) -> Any:
            answer = await first()(tx)
            if not begun.is_set():
                begun.set()
                await asyncio.sleep(RACE_SECONDS)
            return answer

        async def late() -> Any:
            await begun.wait()
            other = await self.another()
            try:
                return await perform_on(other, second())
            finally:
                await other.close()

        one, two = await asyncio.gather(perform_on(await self.connection(), slowly), late())
        self.broken["races"] += 1
        return self.heard(name, one), self.heard(name, two)

    async def by_sql(self, statement: str, *given: Any) -> str:
        """What the application role is told that goes past the operations: an error, or "done"."""
        connection = await self.connection()
        try:
            async with connection.transaction():
                await connection.execute(statement.encode(), given)
        except psycopg.Error as error:
            name = error.diag.constraint_name or type(error).__name__
            self.stopped[name] += 1
            return name
        self.done["SQL behind the back"] += 1
        return "done"

    async def stopped_by_database(self, name: str, work: Operation) -> None:
        """Something that no rule was asked about, and that the database must refuse."""
        try:
            await self.once(work)
        except psycopg.Error as error:
            self.stopped[error.diag.constraint_name or type(error).__name__] += 1
            return
        self.books.accuse("the doors verify everything themselves", name)
