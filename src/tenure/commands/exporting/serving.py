"""Packages that people ask for on their own page: begun there, written by the clock, read once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

from tenure.commands import people_keys, secret_file
from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.desk import Desk
from tenure.postgres.pool import Pool
from tenure.promises.privacy import model
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused

held = model.exports

FOLDER: Final = "exports"
SECRET_OCTETS: Final = 32
BLOCK_OCTETS: Final = 1 << 18


def desk_of(
    pool: Pool, terms: Terms, data: Path, now: Callable[[], Instant], name: str = "up"
) -> Desk:
    """A desk that writes into the data folder, with the key of this installation."""
    path = data / "keys" / FOLDER
    secret_file.make(name, path, SECRET_OCTETS)
    secret = secret_file.read(name, path, SECRET_OCTETS, "it is made with the first export")
    return Desk(pool, terms, secret, data / FOLDER, now, data / people_keys.FOLDER)


class Serving:
    """What the page asks of us."""

    def __init__(self, desk: Desk) -> None:
        """Packages are written by ``duty``."""
        self._desk = desk

    async def ask(self, whose: held.Whose, scope: held.Scope, language: str) -> str:
        """Begin a package; its passphrase, or "" when the same is under way or nothing is held."""
        begun = await exporting.ask(self._desk, whose, scope, language, held.BY_THEMSELVES, None)
        return "" if isinstance(begun, Refused) else begun.passphrase

    async def read(self, job: held.Job) -> AsyncIterator[bytes]:
        """The package, piece by piece."""
        file = await asyncio.to_thread(Path(job.file).open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, BLOCK_OCTETS):
                yield piece
        finally:
            file.close()


def duty(desk: Desk) -> Callable[[Instant], Awaitable[None]]:
    """Write what was asked for, and destroy what was fetched or is over."""

    async def work(at: Instant) -> None:
        del at  # the desk has the clock
        await exporting.work(desk)
        await exporting.sweep(desk)

    return work
