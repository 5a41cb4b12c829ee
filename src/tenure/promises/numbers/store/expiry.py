"""All SQL of validities that end; like charging, it joins a line with its purse (0007)."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int2s, int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.expiry import Expiring
from tenure.values.instant import Instant, moment_of
from tenure.values.msisdn import Msisdn

# Purses are walked as in lifecycle.  Of those whose end is near, most were told of the step they
# are in; they are left out here, so that a run over all numbers carries only what is due.
_EXPIRING: Final = """
WITH page AS MATERIALIZED (
    SELECT purse_id, funds_end FROM money.purse
    WHERE purse_id > %(after)s ORDER BY purse_id LIMIT %(rows)s
), found AS MATERIALIZED (
    SELECT l.msisdn, l.purse_id, p.funds_end, l.language, t.holder_id, lower(t.during) AS since,
           told.days
    FROM page p
    JOIN numbers.line l USING (purse_id)
    LEFT JOIN numbers.tenure t ON t.msisdn = l.msisdn AND upper_inf(t.during)
    CROSS JOIN LATERAL (
        SELECT min(e.days_before) AS days FROM numbers.expiry_notice e
        WHERE e.purse_id = p.purse_id AND e.validity_end = p.funds_end
    ) told
    CROSS JOIN LATERAL (
        SELECT min(s.days) AS days FROM unnest(%(days)b, %(ends_by)b) AS s (days, ends_by)
        WHERE p.funds_end <= s.ends_by
    ) nearest
    WHERE NOT l.postpaid AND p.funds_end > %(ended_after)s AND p.funds_end <= %(ends_until)s
      AND nearest.days < coalesce(told.days, 32767)
)
SELECT pages.last, found.*
FROM (SELECT max(purse_id) AS last FROM page) pages LEFT JOIN found ON true
"""
_KEEP: Final = """
INSERT INTO numbers.expiry_notice (purse_id, validity_end, days_before, msisdn, at, notice_id)
SELECT purse_id, validity_end, days_before, msisdn, %s, notice_id
FROM unnest(%b, %b, %b, %b, %b) AS r (purse_id, validity_end, days_before, msisdn, notice_id)
"""

_OUTDATED: Final = """
SELECT told.notice_id
FROM (
    SELECT notice_id, purse_id, validity_end FROM numbers.expiry_notice WHERE notice_id = ANY(%b)
    UNION ALL
    SELECT notice_id, purse_id, validity_end FROM numbers.reminder WHERE notice_id = ANY(%b)
) told
JOIN money.purse p USING (purse_id) WHERE p.funds_end <> told.validity_end
"""


async def outdated(tx: Transaction, notice_ids: Sequence[int]) -> set[int]:
    """Which of these notices tell of an end of validity that is not the purse's any more."""
    if not notice_ids:
        return set()
    asked = int8s(notice_ids)
    return {one for (one,) in await (await tx.execute(_OUTDATED, [asked, asked])).fetchall()}


async def expiring(
    tx: Transaction,
    page: tuple[int, int],
    between: tuple[Instant, Instant],
    steps_by: Sequence[tuple[int, Instant]],
) -> tuple[int | None, list[Expiring]]:
    """One page (after which purse, how many): its last purse, and what may be due."""
    asked = {
        "after": page[0],
        "rows": page[1],
        "ended_after": moment_of(between[0]),
        "ends_until": moment_of(between[1]),
        "days": int2s([days for days, _ in steps_by]),
        "ends_by": moments([by for _, by in steps_by]),
    }
    rows = await (await tx.execute(_EXPIRING, asked)).fetchall()
    return rows[0][0], [_expiring(row[1:]) for row in rows if row[1] is not None]


def _expiring(row: Sequence[Any]) -> Expiring:
    return Expiring(Msisdn(row[0]), *row[1:])


async def keep(
    tx: Transaction,
    told: Sequence[tuple[Expiring, int]],
    notice_ids: Sequence[int],
    at: Instant,
) -> None:
    """Keep which notices told of which step; one that is kept already is contested."""
    if told:
        await tx.execute(
            _KEEP,
            [
                moment_of(at),
                int8s([one.purse_id for one, _ in told]),
                moments([one.validity_end for one, _ in told]),
                int2s([days for _, days in told]),
                texts([one.msisdn for one, _ in told]),
                int8s(notice_ids),
            ],
        )
