"""Notices what the embedded PostgreSQL refuses, from its log, as it is written.

The log has no statement and no value of anybody.  What a session said last can be asked for as long
as the session is there.
"""

import os
import re
from pathlib import Path
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction

GRAVE: Final = frozenset({"42501", "23514", "23503"})
"""SQLSTATE: no right to do it, or against a check or a foreign key.  Tenure's own rules say no
before it comes to that; what two do at the same time has other codes."""
READ_OCTETS_MAX: Final = 1 << 20
# As log_line_prefix has it: instant, zone, [process], role, SQLSTATE.
_LINE: Final = re.compile(r"\S+ \S+ \S+ \[(\d+)\] (\S+) ([0-9A-Z]{5}) ERROR:  (.*)")
# Whoever raises an error chooses its words; digits could be somebody's number.
_WORDS: Final = re.compile(r'[a-z" _]{1,200}', re.IGNORECASE)
_SAID: Final = "SELECT query FROM pg_catalog.pg_stat_activity WHERE pid = %s"


class Denial(msgspec.Struct, frozen=True):
    """PostgreSQL refused something to a session."""

    pid: int
    role: str
    code: str
    words: str
    """What it said, if that is nothing but letters."""


class Denials:
    """Reads on in the log; what stood there before it was opened is left out."""

    def __init__(self, path: Path) -> None:
        """Begin at the end of the file, which may not be there yet."""
        self._path = path
        self._at = path.stat().st_size if path.exists() else 0
        self._rest = b""

    def read(self) -> list[Denial]:
        """What was refused since the last look."""
        try:
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < self._at:
                    self._at, self._rest = 0, b""  # a new file: the old one was full
                file.seek(self._at)
                fresh = file.read(READ_OCTETS_MAX)
        except OSError:
            return []
        self._at += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        found = (_denial(line.decode("utf-8", "replace")) for line in lines)
        return [one for one in found if one is not None]


def _denial(line: str) -> Denial | None:
    found = _LINE.fullmatch(line)
    if found is None or found[3] not in GRAVE:
        return None
    words = found[4] if _WORDS.fullmatch(found[4]) else ""
    return Denial(int(found[1]), found[2], found[3], words)


async def said_by(tx: Transaction, pid: int) -> str:
    """What a session of our own role said last; "" when it is gone."""
    row = await (await tx.execute(_SAID, [pid])).fetchone()
    return "" if row is None or row[0] is None else str(row[0])
