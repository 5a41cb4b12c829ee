"""Telling consumers to ask again or to end a session: over HTTP/2, to configured hosts only."""

import asyncio
import contextlib
import ipaddress
import logging
import ssl
from collections.abc import Sequence
from typing import Final, cast
from urllib.parse import urljoin, urlsplit

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import msgspec

log = logging.getLogger(__name__)

CONNECTIONS_MAX: Final = 64
RESPONSE_OCTETS_MAX: Final = 64 * 1024
REDIRECTS_MAX: Final = 2
REDIRECTED: Final = frozenset({307, 308})
RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
"""What may be different in a moment (TS 29.500 section 6.4); everything else is the answer."""
NAMED_MAX: Final = 100


class Notified(msgspec.Struct, frozen=True):
    """What came of a notification: the consumer's status, or 0 and why there is none."""

    status: int
    why: str = ""

    @property
    def ok(self) -> bool:
        """The consumer has taken it (200 or 204)."""
        return self.status in {200, 204}


class Target(msgspec.Struct, frozen=True):
    """Where a notification goes."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


class Allowed:
    """The consumers that may be told: host names, addresses and networks.

    Without it anybody who can reach us could make us post to any address that we can reach.
    """

    def __init__(self, hosts: Sequence[str]) -> None:
        self._names: set[str] = set()
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        for host in hosts:
            try:
                self._networks.append(ipaddress.ip_network(host, strict=False))
            except ValueError:
                self._names.add(host.lower())

    def host(self, host: str) -> bool:
        """Whether a host may be told."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return host.lower() in self._names
        return any(
            address.version == network.version and address in network for network in self._networks
        )

    def target(self, uri: str) -> Target | None:
        """The target that a URI names; None for anything but plain http(s) to an allowed host."""
        try:
            parts = urlsplit(uri)
            port = parts.port
        except ValueError:
            return None
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not self.host(host):
            return None
        path = parts.path or "/"
        return Target(
            scheme=parts.scheme,
            host=host,
            port=port or (443 if parts.scheme == "https" else 80),
            authority=parts.netloc,
            path=f"{path}?{parts.query}" if parts.query else path,
        )


class _Reply:
    """A response under way."""

    __slots__ = ("done", "location", "octets", "status")

    def __init__(self) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.status = 0
        self.location = ""
        self.octets = 0


