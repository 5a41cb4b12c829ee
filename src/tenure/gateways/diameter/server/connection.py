"""One connection: bytes from a peer to charging, and its answers back, in few steps."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, cast

import msgspec

from tenure.gateways.diameter.server.metrics import Metrics
from tenure.gateways.diameter.session import Node, Session, State, Step, misrouted
from tenure.gateways.diameter.translate.request import Terms, ask_of
from tenure.gateways.diameter.translate.response import Speaker
from tenure.gateways.diameter.translate.results import RESULT_OF
from tenure.gateways.diameter.wire.answer import refusal
from tenure.gateways.diameter.wire.credit import Asked, Ccr, asked_of, ccr_of
from tenure.gateways.diameter.wire.message import (
    HEADER_OCTETS,
    MESSAGE_OCTETS_MAX,
    Malformed,
    Message,
    decoded,
    frame_fault,
    header_of,
)
from tenure.gateways.diameter.wire.quick import quick_ccr
from tenure.gateways.diameter.wire.result import Fault, Result
from tenure.promises.charging.model import Answer, Ask
from tenure.promises.tariffs.model import Service
from tenure.values.instant import MINUTE_MS, Instant

log = logging.getLogger(__name__)

RESULT_CODE: Final = 268
ORIGINS_MAX: Final = 10_000
NOTED_MAX: Final = 1_000
NOTED_AGAIN_MS: Final = MINUTE_MS
KINDS: Final = ("", "initial", "update", "terminate", "event")
_CREDIT_CONTROL: Final = b"\0\1\x10"
# Members of an enumeration are slow to reach by their class.
_OPEN: Final = State.OPEN
_CLOSED: Final = State.CLOSED


class Charging(Protocol):
    """Whoever answers asks: lanes over PostgreSQL, or a test's own rating."""

    def submit(self, command: Ask, reply: Callable[[Answer], None], /) -> None:
        """Take an ask; call ``reply`` once, after its effect is recorded."""


class Limits(msgspec.Struct, frozen=True):
    """What a peer may use of us."""

    connections_max: int = 1_000
    outstanding_max: int = 4_000
    """Unanswered requests of one connection; beyond it we read no further until answers left."""
    message_octets_max: int = MESSAGE_OCTETS_MAX


class House(msgspec.Struct, frozen=True):
    """What all connections of a server share."""

    node: Node
    limits: Limits
    terms: Terms
    speaker: Speaker
    charging: Charging
    clock: Callable[[], Instant]
    metrics: Metrics
    connections: "set[Connection]"
    origins: "dict[str, Connection]"
    """Which connection leads to an Origin-Host, which may be behind a relay."""
    identify: Callable[[], tuple[int, int]]
    noted: dict[str, Instant]
    """What was logged of peers, and when."""


