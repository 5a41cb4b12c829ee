"""What recipients are told when what they were given changes, and what they answer."""

from enum import IntEnum, StrEnum
from uuid import UUID

import msgspec

from tenure.values.instant import Instant


class Change(StrEnum):
    """What recipients are told of somebody whose data they were given (GDPR article 19)."""

    CORRECTION = "correction"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    LIFTING = "lifting"


class Message(msgspec.Struct, frozen=True):
    """What a recipient is told of a change, and whether it said that it is done."""

    message_id: UUID
    recipient: str
    change: Change
    references: tuple[str, ...]
    """As the recipient knows the person, one for each time that they got something."""
    case_id: UUID | None
    """The request that caused it."""
    asked_at: Instant
    expected_by: Instant
    attempts: int = 0
    next_at: Instant | None = None
    """When it is told (again); None when it is done."""
    done_at: Instant | None = None
    signed: str = ""
    """What is sent, signed once: every attempt is the same octets.  "" before the first."""


class Address(msgspec.Struct, frozen=True):
    """Where a recipient hears of changes, and by which keys it answers."""

    recipient: str
    deliver: str
    """``file``, or the address that takes a POST."""
    keys: tuple[str, ...]
    """Each the ``x`` of a JWK (RFC 8037)."""


class Receipt(msgspec.Struct, frozen=True):
    """What a recipient signed: that it has done what exactly this message says."""

    message_id: UUID
    message_sha256: str
    """Of the message as it got it, in hexadecimal."""
    status: str
    key: str
    """The thumbprint that its header names (RFC 7638)."""


class Refusal(IntEnum):
    """Why a receipt proves nothing, in descending precedence."""

    RECEIPT_UNUSABLE = 1
    """It is no JSON Web Signature of a receipt."""
    UNKNOWN_MESSAGE = 2
    """Nobody was told anything under this id."""
    KEY_UNKNOWN = 3
    """Signed by a key that is none of the recipient's whom the message is for."""
    RECEIPT_FORGED = 4
    """The signature is not of the key that it names."""
    RECEIPT_DIFFERS = 5
    """It answers other words than those we sent under this id."""
    NOT_COMPLETED = 6
    """The recipient itself says that it has not done it."""
    RECEIPT_REPLAYED = 7
    """The message was answered before; nothing changes."""
