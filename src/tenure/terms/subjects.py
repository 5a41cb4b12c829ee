"""The kinds of people an operator knows something about, and what it asks of each, as data."""

from collections.abc import Mapping
from typing import Final

import msgspec

FORMS: Final = (
    "text",
    "date",
    "instant",
    "whole",
    "email",
    "phone",
    "country",
    "choice",
    "yes-no",
    "document",
    "file",
    "passage",
)
"""What an item can be.  A file is kept elsewhere: here stand its name and its SHA-256.  A passage
is an instant and a door."""

THEMSELVES: Final = "themselves"
"""Who may enter: the person, on a page or by a phone."""
ROLES: Final = frozenset(
    {"sales", "care", "fraud", "finance", "stock", "legal", "engineer", "supervisor", "privacy"}
)
"""Who of ours may be named; reviewers and regulators only read."""

PROFILE: Final = ("name", "born-on", "document", "language", "email", "address")
"""What the profile of a registered person holds, and no row beside it."""

SENSITIVE: Final = frozenset({"sensitive", "biometric"})
"""Categories of what is kept sealed, and needs a stronger basis."""

Words = Mapping[str, str]
"""One text in every language of the operator."""


class Titled(msgspec.Struct, frozen=True):
    """An occasion of collection (PRV-WHEN) or a purpose (PRV-WHY), in words."""

    name: str
    title: Words


class Item(msgspec.Struct, frozen=True):
    """One thing that may be known of somebody."""

    name: str
    title: Words
    form: str
    """One of FORMS."""
    category: str
    """One of the categories of the privacy notice (``values.holding.Category``)."""
    choices: tuple[str, ...] = ()
    many: bool = False
    """Whether somebody can have several at once."""
    of_another: bool = False
    """It tells of somebody else, who has to agree (PRV-THIRD)."""

    @property
    def is_sensitive(self) -> bool:
        """Whether it is never kept in clear (PRV-SEC)."""
        return self.category in SENSITIVE


class Wanted(msgspec.Struct, frozen=True):
    """An item as one kind of people is asked for it."""

    item: Item
    without: Words | None = None
    """PRV-OPTION: what follows when an obligatory item is not given; None: it is optional."""


class SubjectKind(msgspec.Struct, frozen=True):
    """One kind of data subject (PRV-KINDS)."""

    name: str
    title: Words
    registered: bool
    """Somebody with a profile: name, birthday, document, language and contact are kept there."""
    third_party: bool
    """Known only through somebody else, who says that they agree (PRV-THIRD)."""
    entered_by: tuple[str, ...]
    occasions: tuple[Titled, ...]
    purposes: tuple[Titled, ...]
    wanted: tuple[Wanted, ...]

    def wants(self, item: str) -> Wanted | None:
        """The item, if this kind is asked for it at all."""
        return next((one for one in self.wanted if one.item.name == item), None)


class People(msgspec.Struct, frozen=True):
    """What people.toml says."""

    kinds: tuple[SubjectKind, ...]
    keep_photos: bool
    """PRV-BIO: whether a live photo may be kept, as a file elsewhere, after it was compared."""

    def kind(self, name: str) -> SubjectKind | None:
        """The kind of this name."""
        return next((one for one in self.kinds if one.name == name), None)
