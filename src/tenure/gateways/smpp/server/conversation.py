"""A session on a socket: octets in, octets out, and everything else to whoever owns it."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from tenure.gateways.smpp.server.settings import Tls
from tenure.gateways.smpp.session.session import Ended, Outcome, Send, Session

Token = TypeVar("Token")


def elapsed_ms() -> int:
    """Milliseconds of the loop's own clock: what peers may take is no matter of whose day it is."""
    return int(asyncio.get_running_loop().time() * 1_000)


class Conversation(asyncio.Protocol, Generic[Token]):
    """The transport of one session."""

    def __init__(self, session: Session[Token], handle: Callable[[Outcome[Token]], None]) -> None:
        """``handle`` gets every outcome but what is only to be sent."""
        self.session = session
        self.address = ""
        self.is_welcome = True
        """Whether there is room for it; else it is closed at once."""
        self._handle = handle
        self._out: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The other side is there."""
        self._transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername")
        self.address = str(name[0]) if name else ""
        if not self.is_welcome:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        del exc
        self._transport = None
        self.gone.set()
        self._do(self.session.left())

    def data_received(self, data: bytes) -> None:
        """Octets have come."""
        self._do(self.session.received(data, elapsed_ms()))

    def pause_writing(self) -> None:
        """The other side does not read: we read no more of what it asks."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It reads again."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def send(self, octets: bytes) -> None:
        """Send soon, together with whatever else is sent by then."""
        if not octets:
            return
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(octets)

    def tick(self) -> None:
        """Time has passed."""
        self._do(self.session.tick(elapsed_ms()))

    def unbind(self) -> None:
        """Take our leave."""
        if not self.session.is_over:
            self._do(self.session.unbind(elapsed_ms()))

    def close(self) -> None:
        """Send what is to be sent, and close."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once, whatever was to be sent."""
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        if self._out and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(self._out))
        self._out.clear()

    def _do(self, outcomes: list[Outcome[Token]]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Send):
                self.send(outcome.octets)
                continue
            self._handle(outcome)
            if isinstance(outcome, Ended):
                self.close()


def client_tls(tls: Tls) -> ssl.SSLContext:
    """The context of who connects; OSError or ssl.SSLError says what is wrong with the files."""
    context = ssl.create_default_context(cafile=tls.authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate is not None:
        context.load_cert_chain(tls.certificate, tls.key)
    return context


def server_tls(tls: Tls) -> ssl.SSLContext:
    """The context of who listens; OSError or ssl.SSLError says what is wrong with the files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    assert tls.certificate is not None, "the file was checked"
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.authority is not None:
        context.load_verify_locations(tls.authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
