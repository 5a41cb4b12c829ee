"""The forms of the public website: each comes back as it was typed, or is kept once, sealed."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.exceptions import NotFoundException

from tenure.gateways.web.server.public import (
    FORM_OCTETS_MAX,
    LANGUAGE,
    ROOT,
    Visitor,
    address_of,
    from_here,
    registered,
    remember,
    shown,
    visitor,
)
from tenure.gateways.web.server.site import Site, to
from tenure.gateways.web.session import contacts, visitors
from tenure.gateways.web.session.visitors import FormCode
from tenure.gateways.web.translate import public as translate
from tenure.gateways.web.wire.pages.public import forms as pages
from tenure.gateways.web.wire.pages.public import frame
from tenure.gateways.web.wire.pages.public.forms import ROBOT
from tenure.gateways.web.wire.pages.public.shapes import FormPage
from tenure.gateways.web.wire.pages.public.words import WORDS
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.model import Fault, FormRefusal, Given, Received, Sent
from tenure.promises.record.model import Act
from tenure.terms.agreements import PRIVACY_NOTICE, DocumentVersion
from tenure.terms.website import Form
from tenure.values.refused import Refused

BY: Final = "<website>"
YES: Final = "yes"
AGREE: Final = "agree"
SUBJECT_BITS: Final = 53
NOT_TAKEN, TOO_MANY, CLOSED = 422, 429, 503


class Typed(msgspec.Struct, frozen=True):
    """A form as somebody sent it."""

    form: Form
    notice: DocumentVersion
    values: Mapping[str, str]

    def __repr__(self) -> str:
        return "Typed()"


def handlers(site: Site) -> list[Any]:
    """A form to fill in, what comes of it, and thanks."""

    @get(f"{LANGUAGE}/{{name:str}}", media_type=MediaType.HTML)
    async def ask(request: Request[Any, Any, Any]) -> Response[str]:
        who = visitor(site, request, request.path_params["name"])
        found = _form(site, who)
        if found is None:
            return await shown(site, request, who, frame.problem(who.around), 404)
        page = _page(site, who, Typed(*found, {}), _code(site, who, *found))
        return await shown(site, request, who, pages.form(who.around, page))

    @post(f"{LANGUAGE}/{{name:str}}", status_code=200, request_max_body_size=FORM_OCTETS_MAX)
    async def send(request: Request[Any, Any, Any]) -> Response[str]:
        from_here(site, request)
        who = visitor(site, request, request.path_params["name"])
        found = _form(site, who)
        if found is None:
            raise NotFoundException
        sent = await request.form()
        typed = Typed(*found, {name: str(value) for name, value in sent.items()})
        async with site.sealing:
            return await _sent(site, request, who, typed)

    @get(f"{LANGUAGE}/{{name:str}}/thanks", media_type=MediaType.HTML)
    async def thanks(request: Request[Any, Any, Any]) -> Response[str]:
        who = visitor(site, request, request.path_params["name"])
        form = registered(site).form(who.path)
        if form is None:
            return await shown(site, request, who, frame.problem(who.around), 404)
        title, text = form.title[who.language], form.thanks[who.language]
        again = "again" in request.query_params
        number = _number(request.query_params.get("number", ""))
        page = pages.thanks(who.around, title, text, number, again=again)
        return await shown(site, request, who, page)

    return [ask, send, thanks]


def _number(text: str) -> str:
    """The number of a form as somebody keeps it; "" for what is none."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _form(site: Site, who: Visitor) -> tuple[Form, DocumentVersion] | None:
    """The form of this name, and the notice that stands beside it now; None without either."""
    form = registered(site).form(who.path)
    notice = consent.in_force(site.said.terms, PRIVACY_NOTICE, who.at)
    return None if form is None or notice is None else (form, notice)


def _code(site: Site, who: Visitor, form: Form, notice: DocumentVersion) -> str:
    """The code of a form that is shown now."""
    code = FormCode(UUID(bytes=site.fresh(visitors.UUID_OCTETS)), who.at)
    return visitors.form_code(site.secret, form.name, code, notice.version)


