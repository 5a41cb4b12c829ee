"""All SQL about concerns, and about everything that somebody of ours did or saw."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.staff.model import Concern, Event, Pattern, Watch
from tenure.values.instant import Instant, moment_of

# Whole local days only, so that a later run counts what an earlier one did, or more.
_RAISE: Final = """
WITH span AS (
    SELECT (date_trunc('day', %(at)s AT TIME ZONE %(zone)s) - interval '7 days')
           AT TIME ZONE %(zone)s AS since
), looked AS (
    SELECT human_id, at FROM staff.look, span
    WHERE at >= since AND at <= %(at)s AND purpose <> 'demonstration'
), refused AS (
    SELECT human_id, what, at FROM staff.attempt JOIN staff.member USING (login), span
    WHERE at >= span.since AND at <= %(at)s
), doings AS (
    SELECT human_id, 'many-looks' AS pattern, at FROM looked
    UNION ALL
    SELECT human_id, 'broken-glass', glass.since FROM staff.glass, span
    WHERE glass.since >= span.since AND glass.since <= %(at)s
    UNION ALL
    SELECT human_id, 'refused-requests', at FROM refused
    WHERE what ~ '^(ASK|REQUEST|APPROVE|WITNESS)'
    UNION ALL
    SELECT human_id, 'refused', at FROM refused
    UNION ALL
    SELECT human_id, 'off-hours', at FROM (
        SELECT human_id, at FROM looked
        UNION ALL
        SELECT approved_by, approved_at FROM staff.approval, span
        WHERE approved_at >= since AND approved_at <= %(at)s
    ) AS acts
    WHERE extract(hour FROM at AT TIME ZONE %(zone)s) NOT BETWEEN %(begins)s AND %(ends)s - 1
), counted AS (
    SELECT human_id, pattern, (at AT TIME ZONE %(zone)s)::date AS day, count(*) AS counted
    FROM doings GROUP BY human_id, pattern, day
), raised AS (
    INSERT INTO staff.concern (human_id, pattern, day, level, counted, raised_at)
    SELECT human_id, pattern, day, counted / most, counted, %(at)s
    FROM counted JOIN unnest(%(patterns)b, %(limits)b) AS watch (pattern, most) USING (pattern)
    WHERE counted >= most
    ORDER BY human_id, pattern, day
    ON CONFLICT ON CONSTRAINT concern_raised_once DO NOTHING
    RETURNING concern_id, human_id, pattern, day, counted, raised_at
)
SELECT concern_id, human_id, '{}'::text[], pattern, day::text, counted, raised_at, NULL, ''
FROM raised ORDER BY concern_id
"""
_CONCERNS: Final = """
SELECT concern_id, human_id,
       ARRAY(SELECT login FROM staff.member m WHERE m.human_id = c.human_id ORDER BY login),
       pattern, day::text, counted, raised_at, closed_at, coalesce(words, '')
FROM staff.concern c
"""
_OPEN: Final = f"{_CONCERNS} WHERE closed_at IS NULL ORDER BY concern_id"
_ONE: Final = f"{_CONCERNS} WHERE concern_id = %s"
_CLOSE: Final = """
UPDATE staff.concern SET closed_at = %s, closed_by = %s, words = %s WHERE concern_id = %s
"""
# What was looked at and approved has rows of its own, which say more.
_DID: Final = """
SELECT leaf.at, 'did', leaf.kind, coalesce((
    SELECT json_object_agg(also.field, also.value) FROM record.opening also
    WHERE also.leaf_seq = leaf.seq AND also.field <> 'by'
), '{}')
FROM record.opening JOIN record.leaf ON leaf.seq = opening.leaf_seq
WHERE opening.field = 'by' AND opening.value = ANY (%(logins)b)
  AND leaf.kind NOT IN ('staff.looked', 'staff.approved')
"""
_SAW: Final = """
SELECT look.at, 'saw', look.shown || ' for ' || look.purpose, json_strip_nulls(json_build_object(
    'msisdn', (SELECT value FROM record.opening o
               WHERE o.leaf_seq = look.leaf_seq AND o.field = 'msisdn'),
    'case', look.case_id::text
))
FROM staff.look WHERE human_id = %(human)s
"""
_APPROVED: Final = """
SELECT approved_at, 'approved', kind, json_build_object('request', encode(request_hash, 'hex'))
FROM staff.approval JOIN staff.request USING (request_hash) WHERE approved_by = %(human)s
"""
_REFUSED: Final = """
SELECT at, 'was refused', what || ': ' || refusal, '{}'::json
FROM staff.attempt WHERE login = ANY (%(logins)b)
"""
_SIGNED_IN: Final = """
SELECT at, 'signed in', 'as ' || login,
       json_build_object('passkey', left(encode(credential_id, 'hex'), 16))
FROM staff.proof WHERE human_id = %(human)s
"""
_RAISED: Final = """
SELECT raised_at, 'raised a concern', pattern || ' on ' || day || ': ' || counted,
       json_strip_nulls(json_build_object('closed', words))
FROM staff.concern WHERE human_id = %(human)s
"""
_PARTS: Final = (_DID, _SAW, _APPROVED, _REFUSED, _SIGNED_IN, _RAISED)
_EVENTS: Final = f"{' UNION ALL '.join(_PARTS)} ORDER BY 1, 2, 3"


def _concern(row: tuple[Any, ...]) -> Concern:
    concern_id, human_id, logins, pattern, *rest = row
    return Concern(concern_id, human_id, tuple(logins), Pattern(pattern), *rest)


async def raise_all(tx: Transaction, zone: str, watch: Watch, at: Instant) -> list[Concern]:
    """Raise every concern of the last week that was not raised yet; those that are new."""
    limits = watch.limits()
    cursor = await tx.execute(
        _RAISE,
        {
            "at": moment_of(at),
            "zone": zone,
            "begins": watch.day_begins_hour,
            "ends": watch.day_ends_hour,
            "patterns": texts([pattern.value for pattern in limits]),
            "limits": int8s(list(limits.values())),
        },
    )
    return [_concern(row) for row in await cursor.fetchall()]


async def open_concerns(tx: Transaction) -> list[Concern]:
    """The concerns that nobody has closed."""
    cursor = await tx.execute(_OPEN)
    return [_concern(row) for row in await cursor.fetchall()]


async def concern(tx: Transaction, concern_id: int) -> Concern | None:
    """The concern with this number."""
    cursor = await tx.execute(_ONE, [concern_id])
    row = await cursor.fetchone()
    return None if row is None else _concern(row)


async def close(tx: Transaction, concern_id: int, human_id: int, words: str, at: Instant) -> None:
    """Keep what the reviewer found."""
    await tx.execute(_CLOSE, [moment_of(at), human_id, words, concern_id])


async def events(tx: Transaction, human_id: int, logins: Sequence[str]) -> list[Event]:
    """Everything that a human did or saw, in order of time."""
    cursor = await tx.execute(_EVENTS.encode(), {"human": human_id, "logins": texts(logins)})
    return [Event(*row) for row in await cursor.fetchall()]
