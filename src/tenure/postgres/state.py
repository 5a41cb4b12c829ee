"""How PostgreSQL is: its version and its size, for whoever watches."""

import msgspec

from tenure.postgres.transaction import Transaction


class Health(msgspec.Struct, frozen=True):
    """What a database says of itself."""

    version: str
    """Such as 18.6."""
    octets: int
    """Of this database, on disk."""


async def look(tx: Transaction) -> Health:
    """Ask it; an answer at all is the first sign of health."""
    cursor = await tx.execute(
        "SELECT current_setting('server_version'), pg_database_size(current_database())"
    )
    row = await cursor.fetchone()
    assert row is not None
    return Health(str(row[0]).split()[0], int(row[1]))
