"""Serves the page on loopback."""

import asyncio
import contextlib
from importlib import resources
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from tenure.gateways.web.server import looking, own, requests, signing
from tenure.gateways.web.server.guard import HEADERS, allowed_hosts, guarded
from tenure.gateways.web.server.site import Site, accident, in_words

__all__ = ["HEADERS", "WebGateway", "allowed_hosts", "application"]

STARTED_WITHIN_SECONDS: Final = 10.0
STOPPED_WITHIN_SECONDS: Final = 2.0
SETTLED_SECONDS: Final = 0.1
POLL_SECONDS: Final = 0.02
BODY_OCTETS_MAX: Final = 16_384
"""A form with what a passkey made or signed in it."""


class WebGateway:
    """The page.  ``start`` opens it, ``stop`` closes it; both may be called once."""

    def __init__(self, host: str, port: int, site: Site) -> None:
        """Nothing is opened yet."""
        self.host, self.port = host, port
        self.app = application(site, allowed_hosts(host, port, site.host))
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


def application(site: Site, hosts: frozenset[str]) -> ASGIApp:
    """The page as an ASGI application; the guard is outermost, so that it sees problems too."""
    handlers: list[Any] = [
        *looking.handlers(site),
        *signing.handlers(site),
        *requests.handlers(site),
        *own.handlers(site),
        *_files(),
    ]
    return guarded(
        Litestar(
            route_handlers=handlers,
            openapi_config=None,
            request_max_body_size=BODY_OCTETS_MAX,
            exception_handlers={HTTPException: in_words, Exception: accident},
            logging_config=None,
        ),
        hosts,
        site.url,
    )


def _files() -> list[Any]:
    folder = resources.files("tenure.gateways.web.wire")
    look = (folder / "look.css").read_text(encoding="utf-8")
    live = (folder / "live.js").read_text(encoding="utf-8")
    passkey = (folder / "passkey.js").read_text(encoding="utf-8")
    icon_text = (folder / "icon.svg").read_text(encoding="utf-8")

    @get("/look.css", media_type="text/css; charset=utf-8", sync_to_thread=False)
    def style_sheet() -> str:
        return look

    @get("/live.js", media_type="text/javascript; charset=utf-8", sync_to_thread=False)
    def live_script() -> str:
        return live

    @get("/passkey.js", media_type="text/javascript; charset=utf-8", sync_to_thread=False)
    def passkey_script() -> str:
        return passkey

    @get("/icon.svg", media_type="image/svg+xml", sync_to_thread=False)
    def icon() -> str:
        return icon_text

    return [style_sheet, live_script, passkey_script, icon]
