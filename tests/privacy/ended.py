"""Somebody who left, and a database that ends what pack and register say: for tests."""

from pathlib import Path
from typing import Final
from uuid import UUID

from tenure.commands.ending import proceed
from tenure.postgres.ownership import perform_as_owner
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.retention import Certificate, Entry
from tenure.promises.privacy.operations import retention
from tenure.promises.privacy.operations.retention import Ledger
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose
from tests.numbers.asked import LATER, NEW, OLD, complete, effect, populated
from tests.numbers.stocked import KH, act

LEFT: Final = Instant(LATER + 2 * DAY_MS)
"""When person 1 gave the number away: nothing is theirs from here on."""
GONE: Final = Whose("person", OLD)
THERE: Final = Whose("person", NEW)


def after(days: float) -> Instant:
    """So many days after person 1 left."""
    return Instant(LEFT + round(days * DAY_MS))


def entry_id(number: int) -> UUID:
    """A UUID that is the same every time."""
    return UUID(int=number, version=4)


async def published(owner: str) -> None:
    """The database ends what the pack of smart-kh says."""
    await perform_as_owner(owner, retention.keep, KH, act("<tenure>"))


async def left(pool: Pool, owner: str) -> None:
    """Person 1 had a number and keys of their own, and gave the number to person 2."""
    await published(owner)
    await populated(pool)
    await complete(pool)
    await effect(pool, 1, LEFT)


async def erased(
    pool: Pool, ledger: Path, at: Instant, number: int = 1, whose: Whose = GONE
) -> Certificate:
    """Everything of somebody that can end at this instant has ended."""
    found = await perform(pool, retention.erase, whose, entry_id(number), act("<holder>", at))
    assert not isinstance(found, Refused), found
    assert isinstance(found, Entry)
    return await proceed(pool, Ledger(ledger), found, at)
