"""A phone behind an MME (SGsAP, TS 29.118): it attaches, sends a text, and reads what comes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

from tenure.values.gsm7 import packed, septets, text_of, unpacked
from tests.peers.osmo import SECONDS_MAX, digits, swapped

SGS_PORT: Final = 29118
GAP_SECONDS: Final = 0.03
NAME: Final = b"".join(
    bytes([len(word)]) + word.encode()
    for word in ("mmec01", "mmegi0001", "mme", "epc", "mnc001", "mcc456", "3gppnetwork", "org")
)
AREA: Final = bytes.fromhex("54f6100001")
"""Network 456-01, area 1."""

# TS 29.118 section 9.2: types of messages.
PAGING, SERVICE, DOWNLINK, UPLINK = 0x01, 0x06, 0x07, 0x08
UPDATE, ACCEPTED, REJECTED, REALLOCATED = 0x09, 0x0A, 0x0B, 0x0C
RESET, RESET_DONE = 0x15, 0x16
TYPES: Final = frozenset(
    {PAGING, DOWNLINK, ACCEPTED, REJECTED, 0x0D, RESET, RESET_DONE, 0x1B, 0x1D}
)
# Section 9.4: elements.
IMSI, MME_NAME, AREA_ID, UPDATE_TYPE, IDENTITY = 0x01, 0x09, 0x04, 0x0A, 0x0E
NAS, INDICATOR, MODE = 0x16, 0x20, 0x25
# TS 24.011 sections 8.1 and 8.2.
SMS_PROTOCOL, TI_OURS = 0x09, 0x80
CP_DATA, CP_ACK = 0x01, 0x04
RP_DATA_UP, RP_DATA_DOWN, RP_ACK_UP, RP_ACK_DOWN, RP_ERROR_DOWN = 0x00, 0x01, 0x02, 0x03, 0x05
UDHI: Final = 0x40
GSM7, UCS2 = 0x00, 0x08


def element(tag: int, value: bytes) -> bytes:
    """One information element."""
    return bytes([tag, len(value)]) + value


def identity(imsi: str) -> bytes:
    """An IMSI as a mobile identity (TS 24.008 section 10.5.1.4)."""
    odd = len(imsi) % 2
    return bytes([int(imsi[0]) << 4 | odd << 3 | 1]) + swapped(imsi[1:])


class Text:
    """An SMS-DELIVER as the phone got it (TS 23.040 section 9.2.2.1)."""

    def __init__(self, tpdu: bytes) -> None:
        size = (tpdu[1] + 1) // 2
        self.sender = digits(tpdu[3 : 3 + size])
        at = 3 + size
        self.coding = tpdu[at + 1]
        count, octets = tpdu[at + 9], tpdu[at + 10 :]
        head = 1 + octets[0] if tpdu[0] & UDHI else 0
        self.header = octets[:head]
        if self.coding == UCS2:
            self.text = octets[head:].decode("utf-16-be")
        else:
            skipped = -(-head * 8 // 7)
            self.text = text_of(unpacked(octets, count)[skipped:])


class Phone:
    """A phone and its MME."""

    def __init__(
        self, imsi: str, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        self._reader, self._writer = streams
        self._imsi = element(IMSI, identity(imsi))
        self._out: asyncio.Queue[bytes] = asyncio.Queue()
        self.texts: list[Text] = []
        self.results: list[int] = []
        """What the network said to texts of the phone: RP-ACK or RP-ERROR."""
        self.attached = asyncio.Event()
        self.answers = True
        """Whether it acknowledges what it gets."""

    async def listen(self) -> None:
        """Act on what the network says, until it says nothing more."""
        while data := await self._reader.read(65_536):
            for message in self._messages(data):
                self._heard(message)

    async def speak(self) -> None:
        """Say what there is to say, one message at a time: joined ones would be read as one."""
        while True:
            self._writer.write(await self._out.get())
            await asyncio.sleep(GAP_SECONDS)

    def has_results(self, count: int) -> bool:
        """Whether the network has said something to so many texts of the phone."""
        return len(self.results) == count

    def attach(self) -> None:
        """Ask to be served for texts."""
        wanted = element(UPDATE_TYPE, b"\1") + element(AREA_ID, AREA)
        self._say(UPDATE, self._imsi + element(MME_NAME, NAME) + wanted)

    def send(self, text: str, to: str, centre: str = "85512000000") -> None:
        """Send a text."""
        codes = septets(text)
        coding, octets, count = GSM7, packed(codes or b""), len(codes or b"")
        if codes is None:
            coding, octets = UCS2, text.encode("utf-16-be")
            count = len(octets)
        called = bytes([len(to), 0x81]) + swapped(to)
        tpdu = b"\x01\x01" + called + bytes([0, coding, count]) + octets
        address = b"\x91" + swapped(centre)
        rp = bytes([RP_DATA_UP, 7, 0, len(address)]) + address + bytes([len(tpdu)]) + tpdu
        self._nas(bytes([SMS_PROTOCOL, CP_DATA, len(rp)]) + rp)

    def _messages(self, data: bytes) -> Iterator[bytes]:
        """Messages that TCP has joined: one begins with its type and an IMSI, or stands first."""
        begin, at = 0, 1
        while at + 1 < len(data):
            if data[at] in TYPES and data[at + 1 : at + 3] == b"\x01\x08" and at > begin + 1:
                yield data[begin:at]
                begin, at = at, at + 1
                continue
            at += 2 + data[at + 1]
        yield data[begin:]

    def _heard(self, message: bytes) -> None:
        found: dict[int, bytes] = {}
        at = 1
        while at + 1 < len(message):
            end = at + 2 + message[at + 1]
            found[message[at]] = message[at + 2 : end]
            at = end
        match message[0]:
            case 0x15:  # RESET
                self._say(RESET_DONE, element(MME_NAME, NAME))
            case 0x0A:  # ACCEPTED
                if IDENTITY in found:
                    self._say(REALLOCATED, self._imsi)
                self.attached.set()
            case 0x01:  # PAGING
                service = element(INDICATOR, found.get(INDICATOR, b"\2")) + element(MODE, b"\0")
                self._say(SERVICE, self._imsi + service)
            case 0x07:  # DOWNLINK
                self._sms(found[NAS])
            case _:
                pass

    def _sms(self, nas: bytes) -> None:
        transaction = nas[0] ^ TI_OURS
        if nas[1] != CP_DATA:
            return
        self._nas(bytes([transaction, CP_ACK]))
        rp = nas[3 : 3 + nas[2]]
        if rp[0] in (RP_ACK_DOWN, RP_ERROR_DOWN):
            self.results.append(rp[0])
        elif rp[0] == RP_DATA_DOWN:
            at = 3 + rp[2]
            at += 1 + rp[at]
            self.texts.append(Text(rp[at + 1 : at + 1 + rp[at]]))
            if self.answers:
                self._nas(bytes([transaction, CP_DATA, 2, RP_ACK_UP, rp[1]]))

    def _nas(self, octets: bytes) -> None:
        self._say(UPLINK, self._imsi + element(NAS, octets))

    def _say(self, kind: int, elements: bytes) -> None:
        self._out.put_nowait(bytes([kind]) + elements)


@asynccontextmanager
async def phone(host: str, imsi: str) -> AsyncIterator[Phone]:
    """An attached phone until the end of the block."""
    streams = await asyncio.open_connection(host, SGS_PORT)
    found = Phone(imsi, streams)
    working = [asyncio.create_task(work) for work in (found.listen(), found.speak())]
    try:
        await asyncio.sleep(0.3)  # the network first says that it has begun anew
        found.attach()
        async with asyncio.timeout(SECONDS_MAX):
            await found.attached.wait()
        yield found
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        streams[1].close()
        with contextlib.suppress(OSError):
            await streams[1].wait_closed()
