"""The gateway: its links to message centres, and the door for content providers."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from tenure.gateways.smpp.server.hearing import Hearing
from tenure.gateways.smpp.server.link import Link, Ties
from tenure.gateways.smpp.server.port import Hear, Provision, Source
from tenure.gateways.smpp.server.reports import Reports
from tenure.gateways.smpp.server.serving import Server
from tenure.gateways.smpp.server.settings import Settings
from tenure.gateways.smpp.translate.receipts import Expected
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

TELL_SECONDS: Final = 5.0
AGAIN_SECONDS: Final = 5.0


class Gateway:
    """Everything that speaks SMPP."""

    def __init__(
        self,
        settings: Settings,
        source: Source,
        hear: Hear,
        provision: Provision | None,
        now: Callable[[], Instant],
    ) -> None:
        """``provision``: None when no provider may bind to us."""
        self.settings = settings
        self.reports = Reports(source)
        useless = {one.via: one.useless_ids for one in settings.smsc}
        self.expected = {via: Expected(useless_ids=bad) for via, bad in useless.items()}
        self.links = [
            Link(
                smsc,
                settings.password(smsc),
                Ties(
                    source,
                    self.reports,
                    self.expected[smsc.via],
                    Hearing(smsc.via, smsc.country_code, hear, now),
                    self._is_chosen,
                    now,
                ),
            )
            for smsc in settings.smsc
        ]
        self.server: Server | None = None
        if settings.listen is not None and provision is not None:
            self.server = Server(settings.listen, settings.provider, provision, now)

    def _is_chosen(self, link: Link) -> bool:
        """Whether nobody whom we prefer can send: the others stand by."""
        best = min((one.smsc.preference for one in self.links if one.can_send), default=0)
        return link.smsc.preference == best

    async def start(self) -> None:
        """Open the door for providers, if there is one; OSError when the address is taken."""
        if self.server is not None and not self.server.port:
            await self.server.start()

    async def run(self) -> None:
        """Work until cancelled; then what was asked is answered, told, and the links unbind."""
        await self.start()
        tasks = [asyncio.create_task(_kept_up(link)) for link in self.links]
        telling = asyncio.create_task(self.reports.run())
        try:
            # They are cancelled below, once and in order: none of them ends by itself.
            await asyncio.wait([*tasks, telling])
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self.server is not None:
                await self.server.stop()
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            await asyncio.wait_for(self.reports.tell(), TELL_SECONDS)


async def _kept_up(link: Link) -> None:
    """Run a link; an accident of one must not take the others down."""
    while True:
        try:
            await link.run()
        except Exception:
            log.exception("smpp %s: an accident ended it; it begins again", link.smsc.name)
        await asyncio.sleep(AGAIN_SECONDS)
