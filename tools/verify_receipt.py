#!/usr/bin/env python3
"""Verifies receipts of a Tenure record offline, and looks for a split view among them.

One file, Python 3.9 or newer, standard library and the package `cryptography`; it shares no code
with the program that made the receipt.  You need a policy file that says whom you trust: get it
from the regulator or the witnesses, not from whoever gave you the receipt.

    python3 verify_receipt.py --policy policy receipt.json
    python3 verify_receipt.py --policy policy mine.json theirs.json checkpoint.txt

A receipt proves that what it tells was written into the record, when witnesses saw it there, and
that it cannot be taken back.  Several receipts or checkpoints of one log are compared: two of one
size with different roots are a split view, proof that somebody was shown another record than you.

Exit code: 0 everything holds, 1 something does not, 2 something could not be read.
"""

# ruff: noqa: PLR2004, UP017 -- counts of words are plain here; older Pythons have no datetime.UTC

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HOLDS, FAILS, UNREADABLE = 0, 1, 2
FORMAT = "tenure-receipt/v1"
WITNESS_KEY = 4
HASH_OCTETS = 32
YEAR_10000 = 253402300800


class Unreadable(Exception):  # noqa: N818 - a person reads it
    """Something is not in the form it should have."""


class Fails(Exception):  # noqa: N818 - a person reads it
    """Something is in its form, but not true."""


# --- the tree of RFC 6962, straight from its definitions -------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """Section 2.1: a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Section 2.1: an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split_of(size: int) -> int:
    """The largest power of two that is smaller than the size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root_from_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that section 2.1.1's PATH leads to, or None when it has the wrong length."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    middle, sibling = split_of(size), path[-1]
    if index < middle:
        below = root_from_path(leaf, index, middle, path[:-1])
        return below and node_hash(below, sibling)
    below = root_from_path(leaf, index - middle, size - middle, path[:-1])
    return below and node_hash(sibling, below)


def roots_from_proof(
    smaller: int, larger: int, proof: list[bytes], old_root: bytes, *, whole: bool = True
) -> tuple[bytes, bytes] | None:
    """The two roots that section 2.1.2's SUBPROOF leads to, or None at a wrong length."""
    if smaller == larger:
        if whole:
            return (old_root, old_root) if not proof else None
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    middle, sibling = split_of(larger), proof[-1]
    if smaller <= middle:
        below = roots_from_proof(smaller, middle, proof[:-1], old_root, whole=whole)
        return below and (below[0], node_hash(below[1], sibling))
    below = roots_from_proof(smaller - middle, larger - middle, proof[:-1], old_root, whole=False)
    return below and (node_hash(sibling, below[0]), node_hash(sibling, below[1]))


