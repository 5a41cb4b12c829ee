"""Tries what may be refused, and says how PostgreSQL refused it: for attacks on purpose."""

from collections.abc import Awaitable, Sequence
from typing import TypeVar

import msgspec
import psycopg

from tenure.postgres.transaction import Transaction

AnswerT = TypeVar("AnswerT")


class Denied(msgspec.Struct, frozen=True):
    """PostgreSQL refused; no value of anybody is in it."""

    code: str
    """SQLSTATE."""
    named: str
    """The constraint, or else what it said: only a missing permission says no value."""

    def __str__(self) -> str:
        """As a person reads it."""
        return f"{self.named} ({self.code})"


async def tried(work: Awaitable[AnswerT]) -> AnswerT | Denied:
    """What the work answers, or how PostgreSQL refused it."""
    try:
        return await work
    except psycopg.Error as error:
        named = error.diag.constraint_name
        if named is None and isinstance(error, psycopg.errors.InsufficientPrivilege):
            named = error.diag.message_primary
        return Denied(error.sqlstate or "", named or type(error).__name__)


async def statement(
    connection: Transaction, text: str, given: Sequence[object] = ()
) -> int | Denied:
    """How many rows a statement wrote or found, or how it was refused.

    Without parameters it goes as it was typed.
    """
    work = connection.execute(text.encode(), given or None)
    done = await tried(work)
    return done if isinstance(done, Denied) else done.rowcount
