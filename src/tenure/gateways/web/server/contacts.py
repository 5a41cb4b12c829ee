"""What is held of who sent forms: they prove their address by a link, and see all of it as one."""

from typing import Any

from litestar import MediaType, Request, Response, get, post

from tenure.gateways.web.server.public import (
    FORM_OCTETS_MAX,
    LANGUAGE,
    ROOT,
    Visitor,
    address_of,
    from_here,
    registered,
    shown,
    visitor,
)
from tenure.gateways.web.server.public_forms import BY
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session import contacts, visitors
from tenure.gateways.web.translate import contacts as translate
from tenure.gateways.web.wire.pages.public import held as pages
from tenure.gateways.web.wire.pages.public.words import WORDS
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.model import Act
from tenure.values.instant import MINUTE_MS, Instant

NOT_TAKEN, OVER, TOO_MANY, CLOSED = 422, 410, 429, 503


def handlers(site: Site) -> list[Any]:
    """To which address, and what is held of it."""

    @get(f"{LANGUAGE}/{pages.PATH}", media_type=MediaType.HTML)
    async def ask(request: Request[Any, Any, Any]) -> Response[str]:
        who = visitor(site, request, pages.PATH)
        code = request.query_params.get("code", "")
        if not code:
            return await _asked(site, request, who)
        until = _until(site, code, who.at)
        if until is None:
            return await _asked(site, request, who, OVER, trouble="held-over")
        clock = translate.moment(site.said.terms, until, who.language)
        return await shown(site, request, who, pages.ready(who.around, code, clock))

    @post(f"{LANGUAGE}/{pages.PATH}", status_code=200, request_max_body_size=FORM_OCTETS_MAX)
    async def send(request: Request[Any, Any, Any]) -> Response[str]:
        from_here(site, request)
        who = visitor(site, request, pages.PATH)
        form = await request.form()
        code = str(form.get("code", ""))
        if code:
            return await _shown(site, request, who, code)
        return await _linked(site, request, who, str(form.get("email", "")))

    return [ask, send]


async def _asked(  # noqa: PLR0913 -- what a form comes back with
    site: Site,
    request: Request[Any, Any, Any],
    who: Visitor,
    status: int = 200,
    *,
    typed: str = "",
    fault: str = "",
    trouble: str = "",
) -> Response[str]:
    words = WORDS[who.language]
    can = site.mails and site.keys is not None
    trouble = trouble if can else "held-no-mail"
    page = pages.ask(who.around, typed, words.get(fault, ""), words.get(trouble, ""), mails=can)
    return await shown(site, request, who, page, status)


def _until(site: Site, code: str, at: Instant) -> Instant | None:
    """Until when a link counts; None for one that does not."""
    return None if (found := contacts.read(site.secret, code, at)) is None else found[1]


async def _shown(
    site: Site, request: Request[Any, Any, Any], who: Visitor, code: str
) -> Response[str]:
    """PRV-RIGHTS: what is held of all forms of the address, to who opened the letter there."""
    proven = contacts.read(site.secret, code, who.at)
    if proven is None or site.keys is None:
        return await _asked(site, request, who, OVER, trouble="held-over")
    async with site.sealing:
        found = await perform(site.pool, privacy.letters.mine, site.keys, proven[0], who.at)
    sent = translate.sent_forms(site.said.terms, found, who.language)
    return await shown(site, request, who, pages.shown(who.around, sent))


async def _linked(
    site: Site, request: Request[Any, Any, Any], who: Visitor, typed: str
) -> Response[str]:
    """Have a link sent; whoever asks is told the same, whether anything is kept or not."""
    terms, limits = site.said.terms, registered(site).limits
    if site.keys is None or not site.mails:
        return await _asked(site, request, who, CLOSED)
    address = privacy.website.address_in(typed, limits)
    if not address:
        return await _asked(site, request, who, NOT_TAKEN, typed=typed, fault="held-wrong")
    if not site.arrivals.may(address_of(request), who.at, limits.an_hour, site.fresh):
        return await _asked(site, request, who, TOO_MANY, typed=typed, trouble="too-often")
    contact = privacy.website.contact_of(contacts.key(site.secret), address)
    link_ms = terms.privacy.website.answers.link_ms
    code = contacts.code_of(site.secret, contact, Instant(who.at + link_ms))
    link = f"{site.url}{ROOT}/{who.language}/{pages.PATH}?code={code}"
    act = Act(BY, who.at, site.fresh(visitors.KEY_OCTETS))
    async with site.sealing:
        await perform(site.pool, privacy.letters.ask, terms, site.keys, contact, link, act)
    minutes = link_ms // MINUTE_MS
    said = WORDS[who.language]["held-sent"].format(minutes=minutes)
    return await shown(site, request, who, pages.said(who.around, said))
