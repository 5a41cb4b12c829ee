"""Files that hold a key, or what was signed last: written whole, and on disk before we go on."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tenure.promises.record import rules
from tenure.promises.record.rules import Kind, Secret

PRIVATE: Final = 0o600
SEED_OCTETS: Final = 32


class UnusableFolderError(Exception):
    """A folder that cannot be used; the message names it and the remedy."""


def drawn(name: str, kind: Kind) -> Secret:
    """A new key."""
    return Secret(name, kind, secrets.token_bytes(SEED_OCTETS))


def write(path: Path, text: str) -> None:
    """Replace a file in one step; when this returns, a power cut does not undo it."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def folder(path: Path) -> Path:
    """A folder that only we may look into; UnusableFolderError if there can be none."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableFolderError(
            f"{path}: {error.strerror}; name a folder that you may write to"
        ) from error
    return path


def secret(path: Path, name: str, kind: Kind) -> Secret:
    """The key in a file; drawn at its first use."""
    try:
        if not path.exists():
            write(path, drawn(name, kind).text + "\n")
        return rules.secret_of(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, rules.MalformedError) as error:
        raise UnusableFolderError(f"{path}: no usable key: {error}; restore the file") from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of a folder; others of our processes wait."""
    with (path / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def claimed(path: Path) -> int:
    """Hold the lock of a folder until it is closed; UnusableFolderError if another one holds it."""
    number = os.open(folder(path) / "lock", os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        raise UnusableFolderError(
            f"{path}: another witness uses this folder; stop it, or name another folder"
        ) from None
    return number
