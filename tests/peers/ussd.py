"""A register that routes USSD, our entity of it, and an emulated phone network that dials."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from tenure.gateways.ussd.server import Engine, Euse, Registers
from tenure.gateways.ussd.wire import components, gsup, ipa, strings
from tenure.gateways.ussd.wire.components import Operation
from tenure.gateways.ussd.wire.gsup import Kind, Message, State
from tenure.gateways.ussd.wire.ipa import Control
from tenure.values.ipa import Frames
from tenure.values.msisdn import Imsi
from tests.peers.osmo import GSUP_PORT, SECONDS_MAX

NAME: Final = "tenure"
DEMO: Final = "foobar-00-00-00-00-00-00"
"""What osmo-euse-demo calls itself."""
ROUTES: Final = f"""\
 euse {NAME}
 ussd route prefix *888# external {NAME}
 ussd default-route external {NAME}
 ncss-guard-timeout 180
 euse {DEMO}
 ussd route prefix *101# external {DEMO}
"""


class Screen(msgspec.Struct, frozen=True):
    """What the phone shows."""

    text: str
    ends: bool
    failed: bool = False
    """Nothing is shown but that it failed."""
    dcs: int = 0


class Phones:
    """A mobile switching centre with phones."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._known = asyncio.Event()
        self._screens: dict[int, asyncio.Queue[Message]] = {}
        self._sessions = itertools.count(1)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["Phones"]:
        """Connect as a switching centre, and listen until the end."""
        self._reader, self._writer = await asyncio.open_connection(self.host, GSUP_PORT)
        listening = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(SECONDS_MAX):
                await self._known.wait()
            yield self
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def dial(self, imsi: Imsi, code: str) -> "tuple[int, Screen]":
        """Dial a code in a new dialogue."""
        session = next(self._sessions)
        self._screens[session] = asyncio.Queue()
        info = components.invoke(1, Operation.PROCESS_REQUEST, strings.encoded(code))
        self._say(Message(Kind.REQUEST, imsi, session, State.BEGIN, info))
        return session, await self._screen(session)

    async def answer(self, imsi: Imsi, session: int, said: str) -> Screen:
        """Answer the screen that asks."""
        info = components.result(1, Operation.REQUEST, strings.encoded(said))
        self._say(Message(Kind.REQUEST, imsi, session, State.CONTINUE, info))
        return await self._screen(session)

    async def leave(self, imsi: Imsi, session: int) -> None:
        """Hang up."""
        rejected = bytes.fromhex("a406 020101 820100")
        self._say(Message(Kind.REQUEST, imsi, session, State.END, rejected))

    async def walk(self, imsi: Imsi, code: str, *said: str) -> list[Screen]:
        """Dial, and answer each screen in turn."""
        session, screen = await self.dial(imsi, code)
        screens = [screen]
        for one in said:
            assert not screens[-1].ends, screens
            screens.append(await self.answer(imsi, session, one))
        return screens

    async def _screen(self, session: int) -> Screen:
        async with asyncio.timeout(SECONDS_MAX):
            message = await self._screens[session].get()
        ends = message.state is State.END
        component = components.decoded(message.info)
        if message.kind is Kind.ERROR or isinstance(component, components.Failed):
            return Screen("", ends, failed=True)
        assert isinstance(component, components.Invoke | components.Result), component
        assert component.string is not None
        wanted = Operation.PROCESS_REQUEST if ends else Operation.REQUEST
        assert component.operation == wanted
        text = strings.decoded(component.string)
        assert text is not None
        return Screen(text, ends, failed=False, dcs=component.string.dcs)

    async def _listen(self) -> None:
        frames = Frames()
        while data := await self._reader.read(4096):
            for frame in frames.feed(data):
                octets = ipa.gsup_of(frame)
                control = ipa.control_of(frame)
                if octets is not None:
                    message = gsup.decoded(octets)
                    assert isinstance(message, Message)
                    self._screens[message.session_id].put_nowait(message)
                elif control is Control.ID_GET:
                    self._writer.write(ipa.identity("MSC-01-00-00-00-00-00"))
                    self._known.set()
                elif control is Control.PING:
                    self._writer.write(ipa.control(Control.PONG))

    def _say(self, message: Message) -> None:
        self._writer.write(ipa.gsup(gsup.encoded(message)))


@asynccontextmanager
async def entity(engine: Engine, host: str) -> AsyncIterator[Euse]:
    """Our USSD entity, known to a register."""
    euse = Euse(Registers(host, GSUP_PORT, NAME), engine)
    running = asyncio.create_task(euse.run())
    try:
        async with asyncio.timeout(SECONDS_MAX):
            await euse.known.wait()
        yield euse
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
