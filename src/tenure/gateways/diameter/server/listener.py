"""The Diameter server: listens, keeps time for connections, tells peers of stale sessions."""

import asyncio
import contextlib
import itertools
import logging
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from tenure.gateways.diameter.server.connection import Charging, Connection, House, Limits
from tenure.gateways.diameter.server.metrics import Metrics
from tenure.gateways.diameter.session import Node, State, peer_from
from tenure.gateways.diameter.translate.currencies import NUMBER_OF
from tenure.gateways.diameter.translate.request import Terms
from tenure.gateways.diameter.translate.response import Speaker, Voice
from tenure.gateways.diameter.wire.answer import identity_avps
from tenure.gateways.diameter.wire.avp import avp
from tenure.gateways.diameter.wire.message import (
    CREDIT_CONTROL,
    RETRANSMITTED,
    Command,
    request,
)
from tenure.promises.charging.model import Stale
from tenure.terms.model import Terms as OperatorTerms
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

TICK_SECONDS: Final = 0.5
ANSWER_SECONDS: Final = 5.0
ATTEMPTS: Final = 3
RECONNECT_SECONDS: Final = 30.0
"""How long a peer that has gone may take to be back before a message to it is given up."""
LEAVE_SECONDS: Final = 2.0
AUTHORIZE_ONLY: Final = 0
BACKLOG: Final = 512


class Tls(msgspec.Struct, frozen=True):
    """Files for Diameter over TLS (RFC 6733 section 13.1), all PEM."""

    certificate: Path
    key: Path
    authority: Path | None = None
    """If given, peers must show a certificate that this authority signed."""


class Endpoint(msgspec.Struct, frozen=True):
    """An address to listen on."""

    host: str
    port: int
    """0 takes any free one; ``Server.ports`` says which."""
    tls: Tls | None = None


class Settings(msgspec.Struct, frozen=True):
    """All that a Diameter server is told."""

    endpoints: tuple[Endpoint, ...]
    node: Node
    terms: Terms
    voice: Voice
    limits: Limits = Limits()


HOST: Final = "ocs.example.net"
REALM: Final = "example.net"
PEERS: Final = ("pcscf.example.net", "ericlient.example.net", "ctf.example.net")
"""Admitted unless a setting says who is: two test clients, and the demo population."""


def settings_for(
    terms: OperatorTerms,
    endpoints: Sequence[Endpoint],
    started_at: Instant,
    *,
    peers: Sequence[str] = PEERS,
    host: str = HOST,
    realm: str = REALM,
) -> Settings:
    """The settings of a server for an operator.  ``peers`` as ``session.peer_from`` reads them.

    ValueError when the currency of the terms has no number in ISO 4217.
    """
    currency = NUMBER_OF.get(terms.currency)
    if currency is None:
        raise ValueError(f"currency {terms.currency} has no number in ISO 4217")
    address = next((one.host for one in endpoints if _is_ipv4(one.host)), "127.0.0.1")
    return Settings(
        endpoints=tuple(endpoints),
        node=Node(
            host=host,
            realm=realm,
            address=address,
            origin_state_id=started_at // 1_000 & 0xFFFFFFFF,
            peers=tuple(peer_from(one) for one in peers),
        ),
        terms=Terms(currency, frozenset(terms.home_plmns)),
        voice=Voice(host, realm, currency, terms.redirect_url),
    )


def _is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdecimal() and int(part) < 256 for part in parts)  # noqa: PLR2004


