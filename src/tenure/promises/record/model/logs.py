"""The log over the leaves: its checkpoints, whom to trust, receipts, and what can be wrong."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import msgspec

from tenure.promises.record.model.acts import Opening
from tenure.values.instant import Instant

RECEIPT_FORMAT: Final = "tenure-receipt/v1"

Proof = tuple[bytes, ...]
"""Hashes of 32 octets, from the leaf's side up (RFC 6962 section 2.1)."""


class Log(msgspec.Struct, frozen=True):
    """One log: a tree that only grows, under one name, until a successor takes over."""

    log_id: int
    origin: str
    opened_at: Instant
    closed_at: Instant | None
    successor_id: int | None
    keys: tuple["LogKey", ...]
    """Every key it ever signed with, oldest first."""


class LogKey(msgspec.Struct, frozen=True):
    """A verifier key of a log (C2SP signed-note), and until when it signed."""

    vkey: str
    since: Instant
    until: Instant | None


class Checkpoint(msgspec.Struct, frozen=True):
    """The state of a log at one size (C2SP tlog-checkpoint), without signatures."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


class Published(msgspec.Struct, frozen=True):
    """A checkpoint as others may hold it: with the log's signature and the cosignatures."""

    checkpoint: Checkpoint
    note: str


class Trust(msgspec.Struct, frozen=True):
    """Whom a relying party believes: configured with it, never taken from what it verifies."""

    logs: tuple[str, ...]
    """Verifier keys of logs; the name in a key is the log's origin."""
    witnesses: tuple[str, ...]
    quorum: int = 2
    """How many different witnesses must have cosigned."""


class Receipt(msgspec.Struct, frozen=True):
    """What proves to anybody, without us, that a leaf is in the record."""

    leaf: str
    """The leaf's body: canonical JSON."""
    openings: tuple[Opening, ...]
    """Of those commitments that the receiver may see."""
    index: int
    proof: Proof
    note: str
    """The cosigned checkpoint."""


class Proven(msgspec.Struct, frozen=True):
    """What a receipt proves, once it has been verified."""

    kind: str
    at: str
    said: Mapping[str, object]
    about: Mapping[str, str]
    """The opened fields: personal data."""
    commitments: Mapping[str, str]
    origin: str
    index: int
    size: int
    leaf_hash: bytes
    cosigned_at: tuple[int, ...]
    """POSIX seconds at which each counted witness saw the checkpoint, earliest first."""

    def __repr__(self) -> str:
        return f"Proven({self.kind}, index={self.index})"


class Mark(msgspec.Struct, frozen=True, order=True):
    """How far somebody has read: a place of a log.  Logs follow each other by their number."""

    log_id: int = 0
    index: int = -1


class Told(msgspec.Struct, frozen=True):
    """A leaf as it is read again: what was done, and about whom."""

    mark: Mark
    leaf_seq: int
    kind: str
    at: Instant
    said: Mapping[str, object]
    about: Mapping[str, str]
    """What the commitments stand for, as far as it is not forgotten: personal data."""
    doubted: bool = False
    """Something was there that its commitment does not stand for; it is left out."""

    def __repr__(self) -> str:
        return f"Told({self.kind}, leaf_seq={self.leaf_seq})"


class Row(msgspec.Struct, frozen=True):
    """A place of the log as it is stored."""

    index: int
    leaf_seq: int
    body: str | None
    leaf_hash: bytes | None


class Refusal(IntEnum):
    """Why the record does not answer, or does not believe; in descending precedence."""

    MALFORMED = 1
    UNKNOWN_LOG = 2
    LOG_SIGNATURE_WRONG = 3
    WITNESSES_MISSING = 4
    NOT_INCLUDED = 5
    OPENING_WRONG = 6
    UNKNOWN_LEAF = 7
    NOT_YET_PUBLISHED = 8
    NO_LOG = 9
    LOG_CLOSED = 10
    LEAF_EDITED = 11
    TREE_DAMAGED = 12
    SMALLER_THAN_SIGNED = 13
    NOT_CONSISTENT = 14
