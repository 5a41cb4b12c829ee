"""One attempt to deliver a notice: what was handed to whom, and what came back."""

from enum import StrEnum
from typing import Final

import msgspec

from tenure.values.instant import Instant

ATTEMPTS: Final = 1_000
"""The number of a delivery is that of its notice times this, and the attempt."""


def delivery_of(notice_id: int, attempt: int) -> int:
    """The number of an attempt; the first has attempt 1."""
    assert 0 < attempt < ATTEMPTS
    return notice_id * ATTEMPTS + attempt


class Medium(StrEnum):
    """How words reach a person."""

    SMS = "sms"
    EMAIL = "email"


class Route(msgspec.Struct, frozen=True):
    """Who carries notices of a medium, and what can be known of them afterwards."""

    medium: Medium
    via: str
    """The name of the bind, relay or folder: at most 40 of a-z, 0-9, point and hyphen."""
    receipts: bool
    """Whether it tells what was delivered; if not, what it took is the last that is known."""
    beside: frozenset[Medium] = frozenset()
    """Other media that somebody carries as well: where a second way may lead."""


class End(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    """It is on the phone, or in the mailbox."""
    FAILED = "failed"
    """It was taken, and could not be delivered."""
    EXPIRED = "expired"
    """It was taken, and lay there until it was too old."""
    REFUSED = "refused"
    """It was not taken this time."""
    UNREACHABLE = "unreachable"
    """It was not taken, and never will be: there is no such address."""
    RETURNED = "returned"
    """It was not even tried: it does not count."""


ANSWERED: Final = frozenset({End.DELIVERED, End.FAILED, End.EXPIRED})
"""What a receipt may say."""


class Delivery(msgspec.Struct, frozen=True):
    """An attempt on record: the proof of what was sent, when, where to, and what came back."""

    delivery_id: int
    medium: Medium
    via: str
    to: str
    """E.164 digits, or an e-mail address."""
    receipts: bool
    handing_at: Instant
    """When it was decided; from then on it may have left."""
    handed_at: Instant | None = None
    """When the other side said that it has it."""
    reference: str | None = None
    """What the other side calls it."""
    ended_at: Instant | None = None
    end: End | None = None
    reason: str | None = None

    @property
    def notice_id(self) -> int:
        """The notice it delivers."""
        return self.delivery_id // ATTEMPTS

    @property
    def attempt(self) -> int:
        """Which attempt of its notice it is, from 1."""
        return self.delivery_id % ATTEMPTS

    def __repr__(self) -> str:
        return f"Delivery({self.delivery_id})"


class Receipt(msgspec.Struct, frozen=True):
    """What a carrier says became of something that it took."""

    via: str
    references: tuple[str, ...]
    """How the carrier may have called it when it took it, the likeliest first; none if useless."""
    end: End
    reason: str = ""
    to: str = ""
    """The number it was for: it tells apart what has the same reference, or none."""

    def __repr__(self) -> str:
        return f"Receipt({self.via}, {self.end.value})"


class State(StrEnum):
    """Where a notice is, at an instant: computed from what is on record."""

    WAITING = "waiting"
    """It will be tried, for the first time or again."""
    HANDING = "handing"
    """It is on its way to the carrier; whether it got there is not known yet."""
    HANDED = "handed"
    """The carrier has it."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """It left, and did not arrive as far as anybody knows; nothing more is tried."""
    DROPPED = "dropped"
    """It never left."""
