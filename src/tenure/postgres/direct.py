"""A lane's own connection: its few statements, a batch in two round trips, at little cost.

The driver's cursors, pipelines and transactions do a great deal more than a lane needs, and cost
most of a millisecond a batch; this speaks to libpq below them, and reads rows with the driver's
loaders.
"""

import asyncio
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from tenure.postgres.arrays import Column
from tenure.postgres.transaction import ATTEMPTS_MAX, CONTESTED, Statements, Transaction

CommandT = TypeVar("CommandT")
AnswerT = TypeVar("AnswerT")

_BINARY: Final = 1
_INT8_OID: Final = 20
_INT8: Final = struct.Struct("!q")
_FAILED: Final = ExecStatus.FATAL_ERROR
_SYNC: Final = ExecStatus.PIPELINE_SYNC
UNDO_MAX: Final = 3
"""More words of ROLLBACK than this bring no order to a connection: it is given up."""


class Found:
    """What a statement returns, once it has run."""

    __slots__ = ("_direct", "result")

    def __init__(self, direct: "Direct") -> None:
        self._direct = direct
        self.result: PGresult | None = None

    async def fetchall(self) -> list[Any]:
        """Its rows; runs all that was asked for so far."""
        return await self._direct.rows_of(self)


class Direct:
    """Statements over one connection that is nobody else's from now on.

    Parameters are the columns of ``postgres.arrays``, or whole numbers as bigint.
    """

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._pg.enter_pipeline_mode()
        self._read = Transformer(connection)
        self._names: dict[str, bytes] = {}
        self._named = 0
        self._fresh: list[str] = []
        """Prepared by the transaction under way: if that fails, perhaps not prepared at all."""
        self._asked: deque[Found] = deque()
        self._error: psycopg.Error | None = None
        self._lost: psycopg.OperationalError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._socket = self._pg.socket
        self._loop.add_reader(self._socket, self._readable)

    @classmethod
    async def over(cls, connection: Transaction) -> "Direct":
        """Take a connection over; one that is lost at that moment is closed, and it is raised."""
        try:
            return cls(connection)
        except psycopg.Error:
            await connection.close()
            raise

    @property
    def broken(self) -> bool:
        """Whether the connection was lost."""
        return self._lost is not None

    @property
    def closed(self) -> bool:
        """Whether it cannot be used any more."""
        return self._lost is not None or self._connection.closed

    async def close(self) -> None:
        """Leave the server."""
        if not self._connection.closed:
            self._loop.remove_reader(self._socket)
        await self._connection.close()

    async def perform(
        self,
        operation: Callable[[Statements, Sequence[CommandT]], Awaitable[list[AnswerT]]],
        commands: Sequence[CommandT],
    ) -> list[AnswerT]:
        """As ``transaction.perform``: one transaction, again if someone else was first."""
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                self._say(b"BEGIN")
                answers = await operation(self, commands)
                await self._end(b"COMMIT")
            except CONTESTED:
                await self._undo()
                if attempt == ATTEMPTS_MAX:
                    raise
            except Exception as error:
                if isinstance(error, psycopg.OperationalError) and _ends_it(error):
                    self._lose(error)
                await self._undo()
                raise
            except BaseException:
                # Cancelled amid an exchange: nobody knows what is still to come.
                await self.close()
                raise
            else:
                self._fresh.clear()
                return answers
        raise AssertionError("unreachable: the last attempt returned or raised")

    async def execute(
        self,
        query: str,
        params: Sequence[object] = (),
        /,
        *,
        prepare: bool | None = None,
        binary: bool = True,
    ) -> Found:
        """Ask for a statement; it is sent when its rows are wanted, or with the commit.

        It is always prepared and always binary.
        """
        del prepare, binary
        self._alive()
        name = self._names.get(query)
        if name is None:
            name = self._prepare(query, params)
        wires = [one.wire if isinstance(one, Column) else _wire(one) for one in params]
        self._pg.send_query_prepared(name, wires, [_BINARY] * len(wires), _BINARY)
        return self._note()

    async def rows_of(self, found: Found) -> list[Any]:
        """The rows of a statement that was asked for."""
        if found.result is None:
            self._pg.send_flush_request()
            await self._flush()
            while found.result is None:
                await self._collect()
        if self._error is not None:
            raise self._error
        result = found.result
        self._read.set_pgresult(result)
        return self._read.load_rows(0, result.ntuples, tuple)

    def _prepare(self, query: str, params: Sequence[object]) -> bytes:
        self._named += 1
        name = b"direct_%d" % self._named
        first, *others = query.split("%s")
        numbered = [f"${number}{part}" for number, part in enumerate(others, 1)]
        oids = [one.oid if isinstance(one, Column) else _INT8_OID for one in params]
        self._pg.send_prepare(name, "".join([first, *numbered]).encode(), oids)
        self._note()
        self._names[query] = name
        self._fresh.append(query)
        return name

    def _say(self, word: bytes) -> None:
        self._alive()
        self._pg.send_query_params(word, None)
        self._note()

    def _note(self) -> Found:
        found = Found(self)
        self._asked.append(found)
        return found

    async def _end(self, word: bytes) -> None:
        """Say the last word of a transaction, and see to it that everything was done."""
        self._say(word)
        self._pg.pipeline_sync()
        await self._flush()
        while self._asked:
            await self._collect()
        sync = await self._next()
        assert sync is not None
        assert sync.status == _SYNC
        error, self._error = self._error, None
        if error is not None:
            raise error

    async def _undo(self) -> None:
        """After an error: nothing of the transaction is left, and the connection can be used."""
        if self._lost is not None:
            return
        for query in self._fresh:
            del self._names[query]
        self._fresh.clear()
        # What follows an error is skipped up to the next sync, which may be this first word.
        for _ in range(UNDO_MAX):
            if not self._asked and self._pg.transaction_status == TransactionStatus.IDLE:
                return
            try:
                await self._end(b"ROLLBACK")
            except psycopg.Error:
                # A dead server may be noticed by whoever writes to it, before the reader is told.
                if self.closed:
                    break
        if self._asked or self._pg.transaction_status != TransactionStatus.IDLE:
            self._lose(psycopg.OperationalError("it cannot be said what is under way"))

    async def _collect(self) -> None:
        """Take the result of the oldest statement."""
        result = await self._next()
        assert result is not None
        nothing = await self._next()
        assert nothing is None
        found = self._asked.popleft()
        found.result = result
        if result.status == _FAILED and self._error is None:
            self._error = error_from_result(result)

    async def _next(self) -> PGresult | None:
        while self._pg.is_busy():
            self._alive()
            self._waiter = self._loop.create_future()
            await self._waiter
        self._alive()
        return self._pg.get_result()

    async def _flush(self) -> None:
        """Send what was asked; what comes meanwhile is taken by the reader."""
        try:
            while self._pg.flush():
                writable = self._loop.create_future()
                self._loop.add_writer(self._socket, _tell, writable)
                try:
                    await writable
                finally:
                    self._loop.remove_writer(self._socket)
        except psycopg.OperationalError as error:
            self._lose(error)
            raise

    def _readable(self) -> None:
        try:
            self._pg.consume_input()
        except psycopg.OperationalError as error:
            self._lose(error)
            return
        waiter = self._waiter
        if waiter is not None and not waiter.done() and not self._pg.is_busy():
            waiter.set_result(None)

    def _lose(self, error: psycopg.OperationalError) -> None:
        if self._lost is not None:
            return
        self._lost = error
        self._loop.remove_reader(self._socket)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _alive(self) -> None:
        if self._lost is not None:
            raise psycopg.OperationalError("the connection was lost") from self._lost


def _ends_it(error: psycopg.OperationalError) -> bool:
    """Whether the server says that it goes, or the driver that it has gone: nothing is undone."""
    state = error.sqlstate
    return state is None or state.startswith(("57P", "08"))


def _tell(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _wire(value: object) -> bytes:
    if not isinstance(value, int):
        raise TypeError(f"a lane's statement takes columns and whole numbers, not {type(value)}")
    return _INT8.pack(value)
