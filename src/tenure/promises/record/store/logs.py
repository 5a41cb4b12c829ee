"""SQL of the log: places, tiles, checkpoints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from tenure.postgres.arrays import byteas, int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Checkpoint, Log, LogKey, Published
from tenure.values.instant import Instant, moment_of

ONE_SEQUENCER: Final = 0x52_45_43_4F_52_44
"""The advisory lock of the sequencer: the letters RECORD."""

_LOCK: Final = "SELECT pg_try_advisory_xact_lock(%s)"
_LOCK_AND_WAIT: Final = "SELECT pg_advisory_xact_lock(%s)"
_LOGS: Final = """
SELECT log.log_id, log.origin, log.opened_at, log.closed_at, log.successor_id,
       key.vkey, key.since, key.until
FROM record.log JOIN record.log_key key USING (log_id) ORDER BY log.log_id, key.since, key.vkey
"""
_OPEN: Final = """
INSERT INTO record.log (log_id, origin, opened_at)
SELECT coalesce(max(log_id), 0) + 1, %s, %s FROM record.log RETURNING log_id
"""
_CLOSE: Final = "UPDATE record.log SET closed_at = %s, successor_id = %s WHERE log_id = %s"
_NEXT: Final = "SELECT max(log_id) + 1 FROM record.log"
_KEY: Final = "INSERT INTO record.log_key (log_id, vkey, since) VALUES (%s, %s, %s)"
_KEY_ENDS: Final = "UPDATE record.log_key SET until = %s WHERE log_id = %s AND vkey = %s"
_SIZE: Final = "SELECT coalesce(max(index) + 1, 0) FROM record.place WHERE log_id = %s"
_WAITING: Final = """
SELECT leaf.seq, leaf.body, leaf.leaf_hash
FROM record.unsequenced JOIN record.leaf ON leaf.seq = unsequenced.leaf_seq
ORDER BY leaf.seq LIMIT %s
"""
_TILES: Final = """
SELECT tile.level, tile.number, tile.hashes
FROM unnest(%s, %s) AS asked (level, number)
JOIN record.tile ON tile.log_id = %s AND tile.level = asked.level AND tile.number = asked.number
"""
# One statement: a leaf leaves the waiting room exactly when it has its place.
_GROW: Final = """
WITH placed AS (
    INSERT INTO record.place (log_id, index, leaf_seq)
    SELECT %(log_id)s, %(size)s + n - 1, seq FROM unnest(%(seqs)b) WITH ORDINALITY AS leaf (seq, n)
), left_the_room AS (
    DELETE FROM record.unsequenced USING unnest(%(seqs)b) AS leaf (seq) WHERE leaf_seq = leaf.seq
)
INSERT INTO record.tile (log_id, level, number, hashes)
SELECT %(log_id)s, level, number, hashes
FROM unnest(%(levels)b, %(numbers)b, %(hashes)b) AS tile (level, number, hashes)
ON CONFLICT (log_id, level, number) DO UPDATE SET hashes = excluded.hashes
"""
_PUBLISH: Final = """
WITH published AS (
    INSERT INTO record.checkpoint (log_id, size, root, note, published_at)
    VALUES (%s, %s, %s, %s, %s) ON CONFLICT (log_id, size) DO NOTHING
    RETURNING log_id
)
SELECT pg_notify('tenure_published', log_id::text) FROM published
"""
_LATEST: Final = """
SELECT DISTINCT ON (checkpoint.log_id) checkpoint.log_id, origin, size, root, note
FROM record.checkpoint JOIN record.log USING (log_id)
ORDER BY checkpoint.log_id, size DESC
"""
_PLACES: Final = """
SELECT leaf.seq, leaf.body, place.log_id, place.index
FROM record.leaf LEFT JOIN record.place ON place.leaf_seq = leaf.seq
WHERE leaf.seq = ANY (%s) ORDER BY leaf.seq, place.log_id
"""
_AGAIN: Final = """
INSERT INTO record.unsequenced (leaf_seq)
SELECT leaf_seq FROM record.place WHERE log_id = %s AND index >= %s
"""
_SEQS: Final = """
SELECT leaf_seq FROM record.place WHERE log_id = %s AND index >= %s ORDER BY index LIMIT %s
"""
_WAIT: Final = "SELECT count(*) FROM record.unsequenced"


class Waiting(msgspec.Struct, frozen=True):
    """A leaf without a place yet."""

    seq: int
    body: str
    leaf_hash: bytes


class Placed(msgspec.Struct, frozen=True):
    """A leaf, and its place if it has one."""

    seq: int
    body: str
    log_id: int | None
    index: int | None


async def lock(tx: Transaction) -> bool:
    """Be the one sequencer until the end of the transaction; False if somebody else is."""
    return bool(await _value(tx, _LOCK, [ONE_SEQUENCER]))


async def lock_and_wait(tx: Transaction) -> None:
    """As ``lock``, after whoever is the sequencer now."""
    await tx.execute(_LOCK_AND_WAIT, [ONE_SEQUENCER])


async def logs(tx: Transaction) -> list[Log]:
    """Every log with its keys, the oldest first."""
    cursor = await tx.execute(_LOGS)
    found: dict[int, Log] = {}
    for log_id, origin, opened_at, closed_at, successor_id, *key in await cursor.fetchall():
        known = found.get(log_id)
        keys = (*(known.keys if known else ()), LogKey(*key))
        found[log_id] = Log(log_id, origin, opened_at, closed_at, successor_id, keys)
    return list(found.values())


async def open_log(tx: Transaction, origin: str, vkey: str, at: Instant) -> int:
    """Open a log; a second open one violates log_open_is_one."""
    log_id = int(await _value(tx, _OPEN, [origin, moment_of(at)]))
    await add_key(tx, log_id, vkey, at)
    return log_id


async def succeed(tx: Transaction, log_id: int, origin: str, vkey: str, at: Instant) -> None:
    """Close a log in favour of a later one, which is opened."""
    successor_id = await _value(tx, _NEXT, [])
    await tx.execute(_CLOSE, [moment_of(at), successor_id, log_id])
    await open_log(tx, origin, vkey, at)


async def add_key(tx: Transaction, log_id: int, vkey: str, at: Instant) -> None:
    """A log signs with this key as well from now on."""
    await tx.execute(_KEY, [log_id, vkey, moment_of(at)])


async def end_key(tx: Transaction, log_id: int, vkey: str, at: Instant) -> None:
    """A log signs with this key no more."""
    await tx.execute(_KEY_ENDS, [moment_of(at), log_id, vkey])


async def size(tx: Transaction, log_id: int) -> int:
    """How many leaves have a place in the log."""
    return int(await _value(tx, _SIZE, [log_id]))


async def seqs(tx: Transaction, log_id: int, index: int, limit: int) -> list[int]:
    """The numbers of the leaves from a place on."""
    cursor = await tx.execute(_SEQS, [log_id, index, limit])
    return [seq for (seq,) in await cursor.fetchall()]


async def waiting(tx: Transaction, limit: int) -> list[Waiting]:
    """The leaves that wait, in the order of their numbers."""
    cursor = await tx.execute(_WAITING, [limit])
    return [Waiting(seq, body, bytes(hashed)) for seq, body, hashed in await cursor.fetchall()]


async def count_waiting(tx: Transaction) -> int:
    """How many leaves wait."""
    return int(await _value(tx, _WAIT, []))


async def tiles(
    tx: Transaction, log_id: int, places: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], bytes]:
    """These tiles, as far as they exist."""
    asked = sorted(places)
    if not asked:
        return {}
    levels, numbers = int8s([each for each, _ in asked]), int8s([each for _, each in asked])
    cursor = await tx.execute(_TILES, [levels, numbers, log_id])
    return {(level, number): bytes(value) for level, number, value in await cursor.fetchall()}


async def grow(
    tx: Transaction,
    log_id: int,
    size: int,
    seqs: Sequence[int],
    changed: Mapping[tuple[int, int], bytes],
) -> None:
    """Give leaves the next places, and keep the tiles that this changes."""
    places = sorted(changed)
    await tx.execute(
        _GROW,
        {
            "log_id": log_id,
            "size": size,
            "seqs": int8s(seqs),
            "levels": int8s([level for level, _ in places]),
            "numbers": int8s([number for _, number in places]),
            "hashes": byteas([changed[place] for place in places]),
        },
    )


async def publish(
    tx: Transaction, log_id: int, checkpoint: Checkpoint, note: str, at: Instant
) -> None:
    """Keep a cosigned checkpoint; a size that is there already stays as it is."""
    await tx.execute(_PUBLISH, [log_id, checkpoint.size, checkpoint.root, note, moment_of(at)])


async def latest(tx: Transaction) -> dict[int, Published]:
    """The newest published checkpoint of each log that has one."""
    cursor = await tx.execute(_LATEST)
    return {
        log_id: Published(Checkpoint(origin, size, bytes(root)), note)
        for log_id, origin, size, root, note in await cursor.fetchall()
    }


async def placed(tx: Transaction, seqs: Sequence[int]) -> list[Placed]:
    """These leaves as far as they exist, with each of their places, those of older logs first."""
    cursor = await tx.execute(_PLACES, [list(seqs)])
    return [Placed(*row) for row in await cursor.fetchall()]


async def wait_again(tx: Transaction, log_id: int, since_index: int) -> None:
    """Have the last leaves of a log wait for a place in its successor."""
    await tx.execute(_AGAIN, [log_id, since_index])


async def _value(tx: Transaction, query: str, values: Sequence[object]) -> int:
    cursor = await tx.execute(query.encode(), values)
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
