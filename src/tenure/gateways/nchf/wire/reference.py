"""The ChargingDataRef: opaque, ours, and enough to find a session again after a restart.

It is a token of AES-SIV (RFC 5297) over the session's key and what a later request may leave out.
URLs get logged on the way, and nothing can be read from it there; made up or changed, it is
refused.  The same session always has the same token, so that a repeated create gets the same
Location.  Deterministic encryption gives nothing away, because the session key is a keyed hash.
"""

import base64
import binascii
from hashlib import blake2b
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

SECRET_OCTETS: Final = 64
"""As many as the keyed hash takes, from which all keys come."""

REFERENCE_CHARACTERS_MAX: Final = 512


class Reference(msgspec.Struct, frozen=True, array_like=True):
    """What an update or a release may leave out, and the session it belongs to."""

    key: str
    """The session key as charging knows it."""
    service: int
    direction: int
    once: bool
    """A one-time event: there is nothing to update."""
    opened_at: int
    msisdn: str = ""
    imsi: str = ""
    other_party: str = ""
    visited_plmn: str = ""

    def __repr__(self) -> str:
        return f"Reference({self.key})"


class References:
    """Makes and reads references under one secret, shared by all processes of a deployment."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_OCTETS:
            raise ValueError(f"the secret of the references must have {SECRET_OCTETS} octets")
        self._secret = secret
        self._cipher = AESSIV(self.subkey(b"seal-1") + self.subkey(b"seal-2"))
        self._decoder = msgspec.msgpack.Decoder(Reference)
        self._encoder = msgspec.msgpack.Encoder()

    def subkey(self, purpose: bytes) -> bytes:
        """A key for another purpose, from which neither the secret nor another subkey follows."""
        return blake2b(
            purpose, key=self._secret, digest_size=32, person=b"tenure-nchf-key"
        ).digest()

    def token(self, reference: Reference) -> str:
        """The text that stands in the URL: letters, digits, ``-`` and ``_``."""
        sealed = self._cipher.encrypt(self._encoder.encode(reference), None)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def read(self, token: str) -> Reference | None:
        """The reference in a token; None when it is not one of ours."""
        if len(token) > REFERENCE_CHARACTERS_MAX or not token.isascii():
            return None
        try:
            sealed = base64.b64decode(
                token + "=" * (-len(token) % 4), altchars=b"-_", validate=True
            )
            return self._decoder.decode(self._cipher.decrypt(sealed, None))
        except (binascii.Error, ValueError, InvalidTag, msgspec.MsgspecError):
            return None
