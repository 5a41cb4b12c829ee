"""What is held in one column: whose it is, of what kind, why, for how long, and how it ends."""

from enum import Enum

import msgspec


class Subject(Enum):
    """Whom a column tells something about."""

    NOBODY = "nobody"
    """The operator's own: keys without meaning outside, prices, versions, counters."""
    SUBSCRIBER = "subscriber"
    OTHER_PARTY = "other party"
    """Somebody whom a subscriber called, wrote to, or named."""
    STAFF = "staff"
    PARTNER = "partner"
    VISITOR = "visitor"
    CANDIDATE = "candidate"
    DECLARED = "declared"
    """Whoever the row's kind names, as the operator's people.toml declares it."""


class Category(Enum):
    """Of what kind a column is, in the words of the privacy notice (PRV-DATA-C and its sisters)."""

    NONE = "none"
    """Not personal: only with ``Subject.NOBODY``."""
    CONTACT = "contact"
    IDENTIFICATION = "identification"
    FINANCIAL = "financial"
    PRODUCT = "product"
    IT = "it"
    SERVICE_ACCOUNT = "service account"
    """Call usage, balances, transactions, credit, billing."""
    BIOMETRIC = "biometric"
    SENSITIVE = "sensitive"
    EVIDENCE = "evidence"
    """What proves who did or agreed to what."""
    DECLARED = "declared"
    """Of the kind that people.toml declares for the row's item."""


class End(Enum):
    """How a column ends when its time has come (PRV-KEEP)."""

    STAYS = "stays"
    """Not personal, so nothing has to end: only with ``Subject.NOBODY``."""
    DELETE = "delete"
    """The row goes, or its partition is dropped."""
    EMPTY = "empty"
    """The row stays for the books, the column becomes empty."""
    ANONYMISE = "anonymise"
    """The value is replaced by one that leads to nobody, so that sums stay true."""
    DESTROY_KEY = "destroy key"
    """The value is encrypted; its key is destroyed."""
    UNTIE = "untie"
    """The value stays, and the row that says whose it is ends."""


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """One column as it is held.  The holdings of all promises are exactly the columns there are.

    ``table`` is without the schema: that is the promise's own name.  ``keep`` names a retention
    period of the operator's pack, and is "" for what is nobody's.
    """

    table: str
    column: str
    whose: Subject
    category: Category
    why: str
    keep: str
    end: End

    def __post_init__(self) -> None:
        """Whose, what, how long and how it ends fit together, or it is our own mistake."""
        personal = self.whose is not Subject.NOBODY
        assert personal == (self.category is not Category.NONE), f"{self.table}.{self.column}"
        assert personal == (self.end is not End.STAYS), f"{self.table}.{self.column}"
        assert personal == bool(self.keep), f"{self.table}.{self.column}"
        assert self.why, f"{self.table}.{self.column}: say why it is held"


def impersonal(table: str, why: str, *columns: str) -> tuple[Holding, ...]:
    """Columns of one table that tell nothing about anybody, held for one reason."""
    return tuple(
        Holding(
            table=table,
            column=column,
            whose=Subject.NOBODY,
            category=Category.NONE,
            why=why,
            keep="",
            end=End.STAYS,
        )
        for column in columns
    )
