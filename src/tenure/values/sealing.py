"""Seals a value under a key, bound to where it belongs: AES-256-GCM in a small envelope.

The envelope says which key it needs, by an id that tells nothing.  It can be opened only with that
key and at the place it was sealed for, so that a sealed value that is moved or changed is refused.
"""

from typing import Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_OCTETS: Final = 32
KEY_ID_OCTETS: Final = 16
NONCE_OCTETS: Final = 12
"""NIST SP 800-38D section 8.2.2: random nonces of 96 bits, for at most 2^32 values a key."""
TAG_OCTETS: Final = 16
VERSION: Final = b"\x01"
_HEAD: Final = len(VERSION) + KEY_ID_OCTETS
_BODY: Final = _HEAD + NONCE_OCTETS
OVERHEAD_OCTETS: Final = _BODY + TAG_OCTETS


class Whose(NamedTuple):
    """Somebody, or something of theirs that ends by itself, such as a form that a stranger sent."""

    kind: str
    """``person``, ``subject``, ``human``, or a name of your own."""
    whom: int


class Key(msgspec.Struct, frozen=True):
    """A key and its id.  The id leads to nobody; the key is never shown."""

    key_id: bytes
    secret: bytes

    def __post_init__(self) -> None:
        """A key of another length is our own mistake."""
        assert len(self.key_id) == KEY_ID_OCTETS
        assert len(self.secret) == KEY_OCTETS

    def __repr__(self) -> str:
        return "Key(…)"


class Sealer:
    """One key, made ready once for many values."""

    __slots__ = ("_cipher", "_head", "key_id")

    def __init__(self, key: Key) -> None:
        """Keeps the key for as long as it lives itself."""
        self.key_id = key.key_id
        self._head = VERSION + key.key_id
        self._cipher = AESGCM(key.secret)

    def __repr__(self) -> str:
        return "Sealer(…)"

    def seal(self, nonce: bytes, place: bytes, value: bytes) -> bytes:
        """The envelope of a value at its place.  A nonce is drawn anew for every value."""
        assert len(nonce) == NONCE_OCTETS
        return self._head + nonce + self._cipher.encrypt(nonce, value, self._head + place)

    def open(self, place: bytes, envelope: bytes) -> bytes | None:
        """The value; None if it was sealed by another key, for another place, or was changed."""
        if envelope[:_HEAD] != self._head:
            return None
        try:
            return self._cipher.decrypt(envelope[_HEAD:_BODY], envelope[_BODY:], self._head + place)
        except InvalidTag:
            return None


def place_of(*parts: str | int | bytes) -> bytes:
    """The octets that bind a value to a place: no other list of parts has the same."""
    return msgspec.msgpack.encode(parts)


def key_id_of(envelope: bytes) -> bytes | None:
    """Which key an envelope needs; None if this is none."""
    if len(envelope) < OVERHEAD_OCTETS or envelope[:1] != VERSION:
        return None
    return envelope[1:_HEAD]
