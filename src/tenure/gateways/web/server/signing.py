"""Signing in with a passkey, signing out, and registering a passkey by an invitation."""

import hashlib
from typing import Any, Final

from litestar import Request, Response, get, post

from tenure.gateways.web.server.site import Site, form_of, shown, to, visitor
from tenure.gateways.web.session import cookies
from tenure.gateways.web.session.cookies import octets_of, text_of
from tenure.gateways.web.translate import passkeys
from tenure.gateways.web.translate.saying import SAID, SIGN_IN_FAILED, TOO_OFTEN
from tenure.gateways.web.wire import pages
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import SECRET_OCTETS, Proof, Refusal
from tenure.values.refused import Refused

CODES: Final = "codes of invitations"


def handlers(site: Site) -> list[Any]:
    """All of it."""
    return [*_sign_in(site), *_proof(site), *_invitation(site)]


def _sign_in(site: Site) -> list[Any]:
    @get("/sign-in")
    async def who_are_you(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        return shown(site, who, pages.signing.sign_in(who.frame))

    @post("/sign-in", status_code=200)
    async def challenge(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        login, at = form.get("login", ""), site.now()
        if not site.attempts.may(login, at):
            return shown(site, who, pages.signing.sign_in(who.frame, TOO_OFTEN), 429)
        fresh = site.fresh(SECRET_OCTETS)
        # Whoever may not sign in is asked as well: nobody learns here who is one of ours.
        await perform(site.pool, staff.challenge, login, fresh, at)
        signing = passkeys.signing(fresh, site.party)
        return shown(site, who, pages.signing.prove(who.frame, login, signing))

    return [who_are_you, challenge]


def _proof(site: Site) -> list[Any]:
    @post("/sign-in/proof", status_code=200)
    async def proof(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        shown_key = passkeys.assertion_of(form.get("signed", ""))
        challenge = octets_of(form.get("challenge", ""))
        no = shown(site, who, pages.signing.sign_in(who.frame, SIGN_IN_FAILED), 403)
        if shown_key is None or not challenge:
            return no
        token = site.fresh(cookies.TOKEN_OCTETS)
        proof = Proof(form.get("login", ""), challenge, shown_key)
        done = await perform(site.pool, staff.sign_in, proof, token, site.now(), site.party)
        if isinstance(done, Refused):
            return no
        if who.token is not None:
            await perform(site.pool, staff.sign_out, who.token, site.now())
        return to("/", cookies.kept(token, secure=site.secure))

    @post("/sign-out", status_code=200)
    async def leave(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        await form_of(request, who)
        if who.token is not None:
            await perform(site.pool, staff.sign_out, who.token, site.now())
        return to("/", cookies.forgotten(secure=site.secure))

    return [proof, leave]


def _invitation(site: Site) -> list[Any]:
    @get("/invitation")
    async def invited(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        return shown(site, who, pages.signing.invitation(who.frame))

    @post("/invitation", status_code=200)
    async def make(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        login, code = form.get("login", ""), octets_of(form.get("code", ""))
        if code is None or len(code) != SECRET_OCTETS:
            words = SAID[Refusal.INVITATION_UNKNOWN]
            return shown(site, who, pages.signing.invitation(who.frame, words), 403)
        # What is signed is the hash of the code, so that a passkey is made for one invitation.
        signing = passkeys.signing(hashlib.sha256(code).digest(), site.party)
        user = text_of(hashlib.sha256(f"tenure staff {login}".encode()).digest())
        page = pages.signing.make(who.frame, login, text_of(code), user, signing)
        return shown(site, who, page)

    @post("/invitation/key", status_code=200)
    async def made(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request)
        code = octets_of(form.get("code", ""))
        key = passkeys.registration_of(form.get("signed", ""))
        at = site.now()
        if not site.attempts.may(CODES, at):
            return shown(site, who, pages.signing.invitation(who.frame, TOO_OFTEN), 429)
        if code is None or len(code) != SECRET_OCTETS or key is None:
            words = SAID[Refusal.INVITATION_UNKNOWN]
            return shown(site, who, pages.signing.invitation(who.frame, words), 403)
        done = await perform(
            site.pool, staff.accept_invitation, code, key, site.act("", at), site.party
        )
        if isinstance(done, Refused):
            words = SAID[done.refusal]
            return shown(site, who, pages.signing.invitation(who.frame, words), 403)
        words = pages.signing.REGISTERED.format(login=done.login)
        return shown(site, who, pages.signing.sign_in(who.frame, words))

    return [invited, make, made]
