"""One peer's connection (RFC 6733 section 5, RFC 3539): who may say what, and when; no sockets."""

import re
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Final

import msgspec

from tenure.gateways.diameter.wire.answer import answer, identity_avps, refusal
from tenure.gateways.diameter.wire.avp import Avp, avp
from tenure.gateways.diameter.wire.credit import missing
from tenure.gateways.diameter.wire.message import (
    BASE,
    CREDIT_CONTROL,
    RELAY,
    Command,
    Malformed,
    Message,
    request,
)
from tenure.gateways.diameter.wire.result import Fault, Result

PRODUCT: Final = "Tenure"
SUPPORTED_VENDOR: Final = 10415
AUTH_APPLICATION: Final = 258
VENDOR_SPECIFIC_APPLICATION: Final = 260
SUPPORTED_VENDOR_ID: Final = 265
VENDOR_ID: Final = 266
ORIGIN_HOST: Final = 264
ORIGIN_REALM: Final = 296
INBAND_SECURITY: Final = 299
DESTINATION_HOST: Final = 293
DESTINATION_REALM: Final = 283
ROUTE_RECORD: Final = 282
REQUIRED_IN_CER: Final = (ORIGIN_HOST, ORIGIN_REALM)
"""RFC 6733 section 5.3.1 requires more, but Kamailio sends no Host-IP-Address, and we need none."""
NAME_CHARACTERS_MAX: Final = 255
REBOOTING: Final = 0
"""Disconnect-Cause when we stop (RFC 6733 section 5.4.3)."""

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._:-]")

Identify = Callable[[], tuple[int, int]]
"""New hop-by-hop and end-to-end identifiers for a request of ours."""


class Peer(msgspec.Struct, frozen=True):
    """A network element that may connect."""

    host: str
    """Its Origin-Host; compared without regard to case, as host names are."""
    realm: str = ""
    """Its Origin-Realm; "" admits any."""
    address: str = ""
    """The address it connects from; "" admits any."""


class Node(msgspec.Struct, frozen=True):
    """Who we are to our peers, and whom we admit."""

    host: str
    realm: str
    address: str
    """The IPv4 address we are reached at, for Host-IP-Address."""
    origin_state_id: int
    """Grows with every start (RFC 6733 section 8.16)."""
    peers: tuple[Peer, ...]
    connections_per_peer_max: int = 8
    watchdog_ms: int = 30_000
    """Tw of RFC 3539: silence after which a peer is asked whether it lives."""
    first_message_ms: int = 10_000
    """How long a new connection may take to introduce itself, and a message to arrive whole."""

    @property
    def identity(self) -> bytes:
        """Origin-Host and Origin-Realm as AVPs."""
        return identity_avps(self.host, self.realm)


class State(Enum):
    """The states of the side that accepts connections (RFC 6733 section 5.6)."""

    WAITING = auto()
    OPEN = auto()
    CLOSING = auto()
    CLOSED = auto()


class Event(Enum):
    """What can happen to a connection."""

    ADMITTED = auto()
    TURNED_AWAY = auto()
    WATCHDOG = auto()
    APPLICATION = auto()
    PEER_LEAVES = auto()
    PEER_AGREES = auto()
    STOP = auto()
    SILENT = auto()
    BROKEN = auto()


NEXT: Final[Mapping[State, Mapping[Event, State]]] = {
    State.WAITING: {
        Event.ADMITTED: State.OPEN,
        Event.TURNED_AWAY: State.CLOSED,
        Event.STOP: State.CLOSED,
        Event.SILENT: State.CLOSED,
        Event.BROKEN: State.CLOSED,
    },
    State.OPEN: {
        Event.WATCHDOG: State.OPEN,
        Event.APPLICATION: State.OPEN,
        Event.PEER_LEAVES: State.CLOSING,
        Event.STOP: State.CLOSING,
        Event.SILENT: State.CLOSED,
        Event.BROKEN: State.CLOSED,
    },
    State.CLOSING: {
        Event.WATCHDOG: State.CLOSING,
        Event.APPLICATION: State.CLOSING,
        Event.PEER_LEAVES: State.CLOSING,
        Event.PEER_AGREES: State.CLOSED,
        Event.STOP: State.CLOSING,
        Event.SILENT: State.CLOSED,
        Event.BROKEN: State.CLOSED,
    },
    State.CLOSED: {},
}
"""What is not here may not happen: the connection is closed."""


