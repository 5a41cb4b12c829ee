"""The files of a copy: chunks of rows, each sealed, and a manifest that is written last.

A copy grows beside its name and gets it when it is whole: what was broken off is no copy.
"""

import base64
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from tenure.promises.privacy.model.copies import (
    FORMAT,
    Chunk,
    Content,
    CopyRefusal,
    Manifest,
)
from tenure.values.refused import Refused
from tenure.values.sealing import NONCE_OCTETS, Sealer, key_id_of, place_of

MANIFEST: Final = "manifest.json"
GROWING: Final = ".growing"
READ_OCTETS: Final = 1 << 20
QUICK: Final = 1
"""Sealed values cannot be made smaller, so more effort gains nothing."""

Stored: TypeAlias = tuple[Any, ...]
"""A row: its plain columns, a bit for each group of its own person, the groups' envelopes."""

_rows: Final = msgspec.msgpack.Decoder(list[list[Any]])


class Growing:
    """A copy that is being made."""

    def __init__(self, target: Path, copy_id: str, sealer: Sealer) -> None:
        """Begins anew where an earlier one was broken off."""
        self._target = target
        self._folder = target.with_name(target.name + GROWING)
        self._copy_id = copy_id
        self._sealer = sealer
        self.octets = 0
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, parents=True)

    def add(self, table: str, nth: int, rows: list[Stored]) -> Chunk:
        """Write one chunk of a table."""
        name = f"{table}.{nth:06}"
        packed = zlib.compress(msgspec.msgpack.encode(rows), QUICK)
        place = chunk_place(self._copy_id, table, nth)
        sealed = self._sealer.seal(os.urandom(NONCE_OCTETS), place, packed)
        self._write(name, sealed)
        return Chunk(name, len(sealed), hashlib.sha256(sealed).hexdigest(), len(rows))

    def finish(self, head: Manifest, content: Content) -> None:
        """Write the manifest, and give the copy its name."""
        sealed = self._sealer.seal(
            os.urandom(NONCE_OCTETS), manifest_place(head), msgspec.json.encode(content)
        )
        whole = msgspec.structs.replace(head, content=base64.b64encode(sealed).decode())
        self._write(MANIFEST, msgspec.json.format(msgspec.json.encode(whole)))
        self._settle(self._folder)
        self._folder.rename(self._target)
        self._settle(self._target.parent)

    def give_up(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, name: str, octets: bytes) -> None:
        handle = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        self.octets += len(octets)

    def _settle(self, folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def containing(folder: Path, word: bytes) -> int:
    """How many files have these octets in them."""
    return sum(word in path.read_bytes() for path in folder.iterdir())


def is_there(target: Path) -> bool:
    """Whether something has this name already."""
    return target.exists()


def manifest_of(folder: Path) -> Manifest | Refused[CopyRefusal]:
    """What a copy says of itself; it is not proven before its content is opened."""
    try:
        found = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Refused(
            CopyRefusal.NOT_A_COPY,
            f"there is no {MANIFEST}: name the folder of a copy; one that was broken off is none",
        )
    except (OSError, msgspec.DecodeError):
        return Refused(CopyRefusal.CHANGED, f"{MANIFEST} cannot be read; take another copy")
    if found.format != FORMAT:
        return Refused(CopyRefusal.WRONG_SHAPE, "made by another version of Tenure; use that one")
    return found


def key_id_of_content(manifest: Manifest) -> bytes | None:
    """Which key opens the content; None if that is no envelope."""
    try:
        return key_id_of(base64.b64decode(manifest.content, validate=True))
    except ValueError:
        return None


def content_of(manifest: Manifest, sealer: Sealer) -> Content | Refused[CopyRefusal]:
    """The sealed part of a manifest."""
    changed = Refused(CopyRefusal.CHANGED, f"{MANIFEST} was changed; take another copy")
    try:
        sealed = base64.b64decode(manifest.content, validate=True)
    except ValueError:
        return changed
    opened = sealer.open(manifest_place(manifest), sealed)
    return changed if opened is None else msgspec.json.decode(opened, type=Content)


def fault_of(folder: Path, content: Content) -> Refused[CopyRefusal] | None:
    """What is wrong with the files of a copy, each of which is read once."""
    for table in content.tables:
        for chunk in table.chunks:
            path = folder / chunk.name
            try:
                octets = path.stat().st_size
                digest = _sha256(path)
            except OSError:
                octets, digest = -1, ""
            if octets < chunk.octets:
                return Refused(
                    CopyRefusal.INCOMPLETE,
                    f"{chunk.name} is missing or too short; take another copy, or fetch it anew",
                )
            if digest != chunk.sha256:
                return Refused(CopyRefusal.CHANGED, f"{chunk.name} was changed; take another copy")
    return None


def rows_of(
    folder: Path, copy_id: str, table: str, chunks: tuple[Chunk, ...], sealer: Sealer
) -> Iterator[tuple[int, list[Stored]] | Refused[CopyRefusal]]:
    """The rows of each chunk of a table, with its number."""
    for nth, chunk in enumerate(chunks):
        sealed = (folder / chunk.name).read_bytes()
        packed = sealer.open(chunk_place(copy_id, table, nth), sealed)
        if packed is None:
            yield Refused(CopyRefusal.CHANGED, f"{chunk.name} was changed; take another copy")
            return
        yield nth, [tuple(row) for row in _rows.decode(zlib.decompress(packed))]


def chunk_place(copy_id: str, table: str, nth: int) -> bytes:
    """Where a chunk belongs."""
    return place_of("chunk", copy_id, table, nth)


def manifest_place(head: Manifest) -> bytes:
    """What everybody can read of a manifest, and nobody can change."""
    told = (head.format, head.copy_id, head.store_id, head.operator, head.begun_at, head.serial)
    return place_of("manifest", *told)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(READ_OCTETS):
            digest.update(part)
    return digest.hexdigest()
