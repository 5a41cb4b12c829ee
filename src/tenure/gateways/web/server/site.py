"""What every handler of the page has at hand, and who is there."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, PermissionDeniedException

from tenure.gateways.web.server.exporting import Exporting
from tenure.gateways.web.session import cookies
from tenure.gateways.web.session.attempts import Attempts
from tenure.gateways.web.session.challenges import Challenges
from tenure.gateways.web.session.visitors import Arrivals
from tenure.gateways.web.translate import Wording
from tenure.gateways.web.translate.proofs import second
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.pages import Frame
from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.shapes import Live
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy.operations import Keys
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Alert, Member, Role
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, RelyingParty
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

SALT_OCTETS: Final = 32
OVERSEE: Final = frozenset({Role.SUPERVISOR, Role.REVIEWER})
OFFICERS: Final = frozenset({Role.PRIVACY, Role.LEGAL})
"""Who has the privacy desk."""


def not_registered(what: str) -> None:
    """An alarm: something set a cookie that the register does not allow; it did not leave."""
    log.error("ALERT: dropped %s", what)


class Site(msgspec.Struct):
    """Where the page gets everything from."""

    pool: Pool
    said: Wording
    live: Callable[[], Live]
    now: Callable[[], Instant]
    fresh: Callable[[int], bytes]
    """So many random bytes."""
    secret: bytes
    """Of links; lasts as long as the installation."""
    party: RelyingParty = PARTY
    url: str = "http://localhost:8080"
    """Where browsers find the page: passkeys are for this name."""
    demo: str = ""
    """The invented login in whose name anybody may look up, while all of ours are invented."""
    witnesses: Callable[[], Sequence[str]] = tuple
    """Verifier keys of those who cosign."""
    attempts: Attempts = msgspec.field(default_factory=Attempts)
    challenges: Challenges = msgspec.field(default_factory=Challenges)
    arrivals: Arrivals = msgspec.field(default_factory=Arrivals)
    """How many forms came from where, in this hour."""
    exporting: Exporting | None = None
    """Who writes packages of what is held; without it nobody can ask for one on the page."""
    keys: Keys | None = None
    """What visitors write is sealed with them; without any, no form is taken."""
    sealing: asyncio.Lock = msgspec.field(default_factory=asyncio.Lock)
    """Whoever uses the keys holds it: they are for one task at a time."""
    mails: bool = False
    """Whether letters leave from here: else nobody is promised a link."""
    alarm: Callable[[str], None] = not_registered
    """Told of a cookie that was to be set and must not be (WEB-COOKIE)."""

    @property
    def secure(self) -> bool:
        """Whether browsers come by HTTPS."""
        return self.url.startswith("https://")

    @property
    def host(self) -> str:
        """The name and port of the page as browsers know it."""
        return urlsplit(self.url).netloc

    def act(self, by: str, at: Instant, reason: str = "") -> Act:
        """Somebody acts now, with fresh salt."""
        return Act(by, at, self.fresh(SALT_OCTETS), reason)


class Visitor(msgspec.Struct, frozen=True):
    """Who is there."""

    frame: Frame
    member: Member | None = None
    token: bytes | None = None
    had_session: bool = False
    """A session was shown that is over."""

    def __repr__(self) -> str:
        return "Visitor(…)"


async def visitor(site: Site, request: Request[Any, Any, Any]) -> Visitor:
    """Who shows a session that is in force; a suspension ended it at that instant."""
    live = site.live()
    frame = Frame(live.operator, f"{live.time}", party=site.party.rp_id)
    token = cookies.token_in(request.headers.get("cookie", ""), secure=site.secure)
    try:
        member, alerts, is_open = await perform(site.pool, _who, site, token, site.now())
    except Exception as error:  # noqa: BLE001 -- without a store nobody is signed in, and the page says what is wrong
        log.warning("nobody can be signed in: %s", type(error).__name__)
        return Visitor(frame)
    if member is None or token is None:
        framed = msgspec.structs.replace(frame, demo=is_open)
        return Visitor(framed, had_session=token is not None)
    framed = msgspec.structs.replace(
        frame,
        login=member.login,
        form=cookies.form_token(token),
        demo=is_open,
        alerts=tuple(_words(one, site.said) for one in alerts),
        officer=bool(member.roles & OFFICERS),
    )
    return Visitor(framed, member, token)


async def _who(
    tx: Transaction, site: Site, token: bytes | None, at: Instant
) -> tuple[Member | None, list[Alert], bool]:
    is_open = False
    if site.demo:
        # As soon as somebody real is one of ours, this is no demonstration any more.
        members = await staff.members(tx)
        is_open = bool(members) and all(one.invented for one in members)
    if token is None:
        return None, [], is_open
    found = await staff.session(tx, token, at)
    if isinstance(found, Refused):
        return None, [], is_open
    alerts = await staff.alerts(tx, found, at) if found.roles & OVERSEE else []
    return found, alerts, is_open


def _words(alert: Alert, said: Wording) -> str:
    return parts.BROKEN.format(login=alert.login, at=second(alert.at, said), reason=alert.reason)


async def form_of(request: Request[Any, Any, Any], who: Visitor | None = None) -> Mapping[str, str]:
    """What was typed, without what nobody types; 403 when it is not a form of this session."""
    sent = await request.form()
    form = {name: typed(str(value)) for name, value in sent.items()}
    must_be_ours(who, form.get("form", ""))
    return form


def must_be_ours(who: Visitor | None, shown: str) -> None:
    """403 when somebody is signed in and the form was not made for their session."""
    if who is None or who.token is None or who.member is None:
        return
    if not cookies.is_ours(who.token, shown):
        raise PermissionDeniedException(parts.FORGED)


def typed(value: str) -> str:
    """What a person can have typed: printable, and no spaces around it."""
    return "".join(one for one in value if one.isprintable()).strip()


def shown(site: Site, who: Visitor | None, text: str, status: int = 200) -> Response[str]:
    """A page; the session of who is signed in lasts from now on."""
    headers: dict[str, str] = {}
    if who is not None and who.token is not None:
        headers["set-cookie"] = cookies.kept(who.token, secure=site.secure)
    elif who is not None and who.had_session:
        headers["set-cookie"] = cookies.forgotten(secure=site.secure)
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)


def to(where: str, cookie: str = "") -> Response[str]:
    """Go on elsewhere on this page."""
    headers = {"location": where, **({"set-cookie": cookie} if cookie else {})}
    return Response("", status_code=303, headers=headers)


def in_words(_: Request[Any, Any, Any], error: HTTPException) -> Response[str]:
    """A page for what cannot be served; it repeats nothing of what was sent."""
    title = parts.NOT_SERVED.get(error.status_code, parts.UNREADABLE)
    words = parts.FORGED if error.detail == parts.FORGED else parts.BEGIN_AGAIN
    return Response(
        pages.problem(title, words), status_code=error.status_code, media_type=MediaType.HTML
    )


def accident(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """A page for what only a mistake of ours causes; what it quotes may be somebody's number."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{last.filename}:{last.lineno}"
    log.error("a page could not be made: %s at %s", type(error).__name__, place)
    return Response(
        pages.problem(parts.ACCIDENT, parts.ACCIDENT_WORDS),
        status_code=500,
        media_type=MediaType.HTML,
    )
