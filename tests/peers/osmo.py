"""A real osmo-hlr on a loopback address of its own, and a visited network that listens to it."""

import asyncio
import contextlib
import itertools
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tenure.gateways.hlr.server.register import Endpoint
from tenure.values.ipa import Frame, Frames, framed

CONTROL_PORT, TERMINAL_PORT, GSUP_PORT = 4259, 4258, 4222
"""osmo-hlr 1.5.0 takes an address for each interface, but no port; so each has its own address."""
SECONDS_MAX: Final = 20
CONFIGURATION: Final = """\
log stderr
 logging filter all 1
 logging color 0
 logging level main notice
line vty
 bind {host}
ctrl
 bind {host}
hlr
 gsup
  bind ip {host}
  ipa-name HLR-TEST
"""

_places = itertools.count(1)


def free_host() -> str:
    """An address of this machine where nobody listens on these ports: 127.0.0.0/8 is all ours."""
    while True:
        place = os.getpid() * 251 + next(_places)
        host = f"127.{1 + place // 62_500 % 250}.{place // 250 % 250}.{1 + place % 250}"
        with contextlib.suppress(OSError):
            for port in (CONTROL_PORT, TERMINAL_PORT, GSUP_PORT):
                with socket.socket() as probe:
                    probe.bind((host, port))
            return host


