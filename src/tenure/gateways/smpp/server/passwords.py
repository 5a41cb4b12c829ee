"""Passwords of providers, kept as scrypt hashes (RFC 7914): ``scrypt$N$r$p$SALT$HASH``."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

import msgspec

COST, BLOCK, PARALLEL = 16_384, 8, 1
HASH_OCTETS: Final = 32
SALT_OCTETS: Final = 16
MEMORY_MAX: Final = 64 * 1024 * 1024
_NAME: Final = "scrypt"
_FIELDS: Final = 6


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a password."""

    cost: int
    block: int
    parallel: int
    salt: bytes
    hash: bytes

    def __repr__(self) -> str:
        return "Kept()"


def hashed(password: str, salt: bytes) -> str:
    """What to keep of a password, with a fresh salt."""
    found = _scrypt(password, Kept(COST, BLOCK, PARALLEL, salt, b""))
    words = (base64.b64encode(part).decode() for part in (salt, found))
    return "$".join((_NAME, str(COST), str(BLOCK), str(PARALLEL), *words))


def kept_of(text: str) -> Kept | None:
    """What was kept, read; None when it is nothing of ours."""
    fields = text.split("$")
    if len(fields) != _FIELDS or fields[0] != _NAME:
        return None
    try:
        cost, block, parallel = (int(field) for field in fields[1:4])
        salt, found = (base64.b64decode(field, validate=True) for field in fields[4:])
    except (ValueError, binascii.Error):
        return None
    whole = len(found) == HASH_OCTETS and len(salt) >= SALT_OCTETS
    strong = cost >= COST and not cost & (cost - 1) and block >= BLOCK and parallel >= PARALLEL
    fits = 128 * cost * block * parallel <= MEMORY_MAX  # RFC 7914 section 2
    return Kept(cost, block, parallel, salt, found) if whole and strong and fits else None


def fits(password: str, kept: Kept) -> bool:
    """Whether this is the password; takes some 50 ms of a processor on purpose."""
    return hmac.compare_digest(_scrypt(password, kept), kept.hash)


def _scrypt(password: str, kept: Kept) -> bytes:
    return hashlib.scrypt(
        password.encode(),
        salt=kept.salt,
        n=kept.cost,
        r=kept.block,
        p=kept.parallel,
        maxmem=2 * MEMORY_MAX,
        dklen=HASH_OCTETS,
    )