class Watch(Enum):
    """How sure we are that a peer lives (RFC 3539 section 3.4)."""

    OKAY = auto()
    ASKED = auto()
    SUSPECT = auto()
    DOWN = auto()


ON_SILENCE: Final[Mapping[Watch, Watch]] = {
    Watch.OKAY: Watch.ASKED,
    Watch.ASKED: Watch.SUSPECT,
    Watch.SUSPECT: Watch.DOWN,
    Watch.DOWN: Watch.DOWN,
}


class Step(msgspec.Struct, frozen=True):
    """What to do after an event: send, then perhaps pass the message on, or close."""

    send: bytes = b""
    application: Message | None = None
    """A message for charging, or an answer to a request of ours."""
    close: bool = False
    note: str = ""
    """For the log, when a person should know."""


class Session:
    """The conversation with one connected peer."""

    def __init__(self, node: Node, address: str, identify: Identify, at_ms: int) -> None:
        self.node = node
        self.state = State.WAITING
        self.watch = Watch.OKAY
        self.peer_host = ""
        self.peer_realm = ""
        self.speaks_3gpp = False
        """Whether AVPs of 3GPP may be sent: the peer named the vendor."""
        self._address = address
        self._identify = identify
        self._heard_at_ms = at_ms

    def received(self, message: Message | Malformed, at_ms: int, *, others: int = 0) -> Step:
        """A whole message has come; ``others`` are open connections of the same peer."""
        self.heard(at_ms)
        if isinstance(message, Malformed):
            return self._malformed(message)
        if message.header.application not in (BASE, CREDIT_CONTROL):
            return self._move(Event.APPLICATION, Step(application=message))
        match message.header.command:
            case Command.CAPABILITIES_EXCHANGE if message.header.request:
                return self._introduced(message, others)
            case Command.DEVICE_WATCHDOG:
                return self._watchdog(message)
            case Command.DISCONNECT_PEER:
                return self._disconnect(message)
            case _:
                return self._move(Event.APPLICATION, Step(application=message))

    def heard(self, at_ms: int) -> None:
        """Anything received shows that the peer lives."""
        self._heard_at_ms = at_ms
        self.watch = Watch.OKAY

    def tick(self, at_ms: int) -> Step:
        """Time has passed: ask a silent peer, and give up on one that does not answer."""
        silence_ms = at_ms - self._heard_at_ms
        if self.state is State.WAITING:
            if silence_ms < self.node.first_message_ms:
                return Step()
            return self._move(Event.SILENT, Step(note="no Capabilities-Exchange-Request came"))
        if silence_ms < self.node.watchdog_ms:
            return Step()
        self._heard_at_ms = at_ms
        self.watch = ON_SILENCE[self.watch]
        if self.watch is Watch.DOWN or self.state is State.CLOSING:
            return self._move(Event.SILENT, Step(note="the peer no longer answers"))
        if self.watch is Watch.ASKED:
            return Step(send=self._base_request(Command.DEVICE_WATCHDOG, self._state_avp))
        return Step()

    def stop(self) -> Step:
        """We want to leave: Disconnect-Peer-Request to an open peer; others are just closed."""
        leaving = self.state is State.OPEN
        cause = avp("Disconnect-Cause", REBOOTING)
        send = self._base_request(Command.DISCONNECT_PEER, cause) if leaving else b""
        return self._move(Event.STOP, Step(send=send))

    def broken(self, message: Malformed) -> Step:
        """The stream cannot be read on: say why, if it was a request, and close."""
        step = self._malformed(message)
        return self._move(Event.BROKEN, Step(send=step.send, note=message.fault.reason))

    @property
    def _state_avp(self) -> bytes:
        return avp("Origin-State-Id", self.node.origin_state_id)

    def _base_request(self, command: Command, avps: bytes) -> bytes:
        return request(command, BASE, self._identify(), self.node.identity + avps)

    def _move(self, event: Event, step: Step) -> Step:
        """The step, if the table allows the event in this state; else the end."""
        following = NEXT[self.state].get(event)
        if following is None:
            note = f"{event.name} may not happen in state {self.state.name}"
            self.state = State.CLOSED
            return Step(close=True, note=note)
        self.state = following
        if following is State.CLOSED:
            return Step(send=step.send, close=True, note=step.note)
        return step

    def _malformed(self, message: Malformed) -> Step:
        if self.state is State.CLOSED or not message.header.request:
            return Step(note=f"an answer was dropped: {message.fault.reason}")
        send = refusal(message.header, self.node.identity, message.fault, message.avps)
        if self.state is State.WAITING:
            return self._move(Event.TURNED_AWAY, Step(send=send, note=message.fault.reason))
        code = message.fault.result.value
        note = f"a request is refused with {code}: {message.fault.reason}"
        return Step(send=send, note=note)

    def _watchdog(self, message: Message) -> Step:
        if not message.header.request:
            return self._move(Event.WATCHDOG, Step())
        parts = avp("Result-Code", Result.SUCCESS) + self.node.identity + self._state_avp
        return self._move(Event.WATCHDOG, Step(send=answer(message.header, Result.SUCCESS, parts)))

    def _disconnect(self, message: Message) -> Step:
        if not message.header.request:
            return self._move(Event.PEER_AGREES, Step())
        parts = avp("Result-Code", Result.SUCCESS) + self.node.identity
        send = answer(message.header, Result.SUCCESS, parts)
        return self._move(Event.PEER_LEAVES, Step(send=send))

    def _introduced(self, message: Message, others: int) -> Step:
        fault = self._why_not(message, others)
        if fault is not None:
            send = refusal(message.header, self.node.identity, fault, message.avps)
            return self._move(Event.TURNED_AWAY, Step(send=send, note=fault.reason))
        self.peer_host = _text(message.first(ORIGIN_HOST))
        self.peer_realm = _text(message.first(ORIGIN_REALM))
        vendors = message.every(SUPPORTED_VENDOR_ID) + message.every(VENDOR_ID)
        self.speaks_3gpp = any(_number(one) == SUPPORTED_VENDOR for one in vendors)
        return self._move(Event.ADMITTED, Step(send=self._capabilities(message)))

    def _capabilities(self, asked: Message) -> bytes:
        octets = bytes(int(part) for part in self.node.address.split("."))
        application = avp("Auth-Application-Id", CREDIT_CONTROL)
        parts = [
            avp("Result-Code", Result.SUCCESS),
            self.node.identity,
            avp("Host-IP-Address", b"\0\1" + octets),
            avp("Vendor-Id", 0),
            avp("Product-Name", PRODUCT),
            self._state_avp,
            avp("Supported-Vendor-Id", SUPPORTED_VENDOR),
            application,
        ]
        if asked.first(VENDOR_SPECIFIC_APPLICATION):
            pair = avp("Vendor-Id", SUPPORTED_VENDOR) + application
            parts.append(avp("Vendor-Specific-Application-Id", pair))
        return answer(asked.header, Result.SUCCESS, b"".join(parts))

    def _why_not(self, cer: Message, others: int) -> Fault | None:
        """Why the peer is not admitted (RFC 6733 section 5.3)."""
        for code in REQUIRED_IN_CER:
            if cer.first(code) is None:
                return missing(code)
        if reason := self._stranger(cer):
            return Fault(Result.UNKNOWN_PEER, reason)
        if not _applications(cer) & {CREDIT_CONTROL, RELAY}:
            reason = "we speak credit control (Auth-Application-Id 4) and nothing else"
            return Fault(Result.NO_COMMON_APPLICATION, reason)
        security = cer.every(INBAND_SECURITY)
        if security and all(_number(one) for one in security):
            reason = "TLS begins with the connection here, not within it (Inband-Security-Id 0)"
            return Fault(Result.NO_COMMON_SECURITY, reason)
        if others >= self.node.connections_per_peer_max:
            reason = f"a peer has at most {self.node.connections_per_peer_max} connections"
            return Fault(Result.TOO_BUSY, reason)
        return None

    def _stranger(self, cer: Message) -> str:
        """Why the peer is not one we know, and what would make it one; "" if we know it."""
        host = _text(cer.first(ORIGIN_HOST))
        realm = _text(cer.first(ORIGIN_REALM))
        for peer in self.node.peers:
            if peer.host.lower() != host.lower():
                continue
            if peer.realm and peer.realm.lower() != realm.lower():
                return f"peer {host!r} is admitted with realm {peer.realm!r}, not {realm!r}"
            if peer.address and peer.address != self._address:
                return f"peer {host!r} is admitted from {peer.address}, not from {self._address}"
            return ""
        return (
            f"unknown peer with Origin-Host {host} from {self._address}; to admit it, add {host} "
            "to the setting peers (a list in tenure.toml, or TENURE_PEERS, separated by commas)"
        )


