"""A light HTTP/2 consumer of charging: whole sessions over loopback, measured from its own side.

Frames are put together from prepared bytes, and answers are looked at no further than needed, so
that the client costs little of the machine it shares with the server.  The server may keep no
header table (RFC 7541 section 4.2), so that each block of headers stands by itself:

    python -m bench.nchf_client --port 8090 --first 456060000000000 --count 1000000
"""

import argparse
import json
import socket
import sys
import time
from array import array
from collections import Counter, deque
from typing import Any, Final

import hpack

from bench import gy_client
from bench.gy_client import STEPS, STRIDE

API: Final = b"/nchf-convergedcharging/v3/chargingdata"
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, CONTINUATION = 0, 1, 3, 4, 6, 7, 9
ACKNOWLEDGED = END_STREAM = 1
END_HEADERS: Final = 4
STATUS: Final = {0x88: 200, 0x89: 204, 0x8C: 400, 0x8D: 404, 0x8E: 500}
"""The status codes of the static table."""
IMSI, SESSION = b"I" * 15, b"N" * 12


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """One frame (RFC 9113 section 4.1)."""
    return b"%b%c%c%b%b" % (len(payload).to_bytes(3), kind, flags, stream.to_bytes(4), payload)


def text(value: bytes) -> bytes:
    """A string of HPACK, as it is."""
    size = len(value)
    if size < 127:
        return b"%c%b" % (size, value)
    rest = size - 127
    more = b""
    while rest >= 128:
        more += b"%c" % (rest & 127 | 128)
        rest >>= 7
    return b"\x7f%b%c%b" % (more, rest, value)


class Template:
    """One kind of request around what differs: the path, the subscriber, the session."""

    def __init__(self, step: int, groups: int, options: argparse.Namespace) -> None:
        usages = [self._usage(step, options.rating_groups[n], options) for n in range(groups)]
        body = json.dumps({
            "subscriberIdentifier": f"imsi-{IMSI.decode()}",
            "nfConsumerIdentification": {
                "nodeFunctionality": "SMF", "nFName": "7b4a1a36-0f5a-4f0e-8d3c-3a9c5b8d2e11"},
            "invocationTimeStamp": "2026-11-22T01:02:03.123456Z",
            "invocationSequenceNumber": step,
            "notifyUri": f"http://127.0.0.1:9/nsmf-callback/notify_{SESSION.decode()}",
            "pDUSessionChargingInformation": {
                "chargingId": 1,
                "pduSessionInformation": {
                    "pduSessionID": 1, "dnnId": "internet", "ratType": "NR",
                    "servingCNPlmnId": {"mcc": options.plmn[:3], "mnc": options.plmn[3:]}}},
            "multipleUnitUsage": usages,
        }, separators=(",", ":")).encode()  # fmt: skip
        self.before, rest = body.split(IMSI)
        self.middle, self.after = rest.split(SESSION)
        authority = f"{options.address}:{options.port}".encode()
        self.head = b"\x83\x86\x01" + text(authority) + b"\x04"
        self.tail = b"\x0f\x10" + text(b"application/json")
        self.tail += b"\x0f\x0d" + text(b"%d" % len(body))
        self.data_head = frame(DATA, END_STREAM, 0, body)[:5]
        self.end = {0: b"", len(STEPS) - 1: b"/release"}.get(step, b"/update")
        self.results = groups if step < len(STEPS) - 1 else 0
        self.status = {0: 201, len(STEPS) - 1: 204}.get(step, 200)

    @staticmethod
    def _usage(step: int, rating_group: int, options: argparse.Namespace) -> dict[str, Any]:
        usage: dict[str, Any] = {"ratingGroup": rating_group}
        if step < len(STEPS) - 1:
            usage["requestedUnit"] = {"totalVolume": options.octets}
        if step:
            usage["usedUnitContainer"] = [
                {"localSequenceNumber": step, "totalVolume": options.used}
            ]
        return usage


class Slot:
    """One session at a time, then the next."""

    __slots__ = ("groups", "link", "name", "path", "since_ns", "status", "step", "subscriber")

    def __init__(self, link: "Link") -> None:
        self.link = link
        self.step = len(STEPS)
        self.groups = 1
        self.name = self.subscriber = self.path = b""
        self.since_ns = self.status = 0


