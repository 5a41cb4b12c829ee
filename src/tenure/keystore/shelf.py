"""The keys of everybody, each wrapped by the key of an epoch, in a small database of their own.

There is one key for each subject and class, drawn at random when first needed: what is derived from
a master key could never be destroyed alone.  Nobody is named: a key stands under a mark, an HMAC of
whose and of which class that only this store can compute.  A fence says that the keys of a mark
which are older than its number have ended; it outlives them, so that none of them comes back.
"""

import hashlib
import hmac
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenure.keystore.words import EPOCH_KEY_OCTETS, Fence, Keeper, Lack, WrongKeyStoreError
from tenure.values.sealing import (
    KEY_ID_OCTETS,
    KEY_OCTETS,
    NONCE_OCTETS,
    Key,
    Whose,
    place_of,
)

BUSY_SECONDS: Final = 30.0
FORMAT: Final = 1
REWRAP_ROWS: Final = 5_000
"""So many keys are wrapped anew in one transaction: others wait for less than a second."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS store (
    one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, store_id BLOB NOT NULL,
    serial INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS epoch (
    epoch INTEGER PRIMARY KEY, wrapped BLOB NOT NULL, marking BLOB NOT NULL,
    made_at INTEGER NOT NULL, left_at INTEGER
);
CREATE TABLE IF NOT EXISTS key (
    mark BLOB NOT NULL, since INTEGER NOT NULL, key_id BLOB NOT NULL UNIQUE,
    epoch INTEGER NOT NULL, wrapped BLOB NOT NULL,
    PRIMARY KEY (mark, since)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS asked (mark BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fence (
    mark BLOB PRIMARY KEY, number INTEGER NOT NULL, raised INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (key_id BLOB PRIMARY KEY) WITHOUT ROWID;
"""


class _Epoch(msgspec.Struct, frozen=True):
    """What an epoch wraps with, opened."""

    number: int
    cipher: AESGCM
    marking: bytes

    def __repr__(self) -> str:
        return f"_Epoch({self.number})"


