"""A light Diameter credit-control client: whole sessions over loopback, measured from its own side.

Every message is put together from five pieces of prepared bytes, so that the client costs little
of the machine it shares with the server.  It runs as its own process and prints one JSON object:

    python bench/gy_client.py --port 3868 --first 85510000000 --count 1000000 --outstanding 200
    python bench/gy_client.py --port 3868 --rate 8000 --sessions 2000 --seconds 20
"""

import argparse
import json
import select
import socket
import struct
import sys
import time
from array import array
from collections import Counter, deque
from random import Random

from tenure.gateways.diameter.wire.avp import avp, group
from tenure.gateways.diameter.wire.message import Command, header_of, request

STEPS = ("initial", "update", "update", "update", "terminate")
HOST, REALM = "bench.example.net", "example.net"
IDS = struct.Struct(">II")
SESSION_OCTETS = 40
SUCCESS = avp("Result-Code", 2001)
RESULT_CODE = 268
STRIDE = 7_919
"""Prime, so that sessions visit every subscriber once before any twice."""


def session_name(prefix: bytes, number: int) -> bytes:
    """A Session-Id of exactly forty octets."""
    return b"%s;%08d;%08d" % (prefix, number >> 16, number & 0xFFFF)


class Template:
    """The bytes of one kind of request around what differs: identifiers, session, subscriber."""

    def __init__(
        self, step: int, groups: int, msisdn_digits: int, options: argparse.Namespace
    ) -> None:
        session, msisdn = b"S" * SESSION_OCTETS, b"M" * msisdn_digits
        body = b"".join([
            avp("Session-Id", session),
            avp("Origin-Host", options.host_name),
            avp("Origin-Realm", REALM),
            avp("Destination-Realm", options.realm),
            avp("Auth-Application-Id", 4),
            avp("Service-Context-Id", "32251@3gpp.org"),
            avp("CC-Request-Type", {0: 1, len(STEPS) - 1: 3}.get(step, 2)),
            avp("CC-Request-Number", step),
            group("Subscription-Id", avp("Subscription-Id-Type", 0),
                  avp("Subscription-Id-Data", msisdn)),
            avp("Multiple-Services-Indicator", 1),
            *(self._group(step, options.rating_groups[index], options) for index in range(groups)),
            group("Service-Information", group("PS-Information",
                  avp("Called-Station-Id", "internet"), avp("3GPP-SGSN-MCC-MNC", options.plmn),
                  avp("3GPP-RAT-Type", b"\x06"))),
        ])  # fmt: skip
        raw = request(Command.CREDIT_CONTROL, 4, (0, 0), body)
        before, rest = raw.split(session)
        middle, after = rest.split(msisdn)
        self.head, self.before, self.middle, self.after = before[:12], before[20:], middle, after
        self.results = 1 + groups

    @staticmethod
    def _group(step: int, rating_group: int, options: argparse.Namespace) -> bytes:
        parts = [avp("Rating-Group", rating_group)]
        if step < len(STEPS) - 1:
            wanted = avp("CC-Total-Octets", options.octets)
            parts.append(group("Requested-Service-Unit", wanted))
        if step:
            used = avp("CC-Total-Octets", options.used)
            parts.append(group("Used-Service-Unit", used))
        return group("Multiple-Services-Credit-Control", *parts)


class Slot:
    """One session at a time, then the next."""

    __slots__ = ("groups", "link", "msisdn", "session", "since_ns", "step")

    def __init__(self, link: "Link") -> None:
        self.link = link
        self.step = len(STEPS)
        self.groups = 1
        self.session = self.msisdn = b""
        self.since_ns = 0


