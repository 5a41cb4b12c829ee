"""All SQL of campaigns: planned and released set by set, so that memory does not grow."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.notices.model import NoticeKind
from tenure.promises.notices.model.campaigns import (
    Audience,
    AudienceRows,
    Campaign,
    CampaignCounts,
    NewCampaign,
    PlannedPage,
)
from tenure.values.instant import Instant, moment_of

_CAMPAIGN: Final = """
SELECT campaign_id, key, kind, audience, facts, prevailing, until_at, opened_at, cursor, runs,
       run_ended_at, paused_at, cancelled_at
FROM notices.campaign
"""
_ONE: Final = f"{_CAMPAIGN} WHERE campaign_id = %s"
_LOCKED: Final = f"{_ONE} FOR UPDATE"
_BY_KEY: Final = f"{_CAMPAIGN} WHERE key = %s"
_NEWEST: Final = f"{_CAMPAIGN} ORDER BY campaign_id DESC LIMIT %s"
_OPEN: Final = f"""
{_CAMPAIGN} WHERE cancelled_at IS NULL AND paused_at IS NULL AND until_at > %s ORDER BY campaign_id
"""
_ADD: Final = """
INSERT INTO notices.campaign (
    key, kind, audience, facts, prevailing, until_at, opened_at, leaf_seq, asked, request_hash
) VALUES (
    %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s, %s::text, sha256(convert_to(%s::text, 'UTF8'))
) RETURNING campaign_id
"""
# Who is planned already stays as planned: a run that was stopped, or a second one, adds the others.
_PLAN: Final = (
    "WITH page AS MATERIALIZED (",
    """), added AS (
    INSERT INTO notices.recipient (campaign_id, per, person_id, msisdn, language)
    SELECT %(campaign)s, CASE WHEN %(once)s THEN '' ELSE msisdn END, person_id, msisdn, language
    FROM page ON CONFLICT ON CONSTRAINT recipient_is_told_once DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM page), (SELECT count(*) FROM added),
       coalesce((SELECT max(msisdn) FROM page), '')
""",
)
_MOVED: Final = "UPDATE notices.campaign SET cursor = %s WHERE campaign_id = %s"
_RUN_ENDED: Final = """
UPDATE notices.campaign SET cursor = '', runs = runs + 1, run_ended_at = greatest(opened_at, %s)
WHERE campaign_id = %s
"""
_WAITING: Final = """
SELECT count(*) FROM notices.due d JOIN notices.notice n USING (notice_id) WHERE n.kind = %s
"""
# Each is found again by its key, one at a time: the statistics of the table know nothing of a new
# campaign, and a join by them would compare everybody with everybody.
_RELEASE: Final = """
WITH next AS MATERIALIZED (
    SELECT per, person_id, msisdn, language FROM notices.recipient
    WHERE campaign_id = %(campaign)s AND notice_id IS NULL
    ORDER BY msisdn LIMIT %(limit)s FOR UPDATE
), told AS (
    INSERT INTO notices.notice (msisdn, person_id, language, kind, channel, facts, at)
    SELECT next.msisdn, nullif(next.person_id, 0), next.language, c.kind, 'number',
           coalesce(c.facts -> next.language, c.facts -> c.prevailing), %(at)s
    FROM next, notices.campaign c WHERE c.campaign_id = %(campaign)s
    ORDER BY next.msisdn
    RETURNING notice_id, msisdn, person_id
), marked AS (
    UPDATE notices.recipient r SET notice_id = found.notice_id
    FROM (
        SELECT told.notice_id, one.place FROM told, LATERAL (
            SELECT x.ctid AS place FROM notices.recipient x
            WHERE x.campaign_id = %(campaign)s AND x.person_id = coalesce(told.person_id, 0)
              AND x.per = CASE WHEN %(once)s THEN '' ELSE told.msisdn END
            LIMIT 1
        ) AS one
    ) AS found
    WHERE r.ctid = found.place
    RETURNING 1
)
SELECT count(*) FROM marked
"""
_PAUSE: Final = "UPDATE notices.campaign SET paused_at = %s WHERE campaign_id = %s"
_CANCEL: Final = "UPDATE notices.campaign SET cancelled_at = %s WHERE campaign_id = %s"
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE r.notice_id IS NULL),
       count(n.notice_id) FILTER (WHERE n.sent_at IS NULL AND n.dropped_at IS NULL),
       count(n.sent_at), count(n.dropped_at) FILTER (WHERE n.sent_at IS NULL)
FROM notices.recipient r LEFT JOIN notices.notice n USING (notice_id)
WHERE r.campaign_id = %s
"""

