"""SQL of what the database enforces of the pack about people."""

from typing import Final

from tenure.postgres.transaction import Transaction

_FITS: Final = """
SELECT EXISTS (
    SELECT FROM people.figures f, (SELECT %s::jsonb) AS given (pack)
    WHERE f.digest = sha256(convert_to(pack::text, 'UTF8'))
      AND f.adult_years = (pack ->> 'adult_years')::integer AND f.time_zone = pack ->> 'time_zone'
      AND f.passkey_age_ms = (pack ->> 'passkey_age_ms')::bigint
)
"""
_PUBLISH: Final = "SELECT people.publish(%s::jsonb)"


async def fits(tx: Transaction, published: str) -> bool:
    """Whether the database enforces exactly this."""
    cursor = await tx.execute(_FITS, [published])
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def publish(tx: Transaction, published: str) -> None:
    """Have the database enforce this; only as its owner."""
    await tx.execute(_PUBLISH, [published])
