"""What everybody signs: the canonical text of exactly what is asked, and its hash."""

import hashlib
from typing import Final

from tenure.promises.numbers.model.requests import Party, Request
from tenure.promises.record.model import Plain
from tenure.promises.record.rules import canonical

_STOP: Final = b"stop\x00"


def body_of(request: Request) -> str:
    """Canonical JSON (RFC 8785); keys of the database are texts, so that no reader rounds them."""
    body: dict[str, Plain] = {
        "version": 1,
        "request": request.request_id,
        "kind": request.kind.value,
        "msisdn": str(request.msisdn),
        "from": str(request.from_holder),
        "to": None if request.to_holder is None else str(request.to_holder),
        "iccid": request.iccid,
        "purse": None if request.purse_id is None else str(request.purse_id),
        "funds_go": request.funds_go,
        "document": request.document,
        "asked_at": request.asked_at,
        "asked_by": None if request.asked_by is None else str(request.asked_by),
    }
    return canonical(body)


def hash_of(request: Request) -> bytes:
    """SHA-256 of the body: the challenge of every consent and approval."""
    return hashlib.sha256(body_of(request).encode()).digest()


def seen_hash_of(request_hash: bytes, party: Party, person_id: int) -> bytes:
    """What a witness signs (PRV-BIO): whom they saw, and in which part.

    Without that, the signature of who saw the new holder would do for a holder whom nobody saw.
    """
    seen = f"seen {party.value} {person_id} {request_hash.hex()}"
    return hashlib.sha256(seen.encode()).digest()


def stop_hash_of(request_hash: bytes) -> bytes:
    """The challenge of a stop: another one, so that nobody can turn a stop into a consent."""
    return hashlib.sha256(_STOP + request_hash).digest()
