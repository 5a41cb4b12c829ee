"""A network element that says just what a test wants, and waits for what should happen."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from typing import Any

import msgspec

from tenure.gateways.diameter.server.listener import Endpoint, Server, Settings
from tenure.gateways.diameter.wire.avp import avp
from tenure.values.instant import Instant
from tests.gateways.diameter.given import NODE, PGW, SPEAKER, TERMS, cer, mscc, read, rsu, tree

QUOTA = mscc(rsu(CC_Total_Octets=1_000), rating_group=1)


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.at = Instant(1_000_000)

    def __call__(self) -> Instant:
        return self.at


class Element:
    """A network element that says just what a test wants."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def heard(self) -> bytes:
        head = await self.reader.readexactly(4)
        return head + await self.reader.readexactly(int.from_bytes(head[1:]) - 4)

    async def ask(self, raw: bytes) -> dict[str, Any]:
        self.writer.write(raw)
        return tree(read(await self.heard()).avps)

    async def closed(self) -> bool:
        """Whether the server has closed the connection, nothing more having been said."""
        return await self.reader.read() == b""

    async def leave(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await self.writer.wait_closed()


async def met(server: Server, host: str = PGW, tls: ssl.SSLContext | None = None) -> Element:
    """An element that has introduced itself."""
    element = Element(*await asyncio.open_connection("127.0.0.1", server.ports[0], ssl=tls))
    try:
        told = await element.ask(cer(avp("Supported-Vendor-Id", 10415), host=host))
    except BaseException:
        await element.leave()
        raise
    assert told["Result-Code"] == 2001
    return element


def settings(**changes: Any) -> Settings:
    plain = Settings((Endpoint("127.0.0.1", 0),), NODE, TERMS, SPEAKER)
    return msgspec.structs.replace(plain, **changes)


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that happens at the other end of a socket."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is tested should not know of its test
            await asyncio.sleep(0.002)


async def until(server: Server, connections: int) -> None:
    await eventually(lambda: server.metrics.connections == connections)
