"""The pages before partners' platforms: nobody leaves without being told whose notice applies."""

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotFoundException

from tenure.gateways.web.server.site import Site, shown, visitor
from tenure.gateways.web.translate import updates as translate
from tenure.gateways.web.wire.pages import partners as pages
from tenure.terms.recipients import Partner


def handlers(site: Site) -> list[Any]:
    """What answers below /partner."""
    terms = site.said.terms

    @get(pages.ADDRESS, media_type=MediaType.HTML)
    async def partners(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        language = _language(request)
        found = [_way(one, language) for one in terms.privacy.disclosing.partners]
        return shown(site, who, pages.listed(who.frame, language, found))

    @get(f"{pages.ADDRESS}/{{name:str}}", media_type=MediaType.HTML)
    async def partner(request: Request[Any, Any, Any]) -> Response[str]:
        found = terms.privacy.disclosing.partner(request.path_params["name"])
        if found is None:
            raise NotFoundException
        who = await visitor(site, request)
        language = _language(request)
        return shown(site, who, pages.before(who.frame, language, _way(found, language)))

    def _language(request: Request[Any, Any, Any]) -> str:
        asked = request.query_params.get("language", "")
        return translate.language_of(terms, asked, request.headers.get("accept-language", ""))

    return [partners, partner]


def _way(one: Partner, language: str) -> pages.Way:
    return pages.Way(one.name, one.title[language], one.url, one.notice_url)
