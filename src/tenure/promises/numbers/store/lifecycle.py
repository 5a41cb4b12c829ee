"""All SQL of the end of a number's life; like charging, it joins a line with its purse (0007)."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int2s, int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.lifecycle import (
    Due,
    Evidence,
    Hold,
    HoldKind,
    Lapsed,
)
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Imsi, Msisdn

# Purses are walked in the order of their key, which is about that of the disk; the purse needs no
# index that its every write would have to touch.
_PAGE: Final = """
WITH page AS MATERIALIZED (
    SELECT purse_id, funds_end FROM money.purse
    WHERE purse_id > %(after)s ORDER BY purse_id LIMIT %(rows)s
), found AS MATERIALIZED ({found})
SELECT pages.last, pages.purses, found.*
FROM (SELECT max(purse_id) AS last, count(*) AS purses FROM page) pages
LEFT JOIN found ON true
"""

# Whatever could be due for a reminder or a bar; the rules say which is.
_LAPSED: Final = _PAGE.format(
    found="""
    SELECT l.msisdn, l.imsi, l.purse_id, p.funds_end, l.language, t.holder_id,
           NOT l.bar_incoming AND NOT l.suspended
               AND (l.lost_at IS NULL OR l.lost_at > %(at)s) AS receives,
           r.steps, r.last_at, b.msisdn IS NOT NULL AS barred
    FROM page p
    JOIN numbers.line l USING (purse_id)
    LEFT JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
    LEFT JOIN numbers.stage_bar b ON b.msisdn = l.msisdn
    CROSS JOIN LATERAL (
        SELECT count(*)::integer AS steps, max(r.at) AS last_at FROM numbers.reminder r
        WHERE r.purse_id = p.purse_id AND r.validity_end = p.funds_end
    ) r
    WHERE NOT l.postpaid AND p.funds_end <= %(lapsed_by)s
      AND CASE WHEN p.funds_end <= %(blocked_by)s THEN b.msisdn IS NULL
               ELSE p.funds_end <= (%(steps_by)b)[r.steps + 1] END
"""
)
_DUE: Final = _PAGE.format(
    found="""
    SELECT l.msisdn, l.imsi, b.iccid, l.purse_id, t.holder_id, l.language, p.funds_end,
           (SELECT count(*)::integer
            FROM numbers.reminder r JOIN notices.notice n USING (notice_id)
            WHERE r.purse_id = l.purse_id AND r.validity_end = p.funds_end
              AND n.sent_at >= p.funds_end
              AND n.sent_at < p.funds_end + %(receives_ms)s * interval '1 millisecond'),
           EXISTS (SELECT FROM numbers.hold h
                   WHERE h.msisdn = l.msisdn AND (h.until IS NULL OR h.until > %(at)s)),
           EXISTS (SELECT FROM numbers.lock k WHERE k.msisdn = l.msisdn)
               AND numbers.locked(l.msisdn, %(at)s),
           EXISTS (SELECT FROM numbers.request q
                   WHERE q.msisdn = l.msisdn AND q.ended_at IS NULL
                     AND q.requested_at > %(asked_after)s),
           EXISTS (SELECT FROM money.entry e
                   WHERE e.purse_id = l.purse_id AND e.kind = 4
                     AND (e.at > p.funds_end
                          OR (e.explanation::jsonb ->> 'funds_end_ms')::bigint
                             > floor(extract(epoch FROM p.funds_end) * 1000)))
    FROM page p
    JOIN numbers.line l USING (purse_id)
    LEFT JOIN numbers.tenure t
           ON t.msisdn = l.msisdn AND upper_inf(t.during) AND t.purse_id = l.purse_id
    LEFT JOIN numbers.binding b
           ON b.msisdn = l.msisdn AND upper_inf(b.during) AND b.imsi = l.imsi
    WHERE NOT l.postpaid AND p.funds_end <= %(due_by)s