_json = msgspec.json.Encoder(order="sorted").encode


def _campaign(row: Sequence[Any]) -> Campaign:
    campaign_id, key, kind, audience, facts, prevailing, until, *rest = row
    chosen = msgspec.convert(audience, Audience)
    new = NewCampaign(key, NoticeKind(kind), chosen, facts, prevailing, until)
    return Campaign(campaign_id, new, *rest)


async def _first(tx: Transaction, query: str, asked: Sequence[object]) -> Campaign | None:
    cursor = await tx.execute(query.encode(), asked)
    row = await cursor.fetchone()
    return None if row is None else _campaign(row)


async def one(tx: Transaction, campaign_id: int) -> Campaign | None:
    """A campaign."""
    return await _first(tx, _ONE, [campaign_id])


async def locked(tx: Transaction, campaign_id: int) -> Campaign | None:
    """A campaign, kept from other planners until the transaction ends."""
    return await _first(tx, _LOCKED, [campaign_id])


async def by_key(tx: Transaction, key: str) -> Campaign | None:
    """The campaign of this name."""
    return await _first(tx, _BY_KEY, [key])


async def newest(tx: Transaction, limit: int) -> list[Campaign]:
    """The newest campaigns, newest first."""
    cursor = await tx.execute(_NEWEST, [limit])
    return [_campaign(row) for row in await cursor.fetchall()]


async def under_way(tx: Transaction, at: Instant) -> list[Campaign]:
    """Those that are neither paused nor over, the oldest first."""
    cursor = await tx.execute(_OPEN, [moment_of(at)])
    return [_campaign(row) for row in await cursor.fetchall()]


async def add(
    tx: Transaction, new: NewCampaign, leaf_seq: int, at: Instant, asked: str | None
) -> int:
    """Add a campaign, with exactly what was approved if it needs that; its number."""
    cursor = await tx.execute(
        _ADD,
        [
            new.key,
            new.kind.value,
            _json(new.audience).decode(),
            _json(new.facts).decode(),
            new.prevailing,
            moment_of(new.until),
            moment_of(at),
            leaf_seq,
            asked,
            asked,
        ],
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def plan(
    tx: Transaction, campaign: Campaign, source: AudienceRows, limit: int, at: Instant
) -> PlannedPage:
    """Plan the page after the cursor, and move it; the last page ends the run."""
    head, tail = _PLAN
    asked = {
        **source.parameters,
        "after": campaign.cursor,
        "limit": limit,
        "campaign": campaign.campaign_id,
        "once": campaign.new.audience.once_per_person,
    }
    cursor = await tx.execute(head + source.query + tail, asked)
    row = await cursor.fetchone()
    assert row is not None
    looked, added, last = row
    ended = looked < limit
    if ended:
        await tx.execute(_RUN_ENDED, [moment_of(at), campaign.campaign_id])
    else:
        await tx.execute(_MOVED, [last, campaign.campaign_id])
    return PlannedPage(looked, added, ended)


async def waiting(tx: Transaction, kind: NoticeKind) -> int:
    """How many of a kind wait for the sender."""
    cursor = await tx.execute(_WAITING, [kind.value])
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def release(tx: Transaction, campaign: Campaign, limit: int, at: Instant) -> int:
    """Make the next of a campaign notices that wait for the sender; how many."""
    asked = {
        "campaign": campaign.campaign_id,
        "once": campaign.new.audience.once_per_person,
        "limit": limit,
        "at": moment_of(at),
    }
    cursor = await tx.execute(_RELEASE, asked)
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def pause(tx: Transaction, campaign_id: int, at: Instant | None) -> None:
    """Pause a campaign, or let it go on."""
    await tx.execute(_PAUSE, [None if at is None else moment_of(at), campaign_id])


async def cancel(tx: Transaction, campaign_id: int, at: Instant) -> None:
    """Cancel a campaign: nobody else is told."""
    await tx.execute(_CANCEL, [moment_of(at), campaign_id])


async def counts(tx: Transaction, campaign_id: int) -> CampaignCounts:
    """How many of a campaign are where."""
    cursor = await tx.execute(_COUNTS, [campaign_id])
    row = await cursor.fetchone()
    assert row is not None
    return CampaignCounts(*row)
