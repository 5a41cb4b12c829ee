"""The side of the message centre: content providers bind to us, and submit what they want sent."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from tenure.gateways.smpp.server.account import Account, House
from tenure.gateways.smpp.server.conversation import server_tls
from tenure.gateways.smpp.server.guest import Guest
from tenure.gateways.smpp.server.port import Provision
from tenure.gateways.smpp.server.settings import Listen, Provider
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.5
LEAVE_SECONDS: Final = 2.0
FATES_AT_ONCE: Final = 1_000


class Server:
    """Accepts providers from ``start`` to ``stop``."""

    def __init__(
        self,
        listen: Listen,
        providers: Sequence[Provider],
        provision: Provision,
        now: Callable[[], Instant],
    ) -> None:
        self.port = 0
        self.counts: Counter[str] = Counter()
        accounts = {one.system_id: Account(one) for one in providers}
        self._house = House(listen, accounts, provision, now, self.counts)
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen; OSError when the address is taken."""
        listen = self._house.listen
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Guest(self._house).conversation,
            listen.host,
            listen.port,
            ssl=server_tls(listen.tls) if listen.tls else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self._report())]

    async def stop(self) -> None:
        """Answer what is being recorded, take our leave, and close."""
        if self._server is not None:
            self._server.close()
        for guest in list(self._house.guests):
            await guest.settle()
            guest.conversation.unbind()
        waiting = [
            asyncio.create_task(guest.conversation.gone.wait()) for guest in self._house.guests
        ]
        if waiting:
            await asyncio.wait(waiting, timeout=LEAVE_SECONDS)
        for task in (*waiting, *self._tasks):
            task.cancel()
        await asyncio.gather(*waiting, *self._tasks, return_exceptions=True)
        for guest in list(self._house.guests):
            guest.conversation.abort()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for guest in list(self._house.guests):
                guest.conversation.tick()

    async def _report(self) -> None:
        """Tell providers what became of their messages."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            for account in self._house.accounts.values():
                try:
                    await self._report_to(account)
                except Exception:
                    log.exception("smpp: ends of messages could not be looked up; tried again")

    async def _report_to(self, account: Account) -> None:
        guests = [one for one in self._house.guests if one.account is account and one.can_receive]
        if not guests or not account.awaited:
            return
        asked = account.next_awaited(FATES_AT_ONCE)
        for fate in await self._house.provision.fates(asked):
            if not guests[0].can_receive:
                return
            guests[0].report(fate)
