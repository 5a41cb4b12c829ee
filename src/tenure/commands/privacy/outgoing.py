"""A file made beside its place, for its owner alone, that is there only when it may leave."""

import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

OWNER_ONLY = 0o600


class Outgoing:
    """What is written and not released is gone at the end, also when something failed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")

    def __enter__(self) -> Self:
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR
        self._file = os.fdopen(os.open(self._beside, flags, OWNER_ONLY), "wb")
        return self

    def begin(self) -> None:
        """Empty again."""
        self._file.seek(0)
        self._file.truncate()

    def write(self, octets: bytes) -> None:
        """The next part."""
        self._file.write(octets)

    def leave(self) -> None:
        """It may leave: on disk, under its name, over nobody else's file."""
        self._file.flush()
        os.fsync(self._file.fileno())
        os.link(self._beside, self._path)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()
        self._beside.unlink(missing_ok=True)
