"""What recipients are told of a change, signed, and which receipt of theirs is believed; pure."""

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from tenure.promises.privacy.model.propagation import (
    Address,
    Change,
    Message,
    Receipt,
    Refusal,
)
from tenure.promises.record.model import Act, Plain
from tenure.promises.record.rules import canonical
from tenure.values.instant import DAY_MS, HOUR_MS, Instant, iso
from tenure.values.refused import Refused

EXPECTED_MS: Final = 3 * DAY_MS
"""By then a recipient is to have done it: as long as the shortest law gives us (3 x 24 h)."""
MESSAGE: Final = "privacy-change+json"
RECEIPT: Final = "privacy-receipt+json"
"""What is signed says what it is (RFC 8725 section 3.11): neither can be taken for the other."""
COMPLETED: Final = "completed"
RECEIPT_OCTETS_MAX: Final = 4_096
UNUSABLE: Final = Refused(
    Refusal.RECEIPT_UNUSABLE,
    f"a receipt is a JSON Web Signature of the type {RECEIPT}, with subject_request_id,"
    " message_sha256 and request_status",
)


def messages(
    found: Mapping[str, tuple[str, ...]], change: Change, case_id: UUID | None, act: Act
) -> tuple[Message, ...]:
    """What each recipient is told; ``found``: by recipient, as it knows the person."""
    return tuple(
        Message(
            message_id=_drawn(act, recipient, change),
            recipient=recipient,
            change=change,
            references=refs,
            case_id=case_id,
            asked_at=act.at,
            expected_by=Instant(act.at + EXPECTED_MS),
            next_at=act.at,
        )
        for recipient, refs in found.items()
    )


def _drawn(act: Act, recipient: str, change: Change) -> UUID:
    digest = hmac.digest(act.salt, f"message {recipient} {change.value}".encode(), "sha256")
    return UUID(bytes=digest[:16], version=4)


def again_at(message: Message, at: Instant) -> Instant:
    """When a message is due again that nobody acknowledges: after an hour, two, four … a day."""
    return Instant(at + min(HOUR_MS << min(message.attempts, 5), DAY_MS))


def overdue(message: Message, at: Instant) -> bool:
    """Whether the recipient should have said by now that it is done."""
    return message.done_at is None and at >= message.expected_by


def told(message: Message, controller: str) -> dict[str, Plain]:
    """What a recipient reads: the shape of OpenDSR 1.0, with what it has no word for beside it."""
    return {
        "api_version": "1.0",
        "controller_id": controller,
        "recipient": message.recipient,
        "subject_request_id": str(message.message_id),
        "subject_request_type": message.change.value,
        "submitted_time": iso(message.asked_at),
        "expected_completion_time": iso(message.expected_by),
        "subject_identities": [
            {
                "identity_type": "controller_customer_id",
                "identity_format": "raw",
                "identity_value": one,
            }
            for one in message.references
        ],
    }


def read(header: Mapping[str, Any], payload: Mapping[str, Any]) -> Receipt | Refused[Refusal]:
    """What a receipt says, before anything of it is believed.  Refused: RECEIPT_UNUSABLE."""
    if header.get("typ") != RECEIPT:
        return UNUSABLE
    try:
        return msgspec.convert(
            {
                "message_id": payload["subject_request_id"],
                "message_sha256": payload["message_sha256"],
                "status": payload["request_status"],
                "key": header["kid"],
            },
            Receipt,
        )
    except (KeyError, msgspec.ValidationError):
        return UNUSABLE


def key_of(said: Receipt, address: Address | None) -> str | None:
    """The key of the recipient that a receipt names; None when it is none of its keys."""
    keys = () if address is None else address.keys
    return next((one for one in keys if thumbprint(one) == said.key), None)


def thumbprint(key: str) -> str:
    """By which a header names an Ed25519 key: RFC 7638, of the JWK with this ``x`` (RFC 8037)."""
    jwk = canonical({"crv": "Ed25519", "kty": "OKP", "x": key})
    digest = hashlib.sha256(jwk.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def judged(
    said: Receipt, message: Message, *, is_of_theirs: bool, is_signed: bool
) -> Refused[Refusal] | None:
    """Why a receipt does not prove that its message was done; None: it does.

    Only a key of the recipient for whom the message is counts, and only for the very octets sent.
    """
    if not is_of_theirs:
        detail = f"no key of {message.recipient} signed it; its keys stand in recipients.toml"
        return Refused(Refusal.KEY_UNKNOWN, detail)
    if not is_signed:
        detail = f"the signature is not of the key of {message.recipient} that it names"
        return Refused(Refusal.RECEIPT_FORGED, detail)
    if said.message_sha256 != hashlib.sha256(message.signed.encode()).hexdigest():
        detail = "it answers other words than were sent under this id"
        return Refused(Refusal.RECEIPT_DIFFERS, detail)
    if said.status != COMPLETED:
        detail = f"{message.recipient} has not done it yet; it is told again"
        return Refused(Refusal.NOT_COMPLETED, detail)
    if message.done_at is not None:
        detail = f"{message.recipient} said so at {iso(message.done_at)}; nothing changes"
        return Refused(Refusal.RECEIPT_REPLAYED, detail)
    return None


def waits_for(sent: Collection[Message]) -> tuple[str, ...]:
    """Which recipients have not answered yet, by name."""
    return tuple(sorted({one.recipient for one in sent if one.done_at is None}))
