"""A Diameter client as light as can be: one connection, many requests under way."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, cast

from tenure.gateways.diameter.wire.avp import avp
from tenure.gateways.diameter.wire.message import (
    BASE,
    CREDIT_CONTROL,
    HEADER_OCTETS,
    Command,
    Header,
    Message,
    decoded,
    header_of,
    message,
    request,
)

log = logging.getLogger(__name__)

SUCCESS: Final = 2001
ANSWER_SECONDS_MAX: Final = 10.0
PROXIABLE: Final = 0x40
_SESSION_ID: Final = 263
_IPV4: Final = b"\x00\x01\x7f\x00\x00\x01"


class Client(asyncio.Protocol):
    """One peer's connection to the gateway.  ``lost`` is set when it has ended."""

    def __init__(self, host: str, realm: str, stale: Callable[[str, bool], None]) -> None:
        """``stale`` is told the session that is to report now, or (True) to end."""
        self.host, self.realm, self._stale = host, realm, stale
        self.lost = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._waiting: dict[int, Callable[[Message], None]] = {}
        self._all_answered = asyncio.Event()
        self._next = 1

    @property
    def waiting(self) -> int:
        """Requests without an answer yet."""
        return len(self._waiting)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: connected."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Asyncio: disconnected."""
        del exc
        self.lost.set()
        self._all_answered.set()

    def data_received(self, data: bytes) -> None:
        """Asyncio: bytes came; every whole message in them is taken."""
        self._buffer += data
        while len(self._buffer) >= HEADER_OCTETS:
            size = header_of(bytes(self._buffer[:HEADER_OCTETS])).size
            if len(self._buffer) < size:
                return
            found = decoded(bytes(self._buffer[:size]))
            del self._buffer[:size]
            if isinstance(found, Message):
                self._take(found)

    async def open(self) -> None:
        """Exchange capabilities; ConnectionError when the gateway does not admit us."""
        said = (
            self._identity()
            + avp("Host-IP-Address", _IPV4)
            + avp("Vendor-Id", 0)
            + avp("Product-Name", "Tenure demo")
            + avp("Auth-Application-Id", CREDIT_CONTROL)
        )
        answered: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.send(Command.CAPABILITIES_EXCHANGE, BASE, said, answered.set_result)
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            answer = await answered
        result = answer.first(268)
        if result is None or int.from_bytes(result.data) != SUCCESS:
            raise ConnectionError("the gateway does not admit the demo's network elements")

    def send(
        self, command: Command, application: int, said: bytes, reply: Callable[[Message], None]
    ) -> None:
        """Send a request; ``reply`` is called with its answer, if one comes."""
        number, self._next = self._next, self._next % 0xFFFF_FFFF + 1
        self._waiting[number] = reply
        self._write(request(command, application, (number, number), said))

    async def quiet(self) -> None:
        """Wait until every request has its answer, or the connection is gone."""
        self._all_answered.clear()
        if self._waiting and not self.lost.is_set():
            await self._all_answered.wait()

    async def close(self) -> None:
        """Say good-bye (RFC 6733 section 5.4) and hang up."""
        if self.lost.is_set() or self._transport is None:
            return
        gone = asyncio.Event()
        said = self._identity() + avp("Disconnect-Cause", 0)
        self.send(Command.DISCONNECT_PEER, BASE, said, lambda _: gone.set())
        try:
            async with asyncio.timeout(1):
                await gone.wait()
        except TimeoutError:
            log.info("the gateway did not say good-bye")
        self._transport.close()

    def _identity(self) -> bytes:
        return avp("Origin-Host", self.host) + avp("Origin-Realm", self.realm)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self.lost.is_set():
            self._transport.write(data)

    def _take(self, found: Message) -> None:
        if found.header.request:
            self._asked(found)
            return
        reply = self._waiting.pop(found.header.hop_by_hop, None)
        if reply is not None:
            reply(found)
        if not self._waiting:
            self._all_answered.set()

    def _asked(self, found: Message) -> None:
        """The gateway asks: watchdog, good-bye, report now, end now.  Each is agreed to."""
        session = found.first(_SESSION_ID)
        said = self._identity() + avp("Result-Code", SUCCESS)
        if session is not None:
            said = avp("Session-Id", session.data) + said
        header = Header(
            1,
            0,
            found.header.flags & PROXIABLE,
            found.header.command,
            found.header.application,
            found.header.hop_by_hop,
            found.header.end_to_end,
        )
        self._write(message(header, said))
        match found.header.command:
            case Command.RE_AUTH | Command.ABORT_SESSION if session is not None:
                ends = found.header.command == Command.ABORT_SESSION
                self._stale(session.data.decode(), ends)
            case Command.DISCONNECT_PEER if self._transport is not None:
                self._transport.close()
