"""An external USSD entity of osmo-hlr: connects over GSUP, and answers what its phones dial."""

import asyncio
import contextlib
import logging
from typing import Final

import msgspec

from tenure.gateways.ussd import translate
from tenure.gateways.ussd.server.engine import Engine, Page
from tenure.gateways.ussd.session import link
from tenure.gateways.ussd.session.dialogues import Dialogues
from tenure.gateways.ussd.session.link import Link
from tenure.gateways.ussd.translate import Key
from tenure.gateways.ussd.wire import ipa
from tenure.gateways.ussd.wire.components import Error
from tenure.values.screens import NARROW_OCTETS

log = logging.getLogger(__name__)

READ_OCTETS: Final = 1 << 16
CONNECT_SECONDS_MAX: Final = 5.0
QUIET_SECONDS: Final = 15.0
"""So long without a word, and we ask who is there; as long again, and we connect anew."""
RECONNECT_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0)
UNDER_WAY_MAX: Final = 1_000
"""With more inputs under way, further ones are refused: the phone shows that, and dials again."""


class Registers(msgspec.Struct, frozen=True):
    """A register, and what it calls us: ``euse NAME`` in its configuration."""

    host: str
    port: int = 4222
    name: str = "tenure"
    octets: int = NARROW_OCTETS
    """What a screen may have: a register that reads longer components may be given OCTETS_MAX."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Euse:
    """One connection to one register; made again whenever it is lost."""

    def __init__(self, register: Registers, engine: Engine) -> None:
        self.register, self.engine = register, engine
        self.known = asyncio.Event()
        """Set while the register knows us."""
        self.lost = asyncio.Event()
        """Set while it does not."""
        self.lost.set()
        self._open: Dialogues[int] = Dialogues(engine.desk.menus.dialogue_ms)
        """What the phone called its own question, by dialogue: the last screen answers it."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Connect and answer, until cancelled."""
        tries = 0
        while True:
            try:
                await self._connected()
            except OSError as error:
                log.warning("the register at %s cannot be reached: %s", self.register, error)
            tries = 0 if self.known.is_set() else tries
            self.known.clear()
            self.lost.set()
            pause = RECONNECT_SECONDS[min(tries, len(RECONNECT_SECONDS) - 1)]
            tries += 1
            await asyncio.sleep(pause)

    async def _connected(self) -> None:
        """One connection, from its beginning to its end."""
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            reader, writer = await asyncio.open_connection(self.register.host, self.register.port)
        line = Link(f"EUSE-{self.register.name}")
        try:
            while True:
                try:
                    async with asyncio.timeout(QUIET_SECONDS):
                        data = await reader.read(READ_OCTETS)
                    outcomes = line.received(data) if data else [line.left()]
                except TimeoutError:
                    outcomes = line.quiet()
                for outcome in outcomes:
                    if isinstance(outcome, link.Ended):
                        log.warning("the register at %s: %s", self.register, outcome.why)
                        return
                    self._happened(outcome, writer)
        finally:
            # What is under way is done all the same; nobody is there to be told.
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _happened(self, outcome: link.Outcome, writer: asyncio.StreamWriter) -> None:
        match outcome:
            case link.Send(octets=octets):
                writer.write(octets)
            case link.Known():
                log.info("the register at %s knows us as %s", self.register, self.register.name)
                self.lost.clear()
                self.known.set()
            case link.Heard(octets=octets):
                self._heard(translate.asked(octets), writer)
            case link.Ended():
                raise AssertionError("an end is handled by who reads")

    def _heard(self, asked: translate.Asked, writer: asyncio.StreamWriter) -> None:
        match asked:
            case translate.Ignore(reason=reason):
                log.warning("a message of the register is passed over: %s", reason)
            case translate.Refuse(octets=octets):
                writer.write(ipa.gsup(octets))
            case translate.Leave(key=key):
                self.engine.leave(key)
                self._open.end(key)
            case translate.Dial(key=key) | translate.Say(key=key):
                if len(self._tasks) >= UNDER_WAY_MAX:
                    writer.write(
                        ipa.gsup(translate.refused(key, _asked_by(asked), Error.SYSTEM_FAILURE))
                    )
                    return
                task = asyncio.create_task(self._answer(asked, writer))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _answer(
        self, asked: translate.Dial | translate.Say, writer: asyncio.StreamWriter
    ) -> None:
        key = asked.key
        if isinstance(asked, translate.Dial):
            invoke_id: int | None = asked.invoke_id
            reference = f"gsup {key.session_id:08x}"
            octets = self.register.octets
            page = await self.engine.dial(key, key.imsi, asked.code, reference, octets)
            unheld = Error.UNKNOWN_SUBSCRIBER
        else:
            invoke_id = self._open.find(key, self.engine.now())
            page = await self.engine.answer(key, asked.text)
            unheld = Error.UNEXPECTED_DATA
        message = self._message(key, invoke_id, page, unheld)
        if not writer.is_closing():
            writer.write(ipa.gsup(message))

    def _message(self, key: Key, invoke_id: int | None, page: Page | None, unheld: Error) -> bytes:
        """The message of a screen; without one, or a question that it answers, a refusal."""
        if page is None or invoke_id is None:
            self._open.end(key)
            return translate.refused(key, invoke_id, unheld)
        if page.ends:
            self._open.end(key)
            return translate.last(key, invoke_id, page.text)
        self._open.keep(key, invoke_id, self.engine.now())
        return translate.asking(key, page.text)


def _asked_by(asked: translate.Dial | translate.Say) -> int | None:
    return asked.invoke_id if isinstance(asked, translate.Dial) else None
