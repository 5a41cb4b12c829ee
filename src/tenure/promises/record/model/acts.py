"""Who did what when, and the leaf that keeps it."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from tenure.values.instant import Instant

Plain: TypeAlias = str | int | bool | Sequence["Plain"] | Mapping[str, "Plain"] | None
"""What a leaf may say: no fractions, since canonical JSON of them depends on the reader."""


class Act(msgspec.Struct, frozen=True):
    """Somebody of ours does something now.

    ``salt`` is 32 fresh random bytes from the gateway or command where the act began; from it comes
    every salt of the commitments in the leaf, and it is not kept itself.
    """

    by: str
    """The login of a staff member, or a name in angle brackets: ``<demo>``, ``<clock>``."""
    at: Instant
    salt: bytes
    reason: str = ""

    def __repr__(self) -> str:
        return f"Act(at={self.at})"


class NewLeaf(msgspec.Struct, frozen=True):
    """What is to be recorded: ``said`` in clear, ``about`` (personal data) as commitments."""

    kind: str
    """The promise and what happened to it: ``numbers.barred``."""
    said: Mapping[str, Plain]
    about: Mapping[str, str]

    def __repr__(self) -> str:
        return f"NewLeaf({self.kind})"


class Leaf(msgspec.Struct, frozen=True):
    """What was done, as kept in the record."""

    at: Instant
    kind: str
    """The promise and what happened to it: ``numbers.barred``."""
    body: str
    """Canonical JSON (RFC 8785) with commitments in the place of personal data."""
    leaf_hash: bytes
    """RFC 6962 section 2.1: SHA-256 of a zero byte and the body."""
    openings: tuple["Opening", ...]


class Opening(msgspec.Struct, frozen=True):
    """What a commitment stands for; kept apart from the leaf, so that it can be forgotten."""

    field: str
    salt: bytes
    value: str

    def __repr__(self) -> str:
        return f"Opening({self.field})"
