"""Puts a sealed copy back into an empty database, without what has ended since it was made."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from tenure.keystore.shelf import Shelf
from tenure.keystore.words import Lack
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.copies import (
    Content,
    CopyRefusal,
    Manifest,
    Plan,
    PutBack,
)
from tenure.promises.privacy.operations.copying import Progress, plans_of
from tenure.promises.privacy.rules import copies as rules
from tenure.promises.privacy.rules.copies import Left
from tenure.promises.privacy.store import copy_files as files
from tenure.promises.privacy.store import copying as shapes
from tenure.promises.privacy.store import putting_back as store
from tenure.promises.privacy.store.copy_files import Stored
from tenure.values.refused import Refused
from tenure.values.sealing import Key, Sealer, key_id_of, place_of

SEALERS_MAX: Final = 50_000

Firm: TypeAlias = Mapping[str, tuple[bytes, str] | None]

_values: Final = msgspec.msgpack.Decoder(list[bytes | None])


class UnfitError(Exception):
    """A copy that cannot be put back; nothing of it was."""

    def __init__(self, refused: Refused[CopyRefusal]) -> None:
        """Carries the refusal out of the transaction, which is rolled back."""
        super().__init__(refused.refusal.name)
        self.refused = refused


def opened(
    folder: Path, shelf: Shelf, operator: str
) -> tuple[Manifest, Content, Sealer] | Refused[CopyRefusal]:
    """A copy whose every file was read and is as it was made, or why it is of no use here."""
    manifest = files.manifest_of(folder)
    if isinstance(manifest, Refused):
        return manifest
    if manifest.store_id != shelf.store_id.hex():
        return Refused(
            CopyRefusal.WRONG_KEY_STORE,
            f"made with the key store {manifest.store_id[:8]}, and this is another,"
            f" {shelf.store_id.hex()[:8]}; name the right one with --keys",
        )
    if manifest.operator != operator:
        return Refused(
            CopyRefusal.WRONG_OPERATOR,
            f"it is a copy of {manifest.operator}; say --operator {manifest.operator}",
        )
    sealer = _sealer_of(shelf, manifest)
    if isinstance(sealer, Refused):
        return sealer
    content = files.content_of(manifest, sealer)
    if isinstance(content, Refused):
        return content
    return files.fault_of(folder, content) or (manifest, content, sealer)


async def put_back(
    tx: Transaction,
    shelf: Shelf,
    folder: Path,
    *,
    operator: str,
    progress: Progress = lambda _table, _rows: None,
) -> PutBack:
    """Fill an empty, migrated database from a copy (PRV-KEEP).  UnfitError says why not.

    ``tx`` is a transaction of the owner of the tables.  A value whose key was destroyed is not
    there any more: its row is left out, or its column stays empty.  Whoever calls this lets the
    ledger end what it knows to have ended before anybody else may connect.
    """
    found = opened(folder, shelf, operator)
    if isinstance(found, Refused):
        raise UnfitError(found)
    await _fits(tx, found[1])
    try:
        with store.taking():
            return await _filled(tx, found, Opening(shelf, found[0].copy_id), folder, progress)
    except store.NotTakenError as error:
        raise UnfitError(Refused(CopyRefusal.WRONG_SHAPE, str(error))) from error


async def _filled(
    tx: Transaction,
    found: tuple[Manifest, Content, Sealer],
    opening: "Opening",
    folder: Path,
    progress: Progress,
) -> PutBack:
    manifest, content, sealer = found
    references = await store.begin(tx)
    await store.reshape(tx, content.shape, await shapes.shape(tx))
    plans = {plan.name: plan for plan in await plans_of(tx)}
    done = []
    for table in content.tables:
        plan = plans[f"{table.schema}.{table.table}"]
        chunks = files.rows_of(folder, manifest.copy_id, plan.name, table.chunks, sealer)
        firm = await store.firm(tx, f'"{plan.schema}"."{plan.table}"', references)
        done.append(await _table(tx, plan, chunks, opening, firm, progress))
    orphans, hollow = await store.mend(tx, references)
    await store.finish(tx, references, content.shape)
    return PutBack(
        tables=len(done),
        rows=sum(one.rows for one in done),
        emptied=sum(one.emptied for one in done),
        omitted=sum(one.omitted for one in done),
        orphans=orphans,
        hollow=hollow,
    )


def _sealer_of(shelf: Shelf, manifest: Manifest) -> Sealer | Refused[CopyRefusal]:
    """The key of the copy itself."""
    changed = Refused(CopyRefusal.CHANGED, "manifest.json was changed; take another copy")
    key_id = files.key_id_of_content(manifest)
    if key_id is None:
        return changed
    match shelf.by_id(key_id):
        case Key() as key:
            return Sealer(key)
        case Lack.DESTROYED:
            return Refused(
                CopyRefusal.COPY_ENDED, "its own key was destroyed: the time of this copy was over"
            )
        case Lack.UNKNOWN:
            return changed


async def _fits(tx: Transaction, content: Content) -> None:
    """The database is empty, and of the same version."""
    name = await store.filled(tx)
    if name is not None:
        raise UnfitError(
            Refused(
                CopyRefusal.TARGET_NOT_EMPTY,
                f"there are rows in {name} already; name a new folder, or an empty database",
            )
        )
    here = await shapes.shape(tx)
    columns = await shapes.columns(tx)
    same = here.migrations == content.shape.migrations and {
        (table.schema, table.table): dict(table.columns) for table in content.tables
    } == {name: {one: kind for one, (kind, _) in kinds.items()} for name, kinds in columns.items()}
    widths = {(plan.schema, plan.table): _widths(plan) for plan in await plans_of(tx)}
    if not same or widths != {(one.schema, one.table): one.widths for one in content.tables}:
        raise UnfitError(
            Refused(
                CopyRefusal.WRONG_SHAPE,
                "it was made by another version of Tenure: put it back with that one, then migrate",
            )
        )


def _widths(plan: Plan) -> tuple[int, ...]:
    return (len(plan.plain), *(len(group.columns) for group in plan.groups))


class Opening:
    """Opens the values of one copy with whatever keys are left."""

    def __init__(self, shelf: Shelf, copy_id: str) -> None:
        self._shelf = shelf
        self._copy_id = copy_id
        self._sealers: dict[bytes, Sealer | None] = {}

    def row(
        self, plan: Plan, place: bytes, row: Stored
    ) -> tuple[Left, list[str], list[bytes | None]]:
        """What is left of a row: which columns, and their values."""
        columns, values = list(plan.plain), list(row[: len(plan.plain)])
        own, envelopes = row[len(plan.plain)], row[len(plan.plain) + 1 :]
        ended = []
        for nth, (group, envelope) in enumerate(zip(plan.groups, envelopes, strict=True)):
            opened: Sequence[bytes | None] | None = [None] * len(group.columns)
            if envelope is not None:
                opened = self._opened(place_of(place, nth, group.keep), envelope)
            if opened is None:
                ended.append(nth)
            else:
                columns += group.columns
                values += opened
        return rules.left(plan, ended, own), columns, values

    def chunk(
        self, plan: Plan, nth: int, rows: list[Stored]
    ) -> Iterator[tuple[Left, list[str], list[bytes | None]]]:
        """What is left of each row of a chunk."""
        with self._shelf.reading():
            for row in rows:
                for envelope in filter(None, row[len(plan.plain) + 1 :]):
                    self._sealer(envelope)
        for at, row in enumerate(rows):
            yield self.row(plan, place_of(self._copy_id, plan.name, nth, at), row)

    def _opened(self, place: bytes, envelope: bytes) -> list[bytes | None] | None:
        """The values of an envelope; None if its key has ended."""
        if not envelope:
            return None
        sealer = self._sealer(envelope)
        if sealer is None:
            return None
        opened = sealer.open(place, envelope)
        if opened is None:
            raise UnfitError(
                Refused(
                    CopyRefusal.CHANGED,
                    "a value is not where it was sealed: somebody who had the key of the copy moved"
                    " or changed it; take another copy, and look into it",
                )
            )
        return _values.decode(opened)

    def _sealer(self, envelope: bytes) -> Sealer | None:
        key_id = key_id_of(envelope) or b""
        if key_id not in self._sealers:
            if len(self._sealers) > SEALERS_MAX:
                self._sealers.clear()
            found = self._shelf.by_id(key_id)
            if found is Lack.UNKNOWN:
                raise UnfitError(
                    Refused(
                        CopyRefusal.KEYS_TOO_OLD,
                        "the key store lacks keys that it had when the copy was made: it is an"
                        " older copy itself; put back a newer one",
                    )
                )
            self._sealers[key_id] = Sealer(found) if isinstance(found, Key) else None
        return self._sealers[key_id]


async def _table(
    tx: Transaction,
    plan: Plan,
    chunks: Iterator[tuple[int, list[Stored]] | Refused[CopyRefusal]],
    opening: Opening,
    firm: Firm,
    progress: Progress,
) -> PutBack:
    """Fill one table."""
    name = f'"{plan.schema}"."{plan.table}"'
    rows = emptied = omitted = orphans = 0
    for chunk in chunks:
        if isinstance(chunk, Refused):
            raise UnfitError(chunk)
        whole: list[list[bytes | None]] = []
        for left, columns, values in opening.chunk(plan, *chunk):
            match left:
                case Left.ALL:
                    whole.append(values)
                case Left.NOTHING:
                    omitted += 1
                case Left.SOME:
                    stands = await _alone(tx, name, columns, values, firm)
                    emptied += stands
                    orphans += not stands
        await store.put(tx, name, plan.columns, whole)
        rows += len(whole)
        progress(plan.name, rows + emptied)
    return PutBack(1, rows + emptied, emptied, omitted + orphans, 0, 0)


async def _alone(
    tx: Transaction,
    name: str,
    columns: Sequence[str],
    values: Sequence[bytes | None],
    firm: Firm,
) -> bool:
    """Put back a row without what has ended; what must have a value gets one that says nothing."""
    missing = {column: value for column, value in firm.items() if column not in columns}
    if None in missing.values():
        return False
    filled = [*values, *(value[0] for value in missing.values() if value is not None)]
    return await store.put_alone(tx, name, [*columns, *missing], filled)