def tls_context(tls: Tls) -> ssl.SSLContext:
    """The context of a server; OSError or ssl.SSLError says what is wrong with the files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.authority is not None:
        context.load_verify_locations(tls.authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class Server:
    """Accepts peers on its endpoints from ``start`` to ``stop``."""

    def __init__(
        self, settings: Settings, charging: Charging, clock: Callable[[], Instant]
    ) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.ports: list[int] = []
        self._clock = clock
        self._hop = itertools.count(1)
        # RFC 6733 section 3: unique for four minutes even across a restart.
        self._end = itertools.count((clock() // 1_000 & 0xFFF) << 20)
        self._house = House(
            settings.node,
            settings.limits,
            settings.terms,
            Speaker(settings.voice),
            charging,
            clock,
            self.metrics,
            set(),
            {},
            self._identify,
            {},
        )
        self._servers: list[asyncio.Server] = []
        self._ticker: asyncio.Task[None] | None = None

    def _identify(self) -> tuple[int, int]:
        return next(self._hop) & 0xFFFFFFFF, next(self._end) & 0xFFFFFFFF

    async def start(self) -> None:
        """Listen; OSError when an address is taken."""
        loop = asyncio.get_running_loop()
        for endpoint in self.settings.endpoints:
            context = tls_context(endpoint.tls) if endpoint.tls else None
            server = await loop.create_server(
                lambda: Connection(self._house),
                endpoint.host,
                endpoint.port,
                ssl=context,
                backlog=BACKLOG,
            )
            self._servers.append(server)
            self.ports.append(server.sockets[0].getsockname()[1])
        self._ticker = asyncio.create_task(self._tick())

    async def stop(self, grace_seconds: float = 5.0) -> None:
        """Answer what was asked, take leave of the peers, and close."""
        for server in self._servers:
            server.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                while any(one.outstanding for one in self._house.connections):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        for one in list(self._house.connections):
            one.leave()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                while self._house.connections:  # noqa: ASYNC110 - leaving need not be noticed at once
                    await asyncio.sleep(0.01)
        for one in list(self._house.connections):
            one.transport.abort()
        if self._ticker is not None:
            self._ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._ticker

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            at = self._clock()
            for one in list(self._house.connections):
                try:
                    one.tick(at)
                except Exception:
                    # The others must not lose their watchdog.
                    log.exception("a connection could not be looked after")
                    one.transport.abort()

    async def tell(self, stale: Stale) -> bool:
        """Have the peer ask again (Re-Auth-Request) or end the session (Abort-Session-Request).

        False: not a session of this gateway.  True: the peer has answered, or could not be
        reached in time; the grant then ends with its validity, as every grant does.
        """
        host, _, realm = stale.peer.partition("|")
        if not host or "/" in host:
            return False
        command = Command.ABORT_SESSION if stale.abort else Command.RE_AUTH
        avps = avp("Session-Id", stale.key) + self._routed(host, realm)
        if not stale.abort:
            avps += avp("Re-Auth-Request-Type", AUTHORIZE_ONLY)
        for attempt in range(ATTEMPTS):
            connection = await self._connection_to(host.lower())
            if connection is None:
                self.metrics.told["unreachable"] += 1
                return True
            result = await self._asked(connection, command, avps, again=attempt > 0)
            if result is not None:
                self.metrics.told["abort" if stale.abort else "re-auth"] += 1
                return True
        self.metrics.told["unanswered"] += 1
        return True

    def _routed(self, host: str, realm: str) -> bytes:
        node = self.settings.node
        return (
            identity_avps(node.host, node.realm)
            + avp("Destination-Realm", realm or node.realm)
            + avp("Destination-Host", host)
            + avp("Auth-Application-Id", CREDIT_CONTROL)
        )

    async def _asked(
        self, connection: Connection, command: Command, avps: bytes, *, again: bool
    ) -> int | None:
        """The Result-Code of the peer's answer; None if it gave none."""
        ids = self._identify()
        raw = request(command, CREDIT_CONTROL, ids, avps)
        if again:
            raw = raw[:4] + bytes([raw[4] | RETRANSMITTED]) + raw[5:]
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        connection.waiting[ids[0]] = future
        connection.send(raw)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await future
        except (TimeoutError, ConnectionResetError):
            return None
        finally:
            connection.waiting.pop(ids[0], None)

    async def _connection_to(self, host: str) -> Connection | None:
        """The open connection that leads to a host; waits a while for one that has gone."""
        for _ in range(int(RECONNECT_SECONDS / TICK_SECONDS)):
            known = self._house.origins.get(host)
            if known is not None and known.session.state is State.OPEN:
                return known
            for one in self._house.connections:
                if one.is_open_to(host):
                    return one
            await asyncio.sleep(TICK_SECONDS)
        return None
