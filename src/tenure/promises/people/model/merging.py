"""Two rows of one human, and what it takes to make them one."""

from typing import Final

import msgspec

from tenure.values.instant import Instant

MERGE: Final = "merge"
"""The kind of request that is approved."""
APPROVALS_MIN: Final = 2


class MergeRequest(msgspec.Struct, frozen=True):
    """Somebody of ours asks that two rows become one."""

    duplicate_id: int
    survivor_id: int
    body: str
    """Canonical JSON of exactly what is asked."""
    request_hash: bytes
    """SHA-256 of the body: what everybody signs."""
    asked_at: Instant

    def __repr__(self) -> str:
        return f"MergeRequest({self.request_hash.hex()[:8]})"


class Merge(msgspec.Struct, frozen=True):
    """A duplicate that leads to whom it is."""

    duplicate_id: int
    survivor_id: int
    at: Instant
