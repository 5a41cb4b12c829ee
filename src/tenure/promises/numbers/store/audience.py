"""All SQL of audiences: whose lines are meant, as rows for whoever tells them."""

from typing import Final

from tenure.postgres.arrays import texts
from tenure.postgres.transaction import Transaction
from tenure.promises.notices.model import Audience, AudienceRows

# In the order of the primary key, so that a page begins where the last one ended.
_LINES: Final = """
SELECT l.msisdn, coalesce(t.holder_id, 0) AS person_id, l.language
FROM numbers.line l
LEFT JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
WHERE l.msisdn > %(after)s AND (%(every)s OR l.offer = ANY(%(offers)s))
ORDER BY l.msisdn LIMIT %(limit)s
"""
# Who has several numbers is met at the first of them.
_PEOPLE: Final = """
SELECT l.msisdn, t.holder_id AS person_id, l.language
FROM numbers.line l
JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
WHERE l.msisdn > %(after)s AND (%(every)s OR l.offer = ANY(%(offers)s))
ORDER BY l.msisdn LIMIT %(limit)s
"""
_BY_OFFER: Final = """
SELECT offer, count(*) FROM numbers.line WHERE offer = ANY(%s) GROUP BY offer ORDER BY offer
"""


def rows(audience: Audience) -> AudienceRows:
    """An audience as a query."""
    query = _PEOPLE if audience.once_per_person else _LINES
    return AudienceRows(query, {"every": not audience.offers, "offers": texts(audience.offers)})


async def by_offer(tx: Transaction, offers: tuple[str, ...]) -> dict[str, int]:
    """How many lines are sold as each of these; an offer without one is absent."""
    cursor = await tx.execute(_BY_OFFER, [texts(offers)])
    return {str(offer): int(count) for offer, count in await cursor.fetchall()}
