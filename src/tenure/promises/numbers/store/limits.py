"""All SQL of limits: which lines are meant, and until when a service of them may not be used."""

from collections.abc import Sequence
from typing import Final

from tenure.postgres.arrays import moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model import Limit, Reached
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

_REACHED: Final = """
SELECT l.msisdn, l.purse_id, l.language, t.holder_id, l.suspended
FROM numbers.line l
LEFT JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
"""
# In one order, so that two who decide about the same lines wait for each other and no more.
_BY_MSISDN: Final = f"{_REACHED} WHERE l.msisdn = ANY(%b) ORDER BY l.msisdn FOR UPDATE OF l"
_BY_OFFER: Final = f"{_REACHED} WHERE l.offer = %s ORDER BY l.msisdn FOR UPDATE OF l"

_NONE: Final = Instant(0)
"""Stands for no restriction on the way to PostgreSQL; long ago in any case."""

_LIMIT: Final = """
WITH changed AS (
    UPDATE numbers.line l
    SET restricted_until = wanted.until
    FROM (
        SELECT msisdn, CASE WHEN greatest(voice, sms, mms, data, content) > 'epoch' THEN ARRAY[
            nullif(voice, 'epoch'), nullif(sms, 'epoch'), nullif(mms, 'epoch'),
            nullif(data, 'epoch'), nullif(content, 'epoch')
        ] END AS until
        FROM unnest(%b, %b, %b, %b, %b, %b) AS given (msisdn, voice, sms, mms, data, content)
    ) AS wanted
    WHERE l.msisdn = wanted.msisdn AND l.restricted_until IS DISTINCT FROM wanted.until
    RETURNING l.purse_id
)
SELECT pg_notify('tenure_changed', purse_id::text) FROM changed
"""
SERVICES: Final = 5


async def by_msisdn(tx: Transaction, msisdns: Sequence[str]) -> list[Reached]:
    """The lines of these numbers with their holders, locked until the transaction ends."""
    cursor = await tx.execute(_BY_MSISDN, [texts(msisdns)])
    return [Reached(Msisdn(msisdn), *rest) for msisdn, *rest in await cursor.fetchall()]


async def by_offer(tx: Transaction, offer: str) -> list[Reached]:
    """All lines of an offer with their holders, locked until the transaction ends."""
    cursor = await tx.execute(_BY_OFFER, [offer])
    return [Reached(Msisdn(msisdn), *rest) for msisdn, *rest in await cursor.fetchall()]


async def limit(tx: Transaction, limits: Sequence[Limit]) -> None:
    """Write until when each service may not be used, and tell who holds live sessions of it."""
    ends = [one.restricted_until or (None,) * SERVICES for one in limits]
    columns = [moments([end[place] or _NONE for end in ends]) for place in range(SERVICES)]
    await tx.execute(_LIMIT, [texts([one.msisdn for one in limits]), *columns])
