"""A breach of personal data: what is known of it, whom it concerns, who is told by when."""

from collections.abc import Mapping
from enum import Enum, IntEnum
from uuid import UUID

import msgspec

from tenure.values.instant import Instant


class Step(Enum):
    """What is done about a breach; all but notes happen once."""

    NOTED = "noted"
    SCOPED = "scoped"
    """Whose data it was is found out, perhaps again."""
    SUBJECTS_TOLD = "subjects-told"
    AUTHORITY_TOLD = "authority-told"
    PUBLIC_TOLD = "public-told"
    CLOSED = "closed"


class Said(msgspec.Struct, frozen=True):
    """What is said of a breach in one language: which data, how it came about, what is done."""

    what: str
    how: str
    handling: str


class Leak(msgspec.Struct, frozen=True):
    """What reached others, as far as it is known."""

    tables: tuple[str, ...]
    """``promise.table``, as the register names them."""
    began_at: Instant
    ended_at: Instant | None = None
    by_login: str = ""
    """Only what this login of ours looked at between the two; "" for all of the tables."""


class Breach(msgspec.Struct, frozen=True):
    """A breach on record."""

    breach_id: UUID
    known_at: Instant
    """From this moment the clocks run: somebody of ours knew."""
    leak: Leak
    subjects_until: Instant
    authority_until: Instant
    opened_by: str
    opened_at: Instant


class Done(msgspec.Struct, frozen=True):
    """A step that was taken."""

    step: Step
    at: Instant
    by: str
    note: str


class Reach(msgspec.Struct, frozen=True):
    """Whom a breach concerns, in numbers."""

    persons: int = 0
    subjects: int = 0
    humans: int = 0
    told: int = 0
    by_hand: int = 0
    """Who has no number of ours: a letter is theirs."""

    @property
    def all(self) -> int:
        """How many there are."""
        return self.persons + self.subjects + self.humans


class BreachFile(msgspec.Struct, frozen=True):
    """All that is known of a breach."""

    breach: Breach
    said: Mapping[str, Said]
    """By language, as last worded."""
    steps: tuple[Done, ...]
    reach: Reach

    def at(self, step: Step) -> Instant | None:
        """When a step was taken; None while it was not."""
        return next((one.at for one in self.steps if one.step is step), None)


class Waiting(msgspec.Struct, frozen=True):
    """A clock of a breach: who is to be told, until when, and how that stands."""

    whom: Step
    until: Instant
    done_at: Instant | None
    late: bool
    """It was, or is, after its time."""


class BreachRefusal(IntEnum):
    """Why nothing was done about a breach, in descending precedence."""

    BREACH_UNKNOWN = 1
    BREACH_CLOSED = 2
    BREACH_TABLE_UNKNOWN = 3
    BREACH_TIMES_CROSSED = 4
    BREACH_LOGIN_UNKNOWN = 5
    BREACH_NOT_SCOPED = 6
    BREACH_NOT_WORDED = 7
    """A language of the operator lacks its words: nobody is told half of it."""
    BREACH_STEP_DONE = 8
    BREACH_NOBODY_TOLD = 9
    """Subjects or authority were not told yet."""
    BREACH_NOTE_MISSING = 10
