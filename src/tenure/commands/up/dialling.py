"""Hears calls to the number that ends advertising, after the network has its answer (GTC-MKT)."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Final

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.charging.model import Ask
from tenure.promises.record.model import Act
from tenure.selfcare import operations as selfcare
from tenure.selfcare.desk import Desk
from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn

log = logging.getLogger(__name__)

WAITING_MAX: Final = 10_000
"""A call is also heard at its end; beyond this many somebody plays."""
SALT_OCTETS: Final = 32


class Dialling:
    """What was called, and one worker for it: charging waits for nothing of this."""

    def __init__(self, pool: Pool, desk: Desk, now: Callable[[], Instant]) -> None:
        self._pool, self._desk, self._now = pool, desk, now
        self._calls: asyncio.Queue[Ask] = asyncio.Queue(WAITING_MAX)

    def heard(self, ask: Ask) -> None:
        """A request of the network was answered: one comparison, and hardly ever more."""
        if selfcare.ends_marketing(self._desk, ask) and not self._calls.full():
            self._calls.put_nowait(ask)

    async def run(self) -> None:
        """End advertising for whoever called, until cancelled."""
        while True:
            await self.one()

    async def one(self) -> None:
        """The next call.  A failure is logged; the end of the same call comes here as well."""
        ask = await self._calls.get()
        phone = Msisdn(ask.msisdn) if ask.msisdn else Imsi(ask.imsi)
        act = Act(selfcare.PHONE, self._now(), secrets.token_bytes(SALT_OCTETS))
        try:
            await perform(self._pool, selfcare.called, self._desk, phone, ask.key, act)
        except Exception:
            log.exception("a call that ends advertising could not be kept")
