"""Somebody's own page of what is held about them: behind their passkey, for a while."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.response import Stream

from tenure.gateways.web.server.site import Site, Visitor, form_of, shown, to, visitor
from tenure.gateways.web.session import visits
from tenure.gateways.web.translate import held as translate
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.held import Held
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.people import operations as people
from tenure.promises.privacy import model, operations
from tenure.values.instant import Instant
from tenure.values.refused import Refused

exports = operations.exports
Kind = model.exports.Kind
Scope = model.exports.Scope
Whose = model.exports.Whose

CONTENT_TYPE: Final = "application/octet-stream"
SUFFIX: Final = ".tenure-export"


@get("/held", sync_to_thread=False)
def who_are_you() -> Response[str]:
    """Whoever types the address shows who they are first, on the page that leads here."""
    return to("/mine")


def handlers(site: Site) -> list[Any]:
    """All of it."""

    @post("/held", status_code=200)
    async def overview(request: Request[Any, Any, Any]) -> Response[str]:
        who, form, whose = await _asked(site, request)
        if whose is None:
            return shown(site, who, pages.held.over(who.frame), 403)
        told = await perform(site.pool, _held, site, whose, site.now())
        return shown(site, who, pages.held.page(who.frame, _visited(told, form["visit"], site)))

    @post("/held/ask", status_code=200)
    async def ask(request: Request[Any, Any, Any]) -> Response[str]:
        who, form, whose = await _asked(site, request)
        scope = form.get("scope", "")
        if whose is None or site.exporting is None or scope not in {one.value for one in Scope}:
            return shown(site, who, pages.held.over(who.frame), 403)
        before = await perform(site.pool, _held, site, whose, site.now())
        passphrase = await site.exporting.ask(whose, Scope(scope), before.language)
        told = await perform(site.pool, _held, site, whose, site.now())
        told = msgspec.structs.replace(told, passphrase=passphrase)
        return shown(site, who, pages.held.page(who.frame, _visited(told, form["visit"], site)))

    @post("/held/fetch", status_code=200)
    async def fetch(request: Request[Any, Any, Any]) -> Response[Any]:
        who, form, whose = await _asked(site, request)
        if whose is None or site.exporting is None:
            return shown(site, who, pages.held.over(who.frame), 403)
        package = form.get("package", "")
        found = await perform(site.pool, exports.fetch, whose, package, site.now())
        if isinstance(found, Refused):
            return shown(site, who, pages.held.gone(who.frame), 410)
        name = f"{found.export_id}{SUFFIX}"
        return Stream(
            site.exporting.read(found),
            media_type=CONTENT_TYPE,
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    return [who_are_you, overview, ask, fetch]


async def _asked(
    site: Site, request: Request[Any, Any, Any]
) -> tuple[Visitor, dict[str, str], Whose | None]:
    """Who is there, what they sent, and whom their visit is of; None when it is over."""
    who = await visitor(site, request)
    form = dict(await form_of(request))
    person_id = visits.read(site.secret, form.get("visit", ""), site.now())
    return who, form, None if person_id is None else Whose(Kind.PERSON, person_id)


def _visited(told: Held, visit: str, site: Site) -> Held:
    return msgspec.structs.replace(told, visit=visit, can_ask=site.exporting is not None)


async def _held(tx: Transaction, site: Site, whose: Whose, at: Instant) -> Held:
    """What is held about them, in their language if the operator has it."""
    person = await people.find(tx, whose.whom)
    terms = site.said.terms
    spoken = terms.prevailing_language if person is None else person.language
    language = spoken if spoken in terms.languages else terms.prevailing_language
    told = await exports.overview(tx, terms, whose)
    given = await exports.given(tx, whose)
    jobs = await exports.of(tx, whose)
    return translate.held(told, given, jobs, language, site.said, at)
