"""Requests: approved by those of us who may, agreed to or stopped by whom they concern."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response, get, post

from tenure.gateways.web.server.site import Site, Visitor, form_of, shown, visitor
from tenure.gateways.web.session import links
from tenure.gateways.web.translate import passkeys
from tenure.gateways.web.translate.requests import HOLDER_ASKED, Parties, content, waiting
from tenure.gateways.web.translate.saying import SAID
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.pages import requests as words_of
from tenure.gateways.web.wire.stories import Content, Signing, Waiting
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Party, Progress, RequestRefusal
from tenure.promises.numbers.model import Proof as Shown
from tenure.promises.people import operations as people
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import APPROVES, Member, Refusal, Task
from tenure.values.instant import Instant
from tenure.values.passkey import Assertion
from tenure.values.refused import Refused

LISTED_MAX: Final = 100
HOLDER: Final = "<holder>"
"""Who acts when a subscriber does it by themselves."""
AGREEABLE: Final = frozenset(
    {
        RequestRefusal.CONSENT_MISSING,
        RequestRefusal.GUARDIAN_CONSENT_MISSING,
        RequestRefusal.PASSKEY_TOO_YOUNG,
    }
)
"""While one of these is missing, somebody still has to agree."""


class Seen(msgspec.Struct, frozen=True):
    """A request as one of ours may see it."""

    content: Content
    signing: Signing | None
    links: Sequence[tuple[str, str]] = ()


def handlers(site: Site) -> list[Any]:
    """All of it."""
    return [*_ours(site), *_theirs(site)]


def _ours(site: Site) -> list[Any]:
    @get("/requests")
    async def listed(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        if who.member is None:
            return shown(site, who, pages.requests.sign_in_first(who.frame), 401)
        found = await perform(site.pool, _waiting, site, site.now())
        return shown(site, who, pages.requests.listed(who.frame, found))

    @post("/requests", status_code=200)
    async def one(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request, who)
        return await _shown(site, who, form.get("request", ""))

    @post("/requests/approval", status_code=200)
    async def approval(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request, who)
        request_id = form.get("request", "")
        signed = passkeys.assertion_of(form.get("signed", ""))
        if who.member is None:
            return shown(site, who, pages.requests.sign_in_first(who.frame), 401)
        if signed is None:
            return await _shown(site, who, request_id, words_of.NO_KEY, 403)
        act = site.act(who.member.login, site.now())
        done = await perform(site.pool, _approved, site, request_id, signed, act)
        if isinstance(done, str):
            return await _shown(site, who, request_id, done, 403)
        return await _shown(site, who, request_id, words_of.APPROVED)

    return [listed, one, approval]


async def _approved(
    tx: Transaction, site: Site, request_id: str, signed: Assertion, act: Act
) -> Progress | str:
    """How far it is after an approval, or why that does not count."""
    terms = site.said.terms
    if not links.is_an_id(request_id):
        return words_of.UNKNOWN
    done = await numbers.requests.approve(tx, terms, request_id, signed, act, relying=site.party)
    return _words(done) if isinstance(done, Refused) else done


def _words(no: Refused[Any]) -> str:
    """Why not: in the page's words where it is about somebody of ours, else as it was said."""
    if isinstance(no.refusal, Refusal):
        return SAID[no.refusal]
    return f"{no.detail[:1].upper()}{no.detail[1:]}."


async def _shown(
    site: Site, who: Visitor, request_id: str, words: str = "", status: int = 200
) -> Response[str]:
    """The page of one request, as far as this member may see it."""
    if who.member is None:
        return shown(site, who, pages.requests.sign_in_first(who.frame), 401)
    found: Seen | str = words_of.UNKNOWN
    if links.is_an_id(request_id):
        found = await perform(site.pool, _seen, site, who.member, request_id, site.now())
    if isinstance(found, str):
        waits = await perform(site.pool, _waiting, site, site.now())
        return shown(site, who, pages.requests.listed(who.frame, waits, found), 403)
    page = pages.requests.shown(who.frame, found.content, found.signing, found.links, words)
    return shown(site, who, page, status)


async def _waiting(tx: Transaction, site: Site, at: Instant) -> list[Waiting]:
    """The open requests, with nobody's number in full."""
    found = []
    for request_id in await numbers.requests.open_requests(tx, limit=LISTED_MAX):
        told = await numbers.requests.progress(tx, site.said.terms, request_id, at)
        if isinstance(told, Progress):
            found.append((told.request.asked_at, waiting(told, site.said)))
    return [one for _, one in sorted(found, key=lambda each: each[0])]


async def _seen(
    tx: Transaction, site: Site, member: Member, request_id: str, at: Instant
) -> Seen | str:
    told = await numbers.requests.progress(tx, site.said.terms, request_id, at)
    if isinstance(told, Refused):
        return words_of.UNKNOWN
    request = told.request
    asked_it = request.asked_by == member.human_id
    if not asked_it:
        task = APPROVES.get(request.kind.value, Task.APPROVE)
        allowed = await staff.allowed(tx, member.login, task, at)
        if isinstance(allowed, Refused):
            return SAID[allowed.refusal]
    shown_ = content(told, await _parties(tx, told, at), site.said)
    missing = {one.refusal for one in told.missing}
    signing = None
    if not asked_it and RequestRefusal.APPROVAL_MISSING in missing and not missing & AGREEABLE:
        own = await staff.passkeys(tx, member.login)
        keys = [] if isinstance(own, Refused) else own
        ids = [one.credential_id for one in keys if one.ended_at is None]
        signing = passkeys.signing(told.request_hash, site.party, ids)
    return Seen(shown_, signing, _links(site, told) if missing & AGREEABLE else ())


