"""What may be learned from usage: how many stand behind a sum, and which questions are answered."""

from collections.abc import Mapping
from typing import Final

import msgspec

LINES: Final = "lines"
CHARGES: Final = "charges"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    LINES: ("offer", "language", "kind", "age"),
    CHARGES: ("service", "offer", "language", "kind", "age"),
}
"""The data sets, and what their rows may be told apart by: a row is a line, or a charge."""
KINDS: Final = ("prepaid", "postpaid")
AGES: Final = ("under 25", "25 to 34", "35 to 49", "50 and over")
AGE_FROM: Final = (25, 35, 50)
"""Where the bands of age begin, after the first."""
SERVICES: Final = ("voice", "sms", "mms", "data", "content")
PEOPLE: Final = "people"
MICROS: Final = "micros"
MEASURES: Final[Mapping[str, tuple[str, ...]]] = {LINES: (PEOPLE,), CHARGES: (PEOPLE, MICROS)}
CROWD: Final = "crowd"
NOISE: Final = "noise"
METHODS: Final = (CROWD, NOISE)
MERGE: Final = "merge"
REFUSE: Final = "refuse"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question that analysis may have answered, as often as its budget lasts."""

    name: str
    dataset: str
    by: tuple[str, ...]
    """The columns that its groups are told apart by: the quasi-identifiers."""
    measure: str
    """How many people, or what they paid in micros."""
    method: str
    """``crowd``: exact, where enough people are in a group; ``noise``: differentially private."""
    people_min: int = 0
    """``crowd``: fewer people in a group are not told."""
    small: str = ""
    """``crowd``: what becomes of smaller groups: merged with each other, or nothing is told."""
    rows_max: int = 0
    """``noise``: so many rows of one person count; 0 with ``crowd``."""
    row_micros_max: int = 0
    """``noise`` over micros: a row counts for at most so much."""
    epsilon_millionths: int = 0
    """``noise``: the most privacy that one answer may cost."""

    @property
    def bound(self) -> int:
        """The most by which one person can change all figures of an answer together."""
        return self.rows_max * (self.row_micros_max if self.measure == MICROS else 1)


class Analysis(msgspec.Struct, frozen=True):
    """The figures of analysis.toml."""

    purses_min: int
    """So many purses stand at least behind every total of ended usage."""
    budgets: Mapping[str, int]
    """Millionths of epsilon that all answers about a data set may cost in a year."""
    questions: Mapping[str, Question]
