"""A passkey in a file: a software authenticator for the command line, the demo and tests.

The key is Ed25519 and in the clear, so the file is readable by its owner alone.  Whoever runs a
command with it vouches for being its owner; nobody else can read it.
"""

import base64
import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenure.values.passkey import COMMAND_LINE, PARTY, Assertion, Passkey, Registration

KEY_OCTETS: Final = 32
_COSE_ED25519: Final = bytes.fromhex("a4010103272006215820")
"""COSE_Key (RFC 9053 section 7.2): OKP, EdDSA, Ed25519, then 32 octets."""
_NO_ATTESTATION: Final = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"
_PRESENT_AND_VERIFIED: Final = 0x05
_WITH_A_NEW_KEY: Final = 0x40


class WrongPasskeyFileError(Exception):
    """The file cannot be used; the message names the file and the remedy."""


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """What stands in the file."""

    credential_id: str
    private_key: str
    rp_id: str
    origin: str


class _Public(msgspec.Struct, forbid_unknown_fields=True):
    """What is told to others."""

    credential_id: str
    public_key: str


class PasskeyFile(msgspec.Struct, frozen=True):
    """A key that can sign."""

    credential_id: bytes
    private_key: bytes
    rp_id: str = PARTY.rp_id
    origin: str = COMMAND_LINE

    def __repr__(self) -> str:
        return "PasskeyFile(…)"

    @property
    def public(self) -> Passkey:
        """What others may know of it."""
        point = self._key.public_key().public_bytes_raw()
        return Passkey(self.credential_id, _COSE_ED25519 + point)

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private_key)

    def assertion(self, challenge: bytes) -> Assertion:
        """The challenge, signed (WebAuthn section 6.3.3).

        It has no counter of its uses: two commands at once would seem to be two copies of it.
        """
        client_data = self._client_data("webauthn.get", challenge)
        about = self._authenticator_data(_PRESENT_AND_VERIFIED)
        signed = self._key.sign(about + hashlib.sha256(client_data).digest())
        return Assertion(self.credential_id, about, client_data, signed)

    def registration(self, challenge: bytes) -> Registration:
        """The key, as an authenticator introduces it (WebAuthn section 6.3.2)."""
        head = self._authenticator_data(_PRESENT_AND_VERIFIED | _WITH_A_NEW_KEY)
        length = len(self.credential_id).to_bytes(2, "big")
        about = head + bytes(16) + length + self.credential_id + self.public.public_key
        attested = _NO_ATTESTATION + bytes([len(about)]) + about
        return Registration(
            self.credential_id, self._client_data("webauthn.create", challenge), attested
        )

    def _authenticator_data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + bytes(4)

    def _client_data(self, kind: str, challenge: bytes) -> bytes:
        said = {"type": kind, "challenge": _text(challenge), "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False}, separators=(",", ":")).encode()


def new(rp_id: str = PARTY.rp_id, origin: str = COMMAND_LINE) -> PasskeyFile:
    """A key that nobody else has, not yet in any file."""
    return PasskeyFile(os.urandom(KEY_OCTETS), os.urandom(KEY_OCTETS), rp_id, origin)


def create(path: Path, key: PasskeyFile | None = None) -> PasskeyFile:
    """A new key in a new file that only its owner may read; its folder is made."""
    made = key or new()
    written = _Written(_text(made.credential_id), _text(made.private_key), made.rp_id, made.origin)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WrongPasskeyFileError(
            f"{path}: there is a passkey already; use it, or name another file"
        ) from None
    except OSError as error:
        raise WrongPasskeyFileError(
            f"{path}: cannot be made: {error.strerror}; name another file"
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(written) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return made


def load(path: Path) -> PasskeyFile:
    """The key in a file; WrongPasskeyFileError says what is wrong with it."""
    try:
        mode = path.stat().st_mode
        found = msgspec.json.decode(path.read_bytes(), type=_Written)
        key = PasskeyFile(
            _octets(found.credential_id), _octets(found.private_key), found.rp_id, found.origin
        )
    except FileNotFoundError:
        raise WrongPasskeyFileError(
            f"{path}: no such passkey; name its file, or ask to be invited"
        ) from None
    except OSError as error:
        raise WrongPasskeyFileError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.DecodeError):
        raise WrongPasskeyFileError(f"{path}: not a passkey file; restore it") from None
    if stat.S_IMODE(mode) & 0o077:
        raise WrongPasskeyFileError(f"{path}: others may read it; run: chmod 600 {path}")
    if len(key.private_key) != KEY_OCTETS:
        raise WrongPasskeyFileError(f"{path}: not a passkey file; restore it")
    return key


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_text(key: Passkey) -> str:
    """The public part as text, for somebody else to enrol the key by."""
    return msgspec.json.encode(
        {"credential_id": _text(key.credential_id), "public_key": _text(key.public_key)}
    ).decode()


def read_public(path: Path) -> Passkey:
    """The public part in a file; WrongPasskeyFileError says what is wrong with it."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Public)
        return Passkey(_octets(found.credential_id), _octets(found.public_key))
    except OSError as error:
        raise WrongPasskeyFileError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, msgspec.DecodeError):
        raise WrongPasskeyFileError(
            f"{path}: not a public key; make it with tenure staff passkeys --export"
        ) from None
