"""SQL of merges: what is asked, and the one door by which two rows become one."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import MergeRequest
from tenure.values.instant import Instant, moment_of

_ASK: Final = """
INSERT INTO people.merge_request (
    request_hash, body, duplicate_id, survivor_id, asked_at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s)
"""
_REQUEST: Final = """
SELECT duplicate_id, survivor_id, body, request_hash, asked_at FROM people.merge_request r
"""
_BY_HASH: Final = f"{_REQUEST} WHERE request_hash = %s"
_OPEN: Final = f"""
{_REQUEST} WHERE NOT EXISTS (
    SELECT FROM people.merge m WHERE m.duplicate_id IN (r.duplicate_id, r.survivor_id)
) ORDER BY asked_at
"""
_MERGE: Final = "SELECT people.merge_into(%s, %s, %s)"
_IS_ONE_OF: Final = """
SELECT h.human_id FROM staff.human h
JOIN people.person p USING (document_kind, document_number)
WHERE p.person_id = ANY(%s)
"""


def _request(row: Sequence[Any]) -> MergeRequest:
    duplicate_id, survivor_id, body, request_hash, asked_at = row
    return MergeRequest(duplicate_id, survivor_id, body, bytes(request_hash), asked_at)


async def ask(tx: Transaction, new: MergeRequest, leaf_seq: int) -> None:
    """Keep what is asked."""
    asked_at = moment_of(new.asked_at)
    ids = [new.duplicate_id, new.survivor_id]
    await tx.execute(_ASK, [new.request_hash, new.body, *ids, asked_at, leaf_seq])


async def request(tx: Transaction, request_hash: bytes) -> MergeRequest | None:
    """What was asked, by its hash."""
    cursor = await tx.execute(_BY_HASH, [request_hash])
    row = await cursor.fetchone()
    return None if row is None else _request(row)


async def open_requests(tx: Transaction) -> list[MergeRequest]:
    """What was asked and not done, oldest first."""
    cursor = await tx.execute(_OPEN)
    return [_request(row) for row in await cursor.fetchall()]


async def merge(tx: Transaction, request_hash: bytes, leaf_seq: int, at: Instant) -> None:
    """Make two rows one; the function looks at everything again."""
    await tx.execute(_MERGE, [request_hash, moment_of(at), leaf_seq])


async def humans_of(tx: Transaction, person_ids: Sequence[int]) -> set[int]:
    """Who of ours is one of these people, by their document."""
    cursor = await tx.execute(_IS_ONE_OF, [list(person_ids)])
    return {int(row[0]) for row in await cursor.fetchall()}
