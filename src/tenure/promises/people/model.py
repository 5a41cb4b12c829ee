"""A person, known by as little as the service needs."""

from datetime import date
from enum import IntEnum

import msgspec

from tenure.values.instant import Instant
from tenure.values.passkey import Passkey


class Document(msgspec.Struct, frozen=True):
    """What an identity was seen on."""

    kind: str
    """national-id, passport, monk-id or family-book."""
    number: str

    def __repr__(self) -> str:
        return f"Document({self.kind})"


class Person(msgspec.Struct, frozen=True):
    """Somebody who holds, or may hold, a number."""

    person_id: int
    name: str
    language: str
    """The language that was chosen; one of the pack's."""
    since: Instant
    born_on: date | None = None
    document: Document | None = None
    """None for a person of the demo population only."""

    def __repr__(self) -> str:
        return f"Person({self.person_id})"


class Photo(msgspec.Struct, frozen=True):
    """What the provider said of a live photo; nothing of the photo itself is kept (PRV-BIO)."""

    score_ppm: int
    reference: str
    """The provider's own name for the comparison."""


class Presence(msgspec.Struct, frozen=True):
    """Somebody stood in a shop: the document that was seen, and what the live photo showed."""

    document: Document
    photo: Photo

    def __repr__(self) -> str:
        return "Presence()"


class Key(msgspec.Struct, frozen=True):
    """A passkey of somebody, and since when it is theirs."""

    person_id: int
    passkey: Passkey
    added_at: Instant
    ended_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Key({self.person_id})"


class Guardian(msgspec.Struct, frozen=True):
    """Somebody answers for a minor (PRV-MINOR)."""

    ward_id: int
    guardian_id: int
    since: Instant
    until: Instant | None = None


class Refusal(IntEnum):
    """Why something about a person cannot be entered or believed, in descending precedence."""

    NAME_MISSING = 1
    UNKNOWN_LANGUAGE = 2
    BORN_LATER = 3
    """Born after the day of the entry."""
    DOCUMENT_KNOWN = 4
    """This document is somebody's already: one person is one row."""
    UNKNOWN_PERSON = 5
    DOCUMENT_DIFFERS = 6
    PHOTO_DIFFERS = 7
    PASSKEY_KNOWN = 8
    """This passkey is somebody's already."""
    NOT_PROVEN = 9
    """Signed for something else, by another key, or not by a verified user."""
    OWN_GUARDIAN = 10
    GUARDIAN_TOO_YOUNG = 11
    NOT_A_MINOR = 12
    GUARDIAN_KNOWN = 13
