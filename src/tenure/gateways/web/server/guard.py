"""What stands before every page: headers that keep it where it is, and who is turned away."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

from tenure.gateways.web.session.visitors import ESSENTIAL, NO_CHOICE, SESSION, Register

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
WITH_PASSKEYS: Final = frozenset({"/sign-in", "/invitation", "/mine", "/request", "/requests"})
"""Pages of no use under another name than the one that passkeys are for."""
HTTP_PORT: Final = 80


def allowed_hosts(host: str, port: int, *others: str) -> frozenset[str]:
    """The names by which this page may be asked for; another name is a page of somebody else's."""
    names = {host, "localhost", "127.0.0.1", "[::1]"}
    own = frozenset(f"{name}:{port}" for name in names)
    return own | frozenset(others) | (names if port == HTTP_PORT else frozenset())


class Jar(msgspec.Struct, frozen=True):
    """WEB-COOKIE: which cookies may be set, and by whose yes."""

    register: Register = Register({SESSION: ESSENTIAL})
    allowed: Callable[[str], frozenset[str]] = lambda _: NO_CHOICE
    """The categories that a browser with these cookies agreed to."""
    alarm: Callable[[str], None] = lambda _: None


def guarded(app: ASGIApp, hosts: frozenset[str], url: str, jar: Jar = Jar()) -> ASGIApp:  # noqa: B008 -- it cannot be changed
    """Adds the headers to every answer, and turns away what another site made a browser send."""
    names = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    scheme, _, own = url.partition("://")
    secure = scheme == "https"

    async def handled(scope: Scope, receive: Receive, send: Send) -> None:
        agreed = jar.allowed(_header(scope, b"cookie"))

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                answered = [
                    one
                    for one in message.get("headers", ())
                    if _may_leave(one, jar, agreed, secure=secure)
                ]
                message["headers"] = [*answered, *names]
            await send(message)

        if str(scope["type"]) == "http":
            opens = scope.get("method") == "GET"
            headers = dict(scope["headers"])
            refused = turned_away(headers, hosts, opens=opens)
            if refused is not None:
                await _plain(send_with_headers, *refused)
                return
            path = str(scope["path"])
            if opens and path in WITH_PASSKEYS and _host(headers) != own:
                await _elsewhere(send_with_headers, f"{url}{path}")
                return
        await app(scope, receive, send_with_headers)

    return handled


def _may_leave(
    header: tuple[bytes, bytes], jar: Jar, agreed: frozenset[str], *, secure: bool
) -> bool:
    """No cookie leaves but a registered one, with the yes that it needs, whoever set it."""
    name, value = header
    if name.lower() != b"set-cookie":
        return True
    wrong = jar.register.wrong(value.decode("latin-1"), agreed, secure=secure)
    if wrong:
        jar.alarm(wrong)
    return not wrong


def _header(scope: Scope, name: bytes) -> str:
    found = [value for key, value in scope.get("headers", ()) if key.lower() == name]
    return b"; ".join(found).decode("latin-1")


def _host(headers: Mapping[bytes, bytes]) -> str:
    return headers.get(b"host", b"").decode("latin-1")


def turned_away(
    headers: Mapping[bytes, bytes], hosts: frozenset[str], *, opens: bool
) -> tuple[int, str] | None:
    """Why a request is not answered; None when it is."""
    if _host(headers) not in hosts:
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


async def _elsewhere(send: Callable[[Any], Awaitable[None]], where: str) -> None:
    headers = [(b"location", where.encode())]
    await send({"type": "http.response.start", "status": 307, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
