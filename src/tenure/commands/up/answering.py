"""What time causes about rights: cases go on, lapse unproven, officers hear before a deadline."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from tenure.commands.connect import act_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations
from tenure.terms.model import Terms
from tenure.values.instant import MINUTE_MS, Instant

rights = operations.rights

log = logging.getLogger(__name__)

BY: Final = "<clock>"
EVERY_MS: Final = MINUTE_MS


def answering(pool: Pool, terms: Terms) -> Callable[[Instant], Awaitable[None]]:
    """Late or twice, it does the same once: a deadline is computed, and waits for no clock."""

    async def go_on(at: Instant) -> None:
        alerts, broken = 0, 0
        after: UUID = rights.FIRST
        while ids := await perform(pool, rights.open_cases, after):
            for case_id in await perform(pool, rights.workable, terms, ids, at):
                broken += not await _work(pool, terms, case_id, at)
            alerts += len(await perform(pool, rights.remind, terms, ids, act_of(BY, at)))
            after = ids[-1]
        await perform(pool, rights.follow, terms, act_of(BY, at))
        if alerts:
            log.warning("rights: officers hear of %d open cases; tenure privacy case list", alerts)
        if broken:
            log.error("rights: %d cases could not go on", broken)

    return go_on


async def _work(pool: Pool, terms: Terms, case_id: UUID, at: Instant) -> bool:
    """One case as far as it goes; an accident with one keeps no other from its answer."""
    try:
        await perform(pool, rights.work, terms, case_id, act_of(BY, at))
    except Exception:
        log.exception("rights: case %s could not go on; the clock tries again", case_id)
        return False
    return True
