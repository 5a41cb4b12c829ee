"""A person, known by as little as the service needs."""

from datetime import date
from enum import IntEnum

import msgspec

from tenure.values.instant import Instant


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


class Refusal(IntEnum):
    """Why a person cannot be entered, in descending precedence."""

    NAME_MISSING = 1
    UNKNOWN_LANGUAGE = 2
    BORN_LATER = 3
    """Born after the day of the entry."""
    DOCUMENT_KNOWN = 4
    """This document is somebody's already: one person is one row."""
