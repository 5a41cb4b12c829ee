"""All SQL of deliveries: what waits is taken, what was tried is written, batch by batch."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tenure.postgres.arrays import int2s, int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.notices.model import Notice
from tenure.promises.notices.model.deliveries import (
    ATTEMPTS,
    Delivery,
    End,
    Medium,
    Receipt,
    Route,
)
from tenure.promises.notices.store import COLUMNS, notice_of
from tenure.values.instant import Instant, moment_of

CAPS: Final = 0x6E6F7469
"""Who counts what a person got, and adds to it, is alone while doing so."""

# Three looks at one index, each at the head of its urgency: what waits for later is not read over.
_TAKE: Final = """
    SELECT notice_id, urgency, tries FROM notices.due
    WHERE medium = %(medium)s AND urgency = {urgency} AND due_at <= %(at)s
    ORDER BY due_at, notice_id LIMIT {limit} FOR UPDATE SKIP LOCKED
"""
_NOW = _TAKE.format(urgency=0, limit="%(limit)s")
_SOON = _TAKE.format(urgency=1, limit="greatest(0, %(limit)s - (SELECT count(*) FROM now))")
_BULK = _TAKE.format(
    urgency=2,
    limit="greatest(0, %(limit)s - (SELECT count(*) FROM now) - (SELECT count(*) FROM soon))",
)
_WAITING: Final = f"""
WITH now AS MATERIALIZED ({_NOW}), soon AS MATERIALIZED ({_SOON}), bulk AS MATERIALIZED ({_BULK})
SELECT q.urgency, q.tries, {COLUMNS}
FROM (TABLE now UNION ALL TABLE soon UNION ALL TABLE bulk) q
JOIN notices.notice n ON n.notice_id = q.notice_id
"""  # noqa: S608 -- put together from literals
_DELIVERY: Final = """
SELECT d.delivery_id, d.medium, d.via, d.sent_to, d.receipts, d.handing_at, d.handed_at,
       d.reference, d.ended_at, d.ended, d.reason
"""
_TRIES: Final = f"""
{_DELIVERY} FROM unnest(%b) AS asked (notice_id)
JOIN notices.delivery d
  ON d.delivery_id BETWEEN asked.notice_id * {ATTEMPTS} AND asked.notice_id * {ATTEMPTS} + 999
ORDER BY d.delivery_id
"""
_HANDING: Final = f"""
SELECT d.delivery_id FROM notices.due q
JOIN notices.delivery d ON d.delivery_id = q.notice_id * {ATTEMPTS} + q.tries
WHERE d.via = %s AND d.handed_at IS NULL AND d.ended_at IS NULL
ORDER BY d.delivery_id
"""  # noqa: S608 -- put together from literals
_ALONE: Final = "SELECT pg_advisory_xact_lock(%s)"
_COUNTED: Final = """
SELECT asked.person_id, n.kind, min(d.handing_at)
FROM unnest(%b) AS asked (person_id)
JOIN notices.delivery d ON d.person_id = asked.person_id AND d.handing_at > %s
JOIN notices.notice n ON n.notice_id = d.notice_id
WHERE d.ended IS DISTINCT FROM 'returned'
GROUP BY asked.person_id, n.kind, n.notice_id
ORDER BY asked.person_id, min(d.handing_at)
"""
_MAY: Final = """
SELECT person_id, purpose FROM unnest(%b, %b) AS asked (person_id, purpose)
WHERE consent.may(person_id, purpose, %s, %s)
"""
_BEGIN: Final = """
WITH handing AS (
    INSERT INTO notices.delivery (
        delivery_id, medium, via, sent_to, person_id, receipts, handing_at
    )
    SELECT delivery_id, %s, %s, sent_to, nullif(person_id, 0), %s, handing_at
    FROM unnest(%b, %b, %b, %b) AS one (delivery_id, sent_to, person_id, handing_at)
    RETURNING delivery_id, notice_id
)
UPDATE notices.due q SET due_at = one.due_at, tries = (one.delivery_id %% 1000)::smallint
FROM unnest(%b, %b) AS one (delivery_id, due_at)
WHERE q.notice_id = one.delivery_id / 1000
"""
_POSTPONE: Final = """
UPDATE notices.due q SET due_at = one.due_at, medium = one.medium
FROM unnest(%b, %b, %b) AS one (notice_id, due_at, medium) WHERE q.notice_id = one.notice_id
"""
_DONE: Final = "DELETE FROM notices.due WHERE notice_id = ANY(%s)"
_HANDED: Final = """
WITH handed AS (
    UPDATE notices.delivery d
    SET handed_at = greatest(d.handing_at, %s), reference = nullif(one.reference, '')
    FROM unnest(%b, %b) AS one (delivery_id, reference)
    WHERE d.delivery_id = one.delivery_id AND d.handed_at IS NULL AND d.ended_at IS NULL
    RETURNING d.notice_id, d.handed_at, d.receipts
), sent AS (
    UPDATE notices.notice n SET sent_at = greatest(n.at, h.handed_at)
    FROM handed h WHERE n.notice_id = h.notice_id AND n.sent_at IS NULL
)
DELETE FROM notices.due q USING handed h WHERE q.notice_id = h.notice_id AND NOT h.receipts
"""
_REFUSED: Final = """
WITH refused AS (
    UPDATE notices.delivery d
    SET ended_at = greatest(d.handing_at, %s), ended = one.ended, reason = nullif(one.reason, '')
    FROM unnest(%b, %b, %b) AS one (delivery_id, ended, reason)
    WHERE d.delivery_id = one.delivery_id AND d.handed_at IS NULL AND d.ended_at IS NULL
    RETURNING d.delivery_id, d.notice_id
)
UPDATE notices.due q SET due_at = %s FROM refused r
WHERE q.notice_id = r.notice_id AND q.tries = r.delivery_id %% 1000
"""
# What is not over comes before what is: an id that is used again belongs to the newest that waits.
_MATCHED: Final = """
SELECT DISTINCT ON (asked.place) asked.place, d.delivery_id
FROM unnest(%b, %b, %b, %b, %b) AS asked (place, rank, via, reference, sent_to)
JOIN notices.delivery d
  ON d.via = asked.via AND d.reference = asked.reference
 AND (asked.sent_to = '' OR d.sent_to = asked.sent_to)
