"""The privacy officer's desk: it shows what is due and about nobody, so it needs no case."""

from typing import Any

from litestar import Request, Response, get

from tenure.gateways.web.server.site import OFFICERS, Site, Visitor, shown, visitor
from tenure.gateways.web.translate import desk as translate
from tenure.gateways.web.wire.desks import Desk, Forecast
from tenure.gateways.web.wire.pages import desk as pages
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy import operations as privacy
from tenure.values.instant import Instant


def handlers(site: Site) -> list[Any]:
    """All of it."""

    @get(pages.ADDRESS)
    async def desk(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        if (turned_away := _turned_away(site, who)) is not None:
            return turned_away
        found = await perform(site.pool, _desk, site, site.now())
        return shown(site, who, pages.shown(who.frame, found))

    @get(f"{pages.ADDRESS}/endings")
    async def endings(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        if (turned_away := _turned_away(site, who)) is not None:
            return turned_away
        found = await perform(site.pool, _forecast, site, site.now())
        return shown(site, who, pages.forecast(who.frame, found))

    return [desk, endings]


def _turned_away(site: Site, who: Visitor) -> Response[str] | None:
    """Why somebody does not see the desk; None for the officer."""
    if who.member is None:
        return shown(site, who, pages.sign_in_first(who.frame), 401)
    if not who.member.roles & OFFICERS:
        return shown(site, who, pages.sign_in_first(who.frame, pages.NOT_YOURS), 403)
    return None


async def _desk(tx: Transaction, site: Site, at: Instant) -> Desk:
    said = site.said
    held = await privacy.holding.held(tx)
    return Desk(
        cases=translate.cases(
            await privacy.rights.cases(tx, at), await privacy.rights.alerts(tx), said, at
        ),
        letters=tuple(translate.letter(*one, said) for one in await privacy.letters.stuck(tx, at)),
        unanswered=tuple(
            translate.unanswered(one, said, at) for one in await privacy.propagation.overdue(tx, at)
        ),
        breaches=tuple(translate.breach(one, said, at) for one in await privacy.breaches.files(tx)),
        holds=tuple(translate.hold(one, said, at) for one in held if one.released_at is None),
        register=translate.register(privacy.register.holdings(), said),
    )


async def _forecast(tx: Transaction, site: Site, at: Instant) -> Forecast:
    return translate.forecast(await privacy.retention.forecast(tx, at), site.said)
