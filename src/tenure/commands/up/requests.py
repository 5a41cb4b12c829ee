"""What time causes for requests while Tenure runs: what is due takes effect, what is old ends."""

import logging
from collections.abc import Awaitable, Callable

from tenure.commands.connect import act_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Outcome
from tenure.terms.model import Terms
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

BY = "<clock>"


def effecting(pool: Pool, terms: Terms) -> Callable[[Instant], Awaitable[None]]:
    """Go through all open requests, one transaction each; one that fails holds up no other."""

    async def go_through(at: Instant) -> None:
        after, done = "", 0
        while page := await perform(pool, numbers.requests.open_requests, after):
            for request_id in page:
                done += await _one(pool, terms, request_id, at)
            after = page[-1]
        if done:
            log.info("requests: %d took effect", done)

    return go_through


async def _one(pool: Pool, terms: Terms, request_id: str, at: Instant) -> bool:
    try:
        act = act_of(BY, at)
        ended = await perform(pool, numbers.requests.effect_due, terms, request_id, act)
    except Exception:
        log.exception("request %s could not take effect; the clock tries again", request_id)
        return False
    return ended is Outcome.EFFECTED
