"""What is held outside tables, and what stands inside a column that has no form of its own."""

from enum import Enum

import msgspec

from tenure.values.holding import Category, End, Subject


class Place(Enum):
    """What something is that is held, or passes, outside the tables."""

    LOG = "log"
    FILE = "file"
    MESSAGE = "message"
    """It leaves us: by SMS, USSD, e-mail, HTTP or Diameter."""
    COOKIE = "cookie"
    """The pack's website.toml says which; this is what all of them are."""
    METRIC = "metric"
    MEMORY = "memory"
    """Only while a process runs."""
    REFERENCE = "reference"
    """A recording, picture or paper kept elsewhere: here stand its name and its SHA-256."""
    COPY = "copy"
    """A copy of the whole database: its log, a backup, a replica."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One thing outside the tables.  With no ``whose`` nothing in it tells of anybody."""

    name: str
    place: Place
    where: str
    """The file, folder, stream or wire, as an operator knows it."""
    fields: tuple[str, ...]
    """What stands in it, named; "…" behind a name: whatever somebody typed."""
    whose: tuple[Subject, ...] = ()
    category: Category = Category.NONE
    why: str
    keep: str = ""
    end: End = End.STAYS
    ended_by: str = ""
    """Who ends it, and how: it is out of reach of the database."""

    def __post_init__(self) -> None:
        """Whose, what, how long and how it ends fit together, or it is our own mistake."""
        personal = bool(self.whose)
        assert personal == (self.category is not Category.NONE), self.name
        assert personal == bool(self.keep), self.name
        assert personal == (self.end is not End.STAYS), self.name
        assert personal == bool(self.ended_by), self.name
        assert self.why, f"{self.name}: say why it is held"
        assert self.where, f"{self.name}: say where"


class Form(Enum):
    """What stands in a column that the database itself gives no form."""

    WORD = "word"
    """A name, an id, a number or a hash in digits, which a program chose or checked."""
    FREE = "free"
    """What somebody typed: it may hold anything, and about anybody."""
    FIELDS = "fields"
    """Structured, with these names."""
    OPAQUE = "opaque"
    """A hash, a salt, a key, a signature, a ciphertext: tells nothing to who has only it."""


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in one column of text, octets or JSON."""

    table: str
    """With its schema."""
    column: str
    form: Form
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Only what is structured has names inside."""
        assert (self.form is Form.FIELDS) == bool(self.fields), f"{self.table}.{self.column}"
