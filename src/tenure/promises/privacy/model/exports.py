"""What is asked about an export of what is held, how far it is, and why there is none."""

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import Final, TypeAlias

import msgspec

from tenure.values.holding import Export, Row, Way
from tenure.values.instant import Instant

BY_THEMSELVES: Final = "<page>"
"""Who asked on a page of their own, behind their passkey."""


class Kind(Enum):
    """In which room somebody has an identity: who asks is one of these."""

    PERSON = "person"
    SUBJECT = "subject"
    HUMAN = "human"


KINDS_OF: Final[Mapping[Kind, frozenset[Way]]] = {
    Kind.PERSON: frozenset(Way) - {Way.SUBJECT, Way.HUMAN, Way.LOGIN},
    Kind.SUBJECT: frozenset({Way.SUBJECT}),
    Kind.HUMAN: frozenset({Way.HUMAN, Way.LOGIN}),
}
"""By which ways a row is about somebody of this kind."""

LOOKS: Final = "trail.looks"
"""Who of ours looked: from what staff keep, by the number of the leaf."""

Types: TypeAlias = Mapping[tuple[str, str, str], str]
"""The type of each column: promise, table, column."""


class Whose(msgspec.Struct, frozen=True):
    """Whom an export is about."""

    kind: Kind
    whom: int

    def __repr__(self) -> str:
        return f"Whose({self.kind.value})"


class Scope(Enum):
    """How much a right reaches (PRV-RIGHTS)."""

    COPY = "copy"
    """What was submitted at registration; the pack says whether a copy reaches further."""
    KNOW = "know"
    """All that is held, who of ours looked, and who got it."""


class Refusal(IntEnum):
    """Why there is no export."""

    UNKNOWN = 1
    """Nobody of this kind has this number."""
    CASE_MISSING = 2
    """One of ours asks without a case."""
    LANGUAGE_UNKNOWN = 3
    NOT_FINISHED = 4
    OVER = 5
    """Its time is over, or it was fetched: the package is destroyed."""
    ALREADY_UNDER_WAY = 6
    """The same is being exported to another place."""
    CONTESTED = 7
    """Another process took the job on."""
    CASE_UNKNOWN = 8
    """There is no such case of theirs."""
    UNPROVEN = 9
    """Nobody has shown yet that they are who asks."""
    NOT_READABLE = 10
    """Something is sealed, and the key store at hand does not open it."""
    NOT_ASKED = 11
    """The case asks for less, for more, or for no package at all."""


class Wrapped(msgspec.Struct, frozen=True):
    """The key of a package, as only the passphrase opens it: what stands in the package's head."""

    salt: bytes
    nonce: bytes
    sealed: bytes

    def __repr__(self) -> str:
        return "Wrapped(…)"


class Wanted(msgspec.Struct, frozen=True):
    """An export that somebody asks for.

    ``working_key`` is the key of the package, sealed for this installation: it goes when the
    package is complete.  ``file`` is where the package is written.
    """

    export_id: str
    whose: Whose
    scope: Scope
    language: str
    case_id: str | None
    wrapped: Wrapped
    working_key: bytes
    file: str

    def __repr__(self) -> str:
        return f"Wanted(export_id={self.export_id!r})"


class Column(msgspec.Struct, frozen=True):
    """A column of a table that may be told: of what type it is, and how much of it is shown."""

    name: str
    type: str
    shown: Export
    others: bool = False
    """Whether it tells of somebody else than who asks: a party, a member of staff."""


class Section(msgspec.Struct, frozen=True):
    """A table of which rows are told, in the order of its key."""

    promise: str
    row: Row
    columns: tuple[Column, ...]
    key_types: tuple[str, ...]
    keeps: tuple[str, ...] = ()
    """Under which periods of retention its columns are kept."""
    pin: Way | None = None
    """Read by each value of this way, which is the first of the key; None is read whole."""

    @property
    def name(self) -> str:
        """As it stands in the package: ``money.entry``."""
        return f"{self.promise}.{self.row.table}"


class Position(msgspec.Struct, frozen=True):
    """How far a job is: what is committed here is in the file, and nothing else is."""

    section: int = 0
    pin: int = 0
    """Which of the values that lead to them, where a table is read by value."""
    after: tuple[str, ...] = ()
    """The key of the last row that was written; empty before the first."""
    records: int = 0
    frames: int = 0
    octets: int = 0
    """How long the file is."""
    begun: bool = False
    """Whether the section has been opened."""
    counts: tuple[int, ...] = ()
    """Records of each section that is over, and of this one so far."""
    told: bool = False
    """Whether the document is closed, so that only the paper and the end are missing."""


class Job(msgspec.Struct, frozen=True):
    """An export as it is kept."""

    export_id: str
    whose: Whose
    scope: Scope
    language: str
    case_id: str | None
    asked_by: str
    asked_at: Instant
    wrapped: Wrapped
    working_key: bytes | None
    file: str
    pins: tuple[tuple[str, ...], ...]
    """For each section the values by which it is read; an empty tuple reads it whole."""
    position: Position
    finished_at: Instant | None = None
    until_at: Instant | None = None
    fetched_at: Instant | None = None
    destroyed_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Job(export_id={self.export_id!r}, records={self.position.records})"


class Batch(msgspec.Struct, frozen=True):
    """The next piece of the document, and where the job is after it."""

    text: bytes
    position: Position

    def __repr__(self) -> str:
        return f"Batch(octets={len(self.text)})"


class Month(msgspec.Struct, frozen=True):
    """A month of a long history: how many records, and the sums of their money."""

    month: str
    """As 2026-11."""
    records: int
    sums: dict[str, int]
    """By column, in millionths."""

    def __repr__(self) -> str:
        return f"Month(month={self.month!r})"


class Summary(msgspec.Struct, frozen=True):
    """What is held of one kind: how many records, the newest of them, and sums of months."""

    section: str
    records: int
    rows: tuple[dict[str, object], ...] = ()
    months: tuple[Month, ...] = ()

    def __repr__(self) -> str:
        return f"Summary(section={self.section!r}, records={self.records})"


class Overview(msgspec.Struct, frozen=True):
    """How much is held of one kind, for a page: counted so far and no further."""

    section: Section
    records: int
    is_capped: bool
    """There are more than were counted."""
    since: Instant | None

    def __repr__(self) -> str:
        return f"Overview(section={self.section.name!r}, records={self.records})"