"""
)
_REMIND: Final = """
INSERT INTO numbers.reminder (purse_id, validity_end, step, msisdn, at, notice_id)
SELECT purse_id, validity_end, step, msisdn, %s, notice_id
FROM unnest(%b, %b, %b, %b, %b) AS r (purse_id, validity_end, step, msisdn, notice_id)
"""
_BAR: Final = """
INSERT INTO numbers.stage_bar (msisdn, since, leaf_seq)
SELECT msisdn, %s, leaf_seq FROM unnest(%b, %b) AS b (msisdn, leaf_seq)
"""
_ASK_NETWORK: Final = """
WITH task AS (
    INSERT INTO numbers.provisioning (msisdn, leaf_seq, asked_at)
    SELECT msisdn, leaf_seq, %s FROM unnest(%b, %b) AS b (msisdn, leaf_seq)
    RETURNING task_id
)
SELECT pg_notify('tenure_network', max(task_id)::text) FROM task HAVING count(*) > 0
"""
_BACK: Final = """
DELETE FROM numbers.stage_bar b
USING numbers.line l JOIN money.purse p USING (purse_id)
WHERE l.msisdn = b.msisdn AND (l.postpaid OR p.funds_end > %s) AND (%s OR l.purse_id = ANY(%s))
RETURNING l.msisdn, l.imsi
"""
_RECYCLE: Final = "SELECT numbers.recycle(%b, %s, %b)"

_IN_SERVICE: Final = "SELECT msisdn FROM numbers.line WHERE msisdn = ANY(%s)"
_OTHERS: Final = """
SELECT t.holder_id, t.msisdn
FROM numbers.tenure t JOIN numbers.line l USING (msisdn)
WHERE t.holder_id = ANY(%s) AND upper_inf(t.during)
ORDER BY t.holder_id, lower(t.during), t.msisdn
"""

_OPEN_HOLDS: Final = """
SELECT hold_id, msisdn, kind, reference, since, until
FROM numbers.hold WHERE msisdn = %s AND (until IS NULL OR until > %s) ORDER BY hold_id
"""
_TAKE_LINE: Final = "SELECT 1 FROM numbers.line WHERE msisdn = %s FOR KEY SHARE"
_HOLD: Final = """
INSERT INTO numbers.hold (msisdn, kind, reference, since, leaf_seq) VALUES (%s, %s, %s, %s, %s)
RETURNING hold_id
"""
_RELEASE: Final = """
UPDATE numbers.hold SET until = greatest(since, %s), release_leaf_seq = %s
WHERE hold_id = %s AND until IS NULL
"""


async def lapsed(
    tx: Transaction,
    page: tuple[int, int],
    at: Instant,
    blocked_by: Instant,
    steps_by: Sequence[Instant],
) -> tuple[int | None, int, list[Lapsed]]:
    """One page (after which purse, how many): its last purse, how many, and what may be due.

    What ended by ``blocked_by`` cannot receive any more; what ended by ``steps_by[n]`` is due for
    step n + 1 of the schedule.
    """
    asked = {
        "after": page[0],
        "rows": page[1],
        "at": moment_of(at),
        "lapsed_by": moment_of(max(blocked_by, *steps_by)),
        "blocked_by": moment_of(blocked_by),
        "steps_by": moments(steps_by),
    }
    rows = await (await tx.execute(_LAPSED, asked)).fetchall()
    last, purses = rows[0][:2]
    return last, purses, [_lapsed(row[2:]) for row in rows if row[2] is not None]


def _lapsed(row: Sequence[Any]) -> Lapsed:
    return Lapsed(Msisdn(row[0]), Imsi(row[1]), *row[2:])


async def due(
    tx: Transaction,
    page: tuple[int, int],
    at: Instant,
    since: dict[str, Instant],
    receives_ms: int,
) -> Due:
    """One page of what is due for recycling, with its evidence."""
    asked = {
        "after": page[0],
        "rows": page[1],
        "at": moment_of(at),
        "due_by": moment_of(since["due_by"]),
        "asked_after": moment_of(since["asked_after"]),
        "receives_ms": receives_ms,
    }
    rows = await (await tx.execute(_DUE, asked)).fetchall()
    found = (_evidence(row[2:]) for row in rows if row[2] is not None)
    return Due(rows[0][0], tuple(found))


def _evidence(row: Sequence[Any]) -> Evidence:
    return Evidence(Msisdn(row[0]), Imsi(row[1]), *row[2:])


async def remind(
    tx: Transaction,
    reminded: Sequence[tuple[Lapsed, int]],
    notice_ids: Sequence[int],
    at: Instant,
) -> None:
    """Keep which notices were reminders of which step; one that is kept already is contested."""
    if reminded:
        await tx.execute(
            _REMIND,
            [
                moment_of(at),
                int8s([one.purse_id for one, _ in reminded]),
                moments([one.validity_end for one, _ in reminded]),
                int2s([step for _, step in reminded]),
                texts([one.msisdn for one, _ in reminded]),
                int8s(notice_ids),
            ],
        )


async def bar(
    tx: Transaction, msisdns: Sequence[str], leaf_seqs: Sequence[int], at: Instant
) -> None:
    """Keep that the network is told to serve these numbers for nothing."""
    await tx.execute(_BAR, [moment_of(at), texts(msisdns), int8s(leaf_seqs)])


async def ask_network(
    tx: Transaction, msisdns: Sequence[str], leaf_seqs: Sequence[int], at: Instant
) -> None:
    """Have the gateway to the network act on these leaves."""
    await tx.execute(_ASK_NETWORK, [moment_of(at), texts(msisdns), int8s(leaf_seqs)])


async def back(
    tx: Transaction, blocked_by: Instant, purse_ids: Sequence[int] | None
) -> list[tuple[Msisdn, Imsi]]:
    """End the bars of numbers whose validity ended after ``blocked_by``; which they are."""
    asked = [moment_of(blocked_by), purse_ids is None, int8s(purse_ids or ())]
    rows = await (await tx.execute(_BACK, asked)).fetchall()
    return [(Msisdn(msisdn), Imsi(imsi)) for msisdn, imsi in rows]


async def recycle(
    tx: Transaction, msisdns: Sequence[str], leaf_seqs: Sequence[int], at: Instant
) -> None:
    """Have the database look at all evidence again, and recycle all of these numbers or none."""
    await tx.execute(_RECYCLE, [texts(msisdns), moment_of(at), int8s(leaf_seqs)])


async def in_service(tx: Transaction, msisdns: Sequence[str]) -> set[str]:
    """Those of these numbers that have a line."""
    rows = await (await tx.execute(_IN_SERVICE, [texts(msisdns)])).fetchall()
    return {msisdn for (msisdn,) in rows}


async def numbers_of(tx: Transaction, person_ids: Sequence[int]) -> list[tuple[int, Msisdn]]:
    """Who of these people holds which numbers in service, the longest held first."""
    rows = await (await tx.execute(_OTHERS, [int8s(person_ids)])).fetchall()
    return [(person_id, Msisdn(msisdn)) for person_id, msisdn in rows]


async def open_holds(tx: Transaction, msisdn: str, at: Instant) -> list[Hold]:
    """What holds a number at an instant."""
    rows = await (await tx.execute(_OPEN_HOLDS, [msisdn, moment_of(at)])).fetchall()
    return [
        Hold(hold_id, Msisdn(number), HoldKind(kind), reference, since, until)
        for hold_id, number, kind, reference, since, until in rows
    ]


async def take_line(tx: Transaction, msisdn: str) -> bool:
    """Whether a number has a line, which nobody recycles until the transaction ends."""
    return await (await tx.execute(_TAKE_LINE, [msisdn])).fetchone() is not None


async def hold(
    tx: Transaction, msisdn: str, kind: HoldKind, reference: str, leaf: tuple[int, Instant]
) -> int:
    """Hold a number; the hold's own number."""
    seq, at = leaf
    asked = [msisdn, kind.value, reference, moment_of(at), seq]
    row = await (await tx.execute(_HOLD, asked)).fetchone()
    assert row is not None
    return int(row[0])


async def release(tx: Transaction, hold_id: int, leaf_seq: int, at: Instant) -> None:
    """End a hold."""
    await tx.execute(_RELEASE, [moment_of(at), leaf_seq, hold_id])
