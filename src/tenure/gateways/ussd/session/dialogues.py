"""The dialogues that are open, in memory: each ends by itself, and a lost one harms nobody."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

import msgspec

from tenure.values.instant import Instant

OPEN_MAX: Final = 50_000
"""Some hundred octets each.  With more, who has been silent for the longest dials again."""

StateT = TypeVar("StateT")


class _Open(msgspec.Struct, Generic[StateT], frozen=True):
    state: StateT
    ends_at: Instant


class Dialogues(Generic[StateT]):
    """What is remembered of each dialogue between two inputs."""

    def __init__(self, lasts_ms: int, open_max: int = OPEN_MAX) -> None:
        """``lasts_ms``: who says nothing for so long has left."""
        self._lasts_ms, self._open_max = lasts_ms, open_max
        self._open: OrderedDict[Hashable, _Open[StateT]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._open)

    def keep(self, key: Hashable, state: StateT, at: Instant) -> None:
        """Remember where a dialogue stands; it counts as used now."""
        self._open.pop(key, None)
        self._open[key] = _Open(state, Instant(at + self._lasts_ms))
        while len(self._open) > self._open_max or self._oldest_is_over(at):
            self._open.popitem(last=False)

    def find(self, key: Hashable, at: Instant) -> StateT | None:
        """Where a dialogue stands; None when it is over, or there was none."""
        found = self._open.get(key)
        return None if found is None or at >= found.ends_at else found.state

    def end(self, key: Hashable) -> None:
        """Forget a dialogue."""
        self._open.pop(key, None)

    def _oldest_is_over(self, at: Instant) -> bool:
        return bool(self._open) and at >= next(iter(self._open.values())).ends_at
