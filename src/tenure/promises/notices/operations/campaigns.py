"""What may be asked of campaigns: to open, plan, release, pause, resume and cancel them."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.notices.model.campaigns import (
    AudienceRows,
    Campaign,
    CampaignCounts,
    CampaignRefusal,
    CampaignState,
    CampaignStep,
    NewCampaign,
    PlannedPage,
)
from tenure.promises.notices.rules import campaigns as rules
from tenure.promises.notices.store import campaigns as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

PAGE: Final = 20_000
"""Lines of one transaction of planning: about a third of a second, and no memory of ours."""


async def open_one(
    tx: Transaction, new: NewCampaign, act: Act, asked: str | None = None
) -> Campaign | Refused[CampaignRefusal]:
    """Open a campaign, in the transaction of what it tells of; nobody is planned yet.

    One of new terms or a new privacy notice is opened with ``asked``: exactly what another human
    approved.

    The same again is the same campaign.  Facts that a text needs and that are missing in a language
    are our own mistake.
    """
    missing = rules.lacking(new)
    assert not missing, f"{new.kind.value} lacks facts in {missing}"
    decision = rules.opened(await store.by_key(tx, new.key), new)
    if not isinstance(decision, NewCampaign):
        return decision
    said: dict[str, Plain] = {
        "key": new.key,
        "kind": new.kind.value,
        "offers": list(new.audience.offers),
        "until": iso(new.until),
        "facts": {language: dict(facts) for language, facts in new.facts.items()},
    }
    leaf_seq = await record.append(tx, act, "notices.campaign_opened", said, {})
    found = await store.one(tx, await store.add(tx, new, leaf_seq, act.at, asked))
    assert found is not None
    return found


async def plan(
    tx: Transaction, campaign_id: int, source: AudienceRows, at: Instant, limit: int = PAGE
) -> PlannedPage | None:
    """Plan the next page of whom a campaign is for; None when there is nothing to plan now.

    What is planned and how far the planning is are written in one transaction, so that a process
    that dies leaves no double and no gap.
    """
    campaign = await store.locked(tx, campaign_id)
    if campaign is None or rules.step(campaign, at) is not CampaignStep.PLAN:
        return None
    return await store.plan(tx, campaign, source, limit, at)


async def release(tx: Transaction, campaign_id: int, at: Instant) -> int:
    """Hand the next of a campaign to the sender, as far as few wait there; how many."""
    campaign = await store.locked(tx, campaign_id)
    if campaign is None or rules.step(campaign, at) is not CampaignStep.RELEASE:
        return 0
    room = rules.releasable(await store.waiting(tx, campaign.new.kind))
    return await store.release(tx, campaign, room, at) if room else 0


async def pause(tx: Transaction, campaign_id: int, act: Act) -> Campaign | Refused[CampaignRefusal]:
    """Plan and release nothing of a campaign until it is resumed."""
    return await _paused(tx, campaign_id, act, pause=True)


async def resume(
    tx: Transaction, campaign_id: int, act: Act
) -> Campaign | Refused[CampaignRefusal]:
    """Let a paused campaign go on where it was."""
    return await _paused(tx, campaign_id, act, pause=False)


async def _paused(
    tx: Transaction, campaign_id: int, act: Act, *, pause: bool
) -> Campaign | Refused[CampaignRefusal]:
    found = rules.paused(await store.locked(tx, campaign_id), act.at, pause=pause)
    if isinstance(found, Refused):
        return found
    await store.pause(tx, campaign_id, act.at if pause else None)
    what = "notices.campaign_paused" if pause else "notices.campaign_resumed"
    await record.append(tx, act, what, {"key": found.new.key}, {})
    return await _again(tx, campaign_id)


async def cancel(
    tx: Transaction, campaign_id: int, act: Act
) -> Campaign | Refused[CampaignRefusal]:
    """End a campaign for a reason: nobody else is told; who was told stays told."""
    found = rules.ended_by(await store.locked(tx, campaign_id), act.reason, act.at)
    if isinstance(found, Refused):
        return found
    await store.cancel(tx, campaign_id, act.at)
    await record.append(tx, act, "notices.campaign_cancelled", {"key": found.new.key}, {})
    return await _again(tx, campaign_id)


async def _again(tx: Transaction, campaign_id: int) -> Campaign:
    found = await store.one(tx, campaign_id)
    assert found is not None
    return found


async def find(tx: Transaction, campaign_id: int) -> Campaign | Refused[CampaignRefusal]:
    """A campaign by its number."""
    return await store.one(tx, campaign_id) or rules.UNKNOWN


async def by_key(tx: Transaction, key: str) -> Campaign | None:
    """A campaign by what it is about."""
    return await store.by_key(tx, key)


async def newest(tx: Transaction, limit: int = 20) -> list[Campaign]:
    """The newest campaigns, newest first."""
    return await store.newest(tx, limit)


async def under_way(tx: Transaction, at: Instant) -> list[tuple[Campaign, CampaignStep]]:
    """What is to be done now, campaign by campaign, the oldest first."""
    return [(one, rules.step(one, at)) for one in await store.under_way(tx, at)]


async def counts(tx: Transaction, campaign_id: int) -> CampaignCounts:
    """How many of a campaign are planned, wait, were sent, and were dropped."""
    return await store.counts(tx, campaign_id)


def state(campaign: Campaign, at: Instant) -> CampaignState:
    """What a campaign does at an instant."""
    return rules.state(campaign, at)