class _Connection(asyncio.Protocol):
    """One HTTP/2 connection with prior knowledge (or ALPN over TLS), many requests at once."""

    def __init__(self) -> None:
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        self.h2 = h2.connection.H2Connection(config)
        self.replies: dict[int, _Reply] = {}
        self.transport: asyncio.Transport | None = None

    @property
    def usable(self) -> bool:
        """Open, and not told to go away."""
        return self.transport is not None and not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self.transport = cast("asyncio.Transport", transport)
        self.h2.initiate_connection()
        self._flush()

    def connection_lost(self, _exc: Exception | None) -> None:
        self.transport = None
        for reply in self.replies.values():
            if not reply.done.done():
                reply.done.set_exception(ConnectionError("the consumer closed the connection"))
        self.replies.clear()

    def data_received(self, data: bytes) -> None:
        try:
            for event in self.h2.receive_data(data):
                self._on(event)
            self._flush()
        except h2.exceptions.ProtocolError:
            self._flush()
            self.close()

    def _on(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.ResponseReceived(stream_id=int(stream), headers=headers):
                self._on_headers(stream, [(str(n), str(v)) for n, v in headers or ()])
            case h2.events.DataReceived(stream_id=int(stream), flow_controlled_length=length):
                self._on_data(stream, length or 0)
            case h2.events.StreamEnded(stream_id=int(stream)):
                self._finish(stream)
            case h2.events.StreamReset(stream_id=int(stream)):
                self._finish(stream, ConnectionError("the consumer reset the stream"))
            case h2.events.ConnectionTerminated():
                self.close()
            case _:
                pass

    def _on_headers(self, stream: int, headers: list[tuple[str, str]]) -> None:
        reply = self.replies.get(stream)
        if reply is None:
            return
        for name, value in headers:
            if name == ":status" and value.isdecimal():
                reply.status = int(value)
            elif name == "location":
                reply.location = value

    def _on_data(self, stream: int, length: int) -> None:
        self.h2.acknowledge_received_data(length, stream)
        reply = self.replies.get(stream)
        if reply is None:
            return
        reply.octets += length
        if reply.octets > RESPONSE_OCTETS_MAX:
            self.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
            self._finish(stream)

    def _finish(self, stream: int, error: Exception | None = None) -> None:
        reply = self.replies.pop(stream, None)
        if reply is None or reply.done.done():
            return
        if error is None:
            reply.done.set_result(None)
        else:
            reply.done.set_exception(error)

    def _flush(self) -> None:
        if self.transport is not None:
            self.transport.write(self.h2.data_to_send())

    async def post(self, target: Target, body: bytes) -> _Reply:
        """Send one request and wait for all of its response."""
        stream = self.h2.get_next_available_stream_id()
        reply = self.replies[stream] = _Reply()
        headers = [
            (":method", "POST"),
            (":scheme", target.scheme),
            (":authority", target.authority),
            (":path", target.path),
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("accept", "application/json, application/problem+json"),
            ("user-agent", "CHF-tenure"),
        ]
        try:
            self.h2.send_headers(stream, headers)
            self.h2.send_data(stream, body, end_stream=True)
            self._flush()
            await reply.done
        except asyncio.CancelledError:
            self.replies.pop(stream, None)
            with contextlib.suppress(h2.exceptions.ProtocolError):
                self.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
                self._flush()
            raise
        return reply

    def close(self) -> None:
        """Close politely, if still open."""
        if self.transport is not None:
            with contextlib.suppress(h2.exceptions.ProtocolError):
                self.h2.close_connection()
                self._flush()
            self.transport.close()


class Notifier:
    """Posts notifications, each a bounded number of times, over connections that it keeps."""

    def __init__(
        self,
        allowed: Allowed,
        *,
        timeout_seconds: float = 3.0,
        pauses_seconds: Sequence[float] = (0.0, 0.2, 1.0),
    ) -> None:
        self.allowed = allowed
        self._timeout_seconds = timeout_seconds
        self._pauses_seconds = tuple(pauses_seconds)
        self._connections: dict[tuple[str, str, int], _Connection] = {}
        self._named: set[str] = set()

    async def post(self, uri: str, body: bytes) -> Notified:
        """Deliver a body: the consumer's status, or 0 when it cannot be had."""
        target = self.allowed.target(uri)
        if target is None:
            self._name(uri)
            return Notified(0, "not an allowed consumer")
        why = "no attempt"
        for pause_seconds in self._pauses_seconds:
            await asyncio.sleep(pause_seconds)
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    reply = await self._follow(target, body)
            except (OSError, TimeoutError, h2.exceptions.H2Error) as failed:
                why = type(failed).__name__
                continue
            if reply.status not in RETRIED:
                return Notified(reply.status)
            why = f"status {reply.status}"
        return Notified(0, why)

    async def _follow(self, target: Target, body: bytes) -> _Reply:
        for _ in range(REDIRECTS_MAX):
            reply = await self._once(target, body)
            if reply.status not in REDIRECTED or not reply.location:
                return reply
            base = f"{target.scheme}://{target.authority}{target.path}"
            further = self.allowed.target(urljoin(base, reply.location))
            if further is None:
                return reply
            target = further
        return await self._once(target, body)

    async def _once(self, target: Target, body: bytes) -> _Reply:
        where = (target.scheme, target.host, target.port)
        connection = self._connections.get(where)
        if connection is None or not connection.usable:
            connection = await self._connect(target)
            self._connections[where] = connection
            while len(self._connections) > CONNECTIONS_MAX:
                self._connections.pop(next(iter(self._connections))).close()
        return await connection.post(target, body)

    async def _connect(self, target: Target) -> _Connection:
        tls: ssl.SSLContext | None = None
        if target.scheme == "https":
            tls = ssl.create_default_context()
            tls.set_alpn_protocols(["h2"])
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, target.host, target.port, ssl=tls)
        return connection

    def _name(self, uri: str) -> None:
        """Say once per host how to admit it; the rest of the URI is the consumer's own."""
        host = ""
        with contextlib.suppress(ValueError):
            host = urlsplit(uri).hostname or ""
        if len(self._named) < NAMED_MAX and host not in self._named:
            self._named.add(host)
            log.warning(
                "a consumer asks to be notified at host %r, which is not configured:"
                " add it to the notify hosts to admit it",
                host,
            )

    async def stop(self) -> None:
        """Close all connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        await asyncio.sleep(0)