class Shelf:
    """The keys of one store.  Several processes may have it open at once."""

    def __init__(self, path: Path, keeper: Keeper) -> None:
        """Opens what ``make`` has made; WrongKeyStoreError says what is in the way."""
        self.path = path
        self.keeper = keeper
        if not path.is_file():
            raise WrongKeyStoreError(f"{path}: no keys here; name the folder of the key store")
        self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        self._epochs: dict[int, _Epoch] = {}
        try:
            # What is deleted is overwritten, and what is committed is on disk.
            for word in ("secure_delete = ON", "synchronous = EXTRA", "journal_mode = TRUNCATE"):
                self._db.execute(f"PRAGMA {word}")
            row = self._db.execute("SELECT format, store_id FROM store").fetchone()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise WrongKeyStoreError(f"{path}: {error}; put back a copy of it") from error
        if row is None or row[0] != FORMAT:
            self._db.close()
            raise WrongKeyStoreError(f"{path}: made by another version of Tenure; use that one")
        self.store_id: bytes = row[1]

    @classmethod
    def make(cls, path: Path, keeper: Keeper, *, at_ms: int) -> "Shelf":
        """A new store with its first epoch, for its owner alone."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.executescript(_TABLES)
            db.execute("INSERT INTO store VALUES (1, ?, ?, 1)", [FORMAT, os.urandom(16)])
        shelf = cls(path, keeper)
        shelf.begin_epoch(at_ms=at_ms)
        return shelf

    def __repr__(self) -> str:
        return "Shelf(…)"

    def close(self) -> None:
        """Forget what was opened."""
        self._epochs.clear()
        self._db.close()

    def serial(self) -> int:
        """How many fences were ever asked for: the time of this store."""
        return int(self._db.execute("SELECT serial FROM store").fetchone()[0])

    def mark(self, whose: Whose, class_: str) -> bytes:
        """Under what name the keys of somebody's class stand here."""
        return hmac.digest(self._newest().marking, place_of(*whose, class_), hashlib.sha256)

    def key(self, mark: bytes, *, fence: int = 0) -> Key:
        """The key to seal with now; made if there is none since the last fence.

        ``fence`` is the newest one that the database knows of.
        """
        return self.keys([mark], fences={mark: fence})[mark]

    def keys(
        self,
        marks: Iterable[bytes],
        *,
        fences: Mapping[bytes, int] | None = None,
        as_of: int | None = None,
    ) -> dict[bytes, Key]:
        """As ``key``, for many in one transaction.

        ``as_of`` is the serial before a copy took its snapshot, ``fences`` what the snapshot knows.
        Whoever was fenced since has no key: what was there before is not sealed any more.  Whoever
        is being fenced gets a key that the fence will end.
        """
        found: dict[bytes, Key] = {}
        missing: list[tuple[bytes, int]] = []
        seen = fences or {}
        now = self.serial() if as_of is None else as_of
        with self.reading():
            for mark in marks:
                number, raised = self._fence(mark)
                known = seen.get(mark, 0)
                if as_of is not None and raised > as_of and number > known:
                    continue
                key = self._newest_of(mark, max(number, known))
                if key is not None:
                    found[mark] = key
                elif as_of is not None and (asked := self._asked(mark)) > known:
                    missing.append((mark, min(now, asked - 1)))
                else:
                    missing.append((mark, max(now, known)))
        if missing:
            found |= self._make(missing)
        return found

    def by_id(self, key_id: bytes, *, mark: bytes = b"", fence: int = 0) -> Key | Lack:
        """The key of an envelope, or why there is none.

        ``fence`` is the newest one of ``mark`` that the database knows of.
        """
        row = self._db.execute(
            "SELECT mark, since, key_id, epoch, wrapped FROM key WHERE key_id = ?", [key_id]
        ).fetchone()
        if row is not None and row[1] >= max(
            self._fence(row[0])[0], fence if row[0] == mark else 0
        ):
            return self._unwrapped(*row)
        gone = self._db.execute("SELECT 1 FROM gone WHERE key_id = ?", [key_id]).fetchone()
        return Lack.UNKNOWN if row is None and gone is None else Lack.DESTROYED

    def ask_fence(self, mark: bytes) -> Fence:
        """A number for a fence to come.  Nothing ends before it is raised."""
        with self._writing():
            self._db.execute("UPDATE store SET serial = serial + 1")
            number = self.serial()
            self._db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", [mark, number])
        return Fence(mark, number)

    def raise_fence(self, fence: Fence) -> tuple[bytes, ...]:
        """Destroy the keys of a mark that are older, for good; their ids.  Again is nothing."""
        with self._writing():
            # A store that was put back from a copy has to catch up with the number.
            self._db.execute("UPDATE store SET serial = max(serial, ?) + 1", [fence.number])
            self._db.execute(
                "INSERT INTO fence VALUES (?, ?, ?) ON CONFLICT (mark) DO UPDATE"
                " SET number = excluded.number, raised = excluded.raised"
                " WHERE excluded.number > number",
                [fence.mark, fence.number, self.serial()],
            )
            self._db.execute(
                "DELETE FROM asked WHERE mark = ? AND number <= ?", [fence.mark, fence.number]
            )
            old = [fence.mark, fence.number]
            ids = self._db.execute(
                "DELETE FROM key WHERE mark = ? AND since < ? RETURNING key_id", old
            ).fetchall()
            self._db.executemany("INSERT OR IGNORE INTO gone VALUES (?)", ids)
        return tuple(row[0] for row in ids)

    def fences(self) -> Iterator[Fence]:
        """Every fence that was ever raised."""
        for mark, number in self._db.execute("SELECT mark, number FROM fence ORDER BY number"):
            yield Fence(mark, number)

    def counted(self) -> tuple[int, int]:
        """How many keys there are, and how many were destroyed."""
        live = self._db.execute("SELECT count(*) FROM key").fetchone()[0]
        return int(live), int(self._db.execute("SELECT count(*) FROM gone").fetchone()[0])

    def begin_epoch(self, *, at_ms: int) -> int:
        """A new epoch: from now on every new key is wrapped by it."""
        kept = self._db.execute("SELECT max(epoch) FROM epoch").fetchone()[0]
        marking = self._newest().marking if kept else os.urandom(EPOCH_KEY_OCTETS)
        number = 1 + max(kept or 0, *self.keeper.epochs(), 0)
        self.keeper.make(number)
        secret = os.urandom(EPOCH_KEY_OCTETS)
        nonce = os.urandom(NONCE_OCTETS)
        sealed = nonce + AESGCM(secret).encrypt(nonce, marking, self._place("marking", number))
        with self._writing():
            self._db.execute(
                "INSERT INTO epoch VALUES (?, ?, ?, ?, NULL)",
                [number, self.keeper.wrap(number, secret), sealed, at_ms],
            )
        return number

    def rewrap(self, *, at_ms: int) -> Iterator[int]:
        """Wrap every key by the newest epoch, some thousand at a time; how many so far.

        Others seal and open meanwhile.  It may be broken off, and is then begun again.
        """
        newest, done, last = self._newest(), 0, (b"", 0)
        while True:
            with self._writing():
                rows = self._db.execute(
                    "SELECT mark, since, key_id, epoch, wrapped FROM key"
                    " WHERE (mark, since) > (?, ?) ORDER BY mark, since LIMIT ?",
                    [*last, REWRAP_ROWS],
                ).fetchall()
                older = [self._unwrapped(*row) for row in rows if row[3] < newest.number]
                places = [row[:2] for row in rows if row[3] < newest.number]
                self._db.executemany(
                    "UPDATE key SET epoch = ?, wrapped = ? WHERE mark = ? AND since = ?",
                    [
                        (newest.number, self._wrapped(newest, mark, since, key), mark, since)
                        for (mark, since), key in zip(places, older, strict=True)
                    ],
                )
                if not rows:
                    self._db.execute(
                        "UPDATE epoch SET left_at = ? WHERE epoch < ? AND left_at IS NULL"
                        " AND NOT EXISTS (SELECT 1 FROM key k WHERE k.epoch = epoch.epoch)",
                        [at_ms, newest.number],
                    )
                    return
            last, done = rows[-1][:2], done + len(older)
            yield done

    def retire(self, *, before_ms: int) -> tuple[int, ...]:
        """Destroy the keys of epochs that nothing has been wrapped by since this instant."""
        found = self._db.execute(
            "SELECT epoch FROM epoch WHERE left_at <= ? ORDER BY epoch", [before_ms]
        ).fetchall()
        for (epoch,) in found:
            self.keeper.destroy(epoch)
            self._epochs.pop(epoch, None)
            with self._writing():
                self._db.execute("DELETE FROM epoch WHERE epoch = ?", [epoch])
        return tuple(row[0] for row in found)

    def epochs(self) -> tuple[tuple[int, int, int | None], ...]:
        """Each epoch, when it began, and when the last key left it."""
        rows = self._db.execute("SELECT epoch, made_at, left_at FROM epoch ORDER BY epoch")
        return tuple(rows.fetchall())

    def copy(self, target: Path) -> None:
        """A copy of the shelf as it is now, without the keys of epochs: those never leave."""
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(target)) as other:
            self._db.backup(other)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Many looks at one moment: the file is locked for them once, against writers only."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("COMMIT")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, alone."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise WrongKeyStoreError(f"{self.path}: {error}; see who else has it open") from error
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _fence(self, mark: bytes) -> tuple[int, int]:
        """The number of a mark's fence, and the serial at which it was raised."""
        row = self._db.execute("SELECT number, raised FROM fence WHERE mark = ?", [mark]).fetchone()
        return row or (0, 0)

    def _asked(self, mark: bytes) -> int:
        row = self._db.execute("SELECT number FROM asked WHERE mark = ?", [mark]).fetchone()
        return row[0] if row else 0

    def _newest_of(self, mark: bytes, fence: int) -> Key | None:
        row = self._db.execute(
            "SELECT mark, since, key_id, epoch, wrapped FROM key WHERE mark = ? AND since >= ?"
            " ORDER BY since DESC LIMIT 1",
            [mark, fence],
        ).fetchone()
        return self._unwrapped(*row) if row else None

    def _make(self, missing: list[tuple[bytes, int]]) -> dict[bytes, Key]:
        """Draw keys; where another process was first, theirs is the one."""
        with self._writing():
            epoch = self._newest()
            rows = []
            for mark, since in missing:
                key = Key(os.urandom(KEY_ID_OCTETS), os.urandom(KEY_OCTETS))
                wrapped = self._wrapped(epoch, mark, since, key)
                rows.append((mark, since, key.key_id, epoch.number, wrapped))
            self._db.executemany("INSERT OR IGNORE INTO key VALUES (?, ?, ?, ?, ?)", rows)
            made = {mark: self._newest_of(mark, since) for mark, since in missing}
        return {mark: key for mark, key in made.items() if key is not None}

    def _wrapped(self, epoch: _Epoch, mark: bytes, since: int, key: Key) -> bytes:
        nonce = os.urandom(NONCE_OCTETS)
        place = self._place("key", epoch.number, mark, since, key.key_id)
        return nonce + epoch.cipher.encrypt(nonce, key.secret, place)

    def _unwrapped(
        self, mark: bytes, since: int, key_id: bytes, number: int, wrapped: bytes
    ) -> Key:
        place = self._place("key", number, mark, since, key_id)
        try:
            secret = self._epoch(number).cipher.decrypt(
                wrapped[:NONCE_OCTETS], wrapped[NONCE_OCTETS:], place
            )
        except InvalidTag:
            raise WrongKeyStoreError(
                f"{self.path}: a key was changed or moved; put back a copy of the store"
            ) from None
        return Key(key_id, secret)

    def _newest(self) -> _Epoch:
        return self._epoch(int(self._db.execute("SELECT max(epoch) FROM epoch").fetchone()[0]))

    def _epoch(self, number: int) -> _Epoch:
        """An epoch, opened by its keeper once and then remembered."""
        known = self._epochs.get(number)
        if known is None:
            row = self._db.execute(
                "SELECT wrapped, marking FROM epoch WHERE epoch = ?", [number]
            ).fetchone()
            if row is None or number not in self.keeper.epochs():
                raise WrongKeyStoreError(
                    f"{self.path}: the key of epoch {number} is not in {self.keeper.name};"
                    " if it was destroyed, this store is an old copy: put back a newer one"
                )
            cipher = AESGCM(self.keeper.unwrap(number, row[0]))
            sealed = row[1]
            try:
                marking = cipher.decrypt(
                    sealed[:NONCE_OCTETS], sealed[NONCE_OCTETS:], self._place("marking", number)
                )
            except InvalidTag:
                raise WrongKeyStoreError(
                    f"{self.path}: epoch {number} was changed; put back a copy of the store"
                ) from None
            known = self._epochs[number] = _Epoch(number, cipher, marking)
        return known

    def _place(self, *parts: str | int | bytes) -> bytes:
        return place_of(self.store_id, *parts)
