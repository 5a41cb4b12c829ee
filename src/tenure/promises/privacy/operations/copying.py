"""Makes a sealed copy of a database: of one moment, in bounded memory, whole or not at all."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from tenure.keystore.shelf import Shelf
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.copies import (
    FORMAT,
    Chunk,
    Content,
    CopyRefusal,
    Made,
    Manifest,
    Plan,
    Table,
)
from tenure.promises.privacy.operations import register
from tenure.promises.privacy.rules import copies as rules
from tenure.promises.privacy.store import copy_files as store_files
from tenure.promises.privacy.store import copying as store
from tenure.promises.privacy.store.copy_files import Growing, Stored
from tenure.promises.privacy.store.reach import KIND_OF
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused
from tenure.values.sealing import NONCE_OCTETS, Sealer, Whose, place_of

CHUNK_ROWS: Final = 4_096
CHUNK_OCTETS: Final = 1 << 20
SEALERS_MAX: Final = 50_000
"""So many keys are remembered at once: some tens of megabytes."""
COPY_CLASS: Final = "copy"
COPY_ID_OCTETS: Final = 7

Read: TypeAlias = tuple[bytes | None, ...]
"""A row as the server sends it: whom its leads lead to, then its columns in the plan's order."""
Progress: TypeAlias = Callable[[str, int], None]
"""Told after each chunk: of which table, and how many rows of it so far."""


async def make(
    tx: Transaction,
    shelf: Shelf,
    target: Path,
    *,
    operator: str,
    at: Instant,
    progress: Progress = lambda _table, _rows: None,
) -> Made | Refused[CopyRefusal]:
    """Copy everything that is there now into a folder that is not there yet (PRV-SEC, PRV-KEEP).

    ``tx`` is a new transaction of somebody who may read everything.  Traffic goes on meanwhile.
    """
    if store_files.is_there(target):
        return Refused(CopyRefusal.TARGET_NOT_EMPTY, f"{target} is there already; name another")
    # Before the snapshot: whatever ends from now on cannot be read in this copy.
    serial = shelf.serial()
    await store.begin(tx)
    number = int.from_bytes(os.urandom(COPY_ID_OCTETS))
    sealer = Sealer(shelf.key(shelf.mark(Whose("copy", number), COPY_CLASS)))
    copy_id, store_id = f"{number:014x}", shelf.store_id.hex()
    head = Manifest(FORMAT, copy_id, store_id, operator, iso(at), serial, "")
    growing = Growing(target, copy_id, sealer)
    try:
        sealing = _Sealing(shelf, copy_id, serial, await store.fences(tx))
        shape = await store.shape(tx)
        plans = await plans_of(tx)
        types = await store.columns(tx)
        tables = [
            await _table(tx, plan, types[plan.schema, plan.table], sealing, growing, progress)
            for plan in plans
        ]
        growing.finish(head, Content(shape, tuple(tables)))
    except BaseException:
        growing.give_up()
        raise
    return Made(len(tables), sum(table.rows for table in tables), growing.octets, sealing.ended)


async def plans_of(tx: Transaction) -> list[Plan]:
    """How each table is copied, as the register declares it."""
    rows = {(promise, row.table): row for promise, row in register.rows()}
    held: dict[tuple[str, str], list[Any]] = {}
    for promise, one in register.holdings():
        held.setdefault((promise, one.table), []).append(one)
    return [
        rules.plan(
            schema,
            table,
            {column: base for column, (_, base) in kinds.items()},
            held[schema, table],
            rows.get((schema, table)),
            KIND_OF,
        )
        for (schema, table), kinds in (await store.columns(tx)).items()
    ]


class _Sealing:
    """Seals the rows of one copy, each value with the key of whose it is."""

    def __init__(
        self, shelf: Shelf, copy_id: str, serial: int, fences: Mapping[bytes, int]
    ) -> None:
        self._shelf = shelf
        self._copy_id = copy_id
        self._serial = serial
        self._fences = fences
        self._sealers: dict[tuple[Whose, str], Sealer | None] = {}
        self.ended = 0

    def chunk(self, plan: Plan, nth: int, rows: list[Read]) -> list[Stored]:
        """The rows of a chunk as they are stored."""
        owners = [rules.owners(plan, ids_of(plan, row)) for row in rows]
        keeps = [group.keep for group in plan.groups]
        self._learn({one for _, whose in owners for one in zip(whose, keeps, strict=True)})
        return [
            self._row(plan, place_of(self._copy_id, plan.name, nth, at), row, owners[at])
            for at, row in enumerate(rows)
        ]

    def _row(
        self, plan: Plan, place: bytes, row: Read, owners: tuple[Whose, list[Whose]]
    ) -> Stored:
        first, whose = owners
        since = len(plan.leads)
        upto = since + len(plan.plain)
        plain, own, sealed = row[since:upto], 0, []
        for nth, group in enumerate(plan.groups):
            values = row[upto : upto + len(group.columns)]
            upto += len(group.columns)
            own |= (whose[nth] == first) << nth
            where = place_of(place, nth, group.keep)
            sealed.append(self._sealed(where, whose[nth], group.keep, values))
        return (*plain, own, *sealed)

    def _sealed(self, place: bytes, whose: Whose, keep: str, values: Read) -> bytes | None:
        """The envelope of some columns; None if all are empty, b"" if their key has ended."""
        if not any(value is not None for value in values):
            return None
        sealer = self._sealers[whose, keep]
        if sealer is None:
            self.ended += 1
            return b""
        return sealer.seal(os.urandom(NONCE_OCTETS), place, msgspec.msgpack.encode(values))

    def _learn(self, wanted: set[tuple[Whose, str]]) -> None:
        """Have the keys at hand that a chunk needs."""
        if len(self._sealers) > SEALERS_MAX:
            self._sealers.clear()
        marks = {self._shelf.mark(*one): one for one in wanted - self._sealers.keys()}
        keys = self._shelf.keys(marks, fences=self._fences, as_of=self._serial)
        for mark, one in marks.items():
            self._sealers[one] = Sealer(keys[mark]) if mark in keys else None


async def _table(
    tx: Transaction,
    plan: Plan,
    types: Mapping[str, tuple[str, str]],
    sealing: _Sealing,
    growing: Growing,
    progress: Progress,
) -> Table:
    """Copy one table, chunk by chunk."""
    chunks: list[Chunk] = []
    rows: list[Read] = []
    octets = done = 0

    def flush() -> None:
        nonlocal octets, done
        stored = sealing.chunk(plan, len(chunks), rows)
        chunks.append(growing.add(plan.name, len(chunks), stored))
        done += len(rows)
        octets = 0
        rows.clear()
        progress(plan.name, done)

    async for row in store.rows(tx, plan):
        rows.append(row)
        octets += store.size_of(row)
        if octets >= CHUNK_OCTETS or len(rows) >= CHUNK_ROWS:
            flush()
    if rows:
        flush()
    named = tuple((column, types[column][0]) for column in plan.columns)
    widths = (len(plan.plain), *(len(group.columns) for group in plan.groups))
    return Table(plan.schema, plan.table, named, widths, done, tuple(chunks))


def ids_of(plan: Plan, row: Read) -> list[int | None]:
    """Whom the leads of a row lead to, as the server sends numbers."""
    return [
        None if one is None else int.from_bytes(one, signed=True) for one in row[: len(plan.leads)]
    ]
