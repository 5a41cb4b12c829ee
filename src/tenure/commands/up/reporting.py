"""What time causes about standing reports: what a law wants by now is said every day it is late."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, HOUR_MS, Instant, iso

log = logging.getLogger(__name__)

EVERY_MS: Final = HOUR_MS


def reporting(pool: Pool, terms: Terms) -> Callable[[Instant], Awaitable[None]]:
    """Say of each report that is due that it is, once a day until it has left.

    It leaves by people only: tenure privacy disclose --report.
    """
    said: dict[tuple[str, str], Instant] = {}

    async def look(at: Instant) -> None:
        for one in await perform(pool, privacy.disclosures.reports_due, terms, at):
            before = said.get((one.report, one.period))
            if before is None or at - before >= DAY_MS:
                said[one.report, one.period] = at
                log.warning(
                    "privacy: report %s of %s to %s is due since %s; tenure privacy reports",
                    one.report, one.period, one.recipient, iso(one.since),
                )  # fmt: skip

    return look
