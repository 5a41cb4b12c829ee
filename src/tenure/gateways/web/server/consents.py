"""What a holder says yes and no to, with one button each; and the link at the end of an offer."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from tenure.gateways.web.server.site import Site, Visitor, form_of, shown, visitor
from tenure.gateways.web.session import privacy_control, visits
from tenure.gateways.web.translate import consents as translate
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.choices import Choices
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import (
    Acknowledged,
    Acknowledgement,
    Answer,
    How,
    Refusal,
    Way,
    Wish,
)
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.record.model import Act
from tenure.values import unsubscribing
from tenure.values.instant import Instant
from tenure.values.refused import Refused

PAGE: Final = "<page>"
"""Who acts in the record: a person at the page, by themselves."""


def handlers(site: Site) -> list[Any]:
    """All of it."""

    @post("/mine/consents", status_code=200)
    async def say(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        at = site.now()
        person_id = visits.read(site.secret, form.get("visit", ""), at)
        if person_id is None:
            return shown(site, who, pages.consents.over(who.frame), 403)
        purpose = form.get("purpose", "")
        wish = (person_id, purpose, form.get("say") == "yes")
        done, choices = await perform(site.pool, _said, site, wish, site.act(PAGE, at))
        return _answer(site, who, (done, with_signal(choices, request)))

    return [say, _acknowledge(site), *_unsubscribe(site), *_well_known()]


def _acknowledge(site: Site) -> Any:
    """PRV-UPDATE, PRV-ACK: whoever was proven says that they could read this version."""

    @post("/mine/notice", status_code=200)
    async def read(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        at = site.now()
        person_id = visits.read(site.secret, form.get("visit", ""), at)
        if person_id is None:
            return shown(site, who, pages.consents.over(who.frame), 403)
        version = form.get("version", "")
        act = site.act(PAGE, at)
        done, choices = await perform(site.pool, _acknowledged, site, person_id, version, act)
        return _answer(site, who, (done, with_signal(choices, request)))

    return read


def _answer(
    site: Site, who: Visitor, said: tuple[Answer | Acknowledged | Refused[Refusal], Choices]
) -> Response[str]:
    done, choices = said
    short_code = site.said.terms.contact.end_advertising
    if not isinstance(done, Refused):
        return shown(site, who, pages.consents.page(who.frame, choices, short_code, ""))
    words = pages.consents.NOT_POSSIBLE.format(detail=done.detail)
    return shown(site, who, pages.consents.page(who.frame, choices, short_code, words), 409)


def _unsubscribe(site: Site) -> list[Any]:
    """RFC 8058: a click of the reader, or a request of their mail program without any page."""

    async def title_of(code: str) -> tuple[int, str, str]:
        said = unsubscribing.read(site.secret, code)
        if said is None:
            raise NotFoundException
        purpose = site.said.terms.consents.purpose(said[1])
        language = site.said.terms.prevailing_language
        return (*said, "" if purpose is None else purpose.texts[language].title)

    @get(f"{unsubscribing.PATH}{{code:str}}")
    async def ask(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        who = await visitor(site, request)
        _, _, title = await title_of(code)
        path = f"{unsubscribing.PATH}{code}"
        return shown(site, who, pages.consents.unsubscribe(who.frame, path, title, done=False))

    @post(f"{unsubscribing.PATH}{{code:str}}", status_code=200)
    async def end(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        who = await visitor(site, request)
        person_id, purpose, title = await title_of(code)
        how = How(Way.EMAIL, site.said.terms.prevailing_language, "one click")
        wish = Wish(person_id, how, (purpose,))
        act = site.act(PAGE, site.now())
        await perform(site.pool, numbers.consents.withdraw, site.said.terms, wish, act)
        # Said before or not, known or not: it is over, and that is all that is said here.
        return shown(site, who, pages.consents.unsubscribe(who.frame, "", title, done=True))

    return [ask, end]


def _well_known() -> list[Any]:
    @get("/.well-known/gpc.json", media_type="application/json", sync_to_thread=False)
    def gpc() -> bytes:
        return privacy_control.SUPPORTED

    return [gpc]


def with_signal(choices: Choices, request: Request[Any, Any, Any]) -> Choices:
    """The choices, as this browser is to see them; its signal is not kept."""
    fields = [value for name, value in request.scope["headers"] if name == privacy_control.HEADER]
    return msgspec.structs.replace(choices, gpc=privacy_control.is_on(fields))


async def _said(
    tx: Transaction, site: Site, wish: tuple[int, str, bool], act: Act
) -> tuple[Answer | Refused[Refusal], Choices]:
    """Keep the word, then show how they stand: the page cannot tell anything else."""
    person_id, purpose, is_yes = wish
    terms = site.said.terms
    how = await _how(tx, site, person_id)
    asked = Wish(person_id, how, (purpose,) if purpose else None)
    if is_yes:
        done = await numbers.consents.give(tx, terms, asked, act)
    else:
        done = await numbers.consents.withdraw(tx, terms, asked, act)
    return done, await choices_of(tx, site, person_id, act.at)


async def _acknowledged(
    tx: Transaction, site: Site, person_id: int, version: str, act: Act
) -> tuple[Acknowledged | Refused[Refusal], Choices]:
    """Keep that they could read it, once: who said so before is answered as then."""
    agreed = await consent.agreed(tx, person_id)
    known = [one for one in agreed.acknowledgements if one.version == version]
    if known:
        return known[0], await choices_of(tx, site, person_id, act.at)
    how = await _how(tx, site, person_id)
    said = Acknowledgement(person_id, "update", how, version=version)
    done = await consent.acknowledge(tx, site.said.terms, said, act)
    return done, await choices_of(tx, site, person_id, act.at)


async def _how(tx: Transaction, site: Site, person_id: int) -> How:
    terms = site.said.terms
    person = await people.find(tx, person_id)
    spoken = terms.prevailing_language if person is None else person.language
    language = spoken if spoken in terms.languages else terms.prevailing_language
    return How(Way.WEB, language, "the page of the holder")


async def choices_of(tx: Transaction, site: Site, person_id: int, at: Instant) -> Choices:
    """How somebody stands who was proven to be this person, and the code of their visit."""
    person = await people.find(tx, person_id)
    language = "" if person is None else person.language
    stands = await consent.overview(tx, site.said.terms, person_id, at)
    each = translate.choices(stands, language, site.said)
    notice = translate.notice(await consent.agreed(tx, person_id), language, site.said, at)
    return Choices(visits.code_of(site.secret, person_id, at), language, each, notice=notice)
