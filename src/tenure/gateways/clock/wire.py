"""How a clock is asked for: ``real``, or an instant and how much faster than real it runs."""

import re
from typing import Final

import msgspec

from tenure.values.instant import Instant, parse_instant

SPEED_MAX: Final = 86_400
"""A day a second."""
EXAMPLE: Final = "2026-01-31T08:00:00+07:00x60"
_SPEED = re.compile(r"x(\d+)\Z")


class Asked(msgspec.Struct, frozen=True):
    """A clock as asked for: since when, and how fast; no start is the real clock."""

    start: Instant | None = None
    speed: int = 1


def parse(text: str) -> Asked:
    """Read ``real``, an instant, or an instant with xSPEED; ValueError says what is wrong."""
    if text == "real":
        return Asked()
    found = _SPEED.search(text)
    speed = int(found[1]) if found else 1
    if not 1 <= speed <= SPEED_MAX:
        raise ValueError(f"a clock runs 1 to {SPEED_MAX} times as fast as real, not {speed}")
    try:
        start = parse_instant(text[: found.start()] if found else text)
    except ValueError as wrong:
        raise ValueError(f"{wrong}; a clock is 'real' or such as {EXAMPLE}") from wrong
    return Asked(start, speed)