class Link(gy_client.Link):
    """A connection whose preface is exchanged."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.socket = socket.create_connection((options.address, options.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.out: list[bytes] = []
        self.unsent = b""
        no_table = (1).to_bytes(2) + (0).to_bytes(4)
        window = ((1 << 31) - 1 - 65_535).to_bytes(4)
        hello = frame(SETTINGS, 0, 0, no_table) + frame(8, 0, 0, window)
        self.socket.sendall(PREFACE + hello)
        # The server opens its window first: 64 kB would not hold what leaves at once.
        self.rest = b""
        while b"\0\0\4\x08\0\0\0\0\0" not in self.rest:
            self.rest += self.socket.recv(65_536)
        self.socket.setblocking(False)  # noqa: FBT003
        self.next_stream = 1
        self.streams: dict[int, int] = {}
        self.decoder = hpack.Decoder()


class Client(gy_client.Client):
    """Keeps sessions going over its links, and measures."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.requests = [
            [Template(step, groups, options) for step in range(len(STEPS))] for groups in (1, 2)
        ]
        self.links: list[Any] = [Link(options) for _ in range(options.connections)]
        self.salt = time.time_ns() // 1_000_000 % 10_000
        self.begun = self.end_to_end = 0
        self.going = True
        self.measuring = False
        self.counted = 0
        self.errors: Counter[str] = Counter()
        self.latencies = {name: array("Q") for name in STEPS}
        self.ready: deque[int] = deque()
        self.slots: list[Any] = []

    def populate(self, number: int) -> None:
        """Make so many slots, spread over the links."""
        for index in range(number):
            self.slots.append(Slot(self.links[index % len(self.links)]))
            self.ready.append(index)

    def begin(self, slot: Any) -> None:
        """Give the slot its next session."""
        number = self.begun
        self.begun += 1
        options = self.options
        slot.name = b"%04d%08d" % (self.salt, number)
        slot.subscriber = b"%015d" % (options.first + number * STRIDE % options.count)
        slot.groups = 2 if number % 100 < options.two_groups else 1
        slot.path = API
        slot.step = 0

    def ask(self, index: int, since_ns: int) -> None:
        """Send the slot's next request, counted from ``since_ns``."""
        slot = self.slots[index]
        if slot.step == len(STEPS):
            self.begin(slot)
        request = self.requests[slot.groups - 1][slot.step]
        slot.since_ns = since_ns
        link = slot.link
        stream = link.next_stream
        link.next_stream = stream + 2
        link.streams[stream] = index
        block = request.head + text(slot.path + request.end) + request.tail
        link.out.append(frame(HEADERS, END_HEADERS, stream, block))
        link.out.append(b"".join((
            request.data_head, stream.to_bytes(4), request.before, slot.subscriber,
            request.middle, slot.name, request.after,
        )))  # fmt: skip

    def receive(self, link: Any) -> None:
        """Take what a link has, and note the slots that may ask again."""
        try:
            data = link.socket.recv(1 << 20)
        except BlockingIOError:
            return
        if not data:
            sys.exit("the server closed the connection")
        now_ns = time.perf_counter_ns()
        data = link.rest + data
        begin, size = 0, len(data)
        while size - begin >= 9:
            end = begin + 9 + int.from_bytes(data[begin : begin + 3])
            if end > size:
                break
            kind, flags = data[begin + 3], data[begin + 4]
            stream = int.from_bytes(data[begin + 5 : begin + 9])
            self.frame(link, kind, flags, stream, data[begin + 9 : end], now_ns)
            begin = end
        link.rest = data[begin:]

    def frame(
        self, link: Any, kind: int, flags: int, stream: int, payload: bytes, now_ns: int
    ) -> None:
        """One frame of the server."""
        if kind == HEADERS:
            self.headers(link, stream, payload)
            if flags & END_STREAM:
                self.ended(link, stream, b"", now_ns)
        elif kind == DATA and flags & END_STREAM:
            self.ended(link, stream, payload, now_ns)
        elif kind == SETTINGS and not flags & ACKNOWLEDGED:
            link.out.append(frame(SETTINGS, ACKNOWLEDGED, 0, b""))
        elif kind == PING and not flags & ACKNOWLEDGED:
            link.out.append(frame(PING, ACKNOWLEDGED, 0, payload))
        elif kind in {RESET, GOAWAY, CONTINUATION}:
            sys.exit(f"the server sent a frame of kind {kind}: {payload.hex()}")

    def headers(self, link: Any, stream: int, block: bytes) -> None:
        """The status; of a create also where the session is."""
        slot = self.slots[link.streams[stream]]
        start = 0
        while block[start] & 0xE0 == 0x20:  # the size of the table, which is none
            start += 1
        slot.status = STATUS.get(block[start], 0)
        if slot.status == 0:
            found = dict(link.decoder.decode(block))
            slot.status = int(found[":status"])
            if "location" in found:
                slot.path = API + b"/" + found["location"].rpartition("/")[2].encode()

    def ended(self, link: Any, stream: int, body: bytes, now_ns: int) -> None:
        """A whole answer; its slot is ready for the next request."""
        index = link.streams.pop(stream)
        slot = self.slots[index]
        step = slot.step
        request = self.requests[slot.groups - 1][step]
        good = slot.status == request.status
        if not good or body.count(b'"SUCCESS"') != request.results:
            self.errors[f"{STEPS[step]}: {slot.status} {body[:120].decode()}"] += 1
        if self.measuring:
            self.latencies[STEPS[step]].append(now_ns - slot.since_ns)
            self.counted += 1
        slot.step = step + 1 if step or good else len(STEPS)
        self.ready.append(index)


def main() -> None:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--first", type=int, default=456_060_000_000_000, help="the first IMSI")
    parser.add_argument("--count", type=int, default=10_000, help="how many IMSIs")
    parser.add_argument(
        "--outstanding", type=int, default=100, help="closed loop: requests at once"
    )
    parser.add_argument("--rate", type=float, default=0.0, help="open loop: requests per second")
    parser.add_argument("--sessions", type=int, default=1_800, help="open loop: sessions at once")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=1.0)
    parser.add_argument("--two-groups", type=int, default=25, help="percent with two rating groups")
    parser.add_argument("--rating-groups", type=int, nargs=2, default=[100, 200])
    parser.add_argument("--octets", type=int, default=1_048_576, help="requested per group")
    parser.add_argument("--used", type=int, default=10_240, help="reported per group and update")
    parser.add_argument("--plmn", default="45606")
    options = parser.parse_args()
    print(json.dumps(gy_client.run(options, Client(options)), indent=2))


if __name__ == "__main__":
    main()
