"""The public website: who visits, and what goes around every page of it."""

import logging
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import NotFoundException, PermissionDeniedException

from tenure.gateways.web.server.guard import Jar
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session import privacy_control, visitors
from tenure.gateways.web.session.visitors import Choice
from tenure.gateways.web.translate import public as translate
from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.public import frame
from tenure.gateways.web.wire.pages.public.shapes import Around
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.terms.website import Website
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

ROOT: Final = frame.ROOT
LANGUAGE: Final = f"{ROOT}/{{language:str}}"
FORM_OCTETS_MAX: Final = 262_144
"""Larger than what a form takes, so that what is too long comes back as it was typed."""


class Visitor(msgspec.Struct, frozen=True):
    """Somebody at the public website; nothing is known of them but what their browser says."""

    language: str
    path: str
    at: Instant
    choice: Choice | None
    gpc: bool
    remembered: tuple[str, ...]
    """Names of forms that were sent from this device, if they agreed to be reminded."""
    around: Around

    def __repr__(self) -> str:
        return "Visitor(…)"


def choice_of(site: Site, cookies: str, at: Instant) -> Choice | None:
    """What this browser answered about cookies, if it counts still."""
    banner = site.said.terms.privacy.website.banner
    value = visitors.value_in(cookies, visitors.CHOICE, secure=site.secure)
    return visitors.choice_in(site.secret, value, banner.version, at, banner.valid_ms)


def jar_of(site: Site) -> Jar:
    """WEB-COOKIE: the register of the pack, and what each browser agreed to."""
    categories = {one.name: one.category for one in registered(site).cookies}

    def allowed(cookies: str) -> frozenset[str]:
        choice = choice_of(site, cookies, site.now())
        return visitors.NO_CHOICE if choice is None else choice.allowed

    return Jar(visitors.Register(categories), allowed, site.alarm)


def visitor(site: Site, request: Request[Any, Any, Any], path: str) -> Visitor:
    """Who is there; 404 in a language that the operator does not offer (WEB-LANG)."""
    terms = site.said.terms
    language = request.path_params["language"]
    if language not in terms.languages:
        raise NotFoundException
    at = site.now()
    cookies = request.headers.get("cookie", "")
    choice = choice_of(site, cookies, at)
    sent: tuple[str, ...] = ()
    if choice is not None and choice.convenience:
        _, sent = memory_of(site, cookies)
    fields = [value for name, value in request.scope["headers"] if name == privacy_control.HEADER]
    gpc = privacy_control.is_on(fields)
    around = translate.around(terms, language, path, choice, gpc=gpc)
    return Visitor(language, path, at, choice, gpc, sent, around)


def memory_of(site: Site, cookies: str) -> tuple[str, tuple[str, ...]]:
    """The language and the forms that this browser was to remember."""
    value = visitors.value_in(cookies, visitors.MEMORY, secure=site.secure)
    return visitors.memory_in(value)


def from_here(site: Site, request: Request[Any, Any, Any]) -> None:
    """403 when another site made the browser send this; old browsers say so in Origin alone.

    ``null`` says nothing: it is what a browser sends from our own pages, which give no referrer.
    """
    origin = request.headers.get("origin", "null")
    host = request.headers.get("host", "")
    if origin not in ("null", site.url, f"http://{host}", f"https://{host}"):
        raise PermissionDeniedException(parts.FORGED)


async def shown(
    site: Site, request: Request[Any, Any, Any], who: Visitor, text: str, status: int = 200
) -> Response[str]:
    """A page; of a browser that agreed, its language is remembered and its visit counted."""
    response = Response(text, status_code=status, media_type=MediaType.HTML)
    choice = who.choice
    if choice is not None and choice.convenience:
        remember(site, response, who, who.remembered)
    if choice is not None and choice.visits and request.method == "GET":
        await _counted(site, request, who, choice, response)
    return response


def remember(site: Site, response: Response[Any], who: Visitor, sent: tuple[str, ...]) -> None:
    """WEB-COOKIE: remember language and forms, for whoever agreed to it."""
    put(site, response, visitors.MEMORY, visitors.memory_value(who.language, sent))


async def _counted(
    site: Site,
    request: Request[Any, Any, Any],
    who: Visitor,
    choice: Choice,
    response: Response[str],
) -> None:
    """WEB-COOKIE: keep what the notice says of a visit.  Without its yes in the store, nothing."""
    banner = site.said.terms.privacy.website.banner
    header = request.headers.get("cookie", "")
    value = visitors.value_in(header, visitors.VISIT, secure=site.secure)
    visit_id = visitors.visit_in(value) or UUID(bytes=site.fresh(visitors.UUID_OCTETS))
    about = (address_of(request), request.headers.get("user-agent", ""), request.scope["path"])
    answer = (choice.consent_id, choice.at)
    seen = privacy.website.seen(visit_id, answer, who.at, about, banner.visit_keep_ms)
    if seen is None:
        return
    try:
        await perform(site.pool, privacy.website.visited, seen)
    except Exception as error:  # noqa: BLE001 -- a page is shown, counted or not
        log.warning("a visit was not counted: %s", type(error).__name__)
        return
    put(site, response, visitors.VISIT, visitors.visit_value(visit_id))


def put(site: Site, response: Response[Any], name: str, value: str) -> None:
    """Set a cookie of the register, for as long as the register says."""
    lasts_ms = next(one.lasts_ms for one in registered(site).cookies if one.name == name)
    _cookie(site, response, name, value, visitors.seconds_of(lasts_ms))


def drop(site: Site, response: Response[Any], name: str) -> None:
    """Make a browser forget a cookie."""
    _cookie(site, response, name, "", 0)


def _cookie(site: Site, response: Response[Any], name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        key=f"__Host-{name}" if site.secure else name,
        value=value,
        max_age=seconds,
        path="/",
        secure=site.secure,
        httponly=True,
        samesite="lax",
    )


def registered(site: Site) -> Website:
    """What website.toml says."""
    return site.said.terms.privacy.website


def address_of(request: Request[Any, Any, Any]) -> str:
    """From where a request comes; "" when that is not known."""
    return "" if request.client is None else request.client.host
