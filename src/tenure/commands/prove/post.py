"""Watches what leaves for the sender of texts: which notice, to whom, and exactly when."""

import asyncio
import re
import time
from pathlib import Path
from typing import Final, NamedTuple

from tenure.promises.notices.model import ATTEMPTS

LOOK_SECONDS: Final = 0.02
_READY: Final = re.compile(r"notice-(\d{12,})")
_TO: Final = re.compile(r"To: (\d+)\n")


class Left(NamedTuple):
    """A text that left."""

    at_seconds: float
    """By the clock that only goes forward."""
    notice_id: int
    to: str


class Post:
    """Looks into the folder of texts again and again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[tuple[str, int]] = set()
        self.left: list[Left] = []

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Take note of what is new."""
        at = time.monotonic()
        if not self._folder.exists():
            return
        for path in list(self._folder.iterdir()):
            found = _READY.fullmatch(path.name)
            if found is None:
                continue
            # A restored database counts its notices anew: a file may come twice.
            mark = (path.name, path.stat().st_mtime_ns)
            if mark in self._seen:
                continue
            self._seen.add(mark)
            to = _TO.match(path.read_text(encoding="utf-8"))
            self.left.append(Left(at, int(found[1]) // ATTEMPTS, "" if to is None else to[1]))

    def first(self, to: str, after_seconds: float) -> Left | None:
        """The first text to a number that left after an instant."""
        some = [one for one in self.left if one.to == to and one.at_seconds > after_seconds]
        return min(some, default=None)