def _links(site: Site, told: Progress) -> list[tuple[str, str]]:
    """Links for those who may have to agree."""
    request = told.request
    parties = ["from", *(["to"] if request.to_holder is not None else [])]
    if any(one.refusal is RequestRefusal.GUARDIAN_CONSENT_MISSING for one in told.missing):
        parties += [f"{party}-guardian" for party in parties]
    return [
        (
            words_of.WHOM[party],
            f"{site.url}/request#{links.code_of(site.secret, request.request_id, party)}",
        )
        for party in parties
    ]


async def _parties(tx: Transaction, told: Progress, at: Instant) -> Parties:
    request = told.request
    logins = {one.human_id: one.login for one in await staff.members(tx)}
    given = await staff.approvals(tx, told.request_hash, at)
    asker = HOLDER_ASKED
    if request.asked_by is not None:
        asker = logins.get(request.asked_by, "somebody of ours")
    return Parties(
        giver=await _name(tx, request.from_holder),
        taker="" if request.to_holder is None else await _name(tx, request.to_holder),
        asker=asker,
        approvers=tuple(logins.get(one.approved_by, one.login) for one in given),
    )


async def _name(tx: Transaction, person_id: int) -> str:
    person = await people.find(tx, person_id)
    return "" if person is None else person.name


def _theirs(site: Site) -> list[Any]:
    @get("/request")
    async def code(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        return shown(site, who, pages.requests.code(who.frame))

    @post("/request", status_code=200)
    async def one(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        return await _asked(site, who, form.get("code", ""))

    @post("/request/consent", status_code=200)
    async def consent(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        return await _done(site, who, form, stop=False)

    @post("/request/stop", status_code=200)
    async def stop(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        return await _done(site, who, form, stop=True)

    return [code, one, consent, stop]


async def _done(site: Site, who: Visitor, form: Mapping[str, str], *, stop: bool) -> Response[str]:
    """Agree or stop, and show the request again."""
    code = form.get("code", "")
    link = links.read(site.secret, code)
    signed = passkeys.assertion_of(form.get("signed", ""))
    if link is None or signed is None:
        return await _asked(site, who, code, words_of.NO_KEY, 403)
    request_id, party = link
    act, terms = site.act(HOLDER, site.now()), site.said.terms
    proof = Shown(signed)
    done: Any
    if stop:
        done = await perform(
            site.pool, numbers.requests.stop, terms, request_id, act, proof=proof,
            relying=site.party,
        )  # fmt: skip
    else:
        done = await perform(
            site.pool, numbers.requests.consent, terms, request_id, Party(party), proof, act,
            relying=site.party,
        )  # fmt: skip
    if isinstance(done, Refused):
        return await _asked(site, who, code, _words(done), 403)
    return await _asked(site, who, code, words_of.STOPPED if stop else words_of.AGREED)


async def _asked(
    site: Site, who: Visitor, code: str, words: str = "", status: int = 200
) -> Response[str]:
    """The page of a link."""
    link = links.read(site.secret, code)
    if link is None:
        return shown(site, who, pages.requests.code(who.frame, words_of.NO_LINK), 403)
    found = await perform(site.pool, _concerned, site, *link, site.now())
    if found is None:
        return shown(site, who, pages.requests.code(who.frame, words_of.UNKNOWN), 404)
    told, agree, stop = found
    page = pages.requests.consent(who.frame, told, code, agree, stop, words)
    return shown(site, who, page, status)


async def _concerned(
    tx: Transaction, site: Site, request_id: str, party: str, at: Instant
) -> tuple[Content, Signing | None, Signing | None] | None:
    """A request for one whom it concerns, and what they may sign."""
    told = await numbers.requests.progress(tx, site.said.terms, request_id, at)
    if isinstance(told, Refused):
        return None
    shown_ = content(told, await _parties(tx, told, at), site.said)
    if told.ending is not None:
        return shown_, None, None
    keys = await _keys(tx, told, party, at)
    agree = None
    if {one.refusal for one in told.missing} & AGREEABLE:
        agree = passkeys.signing(told.request_hash, site.party, keys)
    stopping = numbers.requests.stop_hash_of(told.request_hash)
    return shown_, agree, passkeys.signing(stopping, site.party, keys)


async def _keys(tx: Transaction, told: Progress, party: str, at: Instant) -> list[bytes]:
    """The passkeys of those who may sign in this part."""
    request = told.request
    person_id = request.from_holder if party.startswith("from") else request.to_holder
    if person_id is None:
        return []
    people_ids = [person_id]
    if party.endswith("guardian"):
        people_ids = [one.guardian_id for one in await people.guardians(tx, person_id, at)]
    return [
        key.passkey.credential_id
        for each in people_ids
        for key in await people.passkeys(tx, each)
        if key.ended_at is None
    ]
