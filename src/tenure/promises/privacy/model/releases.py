"""What analysis asks and is told: groups, how many or how much, and what that cost."""

import datetime as dt
from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

import msgspec

Group = tuple[str, ...]
"""What its people have in common, in the order of the question's columns."""

OTHER = "other"
"""Several groups that are each too small."""


class Refusal(IntEnum):
    """Why analysis is told nothing, in descending precedence."""

    UNKNOWN_QUESTION = 1
    WRONG_MONTH = 2
    """The month is not over, or its usage has been made anonymous."""
    NO_NOISE = 3
    """The library that draws noise is not installed."""
    BUDGET_SPENT = 4
    """The answer would cost more privacy than is left this year."""
    TOO_FEW = 5
    """Too few people would stand behind a figure."""


class Told(msgspec.Struct, frozen=True):
    """One figure of an answer."""

    group: Group
    figure: int
    """People, or micros; with noise it can be below zero."""


class Budget(msgspec.Struct, frozen=True):
    """What answers about a data set cost in a year, in millionths of epsilon."""

    seq: int
    spent_millionths: int
    budget_millionths: int


class Spending(msgspec.Struct, frozen=True):
    """What one answer costs, after what was spent before."""

    dataset: str
    year: int
    before: Budget
    epsilon_millionths: int


class Release(msgspec.Struct, frozen=True):
    """An answer."""

    question: str
    month: dt.date
    measure: str
    by: tuple[str, ...]
    epsilon_millionths: int
    """0 for exact counts."""
    told: tuple[Told, ...]
    again: bool
    """It was given before, and cost nothing now."""


class Noise(Protocol):
    """A mechanism of differential privacy; its randomness is its own."""

    def costs(self, bound: int, epsilon_millionths: int) -> int:
        """Epsilon in millionths, rounded up, as the library computes it for figures that one person
        changes by at most ``bound`` together; at most what was asked for."""

    def added(self, figures: Sequence[int], bound: int, epsilon_millionths: int) -> list[int]:
        """The figures with noise of exactly that cost."""
