"""Signed notes, verifier keys, checkpoints and cosignatures, as C2SP writes them.

signed-note, tlog-checkpoint, and tlog-cosignature with Ed25519 (``cosignature/v1``).
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tenure.promises.record.model import Checkpoint
from tenure.promises.record.rules.merkle import HASH_OCTETS

KEY_ID_OCTETS: Final = 4
KEY_OCTETS: Final = 32
SIGNATURE_OCTETS: Final = 64
TIMESTAMP_MAX: Final = 2**63 - 1
SIZE_MAX: Final = 2**63 - 1
SIGNATURES_MAX: Final = 100
"""More signatures than any checkpoint of ours has; a longer note is not read."""
NOTE_OCTETS_MAX: Final = 65_536
PRIVATE: Final = "PRIVATE+KEY"
_LINES_MIN: Final = 3
_BEGINS: Final = "\u2014 "


class Kind(IntEnum):
    """The signature types that we know."""

    NOTE = 1
    COSIGNATURE = 4


class MalformedError(Exception):
    """A text that is no key, note or checkpoint; the message says what is wrong."""


class Key(msgspec.Struct, frozen=True):
    """A verifier key: who signs, how, and with what."""

    name: str
    kind: Kind
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four octets that, with the name, say which key has signed."""
        said = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(said).digest()[:KEY_ID_OCTETS]

    @property
    def vkey(self) -> str:
        """The key as it is handed on: name+id+base64."""
        coded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"


