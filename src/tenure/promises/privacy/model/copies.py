"""What a sealed copy of the database consists of, and why it is not made or not put back."""

from enum import IntEnum
from typing import Final

import msgspec

from tenure.values.holding import Lead

FORMAT: Final = 1


class CopyRefusal(IntEnum):
    """Why a copy is not made, or not put back."""

    TARGET_NOT_EMPTY = 1
    """There is something already where it should go."""
    NOT_A_COPY = 2
    """There is no manifest: it is something else, or was broken off."""
    WRONG_KEY_STORE = 3
    """It was sealed with the keys of another store."""
    COPY_ENDED = 4
    """Its own key was destroyed, because its time was over."""
    WRONG_OPERATOR = 5
    """It is of another operator's pack."""
    WRONG_SHAPE = 6
    """It is of another version of the tables."""
    INCOMPLETE = 7
    """A file is missing, or shorter than it was."""
    CHANGED = 8
    """A file, or a value in it, is not what was sealed at this place."""
    KEYS_TOO_OLD = 9
    """The key store lacks keys that it had when the copy was made: it is an older copy itself."""


class Group(msgspec.Struct, frozen=True):
    """Columns of a row that are sealed together, with one key."""

    keep: str
    """The class of the key."""
    leads: tuple[int, ...]
    """In this order: the first lead that leads to somebody says whose key it is."""
    columns: tuple[str, ...]
    ends: bool
    """Whether the row goes when its own person's key ended, and not only these columns."""


class Plan(msgspec.Struct, frozen=True):
    """How one table is copied."""

    schema: str
    table: str
    leads: tuple[Lead, ...]
    kinds: tuple[str, ...]
    """In which room each lead leads."""
    plain: tuple[str, ...]
    groups: tuple[Group, ...]
    stays: bool
    """Whether the row stays for the books whoever's key ended."""

    @property
    def name(self) -> str:
        """Schema and table."""
        return f"{self.schema}.{self.table}"

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order in which a copy has them."""
        return (*self.plain, *(column for group in self.groups for column in group.columns))


class Chunk(msgspec.Struct, frozen=True):
    """One file of a copy."""

    name: str
    octets: int
    sha256: str
    rows: int


class Table(msgspec.Struct, frozen=True):
    """One table of a copy."""

    schema: str
    table: str
    columns: tuple[tuple[str, str], ...]
    """Each column and its type, in the order in which the chunks have them."""
    widths: tuple[int, ...]
    """How many columns are plain, and then how many each group of sealed ones has."""
    rows: int
    chunks: tuple[Chunk, ...]


class Shape(msgspec.Struct, frozen=True):
    """What of a database is not in its rows, and changes all the same."""

    migrations: tuple[tuple[int, str], ...]
    """Each that was applied, and the SHA-256 of its text."""
    sequences: tuple[tuple[str, str, int, bool], ...]
    """Schema, name, last value, and whether that one was used."""
    partitions: tuple[tuple[str, str, str, str], ...]
    """Schema, parent, name and bound."""
    checks: tuple[tuple[str, str, str, str], ...]
    """Schema, table, name and text: the figures of a pack stand in some of them."""


class Content(msgspec.Struct, frozen=True):
    """The sealed part of a manifest."""

    shape: Shape
    tables: tuple[Table, ...]


class Manifest(msgspec.Struct, frozen=True):
    """What a copy says of itself.  Everything but ``content`` can be read by anybody."""

    format: int
    copy_id: str
    store_id: str
    operator: str
    begun_at: str
    serial: int
    """Of the key store, before the snapshot: what ended later is not readable in it."""
    content: str
    """Sealed with the key of the copy, and bound to the rest; base64."""


class Made(msgspec.Struct, frozen=True):
    """A copy that was made."""

    tables: int
    rows: int
    octets: int
    """On disk."""
    ended: int
    """Values that were left out, because their key ended while the copy was made."""


class PutBack(msgspec.Struct, frozen=True):
    """What became of a copy that was put back."""

    tables: int
    rows: int
    """Put back, wholly or without some columns."""
    emptied: int
    """Put back without the columns whose keys had ended."""
    omitted: int
    """Not put back: the key of whom they were about had ended."""
    orphans: int
    """Not put back, or taken away again, because what they belong to is gone."""
    hollow: int
    """Put back as no more than a number that rows which must stay lead to."""
