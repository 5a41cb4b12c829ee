"""What is held: whose it is, of what kind, why, how long, how it ends, how rows lead there."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

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


class Export(Enum):
    """What somebody gets to see of a column who asks what is held about them (PRV-RIGHTS)."""

    REGISTRATION = "registration"
    """What was submitted at registration: in a copy, and whenever all is told."""
    KNOW = "know"
    """Whenever all is told."""
    MASKED = "masked"
    """It names somebody else as well: that there is something is told, and not who."""
    NEVER = "never"
    """Secrets, and what works only while it is unknown; also counters that tell nothing."""


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
    export: Export | None = None
    """What who asks gets to see; None is as ``shown`` says."""

    @property
    def shown(self) -> Export:
        """As declared; else nothing of what is nobody's, and others than who asks only masked."""
        if self.export is not None:
            return self.export
        if self.whose is Subject.NOBODY:
            return Export.NEVER
        return Export.MASKED if self.whose is Subject.OTHER_PARTY else Export.KNOW

    def __post_init__(self) -> None:
        """Whose, what, how long and how it ends fit together, or it is our own mistake."""
        personal = self.whose is not Subject.NOBODY
        assert personal == (self.category is not Category.NONE), f"{self.table}.{self.column}"
        assert personal == (self.end is not End.STAYS), f"{self.table}.{self.column}"
        assert personal == bool(self.keep), f"{self.table}.{self.column}"
        assert self.why, f"{self.table}.{self.column}: say why it is held"


class Way(Enum):
    """What a column of a row names, and so whom the row is about."""

    PERSON = "person"
    """``people.person.person_id``."""
    SUBJECT = "subject"
    """``people.subject.subject_id``: visitors, candidates, partners, the other declared kinds."""
    HUMAN = "human"
    """``staff.human.human_id``."""
    LOGIN = "login"
    """``staff.member.login``, or a name in angle brackets, which is nobody's."""
    NUMBER = "number"
    """An msisdn: it is about whoever held it at the moment, and about nobody else."""
    IMSI = "imsi"
    ICCID = "iccid"
    """A SIM: about whoever held the number it was bound to."""
    PURSE = "purse"
    """A purse, which has one holder in its life."""
    LEAF = "leaf"
    """A leaf of the record: about whom its openings name, and whoever held the number they name."""
    CASE = "case"
    """A case of ours: about whoever held its number when it was opened, as its leaf knows it."""
    NOTICE = "notice"
    """A notice: about its person, or else about whoever held its number when it was told."""


class Lead(msgspec.Struct, frozen=True):
    """One column by which a row leads to somebody.

    ``at`` is an expression over the row ``t`` for the moment it is about (``t.at``), which a number
    or a SIM needs, and ``during`` one for a span, in which it may have been several people's;
    without both it is whoever has it now.  ``where`` says for which rows the column leads at all.
    ``prefix`` is for an id that stands in a text: what comes before its digits, "" for nothing.
    """

    way: Way
    column: str
    at: str = ""
    during: str = ""
    where: str = ""
    prefix: str | None = None


class Row(msgspec.Struct, frozen=True):
    """How the rows of one table lead to people, and from when on their time is counted.

    ``since`` is an expression over the row ``t`` with the moment at which what it tells was over,
    NULL while it lasts, such as ``upper(t.during)``.  Every table with a personal column has one.
    """

    table: str
    key: tuple[str, ...]
    leads: tuple[Lead, ...]
    since: str
    leaves: str = ""
    """Rows of this table may be given to recipients: an expression over ``t`` for the time a row
    tells of, such as ``t.during``, of which a recipient asks for a part.  "": they leave to nobody.
    They leave to whom the first of the leads names."""


_UNTIL: Final = (
    "(SELECT max(upper(h.during)) FROM numbers.tenure h WHERE h.{} = {}"
    " HAVING NOT bool_or(upper_inf(h.during)))"
)


def person_until(person_id: str) -> str:
    """When the last time with a number ended of the person that an expression over ``t`` names.

    NULL while they hold one, and while they never did.  This is SQL, and names the tables of a
    promise above those who use it: what people, consents and purses tell is over when nobody
    holds a number by them any more, and that is said here once.
    """
    return _UNTIL.format("holder_id", person_id)


def purse_until(purse_id: str) -> str:
    """When the number of the purse was given up that an expression over ``t`` names, or NULL."""
    return _UNTIL.format("purse_id", purse_id)


def shown_as(
    holdings: tuple[Holding, ...], said: Mapping[Export, tuple[str, ...]]
) -> tuple[Holding, ...]:
    """The same holdings, of which these (``table.column``) are shown so to who asks about them."""
    export = {column: how for how, columns in said.items() for column in columns}
    unknown = set(export) - {f"{one.table}.{one.column}" for one in holdings}
    assert not unknown, f"nothing like it is held: {unknown}"
    return tuple(
        msgspec.structs.replace(one, export=export.get(f"{one.table}.{one.column}", one.export))
        for one in holdings
    )


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
