"""What somebody with every right on the database can do to the record, and undo again.

Each attack is as good as it can be: hashes, tiles and checkpoints are put right as far as that is
possible without the signer's key and the witnesses.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import cast

from tenure.postgres.connection import connector
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction

EDIT = """
UPDATE record.leaf SET body = body || ' ',
    leaf_hash = sha256('\\x00'::bytea || convert_to(body || ' ', 'UTF8'))
WHERE seq = (
    SELECT leaf_seq FROM record.place WHERE log_id = %(log)s AND index = %(at)s
)
"""
DELETE = """
WITH gone AS (DELETE FROM record.leaf WHERE seq = (
    SELECT leaf_seq FROM record.place WHERE log_id = %(log)s AND index = %(at)s
) RETURNING seq),
     opened AS (DELETE FROM record.opening USING gone WHERE leaf_seq = gone.seq)
DELETE FROM record.place WHERE log_id = %(log)s AND index = %(at)s
"""
INSERT = """
WITH fresh AS (
    INSERT INTO record.leaf (at, kind, body, leaf_hash)
    SELECT at, kind, body || ' ', sha256('\\x00'::bytea || convert_to(body || ' ', 'UTF8'))
    FROM record.leaf JOIN record.place ON leaf_seq = seq
    WHERE log_id = %(log)s AND index = %(at)s RETURNING seq
), gone AS (
    DELETE FROM record.place WHERE log_id = %(log)s AND index = %(at)s RETURNING leaf_seq
), homeless AS (
    DELETE FROM record.leaf USING gone WHERE seq = gone.leaf_seq
)
INSERT INTO record.place SELECT %(log)s, -1 - %(at)s, seq FROM fresh
"""
INSERT_THEN = "UPDATE record.place SET index = -1 - index WHERE log_id = %(log)s AND index < 0"
SWAP = """
UPDATE record.place SET leaf_seq = other.leaf_seq
FROM record.place AS other
WHERE place.log_id = %(log)s AND other.log_id = %(log)s
  AND place.index IN (%(at)s, %(at)s + 1) AND other.index = 2 * %(at)s + 1 - place.index
"""
CUT_CHECKPOINTS = "DELETE FROM record.checkpoint WHERE log_id = %(log)s AND size > %(at)s"
CUT_LEAVES = """
DELETE FROM record.leaf USING record.place
WHERE seq = leaf_seq AND log_id = %(log)s AND index >= %(at)s
"""
CUT_PLACES = "DELETE FROM record.place WHERE log_id = %(log)s AND index >= %(at)s"
DROP_WAITING = "DELETE FROM record.unsequenced WHERE leaf_seq = %(at)s"


class Inside:
    """One connection as a pool, so that everything that was done can be undone."""

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection
        self._one = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Transaction]:
        async with self._one:
            yield self._connection


@contextlib.asynccontextmanager
async def attacking(owner: str) -> AsyncIterator[tuple[Transaction, Pool]]:
    """A transaction of somebody with every right and no triggers; undone at the end."""
    connection = await connector(owner)()
    try:
        async with connection.transaction(force_rollback=True):
            await connection.execute("SET LOCAL session_replication_role = replica")
            # PostgreSQL lets a CHECK of an index be hidden from nobody; this one is dropped.
            await connection.execute(
                "ALTER TABLE record.place DROP CONSTRAINT place_counts_from_zero"
            )
            await connection.execute(
                "ALTER TABLE record.place DROP CONSTRAINT place_of_a_leaf_is_one"
            )
            yield connection, cast("Pool", Inside(connection))
    finally:
        await connection.close()


async def edit(tx: Transaction, log_id: int, at: int) -> None:
    """Another body, with the hash that fits it."""
    await tx.execute(EDIT.encode(), {"log": log_id, "at": at})


async def delete(tx: Transaction, log_id: int, at: int) -> None:
    """A leaf and its place are gone."""
    await tx.execute(DELETE.encode(), {"log": log_id, "at": at})


async def insert(tx: Transaction, log_id: int, at: int) -> None:
    """A leaf that nobody wrote stands in the place of one that somebody did."""
    await tx.execute(INSERT.encode(), {"log": log_id, "at": at})
    await tx.execute(INSERT_THEN.encode(), {"log": log_id})


async def reorder(tx: Transaction, log_id: int, at: int) -> None:
    """Two leaves have changed places."""
    await tx.execute(SWAP.encode(), {"log": log_id, "at": at})


async def truncate(tx: Transaction, log_id: int, at: int) -> None:
    """The log ends at this size, with the tiles and checkpoints it had then."""
    args = {"log": log_id, "at": at}
    for statement in (CUT_CHECKPOINTS, CUT_LEAVES, CUT_PLACES):
        await tx.execute(statement.encode(), args)
    for level in range(8):
        count = at >> (8 * level)
        tiles = {**args, "level": level, "number": count // 256, "octets": 32 * (count % 256)}
        await tx.execute(
            "DELETE FROM record.tile WHERE log_id = %(log)s AND level = %(level)s"
            " AND (number > %(number)s OR number = %(number)s AND %(octets)s = 0)",
            tiles,
        )
        await tx.execute(
            "UPDATE record.tile SET hashes = substring(hashes FROM 1 FOR %(octets)s)"
            " WHERE log_id = %(log)s AND level = %(level)s AND number = %(number)s",
            tiles,
        )


async def drop_waiting(tx: Transaction, leaf_seq: int) -> None:
    """A leaf waits no more, before the sequencer has seen it."""
    await tx.execute(DROP_WAITING.encode(), {"at": leaf_seq})


ON_A_LEAF = {"edit": edit, "delete": delete, "insert": insert, "reorder": reorder}
"""Attacks that change the log where they strike."""
