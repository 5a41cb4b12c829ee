"""Seals a package frame by frame, so that order, completeness and every octet are proven.

The form is published in docs/privacy/exports.md, and tools/open_export.py opens it without us:

    "tenure-export/1\\n"  length of the head (4)  head (JSON)  frame, frame, …, last frame

A frame is: length of what is sealed (4), its place (8), its member (1), whether it is the last (1),
nonce (12), sealed.  Numbers are big-endian.  What is sealed is compressed (RFC 1950) under
AES-256-GCM; the associated data are the SHA-256 of everything before the first frame, and the
frame's own place, member and last.  So a frame at another place, in another package, or a missing
end does not open.
"""

import hashlib
import struct
import zlib
from typing import Final

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tenure.promises.privacy.model.exports import Wrapped

MAGIC: Final = b"tenure-export/1\n"
MEMBERS: Final = ("held.json", "held.pdf")
DOCUMENT: Final = 0
PAPER: Final = 1
END: Final = 255
"""The member of the last frame: what the package should hold."""
KEY_OCTETS: Final = 32
SALT_OCTETS: Final = 16
NONCE_OCTETS: Final = 12
FRAME_OCTETS_MAX: Final = 1 << 20
"""Of a frame's text before it is compressed; the opener reads no more into memory."""
COST: Final = 1 << 15
BLOCK: Final = 8
LANES: Final = 1
PASSPHRASE_OCTETS: Final = 16
"""Of chance; twenty of thirty-one letters say 99 bits of it."""
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, 1, I, L, O: it is read out, and typed by hand."""

_FRAME: Final = struct.Struct("!IQBB")
_AAD: Final = struct.Struct("!QBB")


def passphrase_of(chance: bytes) -> str:
    """A passphrase in groups of four letters, 99 bits strong: spoken, typed, shown once."""
    number = int.from_bytes(chance[:PASSPHRASE_OCTETS])
    letters = ""
    for _ in range(20):
        number, which = divmod(number, 31)
        letters += LETTERS[which]
    return "-".join(letters[start : start + 4] for start in range(0, 20, 4))


def wrapped(key: bytes, passphrase: str, salt: bytes, nonce: bytes) -> Wrapped:
    """The key of a package, as only the passphrase opens it."""
    return Wrapped(salt, nonce, AESGCM(_derived(passphrase, salt)).encrypt(nonce, key, MAGIC))


def _derived(passphrase: str, salt: bytes) -> bytes:
    typed = "".join(passphrase.upper().replace("-", "").split())
    return Scrypt(salt, KEY_OCTETS, COST, BLOCK, LANES).derive(typed.encode())


def head(export_id: str, key: Wrapped) -> bytes:
    """What a package begins with, as anybody can read it: no name, no number, no kind."""
    said = {
        "package": export_id,
        "members": list(MEMBERS),
        "kdf": {"name": "scrypt", "n": COST, "r": BLOCK, "p": LANES, "salt": key.salt.hex()},
        "wrapped": {"nonce": key.nonce.hex(), "key": key.sealed.hex()},
    }
    text = msgspec.json.encode(said)
    return MAGIC + struct.pack("!I", len(text)) + text


def frame(  # noqa: PLR0913 -- all of these are bound together
    key: bytes, head_: bytes, place: int, member: int, nonce: bytes, text: bytes, *, last: bool
) -> bytes:
    """One sealed frame of at most FRAME_OCTETS_MAX of text."""
    assert len(text) <= FRAME_OCTETS_MAX
    aad = hashlib.sha256(head_).digest() + _AAD.pack(place, member, last)
    sealed = AESGCM(key).encrypt(nonce, zlib.compress(text, 1), aad)
    return _FRAME.pack(len(sealed), place, member, last) + nonce + sealed


def cut(text: bytes) -> list[bytes]:
    """The text in pieces that fit into frames; they are joined again as they come."""
    starts = range(0, len(text), FRAME_OCTETS_MAX)
    return [text[start : start + FRAME_OCTETS_MAX] for start in starts]


def working(installation: bytes, key: bytes, nonce: bytes, export_id: str) -> bytes:
    """The key of a package under way, sealed with the key of this installation."""
    return nonce + AESGCM(installation).encrypt(nonce, key, export_id.encode())


def worked(installation: bytes, sealed: bytes, export_id: str) -> bytes:
    """The key of a package under way; InvalidTag when another installation sealed it."""
    nonce, rest = sealed[:NONCE_OCTETS], sealed[NONCE_OCTETS:]
    return AESGCM(installation).decrypt(nonce, rest, export_id.encode())
