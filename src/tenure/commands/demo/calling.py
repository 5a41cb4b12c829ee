"""The program of the demo's network elements: a process of its own that calls, texts and browses.

It reaches Tenure over Diameter only, as any network element would.  ``tenure up --demo`` starts it
with its orders as one argument; it ends by itself when the gateway has gone.
"""

import asyncio
import contextlib
import heapq
import itertools
import logging
import os
import random
import signal
import sys
import time
from typing import Final

import msgspec
import uvloop

from tenure.commands.demo.client import Client
from tenure.commands.demo.habits import PAUSE_SECONDS, Activity, Habits, Session
from tenure.commands.demo.population import SEED, population
from tenure.commands.demo.requests import INITIAL, TERMINATE, Part, Request, encoded, reply_of
from tenure.gateways.diameter.wire.message import CREDIT_CONTROL, Command, Message
from tenure.terms import pack

HOST: Final = "ctf.example.net"
REALM: Final = "example.net"
TICK_SECONDS: Final = 0.02
UNDER_WAY_MAX: Final = 300
"""With so many requests unanswered the demo waits: it is there to show, not to overload."""
OPEN_SECONDS: Final = 8
"""As many sessions are open at the same time as requests are sent in so many seconds."""
GOODBYE_SECONDS_MAX: Final = 3.0

log = logging.getLogger(__name__)


class Orders(msgspec.Struct, frozen=True):
    """What the demo is told to do."""

    operator: str
    people: int
    per_second: int
    host: str
    port: int


class Open:
    """A session that is open, and the request it sends next."""

    def __init__(self, session_id: str, activity: Activity, request: Request) -> None:
        """``request`` is sent when its time has come."""
        self.session_id, self.activity, self.request = session_id, activity, request
        self.turn = 0
        """Counts up with each time a request is planned, so that an older plan is passed over."""

    def ending(self) -> Request:
        """The planned request, made the last one."""
        parts = tuple(Part(part.rating_group, None, part.used) for part in self.request.parts)
        return msgspec.structs.replace(self.request, kind=TERMINATE, parts=parts)


class Calling:
    """Keeps the network busy at a steady pace."""

    def __init__(self, orders: Orders, habits: Habits, chance: random.Random) -> None:
        """Nothing is sent before ``run``."""
        self._orders, self._chance = orders, chance
        self._activities = habits.activities()
        self._client = Client(HOST, REALM, self._stale)
        self._planned: list[tuple[float, int, int, Open]] = []
        self._open: dict[str, Open] = {}
        self._order = itertools.count()
        self._numbers = itertools.count(1)
        # RFC 6733 section 8.8: the high half grows with every start.
        self._prefix = f"{HOST};{int(time.time())};"
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Until told to stop, or the gateway is gone."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self._client, self._orders.host, self._orders.port)
        await self._client.open()
        may_send = 0.0
        while not self.stopping.is_set() and not self._client.lost.is_set():
            may_send = min(may_send + self._orders.per_second * TICK_SECONDS, UNDER_WAY_MAX)
            while may_send >= 1 and self._client.waiting < UNDER_WAY_MAX:
                self._step(loop.time())
                may_send -= 1
            await asyncio.sleep(TICK_SECONDS)
        await self._end()

    def _step(self, now: float) -> None:
        """Send what is planned for now, or else begin something."""
        while self._planned and self._planned[0][0] <= now:
            _, _, turn, one = heapq.heappop(self._planned)
            if turn == one.turn:
                self._send(one)
                return
        if len(self._open) < OPEN_SECONDS * self._orders.per_second:
            activity = next(self._activities)
            one = Open(f"{self._prefix}{next(self._numbers)};demo", activity, activity.first())
            if isinstance(activity, Session) or one.request.kind == INITIAL:
                self._open[one.session_id] = one
            self._send(one)

    def _send(self, one: Open) -> None:
        def replied(answer: Message) -> None:
            self._replied(one, answer)

        said = encoded(one.request, one.session_id, HOST, REALM)
        self._client.send(Command.CREDIT_CONTROL, CREDIT_CONTROL, said, replied)

    def _replied(self, one: Open, answer: Message) -> None:
        request = one.activity.then(reply_of(answer))
        if request is None:
            self._open.pop(one.session_id, None)
            return
        one.request = request
        self._plan(one, self._chance.uniform(*PAUSE_SECONDS))

    def _plan(self, one: Open, seconds: float) -> None:
        one.turn += 1
        due = asyncio.get_running_loop().time() + seconds
        heapq.heappush(self._planned, (due, next(self._order), one.turn, one))

    def _stale(self, session_id: str, ends: bool) -> None:
        one = self._open.get(session_id)
        if one is None or one.turn == 0:
            return
        if ends:
            one.request = one.ending()
            one.activity = _Over()
        self._plan(one, 0)

    async def _end(self) -> None:
        """End every open session, so that nothing stays held, and say good-bye."""
        for one in list(self._open.values()):
            if one.turn:
                one.request, one.activity = one.ending(), _Over()
                self._send(one)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS_MAX):
                await self._client.quiet()
        await self._client.close()


class _Over:
    """An activity after which nothing comes."""

    def first(self) -> Request:
        """Never asked for."""
        raise AssertionError

    def then(self, reply: object) -> None:
        """Nothing more."""
        del reply


async def call(orders: Orders) -> None:
    """Be the network elements of the demo until told to stop."""
    chosen = pack.load(orders.operator)
    chance = random.Random(f"{SEED}/calling/{os.getpid()}")
    people = list(population(chosen, orders.people))
    calling = Calling(orders, Habits(chosen, people, chance), chance)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, calling.stopping.set)
    await calling.run()


def main() -> None:
    """Read the orders and follow them; 1 when the gateway cannot be reached."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    orders = msgspec.json.decode(sys.argv[1], type=Orders)
    try:
        uvloop.run(call(orders))
    except (OSError, TimeoutError) as error:
        log.error("the demo cannot reach the gateway: %s", error)  # noqa: TRY400
        sys.exit(1)


if __name__ == "__main__":
    main()
