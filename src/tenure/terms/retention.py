"""How long an operator keeps what it holds about people, from when on, and why (PRV-KEEP)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.terms.subjects import Words
from tenure.values.instant import DAY_MS

ROW: Final = "row"
RELATION: Final = "relation"
STARTS: Final = (ROW, RELATION)
"""From when on time counts: when what the row tells was over, or also the relation with everybody
whom it concerns: their last number, visit, application or contract."""


class Period(msgspec.Struct, frozen=True):
    """How long something stays, in whole days from its start."""

    minimum_days: int
    """Before that it goes for nobody; 0 goes whenever its subject asks, even while it lasts."""
    maximum_days: int
    """After that it is gone, whether anybody asks or not."""

    @property
    def minimum_ms(self) -> int:
        """As milliseconds."""
        return self.minimum_days * DAY_MS

    @property
    def maximum_ms(self) -> int:
        """As milliseconds."""
        return self.maximum_days * DAY_MS


class Keeping(msgspec.Struct, frozen=True):
    """One name of a retention period: every column of the register says which is its."""

    name: str
    starts: str
    period: Period
    kinds: Mapping[str, Period]
    """For some kinds of people other days: a visitor is not an employee."""
    disputed: bool
    """Whether an open complaint, dispute or request about a number keeps it."""
    authority: str
    """Which law or term asks for it, or that none is published."""
    action: Words
    """What happens at the end, for people."""

    def of(self, kind: str) -> Period:
        """The days for one kind of people."""
        return self.kinds.get(kind, self.period)


class Retention(msgspec.Struct, frozen=True):
    """All periods, by name."""

    keeps: Mapping[str, Keeping]
    late_days: int
    """How late the clock may be before a promise is broken."""
