"""Serves the page on loopback, with headers that keep it where it is."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from typing import Any, Final

import msgspec
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.exceptions import ClientException, HTTPException
from litestar.types import ASGIApp, Receive, Scope, Send

from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.shapes import LineView, Live, NoLine

log = logging.getLogger(__name__)

STARTED_WITHIN_SECONDS: Final = 10.0
STOPPED_WITHIN_SECONDS: Final = 2.0
SETTLED_SECONDS: Final = 0.1
POLL_SECONDS: Final = 0.02
BODY_OCTETS_MAX: Final = 1_024
"""A form with one number in it."""

HEADERS: Final[Mapping[str, str]] = {
    # Nothing from elsewhere, nothing inline, in nobody's frame; and nothing of it stays behind.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
        " img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}

LookUp = Callable[[str], Awaitable[LineView | NoLine]]
"""What is typed for a number, and what is known of it."""


class WebGateway:
    """The page.  ``start`` opens it, ``stop`` closes it; both may be called once."""

    def __init__(self, host: str, port: int, live: Callable[[], Live], look_up: LookUp) -> None:
        """Nothing is opened yet."""
        self.host, self.port = host, port
        self.app = application(live, look_up, allowed_hosts(host, port))
        self._server: Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the page; returns when it answers, and raises OSError when it cannot.

        The embedded server would share a taken port: commands.up.addresses asks for it alone first.
        """
        self._server = Server(
            self.app,
            address=self.host,
            port=self.port,
            interface=Interfaces.ASGI,
            http=HTTPModes.auto,
            websockets=False,
            log_enabled=False,
        )
        self._task = asyncio.create_task(self._server.serve())
        try:
            async with asyncio.timeout(STARTED_WITHIN_SECONDS):
                while not await _answers(self.host, self.port):
                    if self._task.done():
                        self._task.result()
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise OSError(f"nothing answers on port {self.port}") from error

    async def stop(self) -> None:
        """Finish what is being answered and close."""
        if self._server is None or self._task is None:
            return
        self._server.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(self._task, timeout=STOPPED_WITHIN_SECONDS)
        # Its threads end a little after it says so (docs/decisions/0021).
        await asyncio.sleep(SETTLED_SECONDS)


async def _answers(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def allowed_hosts(host: str, port: int) -> frozenset[str]:
    """The names by which this page may be asked for; another name is a page of somebody else's."""
    names = {host, "localhost", "127.0.0.1", "[::1]"}
    return frozenset(f"{name}:{port}" for name in names) | (names if port == 80 else frozenset())  # noqa: PLR2004 -- the port a browser leaves out


def application(live: Callable[[], Live], look_up: LookUp, hosts: frozenset[str]) -> ASGIApp:
    """The page as an ASGI application; the guard is outermost, so that it sees problems too."""
    return _guarded(
        Litestar(
            route_handlers=[*_pages(live, look_up), *_data(live, look_up), *_files()],
            openapi_config=None,
            request_max_body_size=BODY_OCTETS_MAX,
            exception_handlers={HTTPException: _in_words, Exception: _accident},
            logging_config=None,
        ),
        hosts,
    )


def _pages(live: Callable[[], Live], look_up: LookUp) -> list[Any]:
    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def home() -> str:
        return pages.home(live())

    @get("/live", media_type=MediaType.HTML, sync_to_thread=False)
    def moving() -> str:
        return pages.moving(live())

    # POST, so that the number stands in no address, no history and no log of a proxy.
    @post("/number", media_type=MediaType.HTML, status_code=200)
    async def number(request: Request[Any, Any, Any]) -> Response[str]:
        typed = str((await request.form()).get("number", ""))
        found = await look_up(typed)
        status = 404 if isinstance(found, NoLine) else 200
        return Response(pages.number(live(), found, typed), status_code=status)

    return [home, moving, number]


class _NumberAsked(msgspec.Struct):
    number: str


def _data(live: Callable[[], Live], look_up: LookUp) -> list[Any]:
    @get("/api/live", sync_to_thread=False)
    def live_data() -> Live:
        return live()

    @post("/api/number", status_code=200)
    async def number_data(request: Request[Any, Any, Any]) -> Response[LineView | NoLine]:
        try:
            asked = msgspec.json.decode(await request.body(), type=_NumberAsked)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            raise ClientException from None
        found = await look_up(asked.number)
        return Response(found, status_code=404 if isinstance(found, NoLine) else 200)

    return [live_data, number_data]


def _files() -> list[Any]:
    folder = resources.files("tenure.gateways.web.wire")
    look = (folder / "look.css").read_text(encoding="utf-8")
    script = (folder / "live.js").read_text(encoding="utf-8")

    @get("/look.css", media_type="text/css; charset=utf-8", sync_to_thread=False)
    def style_sheet() -> str:
        return look

    @get("/live.js", media_type="text/javascript; charset=utf-8", sync_to_thread=False)
    def live_script() -> str:
        return script

    return [style_sheet, live_script]


def _guarded(app: ASGIApp, hosts: frozenset[str]) -> ASGIApp:
    """Adds the headers to every answer, and turns away what another site made a browser send."""
    names = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *names]
            await send(message)

        if str(scope["type"]) == "http":
            opens = scope.get("method") == "GET"
            refused = _turned_away(dict(scope["headers"]), hosts, opens=opens)
            if refused is not None:
                await _plain(send_with_headers, *refused)
                return
        await app(scope, receive, send_with_headers)

    return guarded


def _turned_away(
    headers: Mapping[bytes, bytes], hosts: frozenset[str], *, opens: bool
) -> tuple[int, str] | None:
    host = headers.get(b"host", b"").decode("latin-1")
    if host not in hosts:
        # A site of somebody else whose name was made to point at this machine.
        return 421, "This page is not served under that name."
    # Following a link to the page is opening it; its content stays unreadable to the other site.
    follows = opens and headers.get(b"sec-fetch-dest") == b"document"
    if not follows and headers.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
        return 403, "Another site asked for this page; open it yourself."
    return None


async def _plain(send: Callable[[Any], Awaitable[None]], status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


def _in_words(_: Request[Any, Any, Any], error: HTTPException) -> Response[str]:
    """A page for what cannot be served; it repeats nothing of what was sent."""
    title = {404: "No such page", 405: "Not in this way", 413: "Too long"}.get(
        error.status_code, "This cannot be read"
    )
    return Response(
        pages.problem(title, "The first page shows what there is."),
        status_code=error.status_code,
        media_type=MediaType.HTML,
    )


def _accident(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    log.error("a page could not be made", exc_info=error)
    return Response(
        pages.problem("Something went wrong here", "The log says what. Nothing was changed."),
        status_code=500,
        media_type=MediaType.HTML,
    )