def includes(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the leaf hash is at this index of the tree with this root."""
    if any(len(value) != HASH_OCTETS for value in [leaf, *path]):
        return False
    return root_from_path(leaf, index, size, list(path)) == root


def consistent(
    smaller: int, old_root: bytes, larger: int, new_root: bytes, proof: list[bytes]
) -> bool:
    """Whether the tree of the larger size begins as the one of the smaller size."""
    if not 0 < smaller <= larger or any(len(value) != HASH_OCTETS for value in proof):
        return False
    return roots_from_proof(smaller, larger, list(proof), old_root) == (old_root, new_root)


# --- notes, checkpoints and keys (C2SP) ------------------------------------------------------


def from_base64(text: str) -> bytes:
    """Strict base64."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("something is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Unreadable("something is not base64 as it should be written")
    return raw


class Key:
    """A verifier key: name+id+base64."""

    def __init__(self, text: str) -> None:
        """Read it."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Unreadable("a verifier key is name+id+base64")
        raw = from_base64(parts[2])
        self.name, self.kind, self.public = parts[0], raw[0] if raw else 0, raw[1:]
        self.key_id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        if self.key_id.hex() != parts[1] or len(self.public) != HASH_OCTETS:
            raise Unreadable("the id of a verifier key does not fit its name and key")

    def seconds(self, text: str, signature: bytes) -> int:
        """When this key signed the text (0: without time); Fails when it did not."""
        said, value, seconds = text.encode(), signature, 0
        if self.kind == WITNESS_KEY:
            seconds, value = int.from_bytes(signature[:8], "big"), signature[8:]
            said = b"cosignature/v1\ntime %d\n" % seconds + said
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, said)
        except (InvalidSignature, ValueError):
            raise Fails(f"the signature of {self.name} is not good") from None
        return seconds


class Policy:
    """Whom you trust: a file in the format of C2SP tlog-policy."""

    def __init__(self, text: str) -> None:
        """Read it."""
        self.logs: list[Key] = []
        self.witnesses: dict[str, Key] = {}
        self._groups: dict[str, tuple[int, list[str]]] = {"none": (0, [])}
        self._quorums: list[str] = []
        for line in text.splitlines():
            words = line.split()
            if words and not words[0].startswith("#"):
                self._take(words)
        if len(self._quorums) != 1:
            raise Unreadable("the policy must say one quorum")
        name = self._quorums[0]
        self.least, members = self._groups.get(name, (1, [name]))
        if any(name not in self.witnesses for name in members):
            raise Unreadable("the quorum of the policy names somebody who is no witness in it")
        self.counted = [self.witnesses[name] for name in members]

    def _take(self, words: list[str]) -> None:
        if words[0] == "log" and len(words) in (2, 3):
            self.logs.append(Key(words[1]))
        elif words[0] == "witness" and len(words) in (3, 4):
            self.witnesses[words[1]] = Key(words[2])
        elif words[0] == "group" and len(words) > 3:
            least = {"all": len(words) - 3, "any": 1}.get(words[2]) or int(words[2])
            self._groups[words[1]] = (least, words[3:])
        elif words[0] == "quorum" and len(words) == 2:
            self._quorums.append(words[1])
        else:
            raise Unreadable(f"the policy has a line that is none of tlog-policy: {words[0]}")


class Checkpoint:
    """A checkpoint with its signatures."""

    def __init__(self, note: str) -> None:
        """Read it."""
        body, blank, lines = note.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise Unreadable("a checkpoint is a text, an empty line, and signatures")
        self.text = body + "\n"
        parts = self.text[:-1].split("\n")
        if len(parts) < 3 or not parts[1].isdecimal() or str(int(parts[1])) != parts[1]:
            raise Unreadable("a checkpoint is an origin, a size, and a root")
        self.origin, self.size, self.root = parts[0], int(parts[1]), from_base64(parts[2])
        self.signatures: list[tuple[str, bytes, bytes]] = []
        for line in lines[:-1].split("\n"):
            dash, _, rest = line.partition(" ")
            name, _, coded = rest.partition(" ")
            if dash != "\u2014" or not name:
                raise Unreadable("a signature line is a dash, a name, and base64")
            raw = from_base64(coded)
            self.signatures.append((name, raw[:4], raw[4:]))

    def verified(self, policy: Policy) -> dict[str, int]:
        """The witnesses that count and when they saw it; Fails says what is missing."""
        if not [key for key in policy.logs if key.name == self.origin]:
            raise Fails(f"your policy does not know the log {self.origin}")
        own = [key for key in policy.logs if key.name == self.origin]
        if not [key for key in own if self._by(key) is not None]:
            raise Fails("the log has not signed this checkpoint")
        seen: dict[str, tuple[Key, int]] = {}
        for key in policy.counted:
            seconds = self._by(key)
            if seconds is not None and key.public not in [one.public for one, _ in seen.values()]:
                seen[key.name] = (key, seconds)
        if len(seen) < policy.least:
            raise Fails(f"{len(seen)} of the {policy.least} witnesses you ask for have cosigned")
        return {name: seconds for name, (_, seconds) in seen.items()}

    def _by(self, key: Key) -> int | None:
        for name, key_id, value in self.signatures:
            if (name, key_id) == (key.name, key.key_id):
                return key.seconds(self.text, value)
        return None


# --- receipts --------------------------------------------------------------------------------


def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which every name stands once, so that it says one thing only."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a name stands twice in the leaf")
    return found


class Receipt:
    """What somebody holds to prove a leaf."""

    def __init__(self, said: Any) -> None:
        """Read it."""
        try:
            if said["format"] != FORMAT:
                raise Unreadable(f"a receipt has the format {FORMAT}")
            self.body, self.index = str(said["leaf"]), said["index"]
            self.path = [from_base64(value) for value in said["proof"]]
            self.openings = [
                (str(one["field"]), bytes.fromhex(one["salt"]), str(one["value"]))
                for one in said["openings"]
            ]
            self.checkpoint = Checkpoint(said["checkpoint"])
            self.leaf = json.loads(self.body, object_pairs_hook=no_repeats)
            self.commitments = dict(self.leaf["commitments"])
            self.kind, self.at = str(self.leaf["kind"]), str(self.leaf["at"])
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            raise Unreadable("this is no receipt") from None
        if not isinstance(self.index, int) or isinstance(self.index, bool):
            raise Unreadable("the index of a receipt is a whole number")

    def verified(self, policy: Policy) -> dict[str, int]:
        """When the witnesses saw it; Fails says what does not hold."""
        seen = self.checkpoint.verified(policy)
        hashed = leaf_hash(self.body.encode())
        checkpoint = self.checkpoint
        if not includes(hashed, self.index, checkpoint.size, self.path, checkpoint.root):
            raise Fails("the leaf is not at this place of the record")
        for field, salt, value in self.openings:
            opened = hashlib.sha256(salt + value.encode()).hexdigest()
            if len(salt) != HASH_OCTETS or self.commitments.get(field) != opened:
                raise Fails(f"what it says about '{field}' is not what was recorded")
        return seen


def read(path: str) -> Receipt | Checkpoint:
    """A receipt or a checkpoint from a file."""
    try:
        text = Path(path).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"the file cannot be read ({type(error).__name__})") from None
    if not text.lstrip().startswith("{"):
        return Checkpoint(text)
    try:
        return Receipt(json.loads(text))
    except (ValueError, RecursionError):
        raise Unreadable("the file is not JSON") from None


def split_views(found: list[tuple[str, Checkpoint]]) -> list[tuple[str, str, Checkpoint]]:
    """Pairs of files whose checkpoints cannot both be true."""
    first: dict[tuple[str, int], tuple[str, bytes]] = {}
    pairs = []
    for name, checkpoint in found:
        key = (checkpoint.origin, checkpoint.size)
        other = first.setdefault(key, (name, checkpoint.root))
        if other[1] != checkpoint.root:
            pairs.append((other[0], name, checkpoint))
    return pairs


# --- for people ------------------------------------------------------------------------------


def moment(seconds: int) -> str:
    """A time as people read it."""
    if not 0 <= seconds < YEAR_10000:
        return f"second {seconds}"
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")


def told(thing: Receipt | Checkpoint, seen: dict[str, int]) -> list[str]:
    """What was verified, in lines."""
    checkpoint = thing.checkpoint if isinstance(thing, Receipt) else thing
    lines = []
    if isinstance(thing, Receipt):
        lines.append(f"  what       {thing.kind}, said to be at {thing.at}")
        said = json.dumps(thing.leaf.get("said", {}), ensure_ascii=False)
        lines.append(f"  said       {said}")
        lines += [f"  {field:<10} {value}" for field, _, value in thing.openings]
        hidden = sorted(set(thing.commitments) - {field for field, _, _ in thing.openings})
        if hidden:
            lines.append(f"  not shown  {', '.join(hidden)}")
        lines.append(
            f"  where      place {thing.index} of {checkpoint.size} in {checkpoint.origin}"
        )
    else:
        lines.append(f"  log        {checkpoint.origin}, {checkpoint.size} leaves")
    lines += [f"  seen by    {name} at {moment(seconds)}" for name, seconds in seen.items()]
    return lines


def look(path: str, policy: Policy) -> tuple[int, Receipt | Checkpoint | None, dict[str, int], str]:
    """What comes of one file: exit code, the thing if it holds, who saw it, words."""
    try:
        thing = read(path)
        return HOLDS, thing, thing.verified(policy), ""
    except Unreadable as why:
        return UNREADABLE, None, {}, f"cannot be read: {why}"
    except Fails as why:
        return FAILS, None, {}, f"DOES NOT HOLD: {why}"


def follows(files: list[tuple[str, Checkpoint]], proof_path: str) -> bool:
    """Whether two checkpoints of different sizes are of one log, by a proof in a file."""
    old, new = sorted(files, key=lambda one: one[1].size)
    proof = [from_base64(line) for line in Path(proof_path).read_text().split()]
    return consistent(old[1].size, old[1].root, new[1].size, new[1].root, proof)


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n\n", maxsplit=1)[0],
        epilog="Example: verify_receipt.py --policy policy receipt.json",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="receipts or checkpoints")
    parser.add_argument("--policy", required=True, help="whom you trust (C2SP tlog-policy)")
    parser.add_argument(
        "--proof", help="with two files of different sizes: a consistency proof, a hash a line"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    return parser.parse_args()


def main() -> int:
    """Verify every file, compare them, and say it."""
    typed = arguments()
    try:
        policy = Policy(Path(typed.policy).read_text(encoding="utf-8"))
    except (OSError, ValueError, Unreadable) as why:
        sys.stderr.write(f"verify_receipt: the policy {typed.policy} cannot be used: {why}\n")
        return UNREADABLE
    code = HOLDS
    lines: list[str] = []
    answers: list[dict[str, Any]] = []
    found: list[tuple[str, Checkpoint]] = []
    for path in typed.files:
        result, thing, seen, words = look(path, policy)
        code = max(code, result)
        lines.append(f"{path}: {words or 'holds'}")
        answers.append({"file": path, "holds": result == HOLDS, "why": words, "seen": seen})
        if thing is not None:
            lines += told(thing, seen)
            found.append((path, thing.checkpoint if isinstance(thing, Receipt) else thing))
    pairs = split_views(found)
    for one, other, checkpoint in pairs:
        code = max(code, FAILS)
        lines.append(
            f"SPLIT VIEW: {one} and {other} show two different records of {checkpoint.size} leaves"
            f" of {checkpoint.origin}. Keep both files: together they are proof. Show them to the"
            " regulator."
        )
    if typed.proof is not None:
        try:
            one_log = len(found) == 2 and follows(found, typed.proof)
        except (OSError, ValueError, Unreadable):
            one_log = False
        code = code if one_log else max(code, FAILS)
        lines.append("the larger one begins as the smaller" if one_log else "NOT PROVED: one log")
    if typed.json:
        views = [{"files": [one, other]} for one, other, _ in pairs]
        lines = [json.dumps({"files": answers, "split_views": views}, ensure_ascii=False)]
    sys.stdout.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
