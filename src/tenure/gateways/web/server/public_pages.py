"""The pages of the public website that only tell: first page, notice, contests, cookies."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.exceptions import NotFoundException

from tenure.gateways.web.server.public import (
    FORM_OCTETS_MAX,
    LANGUAGE,
    ROOT,
    choice_of,
    drop,
    from_here,
    memory_of,
    put,
    registered,
    shown,
    visitor,
)
from tenure.gateways.web.server.site import Site, to
from tenure.gateways.web.session import visitors
from tenure.gateways.web.session.visitors import Choice
from tenure.gateways.web.translate import public as translate
from tenure.gateways.web.wire.pages.public import frame, pages
from tenure.gateways.web.wire.pages.public.frame import ALL
from tenure.gateways.web.wire.pages.public.shapes import Place
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.privacy import operations as privacy
from tenure.terms.agreements import PRIVACY_NOTICE
from tenure.values.instant import Instant
from tenure.values.refused import Refused

YES = "yes"


def handlers(site: Site) -> list[Any]:
    """All that tells something, and the answer about cookies."""
    return [*_first(site), _policy(site), *_contests(site), *_cookies(site)]


def _first(site: Site) -> list[Any]:
    terms = site.said.terms

    @get(ROOT)
    async def enter(request: Request[Any, Any, Any]) -> Response[str]:
        cookies = request.headers.get("cookie", "")
        choice = choice_of(site, cookies, site.now())
        language, _ = memory_of(site, cookies)
        if choice is None or not choice.convenience or language not in terms.languages:
            language = terms.prevailing_language
        return to(f"{ROOT}/{language}")

    @get(LANGUAGE, media_type=MediaType.HTML)
    async def home(request: Request[Any, Any, Any]) -> Response[str]:
        who = visitor(site, request, "")
        website = registered(site)
        doors = [
            (Place(one.name, one.title[who.language]), one.intro[who.language])
            for one in website.forms
        ]
        greeting, about = website.greeting[who.language], website.about[who.language]
        return await shown(site, request, who, pages.home(who.around, greeting, about, doors))

    return [enter, home]


def _policy(site: Site) -> Any:
    terms = site.said.terms

    @get(f"{LANGUAGE}/policy", media_type=MediaType.HTML)
    async def policy(request: Request[Any, Any, Any]) -> Response[str]:
        who = visitor(site, request, "policy")
        notice = consent.in_force(terms, PRIVACY_NOTICE, who.at)
        if notice is None:
            return await shown(site, request, who, frame.problem(who.around), 404)
        published = translate.date(terms, notice.published_at)
        text = notice.texts[who.language]
        page = pages.policy(who.around, notice.version, published, text)
        return await shown(site, request, who, page)

    return policy


def _contests(site: Site) -> list[Any]:
    terms = site.said.terms

    @get(f"{LANGUAGE}/contest/{{name:str}}", media_type=MediaType.HTML)
    async def contest(request: Request[Any, Any, Any]) -> Response[str]:
        name = request.path_params["name"]
        who = visitor(site, request, f"contest/{name}")
        found = registered(site).contest(name)
        if found is None:
            raise NotFoundException
        announced = await perform(site.pool, privacy.contests.announced, name)
        results = await perform(site.pool, privacy.contests.results, name)
        winners = None if isinstance(results, Refused) else results[1]
        page = translate.contest_page(terms, found, announced, winners, who.language, who.at)
        return await shown(site, request, who, pages.contest(who.around, page))

    @get("/draws/{name:str}", media_type=MediaType.JSON)
    async def draw(request: Request[Any, Any, Any]) -> Response[bytes]:
        results = await perform(site.pool, privacy.contests.results, request.path_params["name"])
        if isinstance(results, Refused):
            raise NotFoundException
        return Response(msgspec.json.encode(results[0]), media_type=MediaType.JSON)

    return [contest, draw]


def _cookies(site: Site) -> list[Any]:
    terms = site.said.terms

    @get(f"{LANGUAGE}/cookies", media_type=MediaType.HTML)
    async def cookies(request: Request[Any, Any, Any]) -> Response[str]:
        who = visitor(site, request, "cookies")
        page = translate.cookie_page(terms, who.language, who.choice)
        return await shown(site, request, who, pages.cookies(who.around, page))

    @post(f"{LANGUAGE}/cookies", status_code=200, request_max_body_size=FORM_OCTETS_MAX)
    async def answer(request: Request[Any, Any, Any]) -> Response[str]:
        from_here(site, request)
        who = visitor(site, request, "cookies")
        form = await request.form()
        said = str(form.get("answer", ""))
        each = {name: str(form.get(name, "")) for name in (visitors.CONVENIENCE, visitors.VISITS)}
        yes = {name: said == ALL or (said == "each" and each[name] == YES) for name in each}
        choice = await _answered(site, who.language, who.choice, yes)
        response = to(_back(site, who.language, str(form.get("back", ""))))
        version = registered(site).banner.version
        put(site, response, visitors.CHOICE, visitors.choice_value(site.secret, choice, version))
        for name, category in (
            (visitors.MEMORY, visitors.CONVENIENCE),
            (visitors.VISIT, visitors.VISITS),
        ):
            if not yes[category]:
                drop(site, response, name)
        return response

    return [cookies, answer]


async def _answered(
    site: Site, language: str, before: Choice | None, yes: dict[str, bool]
) -> Choice:
    """Keep the answer; only then the browser gets its cookie.  A browser keeps its number."""
    website = registered(site)
    fresh = UUID(bytes=site.fresh(visitors.UUID_OCTETS))
    consent_id = fresh if before is None else before.consent_id
    at = site.now()
    if before is not None and at <= before.at:
        at = Instant(before.at + 1)
    new = privacy.website.answer_of(
        consent_id,
        at,
        website.banner,
        website.categories,
        language,
        convenience=yes[visitors.CONVENIENCE],
        visits=yes[visitors.VISITS],
    )
    await perform(site.pool, privacy.website.answer_cookies, new)
    return Choice(consent_id, at, new.convenience, new.visits)


def _back(site: Site, language: str, path: str) -> str:
    """The page on which somebody answered; the first one for anything else."""
    website = registered(site)
    known = {"cookies", "held", "policy", *(one.name for one in website.forms)}
    known |= {f"contest/{one.name}" for one in website.contests}
    return f"{ROOT}/{language}/{path}" if path in known else f"{ROOT}/{language}"