def _page(site: Site, who: Visitor, typed: Typed, code: str) -> FormPage:
    """The form with what was typed in it."""
    terms = site.said.terms
    page = translate.form_page(terms, typed.form, who.language, code, typed.notice)
    items = tuple(
        msgspec.structs.replace(one, typed=typed.values.get(one.name, "")) for one in page.items
    )
    known = typed.form.name in who.remembered
    return msgspec.structs.replace(
        page,
        items=items,
        agreed=typed.values.get(AGREE) == YES,
        robot=typed.values.get(ROBOT, ""),
        before=WORDS[who.language]["sent-before"] if known else "",
    )


async def _sent(
    site: Site, request: Request[Any, Any, Any], who: Visitor, typed: Typed
) -> Response[str]:
    website = registered(site)
    code = visitors.form_of(
        site.secret, typed.values.get("code", ""), typed.form.name, typed.notice.version
    )
    if code is not None and not code.shown_at <= who.at < code.shown_at + website.limits.open_ms:
        code = None
    answer = await _taken(site, request, who, typed, code)
    if isinstance(answer, Received):
        again = "&again" if answer.again else ""
        where = f"{ROOT}/{who.language}/{typed.form.name}/thanks"
        response = to(f"{where}?number={answer.entry_id}{again}")
        if who.choice is not None and who.choice.convenience:
            remember(site, response, who, (*who.remembered, typed.form.name))
        return response
    status, faults, trouble = answer
    text = typed.values["code"] if code is not None else _code(site, who, typed.form, typed.notice)
    page = _faulted(site, who, _page(site, who, typed, text), typed, faults)
    if trouble:
        page = msgspec.structs.replace(page, trouble=WORDS[who.language][trouble])
    return await shown(site, request, who, pages.form(who.around, page), status)


Not = tuple[int, Mapping[str, Fault], str]
"""A form that was not taken: the status, what is wrong with which item, and the trouble in all."""


async def _taken(
    site: Site,
    request: Request[Any, Any, Any],
    who: Visitor,
    typed: Typed,
    code: FormCode | None,
) -> Received | Not:
    terms, limits = site.said.terms, registered(site).limits
    if typed.values.get(ROBOT, ""):
        return NOT_TAKEN, {}, "is-robot"
    if not site.arrivals.may(address_of(request), who.at, limits.an_hour, site.fresh):
        return TOO_MANY, {}, "too-often"
    agreed = typed.values.get(AGREE) == YES
    given = privacy.website.read(typed.form, typed.values, limits, terms.country, agreed=agreed)
    if not isinstance(given, Given):
        return NOT_TAKEN, given, ""
    if code is None:
        return NOT_TAKEN, {}, "stale"
    return await _kept(site, who, _of(site, who, typed, given, code))


async def _kept(site: Site, who: Visitor, sent: Sent) -> Received | Not:
    if site.keys is None:
        return CLOSED, {}, "no-keys"
    act = Act(BY, who.at, site.fresh(visitors.KEY_OCTETS))
    receive, terms = privacy.website.receive, site.said.terms
    answer = await perform(site.pool, receive, terms, site.keys, sent, act)
    if isinstance(answer, Refused):
        return NOT_TAKEN, {}, translate.TROUBLE[FormRefusal(answer.refusal)]
    return answer


def _of(site: Site, who: Visitor, typed: Typed, given: Given, code: FormCode) -> Sent:
    drawn = int.from_bytes(site.fresh(8), "big") >> (64 - SUBJECT_BITS)
    key = visitors.mark_key(site.secret, typed.form.contest)
    address = privacy.website.address_of(typed.form, given)
    contact = privacy.website.contact_of(contacts.key(site.secret), address) if address else None
    return Sent(
        entry_id=code.entry_id,
        subject_id=drawn,
        form=typed.form.name,
        language=who.language,
        given=given,
        notice_version=typed.notice.version,
        mark=privacy.website.mark_of(key, typed.form, given),
        contact=contact,
    )


def _faulted(
    site: Site, who: Visitor, page: FormPage, typed: Typed, faults: Mapping[str, Fault]
) -> FormPage:
    """The form with its faults in words."""
    terms = site.said.terms
    asked = {one.field.name: one for one in typed.form.fields}
    words = {
        name: translate.fault_words(fault, asked.get(name), terms, who.language)
        for name, fault in faults.items()
    }
    items = tuple(msgspec.structs.replace(one, fault=words.get(one.name, "")) for one in page.items)
    return msgspec.structs.replace(page, items=items, agree_fault=words.get(AGREE, ""))
