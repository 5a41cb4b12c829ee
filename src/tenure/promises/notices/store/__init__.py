"""All SQL of notices."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.arrays import int8s, moments, texts
from tenure.postgres.transaction import Statements, Transaction
from tenure.promises.notices.model import Channel, Dropped, Notice, NoticeKind, Telling
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Msisdn

COLUMNS: Final = """
n.notice_id, n.msisdn, n.person_id, n.language, n.kind, n.channel, n.facts, n.at, n.sent_at,
n.dropped_at, n.dropped
"""
_NOTICE: Final = f"SELECT {COLUMNS} FROM notices.notice n"  # noqa: S608 -- put together from literals
_OF_NUMBER: Final = f"{_NOTICE} WHERE msisdn = %s ORDER BY notice_id DESC LIMIT %s"
_FOUND: Final = f"{_NOTICE} WHERE notice_id = ANY(%s)"
_NEWEST: Final = f"{_NOTICE} ORDER BY notice_id DESC LIMIT %s"

# Numbers are drawn in the order of the rows: the order in which they were told.
_TELL: Final = """
INSERT INTO notices.notice (msisdn, person_id, language, kind, channel, facts, at)
SELECT msisdn, nullif(person_id, 0), language, kind, channel, facts::jsonb, at
FROM unnest(%s, %s, %s, %s, %s, %s, %s) WITH ORDINALITY
    AS told (msisdn, person_id, language, kind, channel, facts, at, place)
ORDER BY place
RETURNING notice_id
"""
_DROPPED: Final = """
WITH dropped AS (
    UPDATE notices.notice n SET dropped_at = greatest(n.at, %s), dropped = d.why
    FROM unnest(%b, %b) AS d (notice_id, why)
    WHERE n.notice_id = d.notice_id AND n.dropped_at IS NULL
    RETURNING n.notice_id
)
DELETE FROM notices.due q USING dropped d WHERE q.notice_id = d.notice_id
"""
_SENT_AMONG: Final = """
SELECT notice_id FROM notices.notice WHERE notice_id = ANY(%s) AND sent_at IS NOT NULL
"""

_json = msgspec.json.Encoder(order="sorted")


def notice_of(row: Sequence[Any]) -> Notice:
    """A notice from the columns of ``COLUMNS``."""
    notice_id, msisdn, person_id, language, kind, channel, facts, at, sent, dropped_at, why = row
    telling = Telling(
        Msisdn(msisdn), person_id, language, NoticeKind(kind), facts, at, Channel(channel)
    )
    return Notice(notice_id, telling, sent, dropped_at, None if why is None else Dropped(why))


async def tell(tx: Statements, tellings: Sequence[Telling]) -> list[int]:
    """Add notices; their numbers, in the same order."""
    if not tellings:
        return []
    cursor = await tx.execute(
        _TELL,
        [
            texts([one.msisdn for one in tellings]),
            int8s([one.person_id or 0 for one in tellings]),
            texts([one.language for one in tellings]),
            texts([one.kind.value for one in tellings]),
            texts([one.channel.value for one in tellings]),
            texts([_json.encode(dict(one.facts)).decode() for one in tellings]),
            moments([one.at for one in tellings]),
        ],
    )
    return sorted([int(row[0]) for row in await cursor.fetchall()])


async def mark_dropped(
    tx: Transaction, dropped: Sequence[tuple[int, Dropped]], at: Instant
) -> None:
    """Mark notices as dropped, each with its reason."""
    if dropped:
        ids, reasons = [one for one, _ in dropped], [why.value for _, why in dropped]
        await tx.execute(_DROPPED, [moment_of(at), int8s(ids), texts(reasons)])


async def of_number(tx: Transaction, msisdn: str, limit: int) -> list[Notice]:
    """The newest about a number."""
    cursor = await tx.execute(_OF_NUMBER, [msisdn, limit])
    return [notice_of(row) for row in await cursor.fetchall()]


async def found(tx: Transaction, notice_ids: Sequence[int]) -> list[Notice]:
    """These notices, in no order."""
    cursor = await tx.execute(_FOUND, [int8s(notice_ids)])
    return [notice_of(row) for row in await cursor.fetchall()]


async def newest(tx: Transaction, limit: int) -> list[Notice]:
    """The newest of all."""
    cursor = await tx.execute(_NEWEST, [limit])
    return [notice_of(row) for row in await cursor.fetchall()]


async def sent_among(tx: Transaction, notice_ids: Sequence[int]) -> set[int]:
    """Which of these are marked as sent."""
    cursor = await tx.execute(_SENT_AMONG, [int8s(notice_ids)])
    return {int(row[0]) for row in await cursor.fetchall()}
