"""How the figures of the pack become those that the database enforces, before anything starts."""

import asyncio
import os
from typing import Final

from tenure.postgres.connection import connector
from tenure.postgres.ownership import NotAcceptedError, NotTheOwnerError, perform_as_owner
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.values.instant import Instant

SALT_OCTETS: Final = 32
BY: Final = "<tenure>"
SETTLE: Final = (
    "somebody holds more prepaid numbers than the pack allows ({constraint}); "
    "settle that first, or keep prepaid_numbers_max as it was"
)


class CannotKeepError(Exception):
    """The database enforces other figures than the pack says; the message says the remedy."""


def keep(dsn: str, terms: Terms, at: Instant) -> bool:
    """See that the database enforces what the pack says; whether it did not before.

    CannotKeepError when it does not and this connection may not change it.
    """
    return asyncio.run(_keep(dsn, terms, at))


async def _keep(dsn: str, terms: Terms, at: Instant) -> bool:
    connection = await connector(dsn)()
    async with connection:
        if await _fits(connection, terms):
            return False
    act = Act(BY, at, os.urandom(SALT_OCTETS), "the pack was published")
    try:
        return await perform_as_owner(dsn, _kept, terms, act)
    except NotTheOwnerError:
        raise CannotKeepError(
            f"the database does not enforce what the pack of {terms.operator} says, and this login "
            "may not change that; as a superuser or as a member of tenure_owner, run: "
            f"tenure migrate --dsn … --operator {terms.operator}"
        ) from None
    except NotAcceptedError as error:
        raise CannotKeepError(SETTLE.format(constraint=error)) from None


async def _fits(tx: Transaction, terms: Terms) -> bool:
    return (
        await numbers.holding.fits(tx, terms)
        and await people.publishing.fits(tx, terms)
        and await privacy.retention.fits(tx, terms)
        and await privacy.disclosures.fits(tx, terms)
    )


async def _kept(tx: Transaction, terms: Terms, act: Act) -> bool:
    """What promises enforce of the pack, each with its own leaf."""
    kept = [
        await people.publishing.keep(tx, terms, act),
        await numbers.holding.keep_figures(tx, terms, act),
        await privacy.disclosures.keep(tx, terms, act),
        await privacy.retention.keep(tx, terms, act),
    ]
    return any(kept)
