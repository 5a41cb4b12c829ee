"""The one place where transactions begin, commit and are repeated."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeAlias, TypeVar

import psycopg
from psycopg_pool import AsyncConnectionPool

Transaction: TypeAlias = psycopg.AsyncConnection[Any]
"""A connection inside a transaction; what operations and stores are given."""


class Rows(Protocol):
    """What a statement returns."""

    async def fetchall(self) -> list[Any]:
        """Its rows, in their order."""


class Statements(Protocol):
    """All that the hot path asks of a transaction: a connection's, or a lane's own."""

    async def execute(
        self,
        query: Any,
        params: Sequence[object] = ...,
        /,
        *,
        prepare: bool | None = ...,
        binary: bool = ...,
    ) -> Rows:
        """Run a statement, or have it run before its rows are read."""


Asked = ParamSpec("Asked")
AnswerT = TypeVar("AnswerT")

ATTEMPTS_MAX: Final = 8

# Someone else was first.  Asking again lets the rules see what they did and answer properly.
CONTESTED: Final = (
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.UniqueViolation,
    psycopg.errors.ExclusionViolation,
)


async def perform(
    pool: "AsyncConnectionPool[Any]",
    operation: Callable[Concatenate[Transaction, Asked], Awaitable[AnswerT]],
    *args: Asked.args,
    **kwargs: Asked.kwargs,
) -> AnswerT:
    """Run the operation as one transaction, and again if someone else was first.

    The answer is returned after the commit.  What cannot be contested away is raised.
    """
    async with pool.connection() as connection:
        return await perform_on(connection, operation, *args, **kwargs)


async def perform_on(
    connection: Transaction,
    operation: Callable[Concatenate[Transaction, Asked], Awaitable[AnswerT]],
    *args: Asked.args,
    **kwargs: Asked.kwargs,
) -> AnswerT:
    """As ``perform``, on a connection that the caller keeps.

    Statements are pipelined: BEGIN travels with the first one, COMMIT with the last, so that an
    operation that loads once and records once takes two round trips.
    """
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            async with connection.pipeline(), connection.transaction():
                answer = await operation(connection, *args, **kwargs)
        except CONTESTED:
            if attempt == ATTEMPTS_MAX:
                raise
        else:
            return answer
    raise AssertionError("unreachable: the last attempt returned or raised")
