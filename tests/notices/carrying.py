"""A carrier of texts for tests: takes what waits, and has handed it over at once."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Dispatch, Medium, Route
from tenure.promises.numbers import operations as numbers
from tenure.terms.model import Terms
from tenure.values.instant import Instant

PLAIN: Final = Route(Medium.SMS, "test", receipts=False)
"""Texts, of whose delivery nobody reports."""
COUNT_MAX: Final = 1_000


async def take(
    tx: Transaction, terms: Terms, at: Instant, route: Route = PLAIN, count: int = COUNT_MAX
) -> list[Dispatch]:
    """Decide what leaves now, as a gateway does before it commits."""
    waiting = await notices.waiting(tx, route.medium, count, at)
    reach = await numbers.lifecycle.reach(tx, waiting)
    return await notices.decide(tx, terms, route, waiting, reach, at)


async def carry(tx: Transaction, terms: Terms, at: Instant, route: Route = PLAIN) -> list[Dispatch]:
    """What leaves now, and is taken by the other side at the same instant."""
    out = await take(tx, terms, at, route)
    await notices.handed(tx, [(one.delivery_id, "") for one in out], at)
    return out
