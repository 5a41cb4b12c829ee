"""Connections outside the pool, for those who keep one: lanes and listeners."""

from collections.abc import Awaitable, Callable

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tenure.postgres.arrays import adapt
from tenure.postgres.pool import DEFAULTS
from tenure.postgres.transaction import Transaction


def connector(dsn: str) -> Callable[[], Awaitable[Transaction]]:
    """What opens a connection to this database each time it is called.

    Outside of ``postgres.transaction`` each statement is a transaction of its own.
    """
    given = conninfo_to_dict(dsn)
    conninfo = make_conninfo(
        dsn, **{name: value for name, value in DEFAULTS.items() if name not in given}
    )

    async def connect() -> Transaction:
        connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True)
        adapt(connection)
        return connection

    return connect
