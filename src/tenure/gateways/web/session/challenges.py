"""Challenges for holders, who have no login: each may be signed once, within two minutes."""

from typing import Final

from tenure.values.instant import MINUTE_MS, Instant

LIFE_MS: Final = 2 * MINUTE_MS
OPEN_MAX: Final = 1_000
"""So many are remembered; the oldest goes first."""


class Challenges:
    """What was given out to be signed and was not signed yet."""

    def __init__(self) -> None:
        """Nothing was given out."""
        self._open: dict[bytes, Instant] = {}

    def give(self, fresh: bytes, at: Instant) -> bytes:
        """Remember a challenge; ``fresh`` is 32 random bytes."""
        self._open[fresh] = at
        while len(self._open) > OPEN_MAX:
            self._open.pop(next(iter(self._open)))
        return fresh

    def take(self, challenge: bytes, at: Instant) -> bool:
        """Whether it was given out lately and not signed before; it never is again."""
        given = self._open.pop(challenge, None)
        return given is not None and given <= at < given + LIFE_MS
