"""The ledger of erasures outside the database: lines are only added, and outlive any copy."""

import os
from pathlib import Path
from uuid import UUID

import msgspec

from tenure.promises.privacy.model.retention import Entry
from tenure.values.instant import Instant
from tenure.values.sealing import Whose


class _Line(msgspec.Struct, frozen=True):
    entry: str
    kind: str
    whom: int
    at: int


class Ledger:
    """A file beside the key store; a line is on disk when ``note`` returns."""

    def __init__(self, path: Path) -> None:
        """The file need not be there yet."""
        self.path = path

    def note(self, entry: Entry) -> None:
        """Add an entry about somebody, unless it stands there."""
        if entry.whose is None or any(one.entry_id == entry.entry_id for one in self.entries()):
            return
        line = _Line(str(entry.entry_id), entry.whose.kind, entry.whose.whom, entry.at)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(handle).st_size
            # What a dying machine left half written is not a line, and must not swallow the next.
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, b"\n" * torn + msgspec.json.encode(line) + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def entries(self) -> list[Entry]:
        """All that stand there whole, in their order."""
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_bytes().splitlines():
            try:
                said = msgspec.json.decode(line, type=_Line)
            except msgspec.DecodeError:
                continue
            whose = Whose(said.kind, said.whom)
            found.append(Entry(UUID(said.entry), "replay", whose, Instant(said.at)))
        return found
