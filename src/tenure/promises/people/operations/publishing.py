"""What may be asked of the published kinds of people: whether the database enforces them."""

import hashlib

from tenure.postgres.transaction import Transaction
from tenure.promises.people.rules.publishing import published
from tenure.promises.people.store import publishing as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.record.rules import canonical
from tenure.terms.model import Terms


async def fits(tx: Transaction, terms: Terms) -> bool:
    """Whether the database enforces what the pack says of people."""
    return await store.fits(tx, canonical(published(terms)))


async def keep(tx: Transaction, terms: Terms, act: Act) -> bool:
    """Have the database enforce what the pack says of people; whether it did not before.

    Only as the owner (``perform_as_owner``): the application cannot change its own rules.
    """
    wanted = canonical(published(terms))
    if await store.fits(tx, wanted):
        return False
    said = {"sha256": hashlib.sha256(wanted.encode()).hexdigest()}
    await record.append(tx, act, "people.published", said, {})
    await store.publish(tx, wanted)
    return True
