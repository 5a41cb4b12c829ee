"""What a campaign does next: pure, time as an argument."""

from typing import Final

from tenure.promises.notices.model.campaigns import (
    Campaign,
    CampaignRefusal,
    CampaignState,
    CampaignStep,
    NewCampaign,
)
from tenure.terms.notice_kinds import facts_of
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

AGAIN_MS: Final = DAY_MS
"""How often a campaign looks for who came later."""
RELEASED_MAX: Final = 5_000
"""So many of a campaign wait for the sender at most: nothing more urgent waits behind a million."""

UNKNOWN: Final = Refused(
    CampaignRefusal.UNKNOWN_CAMPAIGN, "no campaign has this number; see: tenure campaign list"
)


def lacking(new: NewCampaign) -> list[str]:
    """The languages whose facts are not complete: our own mistake, found before anybody is told."""
    wanted = facts_of(new.kind)
    languages = {*new.facts, new.prevailing}
    return sorted(one for one in languages if wanted - new.facts.get(one, {}).keys())


def opened(
    known: Campaign | None, new: NewCampaign
) -> NewCampaign | Campaign | Refused[CampaignRefusal]:
    """The campaign to open, or the one that is open already and says exactly the same."""
    if known is None:
        return new
    if known.new == new:
        return known
    detail = "a campaign of this name says something else; it stays as it is"
    return Refused(CampaignRefusal.KEY_REUSED, detail)


def state(campaign: Campaign, at: Instant) -> CampaignState:
    """What a campaign does at an instant; nothing has to sweep it."""
    if campaign.cancelled_at is not None and campaign.cancelled_at <= at:
        return CampaignState.CANCELLED
    if at >= campaign.new.until:
        return CampaignState.ENDED
    if campaign.paused_at is not None:
        return CampaignState.PAUSED
    return CampaignState.PLANNING if campaign.run_ended_at is None else CampaignState.SENDING


def step(campaign: Campaign, at: Instant) -> CampaignStep:
    """What is to be done next: everybody is planned before anything is released.

    A run that was interrupted goes on where it was; a new one begins a day after the last.
    """
    now = state(campaign, at)
    if now is CampaignState.PLANNING:
        return CampaignStep.PLAN
    if now is not CampaignState.SENDING:
        return CampaignStep.REST
    assert campaign.run_ended_at is not None
    if campaign.cursor or at >= campaign.run_ended_at + AGAIN_MS:
        return CampaignStep.PLAN
    return CampaignStep.RELEASE


def releasable(waiting: int) -> int:
    """How many more may join those of its kind that wait for the sender."""
    return max(RELEASED_MAX - waiting, 0)


def ended_by(
    campaign: Campaign | None, reason: str, at: Instant
) -> Campaign | Refused[CampaignRefusal]:
    """The campaign that can be cancelled, for a reason."""
    if campaign is None:
        return UNKNOWN
    over = _over(campaign, at)
    if over is not None:
        return over
    if not reason.strip():
        return Refused(CampaignRefusal.REASON_MISSING, "say why it is cancelled")
    return campaign


def paused(
    campaign: Campaign | None, at: Instant, *, pause: bool
) -> Campaign | Refused[CampaignRefusal]:
    """The campaign that can be paused, or go on."""
    if campaign is None:
        return UNKNOWN
    over = _over(campaign, at)
    if over is not None:
        return over
    if pause and campaign.paused_at is not None:
        return Refused(CampaignRefusal.PAUSED_ALREADY, "it is paused already")
    if not pause and campaign.paused_at is None:
        return Refused(CampaignRefusal.NOT_PAUSED, "it is not paused")
    return campaign


def _over(campaign: Campaign, at: Instant) -> Refused[CampaignRefusal] | None:
    if state(campaign, at) in {CampaignState.CANCELLED, CampaignState.ENDED}:
        return Refused(CampaignRefusal.OVER_ALREADY, "it is over; open another one")
    return None
