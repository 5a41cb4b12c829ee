"""What was proven last about each number: the network's own memory, apart from our database.

Without it, an old leaf could be shown again, and bring back a SIM that was replaced.
"""

import os
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any, Final

from tenure.gateways.hlr.translate.dossier import Known
from tenure.values.msisdn import Imsi, Msisdn

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS known (
    msisdn TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    place INTEGER NOT NULL,
    imsi TEXT,
    holder TEXT,
    barred INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    ended_at INTEGER,
    gone TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""
_ENDED: Final = """
CREATE TABLE IF NOT EXISTS ended (
    request_hash TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID
"""
_COLUMNS: Final = "msisdn, origin, place, imsi, holder, barred, lost, blocked, ended_at, gone"
PRIVATE: Final = 0o600


class UnusableMemoryError(Exception):
    """The file cannot be used; the message names it and the remedy."""


class Memory:
    """A file with a row for each number; written before the register is told."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; UnusableMemoryError."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise UnusableMemoryError(f"{path}: others may read it; run: chmod 600 {path}")
            self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode = WAL")
            # What is remembered is on disk before the table of tasks says that it is done.
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.execute(_SCHEMA)
            self._base.execute(_ENDED)
            self._turn = threading.Lock()
        except OSError as error:
            raise UnusableMemoryError(
                f"{path}: {error.strerror}; name a file that you may write to"
            ) from error
        except sqlite3.Error as error:
            raise UnusableMemoryError(
                f"{path}: {error}; move it away, and restore it from a copy"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def find(self, msisdn: Msisdn) -> Known | None:
        """What was proven about a number."""
        query = f"SELECT {_COLUMNS} FROM known WHERE msisdn = ?"  # noqa: S608 -- our own words
        with self._turn:
            row = self._base.execute(query, [msisdn]).fetchone()
        return None if row is None else _known(row)

    def keep(self, known: Known) -> None:
        """Remember; when this returns, it is on disk."""
        query = f"INSERT OR REPLACE INTO known ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 -- our own words
        row = (
            known.msisdn,
            known.origin,
            known.index,
            known.imsi,
            known.holder,
            known.barred,
            known.lost,
            known.blocked,
            known.ended_at,
            " ".join(known.gone),
        )
        with self._turn:
            self._base.execute(query, row)

    def end(self, request_hash: str) -> None:
        """Remember that a request ended without effect; when this returns, it is on disk."""
        with self._turn:
            self._base.execute("INSERT OR IGNORE INTO ended VALUES (?)", [request_hash])

    def has_ended(self, request_hash: str) -> bool:
        """Whether a request was seen to end without effect."""
        query = "SELECT 1 FROM ended WHERE request_hash = ?"
        with self._turn:
            return self._base.execute(query, [request_hash]).fetchone() is not None

    def everything(self) -> list[Known]:
        """Every number that something was proven about, in their order."""
        query = f"SELECT {_COLUMNS} FROM known ORDER BY msisdn"  # noqa: S608 -- our own words
        with self._turn:
            return [_known(row) for row in self._base.execute(query)]


def _known(row: tuple[Any, ...]) -> Known:
    msisdn, origin, place, imsi, holder, barred, lost, blocked, ended_at, gone = row
    sim = None if imsi is None else Imsi(imsi)
    flags = (bool(barred), bool(lost), bool(blocked))
    away = tuple(Imsi(imsi) for imsi in gone.split())
    return Known(Msisdn(msisdn), origin, place, sim, holder, *flags, ended_at, away)
