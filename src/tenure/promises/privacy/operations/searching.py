"""Looks for a word in a copy with every key that is left, and in every row of a database."""

from pathlib import Path

from tenure.keystore.shelf import Shelf
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.operations.copying import plans_of
from tenure.promises.privacy.operations.putting_back import Opening, UnfitError, opened
from tenure.promises.privacy.store import copy_files as files
from tenure.promises.privacy.store import putting_back as store
from tenure.values.refused import Refused


async def in_copy(
    tx: Transaction, shelf: Shelf, folder: Path, *, operator: str, word: bytes
) -> int:
    """In how many values of a copy a word can be read by who has it and the whole key store."""
    found = opened(folder, shelf, operator)
    if isinstance(found, Refused):
        raise UnfitError(found)
    manifest, content, sealer = found
    opening = Opening(shelf, manifest.copy_id)
    plans = {plan.name: plan for plan in await plans_of(tx)}
    times = 0
    for table in content.tables:
        plan = plans[f"{table.schema}.{table.table}"]
        chunks = files.rows_of(folder, manifest.copy_id, plan.name, table.chunks, sealer)
        for chunk in chunks:
            if isinstance(chunk, Refused):
                raise UnfitError(chunk)
            for _, _, values in opening.chunk(plan, *chunk):
                times += sum(word in value for value in values if value is not None)
    return times


async def in_files(folder: Path, word: bytes) -> int:
    """In how many files of a copy a word stands as it is."""
    return files.containing(folder, word)


async def in_database(tx: Transaction, word: str) -> int:
    """In how many rows of a database a word stands."""
    return await store.containing(tx, word)
