"""What time causes about keys: nightly they are wrapped anew, and copies whose time is over end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from tenure.commands import people_keys
from tenure.commands.privacy import copy_ends
from tenure.commands.privacy.keys import OLD_DAYS, turned
from tenure.keystore import opening
from tenure.values.instant import DAY_MS, HOUR_MS, Instant

log = logging.getLogger(__name__)

EVERY_MS: Final = HOUR_MS


def turning(data: Path) -> Callable[[Instant], Awaitable[None]]:
    """Wrap every key anew once a day, and end copies; other processes seal and open meanwhile.

    In a thread of its own: charging does not wait for it.  Without a key store it does nothing.
    """
    folder = data / people_keys.FOLDER

    async def turn(at: Instant) -> None:
        if (folder / opening.KEYS).exists():
            await asyncio.to_thread(_turn, folder, at)

    return turn


def _turn(folder: Path, at: Instant) -> None:
    with closing(opening.opened(folder)) as shelf:
        if ended := copy_ends.end_due(shelf, folder, at):
            log.info("keys: the time of %d copies is over; they are noise now", len(ended))
        newest = max(since for _, since, _ in shelf.epochs())
        if at - newest < DAY_MS:
            return
        epoch, wrapped, gone = turned(shelf, at, OLD_DAYS)
    log.info("keys: epoch %d wraps %d keys; %d older are destroyed", epoch, wrapped, len(gone))
