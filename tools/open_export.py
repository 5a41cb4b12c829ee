#!/usr/bin/env python3
"""Opens a sealed package of what is held about somebody, and says by name what is wrong with one.

One file, Python 3.9 or newer, standard library and the package `cryptography`; it needs no network
and shares no code with the program that made the package.

    python3 open_export.py what-we-hold.tenure-export --out opened

It asks for the passphrase, which you were given by another way than the package.  Files appear
only after the whole package was proven to be complete and as it was made.

Exit code: 0 opened, 1 refused by name, 2 it could not be read or written.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import json
import struct
import sys
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

if TYPE_CHECKING:
    from collections.abc import Iterator

OPENED, REFUSED, UNREADABLE = 0, 1, 2
MAGIC = b"tenure-export/1\n"
HEAD_OCTETS_MAX = 65_536
TEXT_OCTETS_MAX = 1 << 20
SEALED_OCTETS_MAX = TEXT_OCTETS_MAX + (1 << 16)
NONCE_OCTETS = 12
KEY_OCTETS = 32
COST_MAX = 1 << 20
END = 255
NAMES = ("held.json", "held.pdf")
FRAME = struct.Struct("!IQBB")
AAD = struct.Struct("!QBB")


class Refused(Exception):  # noqa: N818 -- a person reads it
    """The package is not what was made: ``name`` says how."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name = name


def head_of(file: BinaryIO) -> tuple[bytes, dict[str, Any]]:
    """Everything before the first frame, and what it says."""
    start = file.read(len(MAGIC) + 4)
    if len(start) != len(MAGIC) + 4 or not start.startswith(MAGIC):
        raise Refused("NOT_A_PACKAGE", "this file does not begin as a package of ours")
    (length,) = struct.unpack("!I", start[len(MAGIC) :])
    text = file.read(length) if length <= HEAD_OCTETS_MAX else b""
    if len(text) != length or not text:
        raise Refused("TRUNCATED", "the package ends within its head")
    try:
        said = json.loads(text)
        said["kdf"]["salt"] = bytes.fromhex(said["kdf"]["salt"])
        said["wrapped"] = {name: bytes.fromhex(said["wrapped"][name]) for name in ("nonce", "key")}
        cost = [int(said["kdf"][name]) for name in ("n", "r", "p")]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("EDITED", "the head of the package cannot be read") from None
    if said["kdf"].get("name") != "scrypt" or cost[0] > COST_MAX or cost[1] > 16 or cost[2] > 4:  # noqa: PLR2004
        raise Refused("EDITED", "the head names a way to make keys that we do not use")
    return start + text, said


def key_of(said: dict[str, Any], passphrase: str) -> bytes:
    """The key of the package."""
    typed = "".join(passphrase.upper().replace("-", "").split())
    kdf = said["kdf"]
    try:
        derived = Scrypt(kdf["salt"], KEY_OCTETS, int(kdf["n"]), int(kdf["r"]), int(kdf["p"]))
        sealed = said["wrapped"]
        return AESGCM(derived.derive(typed.encode())).decrypt(sealed["nonce"], sealed["key"], MAGIC)
    except (InvalidTag, ValueError):
        raise Refused(
            "WRONG_PASSPHRASE", "this passphrase does not open it, or its head was edited"
        ) from None


def frames(file: BinaryIO, head: bytes, key: bytes) -> Iterator[tuple[int, bytes]]:
    """Every frame in its order, proven; raises Refused at the first that is not."""
    bound, place, last = hashlib.sha256(head).digest(), 0, 0
    cipher = AESGCM(key)
    while not last:
        said_place, member, last, sealed = sealed_of(file, place)
        if said_place != place:
            raise Refused("REORDERED", f"frame {said_place} stands where {place} should be")
        try:
            aad = bound + AAD.pack(place, member, last)
            packed = cipher.decrypt(sealed[:NONCE_OCTETS], sealed[NONCE_OCTETS:], aad)
        except InvalidTag:
            raise Refused("EDITED", f"frame {place} is not as it was made") from None
        unpacked = zlib.decompressobj()
        text = unpacked.decompress(packed, TEXT_OCTETS_MAX)
        if unpacked.unconsumed_tail or not unpacked.eof:
            raise Refused("EDITED", f"frame {place} holds more than a frame may")
        yield member, text
        place += 1
    if file.read(1):
        raise Refused("EDITED", "something follows after the end")


def sealed_of(file: BinaryIO, place: int) -> tuple[int, int, int, bytes]:
    """The next frame as it stands: its place, member and last, and what is sealed."""
    start = file.read(FRAME.size)
    if len(start) != FRAME.size:
        raise Refused("TRUNCATED", f"the package ends after frame {place - 1}, before its end")
    length, said_place, member, last = FRAME.unpack(start)
    if length > SEALED_OCTETS_MAX:
        raise Refused("EDITED", f"frame {place} says that it is longer than any")
    sealed = file.read(NONCE_OCTETS + length)
    if len(sealed) != NONCE_OCTETS + length:
        raise Refused("TRUNCATED", f"the package ends within frame {place}")
    return said_place, member, last, sealed


def opened(package: Path, passphrase: str, out: Path) -> dict[str, Any]:
    """Open a package into a folder; what its last frame says.  Nothing appears when refused."""
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    with package.open("rb") as file, tempfile.TemporaryDirectory(dir=out) as room:
        head, said = head_of(file)
        key = key_of(said, passphrase)
        end: dict[str, Any] = {}
        written = [(Path(room) / name).open("wb") for name in NAMES]
        try:
            for member, text in frames(file, head, key):
                if member == END:
                    end = json.loads(text)
                elif member < len(written):
                    written[member].write(text)
                else:
                    raise Refused("EDITED", "a frame belongs to no file")
        finally:
            for one in written:
                one.close()
        for name in NAMES:
            (Path(room) / name).chmod(0o600)
            (Path(room) / name).replace(out / name)
    return end


def main(arguments: list[str]) -> int:
    """Open it, or say what is wrong."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("package", type=Path)
    reader.add_argument("--out", type=Path, default=Path("opened"), help="the folder to write to")
    reader.add_argument(
        "--passphrase-file", type=Path, help="read the passphrase from a file; - from stdin"
    )
    asked = reader.parse_args(arguments)
    try:
        if asked.passphrase_file is None:
            passphrase = getpass.getpass("Passphrase: ")
        elif str(asked.passphrase_file) == "-":
            passphrase = sys.stdin.readline().strip()
        else:
            passphrase = asked.passphrase_file.read_text(encoding="utf-8").strip()
        end = opened(asked.package, passphrase, asked.out)
    except Refused as refused:
        print(f"open_export: refused ({refused.name}): {refused}", file=sys.stderr)
        return REFUSED
    except OSError as error:
        print(f"open_export: {error.filename}: {error.strerror}", file=sys.stderr)
        return UNREADABLE
    print(f"opened: {end.get('records', 0)} records in {asked.out}/{' and '.join(NAMES)}")
    return OPENED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
