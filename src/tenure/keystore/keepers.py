"""Keeps the keys of epochs in files of a folder, readable by their owner alone."""

import os
import re
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenure.keystore.words import EPOCH_KEY_OCTETS, WrongKeyStoreError
from tenure.values.sealing import NONCE_OCTETS

_NAME: Final = re.compile(r"epoch-(?P<number>[0-9]{6})")


class FileKeeper:
    """A file an epoch.  Keep the folder on another disk than the shelf, and out of its copies."""

    def __init__(self, folder: Path) -> None:
        """The folder is made, for its owner alone, if it is missing."""
        self.name = f"files in {folder}"
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(folder.stat().st_mode) & 0o077:
            raise WrongKeyStoreError(f"{folder}: others may enter it; run: chmod 700 {folder}")

    def epochs(self) -> tuple[int, ...]:
        """The epochs whose file is there."""
        found = (_NAME.fullmatch(path.name) for path in self._folder.iterdir())
        return tuple(sorted(int(match["number"]) for match in found if match))

    def make(self, epoch: int) -> None:
        """Draw a key; it is on disk, whole, before this returns.  Another's is never replaced."""
        path = self._path(epoch)
        fresh = path.with_suffix(f".new-{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(EPOCH_KEY_OCTETS))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        self._settle()

    def wrap(self, epoch: int, secret: bytes) -> bytes:
        """The secret, sealed for this epoch."""
        nonce = os.urandom(NONCE_OCTETS)
        return nonce + AESGCM(self._key(epoch)).encrypt(nonce, secret, _place(epoch))

    def unwrap(self, epoch: int, wrapped: bytes) -> bytes:
        """What was wrapped."""
        nonce, body = wrapped[:NONCE_OCTETS], wrapped[NONCE_OCTETS:]
        try:
            return AESGCM(self._key(epoch)).decrypt(nonce, body, _place(epoch))
        except InvalidTag:
            raise WrongKeyStoreError(
                f"{self._path(epoch)} is not the key that this store was wrapped with; put back "
                "the folder that belongs to it"
            ) from None

    def destroy(self, epoch: int) -> None:
        """Overwrite the file, and remove it."""
        path = self._path(epoch)
        try:
            with path.open("r+b") as file:
                file.write(os.urandom(EPOCH_KEY_OCTETS))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._settle()

    def _key(self, epoch: int) -> bytes:
        path = self._path(epoch)
        try:
            mode, key = path.stat().st_mode, path.read_bytes()
        except OSError as error:
            raise WrongKeyStoreError(
                f"{path}: the key of epoch {epoch} cannot be read ({error.strerror}); put back the "
                "folder of keys that belongs to this store"
            ) from error
        if stat.S_IMODE(mode) & 0o077:
            raise WrongKeyStoreError(f"{path}: others may read it; run: chmod 600 {path}")
        if len(key) != EPOCH_KEY_OCTETS:
            raise WrongKeyStoreError(f"{path}: not a key of {EPOCH_KEY_OCTETS} octets; restore it")
        return key

    def _path(self, epoch: int) -> Path:
        return self._folder / f"epoch-{epoch:06}"

    def _settle(self) -> None:
        """What was made or removed in the folder is on disk."""
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _place(epoch: int) -> bytes:
    return b"tenure epoch %d" % epoch
