"""The file of a package: what is committed is in it, whatever is behind that is cut off."""

import fcntl
import hashlib
import os
from pathlib import Path
from typing import IO, Final, Self

from tenure.promises.privacy import model, operations

held = model.exports
sealing = operations.exports.sealing

SUFFIX: Final = ".tenure-export"
MODE: Final = 0o600
BLOCK_OCTETS: Final = 1 << 20


class BusyError(Exception):
    """Another process writes this file."""


class Writing:
    """A package under way.  ``write`` is on disk when it returns."""

    def __init__(self, file: IO[bytes], key: bytes, head: bytes) -> None:
        self._file, self._key, self._head = file, key, head
        self._frames = 0

    @classmethod
    def at(cls, path: Path, key: bytes, head: bytes, position: held.Position) -> Self:
        """Open the file where the job is; raises BusyError, OSError."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, MODE)
        file = os.fdopen(handle, "r+b")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise BusyError from None
        writing = cls(file, key, head)
        writing._frames = position.frames
        # Written and not committed: it is read again, and sealed with fresh nonces.
        file.truncate(position.octets)
        file.seek(position.octets)
        if not position.frames:
            file.truncate(0)
            file.seek(0)
            file.write(head)
        return writing

    def write(self, member: int, text: bytes, *, last: bool = False) -> tuple[int, int]:
        """Seal a text as this member; how many frames and octets the file has now."""
        for piece in sealing.cut(text) or [b""]:
            nonce = os.urandom(sealing.NONCE_OCTETS)
            place = self._frames
            self._file.write(
                sealing.frame(self._key, self._head, place, member, nonce, piece, last=last)
            )
            self._frames += 1
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._frames, self._file.tell()

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_OCTETS):
            found.update(block)
    return found.hexdigest()


def destroy(path: Path) -> None:
    """The file is no more, however far it was; it was never readable without the passphrase."""
    path.unlink(missing_ok=True)