class Secret(msgspec.Struct, frozen=True):
    """A key that signs."""

    name: str
    kind: Kind
    seed: bytes

    def __repr__(self) -> str:
        return f"Secret({self.name})"

    @property
    def key(self) -> Key:
        """What others verify with."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Key(self.name, self.kind, private.public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """The key as its file holds it."""
        coded = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{PRIVATE}+{self.name}+{self.key.key_id.hex()}+{coded}"


class Signature(msgspec.Struct, frozen=True):
    """A signature line of a note."""

    name: str
    key_id: bytes
    value: bytes


class Note(msgspec.Struct, frozen=True):
    """A text and who signed it."""

    text: str
    """With its final newline."""
    signatures: tuple[Signature, ...]


def key_of(vkey: str) -> Key:
    """Read a verifier key; MalformedError says what is wrong."""
    name, key_id, coded = _parts(vkey, 3)
    raw = _base64(coded)
    if len(raw) != 1 + KEY_OCTETS or raw[0] not in {Kind.NOTE, Kind.COSIGNATURE}:
        raise MalformedError("a verifier key is name+id+base64 of an Ed25519 key")
    key = Key(name, Kind(raw[0]), raw[1:])
    if key.key_id.hex() != key_id or not is_name(name):
        raise MalformedError("the id of a verifier key does not fit its name and key")
    return key


def secret_of(text: str) -> Secret:
    """Read a key that signs; MalformedError says what is wrong, and never shows it."""
    private, word, name, key_id, coded = _parts(text.strip(), 5)
    raw = _base64(coded)
    if f"{private}+{word}" != PRIVATE or len(raw) != 1 + KEY_OCTETS or not is_name(name):
        raise MalformedError("a signing key is PRIVATE+KEY+name+id+base64")
    if raw[0] not in {Kind.NOTE, Kind.COSIGNATURE}:
        raise MalformedError("a signing key is of a kind that is not known")
    secret = Secret(name, Kind(raw[0]), raw[1:])
    if secret.key.key_id.hex() != key_id:
        raise MalformedError("the id of a signing key does not fit its name and key")
    return secret


def _parts(text: str, count: int) -> list[str]:
    """Base64 may have plus signs as well: the last part takes what is left."""
    parts = text.split("+", count - 1)
    if len(parts) != count:
        raise MalformedError("a key has its parts joined by plus signs")
    return parts


def is_name(name: str) -> bool:
    """Whether a key may be called so."""
    return bool(name) and "+" not in name and not any(each.isspace() for each in name)


def note_of(text: str) -> Note:
    """Read a signed note; MalformedError says what is wrong."""
    if len(text.encode()) > NOTE_OCTETS_MAX:
        raise MalformedError("a note is at most 64 KiB long")
    if any(each < " " and each != "\n" for each in text):
        raise MalformedError("a note has no control characters but newlines")
    body, blank, lines = text.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise MalformedError("a note is a text, a blank line, and signature lines")
    signatures = tuple(signature_of(line) for line in lines[:-1].split("\n"))
    if len(signatures) > SIGNATURES_MAX:
        raise MalformedError("a note has too many signatures")
    return Note(body + "\n", signatures)


def signature_of(line: str) -> Signature:
    """Read a signature line; MalformedError says what is wrong."""
    name, blank, coded = line.removeprefix(_BEGINS).partition(" ")
    raw = _base64(coded)
    if not line.startswith(_BEGINS) or not blank or not is_name(name) or len(raw) <= KEY_ID_OCTETS:
        raise MalformedError("a signature line is a dash, a name, and base64")
    return Signature(name, raw[:KEY_ID_OCTETS], raw[KEY_ID_OCTETS:])


def line_of(signature: Signature) -> str:
    """A signature as a line of a note, with its newline."""
    coded = base64.b64encode(signature.key_id + signature.value).decode()
    return f"{_BEGINS}{signature.name} {coded}\n"


def text_of(note: Note) -> str:
    """A note as it is handed on."""
    return f"{note.text}\n" + "".join(line_of(one) for one in note.signatures)


def checkpoint_of(text: str) -> Checkpoint:
    """Read the text of a checkpoint; MalformedError says what is wrong."""
    if not text.endswith("\n"):
        raise MalformedError("a checkpoint ends with a newline")
    lines = text[:-1].split("\n")
    if len(lines) < _LINES_MIN or not all(lines):
        raise MalformedError("a checkpoint has an origin, a size and a root, and no empty line")
    root = _base64(lines[2])
    if len(root) != HASH_OCTETS:
        raise MalformedError("the root of a checkpoint has 32 octets")
    return Checkpoint(lines[0], decimal(lines[1]), root, tuple(lines[3:]))


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """The text of a checkpoint, which is what is signed."""
    root = base64.b64encode(checkpoint.root).decode()
    lines = [checkpoint.origin, str(checkpoint.size), root, *checkpoint.extensions]
    return "".join(f"{line}\n" for line in lines)


def decimal(text: str) -> int:
    """A size in ASCII digits without leading zeroes; MalformedError otherwise."""
    if not text.isascii() or not text.isdecimal() or (text[0] == "0" and text != "0"):
        raise MalformedError("a size is decimal, without leading zeroes")
    size = int(text) if len(text) < len(str(SIZE_MAX)) + 1 else SIZE_MAX + 1
    if size > SIZE_MAX:
        raise MalformedError("a size is below 2**63")
    return size


def signed(secret: Secret, text: str, at_seconds: int = 0) -> Signature:
    """Sign the text of a note; a cosignature says at which POSIX second."""
    private = Ed25519PrivateKey.from_private_bytes(secret.seed)
    key = secret.key
    if secret.kind is Kind.NOTE:
        return Signature(key.name, key.key_id, private.sign(text.encode()))
    value = struct.pack(">Q", at_seconds) + private.sign(_cosigned(at_seconds, text))
    return Signature(key.name, key.key_id, value)


def _cosigned(at_seconds: int, text: str) -> bytes:
    return f"cosignature/v1\ntime {at_seconds}\n{text}".encode()


def verified(key: Key, text: str, signature: Signature) -> int | None:
    """The POSIX second of a good signature (0 for one without time); None for a bad one."""
    value, at_seconds, said = signature.value, 0, text.encode()
    if key.kind is Kind.COSIGNATURE:
        if len(value) != struct.calcsize(">Q") + SIGNATURE_OCTETS:
            return None
        at_seconds = struct.unpack_from(">Q", value)[0]
        value, said = value[8:], _cosigned(at_seconds, text)
    if len(value) != SIGNATURE_OCTETS or at_seconds > TIMESTAMP_MAX:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, said)
    except (InvalidSignature, ValueError):
        return None
    return at_seconds


def signers(note: Note, keys: Iterable[Key]) -> dict[str, int] | None:
    """Who of these has signed the note, and when; None if one of their signatures is bad.

    Signatures of others are ignored, as signed-note demands.
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[str, int] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        at_seconds = verified(key, note.text, signature)
        if at_seconds is None:
            return None
        found[key.vkey] = at_seconds
    return found


def assembled(text: str, signatures: Sequence[Signature]) -> str:
    """A note of a text and its signatures."""
    return text_of(Note(text, tuple(signatures)))


def _base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedError("this is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise MalformedError("this is not base64 as it is written")
    return raw


def hash_of_line(line: str) -> bytes:
    """A hash as a proof line holds it; MalformedError otherwise."""
    raw = _base64(line)
    if len(raw) != HASH_OCTETS:
        raise MalformedError("a hash has 32 octets")
    return raw
