"""What ends when: the ledger of what ended, what stays and why, what is held back (PRV-KEEP)."""

from enum import Enum, IntEnum
from typing import Final
from uuid import UUID

import msgspec

from tenure.values.instant import Instant
from tenure.values.sealing import Whose

HOLD: Final = "privacy.hold"
RELEASE: Final = "privacy.release"
"""What two of ours must agree to."""


class State(Enum):
    """How something that is held stands at an instant."""

    LASTS = "lasts"
    """What it tells goes on, or the relation with somebody whom it concerns does."""
    MUST_STAY = "minimum"
    """It is over, and law, tax or a claim wants it for a while."""
    MAY_GO = "may go"
    """Nothing wants it any more: it goes as soon as its subject asks."""
    DUE = "due"
    """It has to be gone, whether anybody asks or not."""
    HELD = "held"
    """A legal hold, or something that is open, postpones its end."""


class Facts(msgspec.Struct, frozen=True):
    """What decides about a row: when it was over, when the relation was, and what holds it."""

    since: Instant | None
    """When what it tells was over; None while it lasts."""
    relation: Instant | None
    """When the last relation with whom it concerns was over; None while one lasts."""
    held: bool = False


class Standing(msgspec.Struct, frozen=True):
    """How it stands, and when that changes by itself."""

    state: State
    until: Instant | None = None


class Ground(Enum):
    """Why something stays although it was asked to end."""

    HELD = "held"
    LASTS = "lasts"
    MINIMUM = "minimum"
    NEEDED = "needed"
    """A row that stays for longer names it; what it told is gone where that can be."""
    USAGE = "usage"
    """Details of use end by the month, for everybody at once."""


class Left(msgspec.Struct, frozen=True):
    """What stays of one store, for one ground."""

    store: str
    keep: str
    ground: Ground
    rows: int
    until: Instant | None
    """The month in which the first of it can go; None where nobody knows."""


class Gone(msgspec.Struct, frozen=True):
    """What ended of one store."""

    store: str
    act: str
    rows: int


class Entry(msgspec.Struct, frozen=True):
    """One line of the ledger: that something is to end, written before it does."""

    entry_id: UUID
    why: str
    """``request``, ``period``, or ``replay`` after a copy was put back."""
    whose: Whose | None
    """None for what ends of everybody because its time is over."""
    at: Instant

    def __repr__(self) -> str:
        return f"Entry({self.entry_id})"


class Certificate(msgspec.Struct, frozen=True):
    """What an entry of the ledger came to, for whoever asked."""

    entry: Entry
    gone: tuple[Gone, ...]
    left: tuple[Left, ...]
    again: Instant | None
    """When it is looked at next; None when nothing is left to do."""
    leaves: tuple[int, ...]
    """The leaves of the record that prove it, in their order."""


class Step(msgspec.Struct, frozen=True):
    """One step of the plan, as far as others have to know it."""

    nth: int
    store: str
    keep: str
    act: str


class Window(msgspec.Struct, frozen=True):
    """The pages of a table in which rows end in one transaction."""

    page: int = 0
    until_page: int = 64
    """The end is outside: [page, until_page)."""
    rows_max: int = 5_000
    """So many rows at most: nobody waits for them."""


class Ending(msgspec.Struct, frozen=True):
    """How many rows of a store end in which month, and how they stand now."""

    store: str
    keep: str
    state: State
    month: Instant | None
    rows: int


class Hold(msgspec.Struct, frozen=True):
    """A legal hold, as it was asked."""

    hold_id: UUID
    whose: Whose
    keeps: tuple[str, ...]
    """Which classes it keeps; none named keeps all."""
    since: Instant | None
    until: Instant | None
    """What was over in this time; None for no bound."""
    reference: str
    authority: str
    document: str
    """SHA-256 of the document it rests on, in hexadecimal."""
    review_at: Instant
    asked_at: Instant
    body: str
    request_hash: bytes
    released_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Hold({self.hold_id})"


class Refusal(IntEnum):
    """Why nothing is held, released or erased, in descending precedence."""

    SUBJECT_UNKNOWN = 1
    REFERENCE_MISSING = 2
    """A hold names its case and the authority that wants it."""
    DOCUMENT_MISSING = 3
    PERIOD_EMPTY = 4
    REVIEW_TOO_LATE = 5
    """A hold is looked at again within a year, and not before it is asked."""
    CLASS_UNKNOWN = 6
    """No such period in the pack."""
    HOLD_UNKNOWN = 7
    HOLD_RELEASED = 8
    APPROVAL_MISSING = 9
    """Another pair of eyes has to agree."""
    ENTRY_UNKNOWN = 10
    ERASED_ALREADY = 11
    """The same is under way, or done."""
