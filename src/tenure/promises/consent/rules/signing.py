"""A receipt as a JSON Web Signature (RFC 7515, RFC 8037), which anybody can verify offline."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tenure.promises.record.model import Plain
from tenure.promises.record.rules import canonical

SEED_OCTETS: Final = 32
TYPE: Final = "consent-receipt+json"
PARTS: Final = 3
RECEIPT_CHARACTERS_MAX: Final = 65_536


def public_key(seed: bytes) -> dict[str, str]:
    """The public key as a JSON Web Key, named by its thumbprint (RFC 7638; RFC 8037 A.3)."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    key = {"crv": "Ed25519", "kty": "OKP", "x": _text(public)}
    thumbprint = hashlib.sha256(canonical(key).encode()).digest()
    return {**key, "alg": "EdDSA", "kid": _text(thumbprint), "use": "sig"}


def signed(receipt: Mapping[str, Plain], seed: bytes, type_: str = TYPE) -> str:
    """The receipt in the compact form, signed with this Ed25519 seed; ``type_`` says what it is."""
    header = {"alg": "EdDSA", "kid": public_key(seed)["kid"], "typ": type_}
    return sign(canonical(header).encode(), canonical(receipt).encode(), seed)


def sign(header: bytes, payload: bytes, seed: bytes) -> str:
    """RFC 7515 section 7.1: header, payload and signature, each in base64url."""
    said = f"{_text(header)}.{_text(payload)}"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(said.encode())
    return f"{said}.{_text(signature)}"


def opened(signed_receipt: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """What a receipt says, if this key signed it; None for anything else.

    The algorithm is fixed: what the header says of it must be this one, and chooses nothing.
    """
    parts = signed_receipt.strip().split(".")
    if len(parts) != PARTS or len(signed_receipt) > RECEIPT_CHARACTERS_MAX:
        return None
    header, payload, signature = (_octets(part) for part in parts)
    public = _octets(key.get("x", ""))
    if header is None or payload is None or signature is None or public is None:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            signature, f"{parts[0]}.{parts[1]}".encode()
        )
        said, told = json.loads(header), json.loads(payload)
    except (InvalidSignature, ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(told, dict):
        return None
    # RFC 7515 section 4.1.11: what must be understood and is not is no receipt.
    return told if said.get("alg") == "EdDSA" and "crit" not in said else None


def unverified(signed_receipt: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Header and payload before anybody verified them: good for finding the key, and no more."""
    parts = signed_receipt.strip().split(".")
    if len(parts) != PARTS or len(signed_receipt) > RECEIPT_CHARACTERS_MAX:
        return None
    header, payload = (_octets(part) for part in parts[:2])
    try:
        said, told = json.loads(header or b""), json.loads(payload or b"")
    except (ValueError, RecursionError):
        return None
    return (said, told) if isinstance(said, dict) and isinstance(told, dict) else None


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _octets(text: str) -> bytes | None:
    """base64url without padding, in its one form; None for anything else."""
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return octets if _text(octets) == text else None
