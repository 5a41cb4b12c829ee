"""HTTP/2 with prior knowledge and HTTP/1.1 on one port: Granian, embedded in the running loop."""

import asyncio
import contextlib
import logging
import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.rsgi import Scope
from granian.server.embed import Server as Embedded

from tenure.gateways.nchf.server.gateway import (
    Asked,
    Gateway,
    Reply,
    Route,
    Settings,
    place_of,
    refused,
    route,
)
from tenure.gateways.nchf.server.tally import Tally
from tenure.gateways.nchf.translate.answers import problem
from tenure.gateways.nchf.wire.messages import ProblemDetails
from tenure.gateways.nchf.wire.reading import BODY_OCTETS_MAX
from tenure.promises.charging.model import Stale
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

STARTED_WITHIN_SECONDS: Final = 10.0
ANSWERED_WITHIN_SECONDS: Final = 10.0
"""How long requests under way are waited for when we stop."""
STOPPED_WITHIN_SECONDS: Final = 0.5
"""How long a consumer may take to notice that we go; then its connection is cut."""
OPEN_FILES: Final = Path("/proc/self/fd")
SETTLED_SECONDS: Final = 0.05
"""The threads of the embedded server end a little after it says so; were the interpreter to end
first, the process would abort (seen in 13 of 20 runs without the pause, in none with 20 ms)."""
READ_PAST_OCTETS_MAX: Final = 8 * BODY_OCTETS_MAX
CONNECTIONS_MAX: Final = 4096

_AUTHORITY: Final = re.compile(
    r"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?"
)
_JSON_TYPE: Final = re.compile(r"application/json\s*(;.*)?", re.IGNORECASE)


def this_instant() -> Instant:
    """What the clock of this machine says."""
    return Instant(time.time_ns() // 1_000_000)


class Server:
    """The Nchf gateway on its port.

    ``start`` returns when the port answers and raises OSError when it cannot be had.  ``stop`` lets
    requests under way finish.
    """

    def __init__(
        self, settings: Settings, lanes: Asked, now: Callable[[], Instant] = this_instant
    ) -> None:
        self.settings = settings
        self.tally = Tally()
        self.gateway = Gateway(settings, lanes, self.tally)
        self._application = _Application(self.gateway, settings, now)
        self._embedded: Embedded | None = None
        self._task: asyncio.Task[None] | None = None

    async def tell(self, stale: Stale) -> bool:
        """Notify the consumer of a stale session.  False: not a session of this gateway."""
        return await self.gateway.tell(stale)

    async def start(self) -> None:
        """Listen."""
        host, port = self.settings.host, self.settings.port
        _must_be_free(host, port)
        self._embedded = _embedded(self.settings, self._application)
        self._task = asyncio.create_task(self._embedded.serve())
        async with asyncio.timeout(STARTED_WITHIN_SECONDS):
            while not await _answers(host, port):
                if self._task.done():
                    self._task.result()
                    raise OSError(f"the server on {host}:{port} ended before it began")
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Take no more connections, answer what is under way, close."""
        if self._embedded is None or self._task is None:
            return
        self._embedded.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
                await self._application.idle.wait()
        done, _ = await asyncio.wait([self._task], timeout=STOPPED_WITHIN_SECONDS)
        if not done:
            _hang_up(self.settings.port)
            done, _ = await asyncio.wait([self._task], timeout=STOPPED_WITHIN_SECONDS)
        if not done:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await asyncio.sleep(SETTLED_SECONDS)
        await self.gateway.stop()
        self._embedded = self._task = None


def _embedded(settings: Settings, application: "_Application") -> Embedded:
    def path(name: str) -> Path | None:
        return Path(name) if name else None

    return Embedded(
        application,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.auto,
        websockets=False,
        backlog=1024,
        backpressure=CONNECTIONS_MAX,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=64 * 1024),
        http2_settings=HTTP2Settings(
            keep_alive_interval=30_000,
            keep_alive_timeout=20,
            max_concurrent_streams=1024,
            max_headers_size=64 * 1024,
        ),
        # What goes wrong is logged here, without what the peer said.
        log_enabled=False,
        log_level=LogLevels.critical,
        ssl_cert=path(settings.certificate),
        ssl_key=path(settings.certificate_key),
        ssl_ca=path(settings.client_authority),
        ssl_client_verify=bool(settings.client_authority),
    )


def _must_be_free(host: str, port: int) -> None:
    """The embedded server shares a port with whoever has it; so ask for it alone first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _hang_up(port: int) -> None:
    """Cut the connections of consumers that keep one open and never read from it.

    The embedded server has no such way itself; where the system does not list open files, the
    connections end with the process.
    """
    if not OPEN_FILES.is_dir():
        return
    for entry in list(OPEN_FILES.iterdir()):
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(entry.name))) as there:
            is_internet = there.family in {socket.AF_INET, socket.AF_INET6}
            if is_internet and there.getsockname()[1] == port:
                there.shutdown(socket.SHUT_RDWR)


