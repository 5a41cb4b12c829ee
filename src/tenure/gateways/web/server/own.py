"""The holder's own view: a passkey shows who they are, and nothing is kept of the visit."""

from typing import Any

from litestar import Request, Response, get, post

from tenure.gateways.web.server import consents, loading
from tenure.gateways.web.server.site import Site, form_of, shown, visitor
from tenure.gateways.web.session.cookies import octets_of
from tenure.gateways.web.translate import number_words, passkeys
from tenure.gateways.web.translate.story import story
from tenure.gateways.web.translate.updates import language_of
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.choices import Choices
from tenure.gateways.web.wire.pages import Frame
from tenure.gateways.web.wire.stories import Signing, Story
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.staff.model import SECRET_OCTETS
from tenure.values.instant import Instant
from tenure.values.passkey import Assertion
from tenure.values.refused import Refused


def handlers(site: Site) -> list[Any]:
    """All of it."""

    def ask(request: Request[Any, Any, Any], frame: Frame, trouble: str = "") -> str:
        fresh = site.challenges.give(site.fresh(SECRET_OCTETS), site.now())
        signing: Signing = passkeys.signing(fresh, site.party)
        asked = request.query_params.get("language", "")
        accepted = request.headers.get("accept-language", "")
        language = language_of(site.said.terms, asked, accepted)
        return pages.own.ask(frame, signing, trouble, language)

    @get("/mine")
    async def who_are_you(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        return shown(site, who, ask(request, who.frame))

    @post("/mine", status_code=200)
    async def mine(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        challenge = octets_of(form.get("challenge", "")) or b""
        key = passkeys.assertion_of(form.get("signed", ""))
        at = site.now()
        if key is None or not site.challenges.take(challenge, at):
            return shown(site, who, ask(request, who.frame, pages.own.NOT_YOURS), 403)
        held = await perform(site.pool, _held, site, challenge, key, at)
        if held is None:
            return shown(site, who, ask(request, who.frame, pages.own.NOT_YOURS), 403)
        numbers_, choices = held
        short_code = site.said.terms.contact.end_advertising
        agreed = pages.consents.section(consents.with_signal(choices, request), short_code)
        agreed += pages.held.link(choices.visit)
        return shown(site, who, pages.own.numbers(who.frame, numbers_, agreed))

    return [who_are_you, mine]


async def _held(
    tx: Transaction, site: Site, challenge: bytes, key: Assertion, at: Instant
) -> tuple[list[tuple[str, Story]], Choices] | None:
    """The numbers of whose passkey it is, and what they agreed to; None when it is nobody's."""
    proven = await people.prove(tx, challenge, key, at, site.party)
    if isinstance(proven, Refused):
        return None
    found = []
    for tenure in await numbers.holding.held_by(tx, proven.person_id):
        msisdn = tenure.msisdn
        facts = await loading.facts(tx, site.said.terms, msisdn, at, proven.person_id)
        found.append((number_words(msisdn), story(facts, site.witnesses(), site.said, at)))
    return found, await consents.choices_of(tx, site, proven.person_id, at)