ORDER BY asked.place, asked.rank, (d.ended_at IS NOT NULL), d.delivery_id DESC
"""
# Of several receipts that name nothing but a number, the first is that of the oldest.
_BY_NUMBER: Final = """
SELECT asked.place, found.delivery_id
FROM unnest(%b, %b, %b, %b) AS asked (place, nth, via, sent_to)
CROSS JOIN LATERAL (
    SELECT d.delivery_id FROM notices.notice n
    JOIN notices.delivery d
      ON d.delivery_id BETWEEN n.notice_id * 1000 AND n.notice_id * 1000 + 999
    WHERE n.msisdn = asked.sent_to AND d.via = asked.via AND d.sent_to = asked.sent_to
      AND d.receipts AND d.handed_at IS NOT NULL AND d.ended_at IS NULL
    ORDER BY d.delivery_id OFFSET asked.nth LIMIT 1
) AS found
"""
_ENDED: Final = """
WITH ended AS (
    UPDATE notices.delivery d
    SET ended_at = greatest(d.handed_at, %s), ended = one.ended, reason = nullif(one.reason, '')
    FROM (
        SELECT DISTINCT ON (delivery_id) delivery_id, ended, reason
        FROM unnest(%b, %b, %b) WITH ORDINALITY AS said (delivery_id, ended, reason, place)
        ORDER BY delivery_id, place
    ) AS one
    WHERE d.delivery_id = one.delivery_id AND d.handed_at IS NOT NULL AND d.ended_at IS NULL
      AND (d.receipts OR one.ended = 'failed')
    RETURNING d.delivery_id, d.notice_id, d.ended
), gone AS (
    DELETE FROM notices.due q USING ended e
    WHERE q.notice_id = e.notice_id AND e.ended = 'delivered'
)
UPDATE notices.due q SET due_at = %s FROM ended e
WHERE q.notice_id = e.notice_id AND q.tries = e.delivery_id %% 1000 AND e.ended <> 'delivered'
"""


def _delivery(row: Sequence[Any]) -> Delivery:
    delivery_id, medium, via, to, receipts, handing, handed, reference, ended_at, ended, why = row
    return Delivery(
        delivery_id, Medium(medium), via, to, receipts, handing, handed, reference,
        ended_at, None if ended is None else End(ended), why,
    )  # fmt: skip


async def waiting(
    tx: Transaction, medium: Medium, limit: int, at: Instant
) -> list[tuple[Notice, int]]:
    """What is due for a medium and that nobody else looks at, with how often it was tried."""
    cursor = await tx.execute(
        _WAITING, {"medium": medium.value, "limit": limit, "at": moment_of(at)}
    )
    rows = sorted(await cursor.fetchall(), key=lambda row: (row[0], row[2]))
    return [(notice_of(row[2:]), int(row[1])) for row in rows]


async def tries(tx: Transaction, notice_ids: Sequence[int]) -> dict[int, tuple[Delivery, ...]]:
    """All attempts of these notices, by notice, the first one first."""
    found: dict[int, tuple[Delivery, ...]] = {}
    if not notice_ids:
        return found
    cursor = await tx.execute(_TRIES, [int8s(notice_ids)])
    for one in map(_delivery, await cursor.fetchall()):
        found[one.notice_id] = (*found.get(one.notice_id, ()), one)
    return found


async def handing(tx: Transaction, via: str) -> list[int]:
    """The latest attempts by this carrier of which nothing was reported."""
    return [int(row[0]) for row in await (await tx.execute(_HANDING, [via])).fetchall()]


async def counted(
    tx: Transaction, person_ids: Sequence[int], after: Instant
) -> list[tuple[int, str, Instant]]:
    """What counts for these people after an instant: who, which kind, when; the oldest first.

    Until the transaction ends nobody else counts.
    """
    await tx.execute(_ALONE, [CAPS])
    cursor = await tx.execute(_COUNTED, [int8s(person_ids), moment_of(after)])
    return [(person_id, kind, at) for person_id, kind, at in await cursor.fetchall()]


async def may(
    tx: Transaction, pairs: Sequence[tuple[int, str]], medium: Medium, at: Instant
) -> set[tuple[int, str]]:
    """For whom, and for which purpose, the database holds that there is consent."""
    if not pairs:
        return set()
    people, purposes = zip(*pairs, strict=True)
    cursor = await tx.execute(_MAY, [int8s(people), texts(purposes), medium.value, moment_of(at)])
    return {(int(person_id), purpose) for person_id, purpose in await cursor.fetchall()}


async def begin(
    tx: Transaction, route: Route, begun: Sequence[tuple[int, str, int, Instant, Instant]]
) -> None:
    """Add attempts: number, where to, whom it counts for (0: nobody), when, when to look again."""
    if not begun:
        return
    ids, places, people, since, until = zip(*begun, strict=True)
    await tx.execute(
        _BEGIN,
        [
            route.medium.value,
            route.via,
            route.receipts,
            int8s(ids),
            texts(places),
            int8s(people),
            moments(since),
            int8s(ids),
            moments(until),
        ],
    )


async def postpone(tx: Transaction, later: Sequence[tuple[int, Instant, Medium]]) -> None:
    """Have notices looked at again at their instant, for their medium."""
    if later:
        ids, instants, media = zip(*later, strict=True)
        values = [int8s(ids), moments(instants), texts([one.value for one in media])]
        await tx.execute(_POSTPONE, values)


async def done(tx: Transaction, notice_ids: Sequence[int]) -> None:
    """Nothing is left to do for these."""
    if notice_ids:
        await tx.execute(_DONE, [int8s(notice_ids)])


async def handed(tx: Transaction, taken: Mapping[int, str], at: Instant) -> None:
    """The carrier has these, and calls them so."""
    if taken:
        await tx.execute(_HANDED, [moment_of(at), int8s(list(taken)), texts(list(taken.values()))])


async def refused(tx: Transaction, ends: Mapping[int, tuple[End, str]], at: Instant) -> None:
    """These did not go: they are looked at again now."""
    if ends:
        values = [int8s(list(ends)), *_said(list(ends.values()))]
        await tx.execute(_REFUSED, [moment_of(at), *values, moment_of(at)])


def _said(ends: Sequence[tuple[End, str]]) -> list[Any]:
    return [texts([end.value for end, _ in ends]), texts([reason for _, reason in ends])]


async def matched(tx: Transaction, receipts: Sequence[Receipt]) -> dict[int, int]:
    """Which attempt each receipt is about, by its place in the list; nothing for a stranger's."""
    asked = [
        (place, rank, one.via, reference, one.to)
        for place, one in enumerate(receipts)
        for rank, reference in enumerate(one.references)
    ]
    if not asked:
        return {}
    places, ranks, vias, references, numbers = zip(*asked, strict=True)
    cursor = await tx.execute(
        _MATCHED, [int8s(places), int2s(ranks), texts(vias), texts(references), texts(numbers)]
    )
    return {int(place): int(delivery_id) for place, delivery_id in await cursor.fetchall()}


async def by_number(tx: Transaction, asked: Sequence[tuple[int, int, str, str]]) -> dict[int, int]:
    """As ``matched``: place, the how-manieth that waits (from 0), carrier, number."""
    if not asked:
        return {}
    places, nths, vias, numbers = zip(*asked, strict=True)
    cursor = await tx.execute(_BY_NUMBER, [int8s(places), int8s(nths), texts(vias), texts(numbers)])
    return {int(place): int(delivery_id) for place, delivery_id in await cursor.fetchall()}


async def ended(tx: Transaction, ends: Sequence[tuple[int, End, str]], at: Instant) -> None:
    """What became of attempts; of several answers to one the first counts, now and later."""
    if ends:
        ids = int8s([one for one, _, _ in ends])
        said = _said([(end, reason) for _, end, reason in ends])
        await tx.execute(_ENDED, [moment_of(at), ids, *said, moment_of(at)])
