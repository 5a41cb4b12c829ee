"""What the public website needs on this machine: keys that seal, seeds that wait for a draw."""

import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from tenure.commands.connect import act_of
from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.operations import Keys
from tenure.terms.model import Terms
from tenure.terms.website import Contest
from tenure.values.instant import Instant
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

KEYS: Final = Path("keys") / "people"
"""Below the data folder: the key store of people, which is copied apart from the database."""
SEEDS: Final = Path("keys") / "contests"
SEED_OCTETS: Final = 32
BY: Final = "<clock>"


@contextmanager
def sealing(data: Path, at: Instant) -> Iterator[Keys]:
    """The keys under which forms are sealed; the store is made when there is none yet."""
    folder = data / KEYS
    if not (folder / opening.KEYS).exists():
        folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        opening.make(folder, at_ms=at).close()
    with closing(opening.opened(folder)) as shelf:
        yield Keys(shelf)


def seed_of(data: Path, contest: str, *, make: bool = False) -> bytes | None:
    """The seed of a contest, which only this machine knows until the draw; None if it is not here.

    ``make`` draws one when there is none yet.
    """
    path = data / SEEDS / contest
    if make and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SEED_OCTETS))
            file.flush()
            os.fsync(file.fileno())
    return path.read_bytes() if path.exists() else None


async def announce(pool: Pool, data: Path, contest: Contest, by: str, at: Instant) -> object:
    """Draw the seed of a contest, keep it here, and announce its hash; a refusal if it was."""
    seed = seed_of(data, contest.name, make=True)
    assert seed is not None
    commitment = privacy.website.commitment_of(seed)
    return await perform(pool, privacy.contests.announce, contest, commitment, act_of(by, at))


async def announce_all(pool: Pool, data: Path, terms: Terms, at: Instant) -> int:
    """Announce every contest of the pack that is not over and was not announced; how many."""
    count = 0
    for contest in terms.privacy.website.contests:
        known = await perform(pool, privacy.contests.announced, contest.name)
        if known is None and at < contest.closes_at:
            found = await announce(pool, data, contest, BY, at)
            count += not isinstance(found, Refused)
    return count


def ending(pool: Pool, data: Path) -> Callable[[Instant], Awaitable[None]]:
    """WEB-KEEP: what the website got ends when its time is over, with its keys."""

    async def end(at: Instant) -> None:
        with sealing(data, at) as keys:
            ended = await perform(pool, privacy.website.end, keys, act_of(BY, at))
            await perform(pool, keys.settle, at)
        if ended.entries:
            log.info("website: %d forms were destroyed, with their keys", ended.entries)

    return end
