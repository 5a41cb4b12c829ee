"""Everybody of whom something is known, as the pack declares their kinds (PRV-KINDS)."""

from collections.abc import Mapping

import msgspec

from tenure.values.instant import Instant


class Subject(msgspec.Struct, frozen=True):
    """Somebody of a declared kind."""

    subject_id: int
    kind: str
    occasion: str
    """When they, or whoever named them, gave it (PRV-WHEN)."""
    since: Instant
    person_id: int | None = None
    """The profile, of a kind that has one."""
    named_by: str | None = None
    """``person 4711`` or ``subject 4711``: who supplied another's data (PRV-THIRD)."""
    represented_at: Instant | None = None
    """When they said that this person agrees."""

    def __repr__(self) -> str:
        return f"Subject({self.subject_id})"


class Given(msgspec.Struct, frozen=True):
    """What somebody says of somebody: item by item, as typed."""

    items: Mapping[str, tuple[str, ...]]
    occasion: str
    represented: bool = False
    """Whether who gives it states that everybody else whom it tells of agrees (PRV-THIRD)."""
    by_themselves: bool = False
    """Whether the person gives it, on a page or by a phone; else somebody of ours enters it."""

    def __repr__(self) -> str:
        return "Given()"


class Sealed(msgspec.Struct, frozen=True):
    """A value that only the key of whose it is opens (PRV-SEC)."""

    envelope: bytes

    def __repr__(self) -> str:
        return "Sealed(…)"


class Item(msgspec.Struct, frozen=True):
    """One thing that is known of a subject, in the form that was declared."""

    item: str
    place: int
    value: str | Sealed
    occasion: str
    represented: bool
    since: Instant
    ended_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Item({self.item})"


class Known(msgspec.Struct, frozen=True):
    """A subject with what is known of them."""

    subject: Subject
    items: tuple[Item, ...]

    def __repr__(self) -> str:
        return f"Known({self.subject.subject_id})"


class Asked(msgspec.Struct, frozen=True):
    """PRV-OPTION: an item as a person is asked for it, in their language."""

    item: str
    title: str
    form: str
    category: str
    consequence: str
    """What follows when it is not given; "" for what is voluntary."""
