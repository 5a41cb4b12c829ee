"""Four eyes: what was asked, by the hash of exactly that, and who else approved it."""

from typing import Final

import msgspec

from tenure.promises.staff.model.members import Task
from tenure.values.instant import DAY_MS, Instant
from tenure.values.passkey import Assertion

NOBODY_OF_OURS: Final = 0
"""Stands for the asker when a subscriber asked by themselves."""
OPEN_MS: Final = 14 * DAY_MS
"""How long a request may be approved, if nobody says otherwise."""

APPROVES: Final = {
    "transfer": Task.APPROVE_TRANSFER,
    "inheritance": Task.APPROVE_TRANSFER,
    "restoration": Task.APPROVE_TRANSFER,
    "unlock": Task.APPROVE_TRANSFER,
    "sim": Task.APPROVE_SIM,
    "legal-order": Task.APPROVE_LEGAL_ORDER,
    "disclosure": Task.APPROVE_LEGAL_ORDER,
}
"""The task of who approves a kind of request; any other kind needs ``Task.APPROVE``."""


class Asked(msgspec.Struct, frozen=True):
    """A request that needs more eyes."""

    request_hash: bytes
    """SHA-256 of exactly what was asked."""
    kind: str
    requested_by: int
    """The human who asked, or ``NOBODY_OF_OURS``."""
    requested_at: Instant
    until: Instant
    """From here on nobody can approve it any more."""


class Approval(msgspec.Struct, frozen=True):
    """Somebody else agreed, and anybody can verify that they did."""

    request_hash: bytes
    requested_by: int
    approved_by: int
    """The human."""
    login: str
    approved_at: Instant
    assertion: Assertion
    """Its challenge is the request's hash."""

    def __repr__(self) -> str:
        return f"Approval({self.approved_by})"