class Link:
    """A connection that has introduced itself."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.socket = socket.create_connection((options.address, options.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        self.out: list[bytes] = []
        self.unsent = b""
        identity = avp("Origin-Host", options.host_name) + avp("Origin-Realm", REALM)
        capabilities = (
            avp("Host-IP-Address", b"\0\1\x7f\0\0\1") + avp("Vendor-Id", 10415)
            + avp("Product-Name", "bench") + avp("Auth-Application-Id", 4)
        )  # fmt: skip
        self.socket.sendall(
            request(Command.CAPABILITIES_EXCHANGE, 0, (0, 0), identity + capabilities)
        )
        answer = self.socket.recv(65_536)
        if SUCCESS not in answer:
            sys.exit(f"the server did not admit {options.host_name}; is it among its peers?")
        self.socket.settimeout(0)

    def flush(self) -> None:
        """Send what is there; what does not fit waits."""
        data = self.unsent + b"".join(self.out)
        self.out.clear()
        try:
            sent = self.socket.send(data) if data else 0
        except BlockingIOError:
            sent = 0
        self.unsent = data[sent:]


class Client:
    """Keeps sessions going over its links, and measures."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        digits = len(str(options.first))
        self.templates = [
            [Template(step, groups, digits, options) for step in range(len(STEPS))]
            for groups in (1, 2)
        ]
        self.links = [Link(options) for _ in range(options.connections)]
        self.prefix = b"%s;%05d" % (options.host_name.encode()[:16].ljust(16, b"."),
                                    time.time_ns() // 1_000_000 % 100_000)  # fmt: skip
        self.begun = self.end_to_end = 0
        self.going = True
        self.measuring = False
        self.counted = 0
        self.errors: Counter[str] = Counter()
        self.latencies = {name: array("Q") for name in STEPS}
        self.ready: deque[int] = deque()
        self.slots: list[Slot] = []
        self.draw = Random(1).randrange

    def begin(self, slot: Slot) -> None:
        """Give the slot its next session."""
        number = self.begun
        self.begun += 1
        options = self.options
        slot.session = session_name(self.prefix, number)
        slot.msisdn = b"%d" % (options.first + number * STRIDE % options.count)
        slot.groups = 2 if number % 100 < options.two_groups else 1
        slot.step = 0

    def ask(self, index: int, since_ns: int) -> None:
        """Send the slot's next request, counted from ``since_ns``."""
        slot = self.slots[index]
        if slot.step == len(STEPS):
            self.begin(slot)
        template = self.templates[slot.groups - 1][slot.step]
        self.end_to_end += 1
        slot.since_ns = since_ns
        slot.link.out.append(b"".join((
            template.head, IDS.pack(index, self.end_to_end & 0xFFFFFFFF), template.before,
            slot.session, template.middle, slot.msisdn, template.after,
        )))  # fmt: skip

    def answered(self, raw: bytes, now_ns: int) -> int | None:
        """Check an answer; the slot that is ready for its next request."""
        index = int.from_bytes(raw[12:16])
        slot = self.slots[index]
        step = slot.step
        if raw.count(SUCCESS) != self.templates[slot.groups - 1][step].results:
            self.errors[complaint(STEPS[step], raw)] += 1
        if self.measuring:
            self.latencies[STEPS[step]].append(now_ns - slot.since_ns)
            self.counted += 1
        slot.step = step + 1
        # After a refused initial there is no session to go on with.
        if step == 0 and raw[20 + 8 + SESSION_OCTETS :][:12] != SUCCESS:
            slot.step = len(STEPS)
        return index

    def receive(self, link: Link) -> None:
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
        while size - begin >= 20:
            end = begin + int.from_bytes(data[begin + 1 : begin + 4])
            if end > size:
                break
            raw = data[begin:end]
            begin = end
            if raw[4] & 0x80:
                link.out.append(obliging(raw, self.options.host_name))
            else:
                index = self.answered(raw, now_ns)
                if index is not None:
                    self.ready.append(index)
        link.rest = data[begin:]

    def wait(self, seconds: float) -> None:
        """Sleep until something comes, then take it."""
        for link in self.links:
            if link.out or link.unsent:
                link.flush()
        blocked = [link.socket for link in self.links if link.unsent]
        by_socket = {link.socket: link for link in self.links}
        readable, _, _ = select.select(list(by_socket), blocked, [], seconds)
        for found in readable:
            self.receive(by_socket[found])

    def populate(self, number: int) -> None:
        """Make so many slots, spread over the links."""
        for index in range(number):
            self.slots.append(Slot(self.links[index % len(self.links)]))
            self.ready.append(index)

    def busy(self) -> bool:
        """Whether a session is still going on."""
        return any(slot.step < len(STEPS) for slot in self.slots)

    def closed_loop(self, until: float) -> None:
        """Each slot asks again as soon as it is answered."""
        while time.perf_counter() < until:
            now_ns = time.perf_counter_ns()
            while self.ready:
                self.ask(self.ready.popleft(), now_ns)
            self.wait(0.5)

    def open_loop(self, until: float) -> None:
        """Requests leave by the clock; waiting for a free session counts as waiting.

        Whichever session is free may be next, so that the steps of sessions mix as on a network.
        """
        began = time.perf_counter_ns()
        gap_ns = 1e9 / self.options.rate
        sent = due = 0
        while time.perf_counter() < until:
            due = int((time.perf_counter_ns() - began) / gap_ns)
            while sent < due and self.ready:
                at = self.draw(len(self.ready))
                self.ready[0], self.ready[at] = self.ready[at], self.ready[0]
                self.ask(self.ready.popleft(), int(began + sent * gap_ns))
                sent += 1
            self.wait(0.001)
        self.errors["late: no session was free"] += max(due - sent, 0)

    def drain(self) -> None:
        """Let the sessions that are open come to their end."""
        until = time.perf_counter() + 10
        while self.busy() and time.perf_counter() < until:
            now_ns = time.perf_counter_ns()
            for _ in range(len(self.ready)):
                index = self.ready.popleft()
                if self.slots[index].step < len(STEPS):
                    self.ask(index, now_ns)
            self.wait(0.2)


def complaint(step: str, raw: bytes) -> str:
    """The result codes of an answer that is not all success."""
    codes = []
    at = raw.find(b"\0\0\x01\x0c")
    while at >= 0:
        codes.append(str(int.from_bytes(raw[at + 8 : at + 12])))
        at = raw.find(b"\0\0\x01\x0c", at + 12)
    return f"{step}: {' '.join(codes) or 'no result'}"


def obliging(raw: bytes, host: str) -> bytes:
    """The answer to a request of the server: a watchdog, a re-authorisation, an abort."""
    header = header_of(raw)
    body = SUCCESS + avp("Origin-Host", host) + avp("Origin-Realm", REALM)
    if header.command in (Command.RE_AUTH, Command.ABORT_SESSION):
        size = int.from_bytes(raw[25:28])
        body = raw[20 : 20 + size + (-size % 4)] + body
    answer = request(Command(header.command), header.application, (0, 0), body)
    return answer[:4] + bytes([raw[4] & 0x40]) + answer[5:12] + raw[12:20] + answer[20:]


def percentiles(values: "array[int]") -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(values)
    count = len(ordered)
    found: dict[str, float] = {"count": count}
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)):
        at = min(int(count * share), count - 1)
        found[name] = round(ordered[at] / 1e6, 3) if count else 0.0
    return found


