"""A person, known by as little as the service needs."""

from datetime import date

import msgspec

from tenure.values.instant import Instant
from tenure.values.passkey import Assertion, Passkey


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
    merged_into: int | None = None
    """Whose row this one was a duplicate of."""

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


class Changes(msgspec.Struct, frozen=True):
    """INC-PROFILE: what of an identity is to be otherwise; None stays as it is."""

    name: str | None = None
    born_on: date | None = None
    document: Document | None = None

    def __repr__(self) -> str:
        return "Changes()"


class Evidence(msgspec.Struct, frozen=True):
    """What a correction rests on: what was seen, the witness's signature, and perhaps their own."""

    seen: Presence
    witness: Assertion
    own: Assertion | None = None
    """Of who cannot show the document on record."""

    def __repr__(self) -> str:
        return "Evidence()"
