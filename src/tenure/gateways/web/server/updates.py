"""The public page of recent updates: nobody has to sign in to read what binds them."""

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotFoundException

from tenure.gateways.web.server.site import Site, Visitor, shown, visitor
from tenure.gateways.web.translate import prices
from tenure.gateways.web.translate import updates as translate
from tenure.gateways.web.wire.pages import prices as price_pages
from tenure.gateways.web.wire.pages import updates as pages
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.tariffs import operations as tariffs


async def _price_list(site: Site, who: Visitor, version: str, language: str) -> Response[str]:
    terms = site.said.terms
    known = await perform(site.pool, tariffs.versions, terms.operator)
    found = prices.price_list(site.said, known, version, language)
    if found is None:
        raise NotFoundException
    return shown(site, who, price_pages.read(who.frame, terms.languages, language, found))


def handlers(site: Site) -> list[Any]:
    """What answers below /updates."""
    terms = site.said.terms
    made: dict[str, str] = {}

    @get(pages.ADDRESS, media_type=MediaType.HTML)
    async def updates(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        language = _language(request)
        known = await perform(site.pool, tariffs.versions, terms.operator)
        found = translate.listed(site.said, known, language, site.now())
        return shown(site, who, pages.listed(who.frame, terms.languages, language, found))

    @get(pages.HELD, media_type=MediaType.HTML)
    async def what_is_held(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        language = _language(request)
        if language not in made:
            made[language] = privacy.register.written(terms, language, "notice")
        return shown(site, who, pages.held(who.frame, terms.languages, language, made[language]))

    @get(f"{pages.ADDRESS}/{{document:str}}/{{version:str}}", media_type=MediaType.HTML)
    async def update(request: Request[Any, Any, Any]) -> Response[str]:
        document, version = request.path_params["document"], request.path_params["version"]
        who = await visitor(site, request)
        language = _language(request)
        if document == translate.PRICES:
            return await _price_list(site, who, version, language)
        found = translate.text(terms, document, version, language, site.now())
        if found is None:
            raise NotFoundException
        return shown(site, who, pages.read(who.frame, terms.languages, language, found))

    def _language(request: Request[Any, Any, Any]) -> str:
        asked = request.query_params.get("language", "")
        return translate.language_of(terms, asked, request.headers.get("accept-language", ""))

    return [updates, what_is_held, update]