def run(options: argparse.Namespace, client: Client | None = None) -> dict[str, object]:
    """Warm up, measure, drain, report."""
    client = Client(options) if client is None else client
    client.populate(options.sessions if options.rate else options.outstanding)
    loop = client.open_loop if options.rate else client.closed_loop
    if options.warm_up:
        loop(time.perf_counter() + options.warm_up)
        client.errors.pop("late: no session was free", None)
    client.measuring = True
    began, cpu = time.perf_counter(), time.process_time()
    loop(began + options.seconds)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    client.measuring = False
    client.drain()
    every = array("Q")
    for values in client.latencies.values():
        every.extend(values)
    return {
        "requests": client.counted,
        "seconds": round(seconds, 3),
        "per_second": round(client.counted / seconds, 1),
        "sessions": client.begun,
        "errors": +client.errors,
        "latency_ms": {name: percentiles(values) for name, values in client.latencies.items()}
        | {"all": percentiles(every)},
        "client_cpu_micros_per_request": round(cpu * 1e6 / max(client.counted, 1), 2),
    }


def main() -> None:
    """Read the options, run, print."""
    if len(sys.argv) == 1:
        print("a part of bench/gy.py; by itself: --help")
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host-name", default=HOST, help="our Origin-Host; the server admits it")
    parser.add_argument("--realm", default=REALM, help="the server's realm")
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--first", type=int, default=85_510_000_000, help="the first MSISDN")
    parser.add_argument("--count", type=int, default=10_000, help="how many MSISDNs")
    parser.add_argument(
        "--outstanding", type=int, default=100, help="closed loop: requests at once"
    )
    parser.add_argument("--rate", type=float, default=0.0, help="open loop: requests per second")
    parser.add_argument("--sessions", type=int, default=2_000, help="open loop: sessions at once")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--warm-up", type=float, default=1.0)
    parser.add_argument("--two-groups", type=int, default=25, help="percent with two rating groups")
    parser.add_argument("--rating-groups", type=int, nargs=2, default=[100, 200])
    parser.add_argument("--octets", type=int, default=1_048_576, help="requested per group")
    parser.add_argument("--used", type=int, default=10_240, help="reported per group and update")
    parser.add_argument("--plmn", default="45606")
    print(json.dumps(run(parser.parse_args()), indent=2))


if __name__ == "__main__":
    main()
