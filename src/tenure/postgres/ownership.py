"""Transactions of the owner that nobody can log in as: for what the application may not change."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, Final

import psycopg

from tenure.postgres.connection import connector
from tenure.postgres.transaction import AnswerT, Asked, Transaction

_AS_OWNER: Final = "SET LOCAL ROLE tenure_owner"


class NotTheOwnerError(Exception):
    """Whoever connects may not act as the owner."""


class NotAcceptedError(Exception):
    """What is there forbids the change; the message names the constraint."""


@contextmanager
def owning() -> Iterator[None]:
    """What the database forbids to whoever connects becomes a NotTheOwnerError, in its words."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotTheOwnerError(str(error.diag.message_primary)) from error


async def perform_as_owner(
    dsn: str,
    operation: Callable[Concatenate[Transaction, Asked], Awaitable[AnswerT]],
    *args: Asked.args,
    **kwargs: Asked.kwargs,
) -> AnswerT:
    """Run the operation once as one transaction of tenure_owner, on a connection of its own."""
    connection = await connector(dsn)()
    try:
        async with connection, connection.transaction():
            await connection.execute(_AS_OWNER)
            return await operation(connection, *args, **kwargs)
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotTheOwnerError from error
    except psycopg.errors.IntegrityError as error:
        raise NotAcceptedError(str(error.diag.constraint_name)) from error