class Osmo:
    """A running osmo-hlr, which can be killed and started again on its database."""

    def __init__(self, folder: Path, host: str, more: str = "") -> None:
        """``more`` stands at the end of its configuration, below ``hlr``."""
        self.folder, self.host = folder, host
        self.endpoint = Endpoint(host, CONTROL_PORT, TERMINAL_PORT)
        self.process: asyncio.subprocess.Process | None = None
        (folder / "hlr.cfg").write_text(CONFIGURATION.format(host=host) + more)

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        log = (self.folder / "hlr.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            "osmo-hlr", "-c", "hlr.cfg", "-l", "hlr.db", cwd=self.folder, stdout=log, stderr=log
        )
        log.close()
        async with asyncio.timeout(SECONDS_MAX):
            for port in (CONTROL_PORT, TERMINAL_PORT, GSUP_PORT):
                while not await self._listens(port):
                    assert self.process.returncode is None, self.log
                    await asyncio.sleep(0.01)

    async def kill(self) -> None:
        """Kill it, as a failing machine would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def _listens(self, port: int) -> bool:
        try:
            _, writer = await asyncio.open_connection(self.host, port)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    @property
    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "hlr.log").read_text()


@asynccontextmanager
async def osmo_hlr(folder: Path, more: str = "") -> AsyncIterator[Osmo]:
    """An osmo-hlr in a folder, killed at the end; ``more`` is for its configuration."""
    found = Osmo(folder, free_host(), more)
    await found.start()
    try:
        yield found
    finally:
        await found.kill()


# GSUP, as in osmo-hlr's manual: a type, then fields of tag, length and value.
IPA_CCM, OSMO, GSUP = 0xFE, 0xEE, 0x05
PING, PONG, ID_GET, ID_RESP, ID_ACK = 0x00, 0x01, 0x04, 0x05, 0x06
UPDATE_LOCATION, UPDATE_LOCATION_ERROR, UPDATE_LOCATION_RESULT = 0x04, 0x05, 0x06
SEND_AUTH, SEND_AUTH_ERROR, SEND_AUTH_RESULT = 0x08, 0x09, 0x0A
INSERT_DATA, INSERT_DATA_RESULT = 0x10, 0x12
DELETE_DATA, DELETE_DATA_RESULT = 0x14, 0x16
CANCEL_LOCATION, CANCEL_LOCATION_RESULT = 0x1C, 0x1E
IMSI_TAG, CAUSE_TAG, MSISDN_TAG, DOMAIN_TAG = 0x01, 0x02, 0x08, 0x28
CIRCUIT_SWITCHED: Final = b"\x02"
UNKNOWN_IN_HLR, PLMN_NOT_ALLOWED = 0x02, 0x0B
RESULTS: Final = {
    INSERT_DATA: INSERT_DATA_RESULT,
    DELETE_DATA: DELETE_DATA_RESULT,
    CANCEL_LOCATION: CANCEL_LOCATION_RESULT,
}
ID_TAGS: Final = (0x08, 0x07, 0x02, 0x03, 0x04, 0x05, 0x01, 0x00)


class Heard:
    """One message of the register."""

    def __init__(self, message: bytes) -> None:
        self.type = message[0]
        self.fields: dict[int, bytes] = {}
        at = 1
        while at + 2 <= len(message):
            end = at + 2 + message[at + 1]
            self.fields[message[at]] = message[at + 2 : end]
            at = end

    @property
    def msisdn(self) -> str:
        """The number that it tells of: a type octet, then digits in swapped nibbles."""
        return digits(self.fields[MSISDN_TAG][1:])

    @property
    def imsi(self) -> str:
        """The SIM that it tells of."""
        return digits(self.fields[IMSI_TAG])

    @property
    def cause(self) -> int:
        """Why something is refused (TS 24.008 table 10.5.95)."""
        return self.fields[CAUSE_TAG][0]


def swapped(text: str) -> bytes:
    """Digits as swapped nibbles, filled with F."""
    even = text + "f" * (len(text) % 2)
    return bytes(int(even[at + 1] + even[at], 16) for at in range(0, len(even), 2))


def digits(octets: bytes) -> str:
    """The digits of swapped nibbles."""
    return "".join(f"{octet & 15:x}{octet >> 4:x}" for octet in octets).rstrip("f")


def field(tag: int, value: bytes) -> bytes:
    """One field."""
    return bytes([tag, len(value)]) + value


class Visited:
    """A visited network: it attaches SIMs, and hears what the register says about them."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.heard: asyncio.Queue[Heard] = asyncio.Queue()
        self.known = asyncio.Event()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator["Visited"]:
        """Connect, introduce ourselves, and listen until the end."""
        self.reader, self.writer = await asyncio.open_connection(self.host, GSUP_PORT)
        listening = asyncio.create_task(self._listen())
        try:
            async with asyncio.timeout(SECONDS_MAX):
                await self.known.wait()
            yield self
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self.writer.close()
            with contextlib.suppress(OSError):
                await self.writer.wait_closed()

    async def attach(self, imsi: str) -> Heard:
        """Update Location for calls; the register's verdict.  What it says before stays heard."""
        return await self._asked(UPDATE_LOCATION, imsi, UPDATE_LOCATION_RESULT)

    async def vectors(self, imsi: str) -> Heard:
        """Ask for authentication vectors; the register's verdict."""
        return await self._asked(SEND_AUTH, imsi, SEND_AUTH_RESULT)

    async def next(self, kind: int) -> Heard:
        """The next message of a kind; others before it are passed over."""
        async with asyncio.timeout(SECONDS_MAX):
            while (found := await self.heard.get()).type != kind:
                pass
        return found

    async def _asked(self, kind: int, imsi: str, result: int) -> Heard:
        message = bytes([kind]) + field(IMSI_TAG, swapped(imsi))
        self._say(message + field(DOMAIN_TAG, CIRCUIT_SWITCHED))
        async with asyncio.timeout(SECONDS_MAX):
            while (found := await self.heard.get()).type not in (result, result - 1):
                if found.type == INSERT_DATA:
                    self.inserted = found
        return found

    async def _listen(self) -> None:
        frames = Frames()
        while data := await self.reader.read(4096):
            for frame in frames.feed(data):
                self._frame(frame)

    def _frame(self, frame: Frame) -> None:
        if frame.protocol == OSMO and frame.payload[:1] == bytes([GSUP]):
            heard = Heard(frame.payload[1:])
            if heard.type in RESULTS:
                self._say(bytes([RESULTS[heard.type]]) + field(IMSI_TAG, swapped(heard.imsi)))
            self.heard.put_nowait(heard)
        elif frame.protocol == IPA_CCM and frame.payload[0] == ID_GET:
            name = b"MSC-01-00-00-00-00-00\0"
            parts = [(len(name) + 1).to_bytes(2) + bytes([tag]) + name for tag in ID_TAGS]
            self.writer.write(framed(IPA_CCM, bytes([ID_RESP]) + b"".join(parts)))
            self.known.set()
        elif frame.protocol == IPA_CCM and frame.payload[0] == PING:
            self.writer.write(framed(IPA_CCM, bytes([PONG])))

    def _say(self, message: bytes) -> None:
        self.writer.write(framed(OSMO, bytes([GSUP]) + message))