class Connection(asyncio.Protocol):
    """The transport of one peer."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.outstanding = 0
        self.waiting: dict[int, asyncio.Future[int]] = {}
        """Our own requests that wait for their answer, by hop-by-hop identifier."""
        self._rest = b""
        self._rest_since: Instant | None = None
        self._out: list[bytes] = []
        self._reading = True
        self._writable = True
        self._peers: dict[bytes, str] = {}
        self._realm = house.node.realm.encode()
        self._host = house.node.host.encode()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A peer has connected; it must introduce itself."""
        self.transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername")
        self.address = str(name[0]) if name else ""
        house = self.house
        at = house.clock()
        self.session = Session(house.node, self.address, house.identify, at)
        if len(house.connections) >= house.limits.connections_max:
            log.warning(
                "a connection from %s is refused: %d are open", self.address, len(house.connections)
            )
            self.transport.abort()
            return
        house.connections.add(self)
        house.metrics.connections += 1
        self._loop = asyncio.get_running_loop()

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone; what it asked goes on, and is remembered for when it asks again."""
        del exc
        self.session.state = State.CLOSED
        house = self.house
        if self in house.connections:
            house.connections.remove(self)
            house.metrics.connections -= 1
        for origin in [key for key, value in house.origins.items() if value is self]:
            del house.origins[origin]
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the peer has gone"))
        self.waiting.clear()

    def data_received(self, data: bytes) -> None:
        """Some bytes: any number of messages, the last perhaps not whole."""
        began_ns = time.perf_counter_ns()
        at = self.house.clock()
        session = self.session
        session.heard(at)
        if self._rest:
            data = self._rest + data
        begin, size = 0, len(data)
        octets_max = self.house.limits.message_octets_max
        while size - begin >= HEADER_OCTETS:
            first = int.from_bytes(data[begin : begin + 4])
            end = begin + (first & 0xFFFFFF)
            if (
                first >> 24 != 1
                or end - begin > octets_max
                or first & 3
                or end - begin < HEADER_OCTETS
            ):
                self._broken(data[begin : begin + HEADER_OCTETS])
                return
            if end > size:
                break
            self._message(data[begin:end], at, began_ns)
            if session.state is _CLOSED:
                return
            begin = end
        if begin == size:
            self._rest, self._rest_since = b"", None
        else:
            self._rest = data[begin:]
            if begin or self._rest_since is None:
                self._rest_since = at

    def pause_writing(self) -> None:
        """The peer does not read its answers: we read no more of its requests."""
        self._writable = False
        self._balance()

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._writable = True
        self._balance()

    def _balance(self) -> None:
        wanted = self._writable and self.outstanding < self.house.limits.outstanding_max
        if wanted is self._reading or self.transport.is_closing():
            return
        self._reading = wanted
        if wanted:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def _message(self, raw: bytes, at: Instant, began_ns: int) -> None:
        try:
            if raw[5:8] == _CREDIT_CONTROL and self.session.state is _OPEN:
                ccr = quick_ccr(raw)
                if ccr is not None and self._is_ours(ccr):
                    self._charge(ccr, at, began_ns)
                    return
            self._thorough(raw, at, began_ns)
        except Exception:
            # One request must not take the others of its connection down.
            log.exception("a message from %s failed by accident", self.session.peer_host)
            fault = Fault(Result.UNABLE_TO_COMPLY, "an accident, logged; asking again is harmless")
            self._refuse(raw, fault)

    def _is_ours(self, ccr: Ccr) -> bool:
        """Whether the request is for us, written as most do; else it is looked at thoroughly."""
        return (
            ccr.destination_realm == self._realm
            and (not ccr.destination_host or ccr.destination_host == self._host)
            and ccr.application == 4  # noqa: PLR2004 (wire.message.CREDIT_CONTROL)
            and not ccr.routes
        )

    def _thorough(self, raw: bytes, at: Instant, began_ns: int) -> None:
        message = decoded(raw)
        others = 0
        if self.session.state is State.WAITING:
            others = self._others(message)
        before = self.session.state
        step = self.session.received(message, at, others=others)
        if before is State.WAITING and self.session.state is _OPEN:
            self._opened()
        elif before is State.WAITING:
            self.house.metrics.turned_away[_result_in(step.send)] += 1
        self._do(step)
        if step.application is not None:
            self._application(raw, step.application, at, began_ns)

    def _others(self, message: Message | Malformed) -> int:
        named = next((one for one in message.avps if one.code == 264 and not one.vendor), None)  # noqa: PLR2004
        if named is None:
            return 0
        host = named.data.decode("ascii", "replace").lower()
        return sum(1 for one in self.house.connections if one.is_open_to(host))

    def is_open_to(self, host: str) -> bool:
        """Whether this connection is open and the host, in lower case, is at its end."""
        return self.session.state is State.OPEN and self.session.peer_host.lower() == host

    def _opened(self) -> None:
        log.info("peer %s is connected from %s", self.session.peer_host, self.address)
        self.house.origins[self.session.peer_host.lower()] = self

    def _application(self, raw: bytes, message: Message, at: Instant, began_ns: int) -> None:
        if not message.header.request:
            self._answer_of_peer(message)
            return
        found = misrouted(message, self.house.node) or ccr_of(raw, message)
        if isinstance(found, Fault):
            self._refuse(raw, found)
        else:
            self._charge(found, at, began_ns)

    def _answer_of_peer(self, message: Message) -> None:
        future = self.waiting.pop(message.header.hop_by_hop, None)
        result = message.first(RESULT_CODE)
        if future is not None and not future.done():
            future.set_result(int.from_bytes(result.data) if result else 0)

    def _charge(self, ccr: Ccr, at: Instant, began_ns: int) -> None:
        peer = self._peers.get(ccr.origin_host) or self._peer(ccr)
        ask = ask_of(ccr, self.house.terms, peer, at)
        if isinstance(ask, Fault):
            self._refuse(ccr.raw, ask)
            return
        self.outstanding += 1
        if self.outstanding >= self.house.limits.outstanding_max:
            self._balance()
        self.house.charging.submit(
            ask, partial(self._answered, asked_of(ccr), ask.service, began_ns)
        )

    def _peer(self, ccr: Ccr) -> str:
        """How server-initiated requests find the sender again: its Origin-Host and realm."""
        host = ccr.origin_host.decode("ascii", "replace")
        peer = f"{host}|{ccr.origin_realm.decode('ascii', 'replace')}"
        if len(self._peers) < ORIGINS_MAX:
            self._peers[ccr.origin_host] = peer
            self.house.origins[host.lower()] = self
        return peer

    def _answered(self, asked: Asked, service: Service, began_ns: int, answer: Answer) -> None:
        self.outstanding -= 1
        if not self._reading:
            self._balance()
        house = self.house
        metrics = house.metrics
        metrics.requests[KINDS[asked.kind]] += 1
        refused = answer.refusal
        if refused is not None:
            metrics.refusals[refused.name] += 1
            metrics.results[RESULT_OF[refused]] += 1
        else:
            metrics.results[2001] += 1
            for one in answer.groups:
                if one.refusal is not None:
                    metrics.refusals[one.refusal.name] += 1
        if self.session.state is _CLOSED:
            metrics.unanswered += 1
            return
        self.send(house.speaker.answer(asked, service, answer, tgpp=self.session.speaks_3gpp))
        metrics.latency.add(time.perf_counter_ns() - began_ns)

    def _refuse(self, raw: bytes, fault: Fault) -> None:
        header = header_of(raw)
        if not header.request:
            return
        message = decoded(raw)
        self.house.metrics.results[fault.result] += 1
        self._note(f"a request is refused with {fault.result.value}: {fault.reason}")
        self.send(refusal(header, self.house.node.identity, fault, message.avps))

    def _broken(self, head: bytes) -> None:
        fault = frame_fault(head, self.house.limits.message_octets_max)
        assert fault is not None
        self._do(self.session.broken(Malformed(header_of(head), fault)))

    def send(self, data: bytes) -> None:
        """Send soon, together with whatever else is sent by then."""
        out = self._out
        if not out:
            self._loop.call_soon(self._flush)
        out.append(data)

    def _flush(self) -> None:
        if self._out and not self.transport.is_closing():
            self.transport.write(b"".join(self._out))
        self._out.clear()

    def _do(self, step: Step) -> None:
        if step.send:
            self.send(step.send)
        if step.note:
            self._note(step.note)
        if step.close:
            self._flush()
            self.transport.close()

    def _note(self, words: str) -> None:
        """Log it, but the same only once a minute: a peer that is wrong is so again and again."""
        who = self.session.peer_host or "a stranger"
        line = f"diameter: {who} at {self.address}: {words}"
        noted, at = self.house.noted, self.house.clock()
        if line in noted and at - noted[line] < NOTED_AGAIN_MS:
            return
        if len(noted) >= NOTED_MAX:
            noted.clear()
        noted[line] = at
        log.warning(line)

    def tick(self, at: Instant) -> None:
        """Time has passed: silent peers are asked, and those that never finish are closed."""
        node = self.house.node
        if self._rest_since is not None and at - self._rest_since >= node.first_message_ms:
            self.session.state = State.CLOSED
            self._do(Step(close=True, note="a message began and never ended"))
            return
        self._do(self.session.tick(at))

    def leave(self) -> None:
        """Ask the peer to let us go."""
        self._do(self.session.stop())


def _result_in(sent: bytes) -> int:
    if not sent:
        return 0
    message = decoded(sent)
    found = next((one for one in message.avps if one.code == RESULT_CODE), None)
    return int.from_bytes(found.data) if found else 0
