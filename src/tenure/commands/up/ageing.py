"""What time causes for numbers while Tenure runs: reminders, bars, recycling, coming back."""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from tenure.commands import recycling
from tenure.commands.connect import act_of
from tenure.postgres.listening import announcements
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.terms.model import Terms
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

BY: Final = "<clock>"
CHANNEL: Final = "tenure_changed"


class Ageing:
    """Goes through all numbers when the clock says so, and serves again who topped up at once."""

    def __init__(self, pool: Pool, terms: Terms, now: Callable[[], Instant]) -> None:
        """``now`` tells the instant of what is done because of an announcement."""
        self._pool, self._terms, self._now = pool, terms, now

    async def go_through(self, at: Instant) -> None:
        """One run over all numbers; late, doubled or broken off, the next run makes up for it."""
        after: int | None = recycling.FIRST
        reminded = barred = told = 0
        while after is not None:
            act = act_of(BY, at)
            swept = await perform(self._pool, numbers.lifecycle.sweep, self._terms, after, act)
            reminded, barred, after = reminded + swept.reminded, barred + swept.barred, swept.last
        after = recycling.FIRST
        while after is not None:
            page = await perform(self._pool, numbers.expiry.tell, self._terms, after, at)
            told, after = told + page.soon + page.ended, page.last
        back = await perform(self._pool, numbers.lifecycle.bring_back, self._terms, act_of(BY, at))
        tally = recycling.Tally()
        async for due in recycling.pages(self._pool, self._terms, lambda: act_of(BY, at), do=True):
            tally.add(due)
        if told or reminded or barred or back or tally.recycled:
            log.info(
                "numbers: %d told of their end, %d reminded, %d barred by their stage,"
                " %d served again, %d recycled",
                told, reminded, barred, back, tally.recycled,
            )  # fmt: skip
        for reason, count in sorted(tally.kept.items()):
            log.info("numbers due for recycling are kept: %d, %s", count, reason.name)

    async def listen(self, connect: Callable[[], Awaitable[Transaction]]) -> None:
        """Serve again whose purse has changed, if its number comes back by that."""
        async for heard in announcements(connect, CHANNEL):
            try:
                purse_ids = None
                if heard is not None:
                    purse_ids = [int(text) for text in heard if text.isdecimal()]
                act = act_of(BY, self._now())
                await perform(self._pool, numbers.lifecycle.bring_back, self._terms, act, purse_ids)
            except Exception:
                log.exception("numbers that came back could not be served; the clock tries again")
