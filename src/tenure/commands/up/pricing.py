"""Keeps the prices by which usage is charged as the record says, while the process runs."""

import logging
import os
from collections.abc import Callable
from typing import Final

from tenure.commands.up.trouble import CannotRunError
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record.model import Act
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs.model import PublishedVersion, Untold
from tenure.promises.tariffs.rules import Book, compile_book
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

BY: Final = "<clock>"
SALT_OCTETS: Final = 32


def act(at: Instant) -> Act:
    """Time causes it."""
    return Act(BY, at, os.urandom(SALT_OCTETS))


class Pricing:
    """One book for the whole process: when a version is confirmed, everybody has it at once."""

    def __init__(self, pool: Pool, pack: Pack, in_force: Pack) -> None:
        """``in_force`` is the pack with the versions of the record."""
        self._pool, self._pack, self._in_force = pool, pack, in_force
        self.book: Final = compile_book(in_force)
        self.starts: Final[list[Instant]] = _starts(in_force)
        """When versions take effect; the list stays the same one, and changes."""

    @classmethod
    async def opened(cls, pool: Pool, pack: Pack, now: Callable[[], Instant]) -> "Pricing":
        """The prices in force by the record, which is founded if there is none yet.

        CannotRunError when the files of a version in force are gone or say something else.
        """
        found = await perform(pool, tariffs.timeline, pack, act(now()))
        if isinstance(found, Refused):
            raise CannotRunError(found.detail)
        return cls(pool, pack, found)

    async def look(self, at: Instant) -> None:
        """See which versions the record has, and price by these from now on."""
        found = await perform(self._pool, tariffs.timeline, self._pack, act(at))
        if isinstance(found, Refused):
            log.error("prices stay as they are: %s", found.detail)
        elif found != self._in_force:
            self._in_force = found
            renew(self.book, found)
            self.starts[:] = _starts(found)
            log.info("prices on record: %s", ", ".join(self.book.version_ids))

    async def confirm(self, at: Instant) -> None:
        """Confirm the announced version once everybody affected was told in time."""
        operator = self._pack.terms.operator
        found = await perform(self._pool, tariffs.put_in_force, operator, act(at))
        if isinstance(found, Untold):
            log.info("a version is announced; %d lines had no notice for long enough", found.lines)
        elif isinstance(found, PublishedVersion) and found.in_force_from is not None:
            log.info("%s is in force from %s on", found.version_id, iso(found.in_force_from))
            await self.look(at)


def renew(book: Book, in_force: Pack) -> None:
    """Have a book say what a pack says; whoever holds it reads on in the new one.

    Between two requests, as all of this runs in one thread: no request is priced by half of each.
    """
    fresh = compile_book(in_force)
    for name in Book.__slots__:
        setattr(book, name, getattr(fresh, name))


def _starts(in_force: Pack) -> list[Instant]:
    return [one.effective_from for one in in_force.versions]
