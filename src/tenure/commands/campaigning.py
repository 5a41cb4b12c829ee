"""Plans and releases campaigns, a page a transaction: whoever dies goes on where they were."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Campaign, CampaignStep, PlannedPage
from tenure.promises.numbers import operations as numbers
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0

Watch = Callable[[int, int], None]
"""Is told after each page: lines looked at, and who was added."""


def unwatched(_looked: int, _added: int) -> None:
    """Nobody looks."""


async def plan(
    pool: Pool,
    campaign: Campaign,
    now: Callable[[], Instant],
    watch: Watch = unwatched,
    page_lines: int = notices.campaigns.PAGE,
) -> tuple[int, int]:
    """Plan whom a campaign is for, to the end of this run: lines looked at, and who was added."""
    rows = numbers.audience.rows(campaign.new.audience)
    looked = added = 0
    while True:
        page: PlannedPage | None = await perform(
            pool, notices.campaigns.plan, campaign.campaign_id, rows, now(), page_lines
        )
        if page is None:
            return looked, added
        looked, added = looked + page.looked, added + page.added
        watch(looked, added)
        if page.ended:
            return looked, added


async def advance(pool: Pool, now: Callable[[], Instant]) -> int:
    """Do what is due for every campaign once; how many notices were released."""
    released = 0
    for campaign, step in await perform(pool, notices.campaigns.under_way, now()):
        if step is CampaignStep.PLAN:
            await plan(pool, campaign, now)
        campaign_id = campaign.campaign_id
        released += await perform(pool, notices.campaigns.release, campaign_id, now())
    return released


async def run(pool: Pool, now: Callable[[], Instant]) -> None:
    """Plan and release until cancelled; a failure is logged, and tried again."""
    while True:
        try:
            await advance(pool, now)
        except Exception:
            log.exception("a campaign could not go on; it is tried again")
        await asyncio.sleep(LOOK_SECONDS)