def peer_from(text: str) -> Peer:
    """A peer as a person writes it: ``host``, ``host|realm``, ``host@address``, or all three."""
    host_and_realm, _, address = text.strip().partition("@")
    host, _, realm = host_and_realm.partition("|")
    return Peer(host, realm, address)


def _text(found: Avp | None) -> str:
    """A host or realm, with nothing in it that could mislead the reader of a log."""
    if found is None:
        return ""
    return _NOT_IN_NAMES.sub("?", found.data[:NAME_CHARACTERS_MAX].decode("ascii", "replace"))


def _number(found: Avp) -> int:
    return int.from_bytes(found.data)


def _applications(cer: Message) -> set[int]:
    named = cer.every(AUTH_APPLICATION)
    for pair in cer.every(VENDOR_SPECIFIC_APPLICATION):
        members = pair.members()
        assert not isinstance(members, Fault), "a Message was examined before"
        named += [one for one in members if one.code == AUTH_APPLICATION]
    return {_number(one) for one in named}


def misrouted(message: Message, node: Node) -> Fault | None:
    """Why a request of an open peer is not for us (RFC 6733 sections 6.1.4 and 6.1.6)."""
    header = message.header
    if header.application not in (BASE, CREDIT_CONTROL):
        reason = f"application {header.application} is not supported"
        return Fault(Result.APPLICATION_UNSUPPORTED, reason)
    if header.command != Command.CREDIT_CONTROL or header.application != CREDIT_CONTROL:
        reason = f"command {header.command} is not supported"
        return Fault(Result.COMMAND_UNSUPPORTED, reason)
    realm = message.first(DESTINATION_REALM)
    if realm is not None and _text(realm).lower() != node.realm.lower():
        return Fault(Result.REALM_NOT_SERVED, f"this node serves the realm {node.realm}")
    host = message.first(DESTINATION_HOST)
    if host is not None and _text(host).lower() != node.host.lower():
        return Fault(Result.UNABLE_TO_DELIVER, f"this node is {node.host} and relays nothing")
    passed = [_text(one).lower() for one in message.every(ROUTE_RECORD)]
    if node.host.lower() in passed:
        return Fault(Result.LOOP_DETECTED, "the request has passed here before")
    return None
