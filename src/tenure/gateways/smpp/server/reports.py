"""What message centres said about deliveries, gathered while it is written, told in batches."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from tenure.gateways.smpp.server.port import News, Reported, Source, Taken
from tenure.gateways.smpp.translate.outbox import Refused

log = logging.getLogger(__name__)

AGAIN_SECONDS: Final = 1.0
EARLY_SECONDS: Final = 5.0
"""A receipt may be here before it is on record that the message was taken."""
EARLY_MAX: Final = 10_000


class Reports:
    """Tells the source what came of its deliveries, in the order in which it came."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._news = News([], [], [], [])
        self._done: list[Callable[[bool], None]] = []
        self._early: list[tuple[float, Reported]] = []
        self._more = asyncio.Event()
        self._telling = 0
        """How much is being recorded."""
        self.unmatched = 0
        """Receipts for messages that nobody knows."""

    @property
    def behind(self) -> int:
        """How much is not on record yet."""
        return self._news.size + self._telling

    def taken(self, delivery_id: int, reference: str) -> None:
        """A delivery was taken."""
        self._news.taken.append(Taken(delivery_id, reference))
        self._more.set()

    def refused(self, refused: Refused) -> None:
        """A delivery was not taken."""
        self._news.refused.append(refused)
        self._more.set()

    def returned(self, delivery_ids: list[int]) -> None:
        """Nothing of these went."""
        if delivery_ids:
            self._news.returned += delivery_ids
            self._more.set()

    def reported(self, reported: Reported, done: Callable[[bool], None]) -> None:
        """A receipt has come; ``done`` is called once it is on record, or could not be written."""
        self._news.reported.append(reported)
        self._done.append(done)
        self._more.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            try:
                async with asyncio.timeout(AGAIN_SECONDS if self._early else None):
                    await self._more.wait()
            except TimeoutError:
                pass
            self._more.clear()
            if not await self.tell():
                await asyncio.sleep(AGAIN_SECONDS)
                self._more.set()

    async def tell(self) -> bool:
        """Tell what there is; False when it could not be told, and is kept."""
        news, done = self._news, self._done
        self._news, self._done = News([], [], [], []), []
        at = asyncio.get_running_loop().time()
        early = self._early
        self._early = []
        news.reported += [reported for _, reported in early]
        if not news.size:
            return True
        self._telling = news.size
        try:
            unmatched = await self._source.tell(news)
        except asyncio.CancelledError:
            # It may be on record or not; telling it twice is telling it once.
            self._keep(news, early, done)
            raise
        except Exception:
            log.exception("what became of texts could not be recorded; it is tried again")
            self._keep(news, early, done)
            return False
        finally:
            self._telling = 0
        since = {id(reported): since for since, reported in early}
        waiting = [(since.get(id(one), at), one) for one in unmatched]
        self._early += [one for one in waiting if at - one[0] < EARLY_SECONDS][:EARLY_MAX]
        lost = len(waiting) - len(self._early)
        if lost > 0:
            self.unmatched += lost
            log.warning("%d receipts are about messages that nobody knows", lost)
        for one in done:
            one(True)  # noqa: FBT003 -- whether it is on record
        return True

    def _keep(
        self, news: News, early: list[tuple[float, Reported]], done: list[Callable[[bool], None]]
    ) -> None:
        """Put back what could not be told; receipts are repeated by who sent them."""
        fresh = self._news
        self._news = News(
            news.taken + fresh.taken,
            news.refused + fresh.refused,
            news.returned + fresh.returned,
            fresh.reported,
        )
        self._early = early + self._early
        for one in done:
            one(False)  # noqa: FBT003 -- whether it is on record
