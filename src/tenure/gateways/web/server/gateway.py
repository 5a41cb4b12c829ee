"""Serves the page on loopback."""

from importlib import resources
from typing import Any, Final

from granian.constants import HTTPModes
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp

from tenure.gateways.web.server import (
    consents,
    contacts,
    desk,
    held,
    looking,
    own,
    partners,
    public_forms,
    public_pages,
    requests,
    signing,
    updates,
)
from tenure.gateways.web.server.guard import HEADERS, allowed_hosts, guarded
from tenure.gateways.web.server.public import jar_of
from tenure.gateways.web.server.site import Site, accident, in_words
from tenure.http import HttpServer

__all__ = ["HEADERS", "WebGateway", "allowed_hosts", "application"]

BODY_OCTETS_MAX: Final = 16_384
"""A form with what a passkey made or signed in it."""


class WebGateway:
    """The page.  ``start`` opens it, ``stop`` closes it; both may be called once."""

    def __init__(self, host: str, port: int, site: Site) -> None:
        """Nothing is opened yet."""
        self.host, self.port = host, port
        self.app = application(site, allowed_hosts(host, port, site.host))
        self._server = HttpServer(self.app, host, port, HTTPModes.auto)

    async def start(self) -> None:
        """Open the page; returns when it answers, and raises OSError when it cannot."""
        await self._server.start()

    async def stop(self) -> None:
        """Finish what is being answered and close."""
        await self._server.stop()


def application(site: Site, hosts: frozenset[str]) -> ASGIApp:
    """The page as an ASGI application; the guard is outermost, so that it sees problems too."""
    handlers: list[Any] = [
        *looking.handlers(site),
        *signing.handlers(site),
        *requests.handlers(site),
        *desk.handlers(site),
        *own.handlers(site),
        *held.handlers(site),
        *consents.handlers(site),
        *updates.handlers(site),
        *partners.handlers(site),
        *public_pages.handlers(site),
        *contacts.handlers(site),
        *public_forms.handlers(site),
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
        jar_of(site),
    )


def _files() -> list[Any]:
    folder = resources.files("tenure.gateways.web.wire")
    look = (folder / "look.css").read_text(encoding="utf-8")
    public = (folder / "site.css").read_text(encoding="utf-8")
    live = (folder / "live.js").read_text(encoding="utf-8")
    passkey = (folder / "passkey.js").read_text(encoding="utf-8")
    icon_text = (folder / "icon.svg").read_text(encoding="utf-8")

    @get("/look.css", media_type="text/css; charset=utf-8", sync_to_thread=False)
    def style_sheet() -> str:
        return look

    @get("/site.css", media_type="text/css; charset=utf-8", sync_to_thread=False)
    def public_style_sheet() -> str:
        return public

    @get("/live.js", media_type="text/javascript; charset=utf-8", sync_to_thread=False)
    def live_script() -> str:
        return live

    @get("/passkey.js", media_type="text/javascript; charset=utf-8", sync_to_thread=False)
    def passkey_script() -> str:
        return passkey

    @get("/icon.svg", media_type="image/svg+xml", sync_to_thread=False)
    def icon() -> str:
        return icon_text

    return [style_sheet, public_style_sheet, live_script, passkey_script, icon]
