"""Connections to PostgreSQL, kept open and lent out."""

from typing import Any, Final, TypeAlias

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from tenure.postgres.arrays import adapt
from tenure.postgres.transaction import Transaction

Pool: TypeAlias = "AsyncConnectionPool[Any]"

SIZE_MIN: Final = 2
SIZE_MAX: Final = 16
"""More connections than cores only wait for each other."""
LEND_SECONDS_MAX: Final = 30
"""Who waits longer for a connection is told so; a restart of PostgreSQL takes less."""
DEFAULTS: Final = {"application_name": "tenure", "connect_timeout": "5", "keepalives_idle": "30"}


async def _taught(connection: Transaction) -> None:
    adapt(connection)


def pool_of(dsn: str, *, size_min: int = SIZE_MIN, size_max: int = SIZE_MAX) -> Pool:
    """A pool that opens with ``async with``, and lends connections that are alive.

    A connection that broke meanwhile (PostgreSQL was restarted) is replaced before it is lent.
    Outside of ``postgres.transaction`` each statement is a transaction of its own.
    """
    given = conninfo_to_dict(dsn)
    defaults = {name: value for name, value in DEFAULTS.items() if name not in given}
    return AsyncConnectionPool(
        make_conninfo(dsn, **defaults),
        open=False,
        configure=_taught,
        kwargs={"autocommit": True},
        min_size=size_min,
        max_size=size_max,
        timeout=LEND_SECONDS_MAX,
        check=AsyncConnectionPool.check_connection,
        name="tenure",
    )
