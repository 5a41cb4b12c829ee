"""How a leaf is made: canonical JSON, commitments, and the hash that keeps it."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Final

from tenure.promises.record.model import Act, Leaf, Opening, Plain
from tenure.values.instant import iso

SALT_OCTETS: Final = 32
INTEGER_MAX: Final = 2**53 - 1
"""RFC 8785 section 3.2.2.3 writes numbers as doubles; larger ones belong into strings."""

_STRING: Final = json.JSONEncoder(ensure_ascii=False).encode
"""A JSON string with the escapes of ECMAScript (section 3.2.2.2) and nothing else escaped."""


def canonical(value: Plain) -> str:
    """JSON as RFC 8785 writes it: one text for one value, whoever writes it."""
    if isinstance(value, str):
        return _STRING(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        assert -INTEGER_MAX <= value <= INTEGER_MAX, "write large numbers as strings"
        return str(value)
    if isinstance(value, Mapping):
        # Section 3.2.3: properties are sorted by their UTF-16 code units.
        names = sorted(value, key=_utf16)
        return "{" + ",".join(f"{_STRING(name)}:{canonical(value[name])}" for name in names) + "}"
    assert isinstance(value, Sequence)
    return "[" + ",".join(canonical(item) for item in value) + "]"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be")


def commitment(salt: bytes, value: str) -> str:
    """What stands in a leaf for personal data: SHA-256 of salt and value, in hexadecimal."""
    assert len(salt) == SALT_OCTETS
    return hashlib.sha256(salt + value.encode()).hexdigest()


def leaf_hash(body: str) -> bytes:
    """The hash of a leaf (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + body.encode()).digest()


def leaf(act: Act, kind: str, said: Mapping[str, Plain], about: Mapping[str, str]) -> Leaf:
    """The leaf of an act.

    ``said`` stands in it as it is and holds no personal data; ``about`` does, and only commitments
    of it stand in the leaf, as they do of who acted and why.
    """
    assert len(act.salt) == SALT_OCTETS
    private = {**about, "by": act.by} | ({"reason": act.reason} if act.reason else {})
    openings = tuple(_opening(act, kind, field, value) for field, value in private.items())
    body: dict[str, Plain] = {
        "version": 1,
        "kind": kind,
        "at": iso(act.at),
        "said": dict(said),
        "commitments": {one.field: commitment(one.salt, one.value) for one in openings},
    }
    text = canonical(body)
    return Leaf(act.at, kind, text, leaf_hash(text), openings)


def _opening(act: Act, kind: str, field: str, value: str) -> Opening:
    """A commitment's own salt: forgetting one opening must not help to guess another."""
    ingredients = canonical([kind, field, value]).encode()
    return Opening(field, hmac.digest(act.salt, ingredients, "sha256"), value)
