"""Whose lines a message to many is for, and how many they are."""

from collections.abc import Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.notices.model import Audience, AudienceRows
from tenure.promises.numbers.store import audience as store


def rows(audience: Audience) -> AudienceRows:
    """An audience as rows of (msisdn, person_id, language), for ``notices.campaigns.plan``."""
    return store.rows(audience)


async def by_offer(tx: Transaction, offers: Sequence[str]) -> dict[str, int]:
    """How many lines are sold as each of these offers; one without a line is 0."""
    found = await store.by_offer(tx, tuple(offers))
    return {offer: found.get(offer, 0) for offer in offers}
