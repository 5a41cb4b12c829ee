"""Letters to who sent a form of the website: what is in one, and how far it is."""

from enum import Enum, StrEnum
from typing import Final
from uuid import UUID

import msgspec

from tenure.promises.privacy.model.website import Entry, Given
from tenure.values.instant import MINUTE_MS, Instant

TEXT_MAX: Final = 20_000
"""Characters of an answer."""
SILENT_MS: Final = 15 * MINUTE_MS
"""Who hands a letter over says within this time what came of it, or is dead."""


class Kind(StrEnum):
    """What a letter is for."""

    ANSWER = "answer"
    LINK = "link"
    """It shows that an address is theirs who opens it."""


class State(Enum):
    """How far a letter is, at an instant: computed from what is on record."""

    WAITING = "waits"
    """It is tried at an instant, for the first time or again."""
    UNDER_WAY = "under way"
    SENT = "sent"
    """The server of mail has it, and answers for it."""
    DOUBTFUL = "in doubt"
    """Its connection ended after its text: nobody knows, and nobody sends it twice unasked."""
    FAILED = "failed"
    """It was refused for good, or as often as the pack says."""


STUCK: Final = frozenset({State.DOUBTFUL, State.FAILED})
"""Somebody has to look: nothing goes on by itself."""


class NewAnswer(msgspec.Struct, frozen=True):
    """An answer as one of ours wrote it."""

    entry_id: UUID
    case_id: str
    """An open case about this form."""
    text: str
    more: bool = False
    """There was an answer before; else there is one a form."""

    def __repr__(self) -> str:
        return "NewAnswer()"


class Letter(msgspec.Struct, frozen=True):
    """A letter as it is kept; its text is sealed under the key of its form."""

    entry_id: UUID
    number: int
    """The how-manieth letter about its form, from 1."""
    subject_id: int
    kind: Kind
    sealed: bytes
    written_at: Instant
    written_by: str
    tries: int = 0
    due_at: Instant | None = None
    handing_at: Instant | None = None
    handed_at: Instant | None = None
    reason: str | None = None
    """Why the latest try did not end well: codes, never a server's words."""

    def __repr__(self) -> str:
        return f"Letter({self.kind.value}, {self.number})"


class Going(msgspec.Struct, frozen=True):
    """A letter that goes out once this is committed."""

    letter: Letter
    to: str
    """"" when the form gave no address."""
    subject: str
    text: str
    language: str

    def __repr__(self) -> str:
        return f"Going({self.letter.kind.value}, {self.letter.number})"


class Mine(msgspec.Struct, frozen=True):
    """One form as who sent it sees it again, with what was answered."""

    entry: Entry
    given: Given | None
    """None when its key is gone."""
    answers: tuple[tuple[Letter, str], ...]

    def __repr__(self) -> str:
        return f"Mine({self.entry.form})"