async def _answers(host: str, port: int) -> bool:
    there = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        _, writer = await asyncio.open_connection(there, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


class _Application:
    """What Granian calls for every request (RSGI)."""

    def __init__(self, gateway: Gateway, settings: Settings, now: Callable[[], Instant]) -> None:
        self._gateway = gateway
        self._now = now
        self._settings = settings
        self._under_way = 0
        self.idle = asyncio.Event()
        """Set while every request has its answer."""
        self.idle.set()

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        self._under_way += 1
        self.idle.clear()
        try:
            await self._answer(scope, protocol)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.idle.set()

    async def _answer(self, scope: Scope, protocol: HTTPProtocol) -> None:
        began = time.perf_counter()
        try:
            reply = await self._reply(scope, protocol)
        except ProtocolClosed:
            reply = refused("other", problem(400, "INVALID_MSG_FORMAT", "the body broke off"))
        except Exception as accident:  # noqa: BLE001  a peer must get an answer, never a traceback
            log.error("a request failed by accident: %s", place_of(accident))  # noqa: TRY400
            reply = refused("other", problem(500, "SYSTEM_FAILURE"))
        # A peer that has gone gets nothing, and that is no error of ours.
        with contextlib.suppress(ProtocolClosed):
            if reply.body and scope.method != "HEAD":
                protocol.response_bytes(reply.status, reply.headers, reply.body)
            else:
                protocol.response_empty(reply.status, reply.headers)
        self._gateway.tally.count(reply.operation, reply.result, time.perf_counter() - began)

    async def _reply(self, scope: Scope, protocol: HTTPProtocol) -> Reply:
        where = route(scope.path)
        if isinstance(where, ProblemDetails):
            return refused("other", where)
        if scope.method != "POST":
            return refused(
                "other", problem(405, "", "only POST is possible here"), ("allow", "POST")
            )
        headers = scope.headers
        wrong = _unacceptable(scope, headers)
        if wrong is not None:
            return refused(where.operation, wrong)
        body = await self._body(headers, protocol)
        if isinstance(body, ProblemDetails):
            return refused(where.operation, body)
        root = self._api_root(scope, headers)
        return await self._gateway.answer(where, body, self._now(), root)

    async def _body(self, headers: Any, protocol: HTTPProtocol) -> bytes | ProblemDetails:
        """The whole body, if it comes in time and is no larger than allowed.

        Some of what is too large is read all the same: many a consumer looks for the answer only
        when it has sent everything.
        """
        length = headers.get("content-length")
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                if length is not None and int(length) <= BODY_OCTETS_MAX:
                    return bytes(await protocol())
                body = bytearray()
                received = 0
                async for chunk in protocol:
                    received += len(chunk)
                    if received <= BODY_OCTETS_MAX:
                        body += chunk
                    elif received > READ_PAST_OCTETS_MAX:
                        break
        except TimeoutError:
            return problem(408, "", "the body did not arrive in time")
        if received > BODY_OCTETS_MAX:
            return problem(413, "", f"a body has at most {BODY_OCTETS_MAX} octets")
        return bytes(body)

    def _api_root(self, scope: Scope, headers: Any) -> str:
        if self._settings.api_root:
            return self._settings.api_root
        authority = scope.authority or headers.get("host") or ""
        if _AUTHORITY.fullmatch(authority) is None:
            host = self._settings.host
            authority = f"{f'[{host}]' if ':' in host else host}:{self._settings.port}"
        return f"{'https' if self._settings.certificate else 'http'}://{authority}"


def _unacceptable(scope: Scope, headers: Any) -> ProblemDetails | None:
    """What is wrong with the headers of a POST, before its body is read."""
    content_type = headers.get("content-type")
    if content_type is not None and _JSON_TYPE.fullmatch(content_type.strip()) is None:
        return problem(415, "", "a request is application/json")
    if headers.get("content-encoding", "identity") != "identity":
        return problem(415, "", "a body is sent as it is, without content coding")
    length = headers.get("content-length")
    if length is None:
        if scope.http_version.startswith("1") and headers.get("transfer-encoding") is None:
            return problem(411, "INCORRECT_LENGTH", "the length of the body is missing")
        return None
    if not length.isdecimal():
        return problem(400, "INVALID_MSG_FORMAT", "content-length is no number")
    return None


__all__ = ["Route", "Server", "Settings"]
