"""The first page, and the look at one number: by a case, by broken glass, or in a demonstration."""

import uuid
from typing import Any, Final

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.exceptions import ClientException

from tenure.gateways.web.server import loading
from tenure.gateways.web.server.site import (
    Site,
    Visitor,
    form_of,
    log,
    must_be_ours,
    shown,
    visitor,
)
from tenure.gateways.web.translate import line_view, not_a_number, state
from tenure.gateways.web.translate.proofs import second
from tenure.gateways.web.translate.saying import PURPOSES, SAID
from tenure.gateways.web.translate.story import story
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages import front
from tenure.gateways.web.wire.shapes import LineView, NoLine
from tenure.gateways.web.wire.stories import Record, Story
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import rules
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Purpose, Refusal
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

NOBODY: Final = NoLine(front.NOBODY)
SIGN_IN: Final = NoLine(front.NOT_SIGNED_IN)


class Asked(msgspec.Struct):
    """What somebody wants to look at, and why."""

    number: str
    purpose: str = ""
    case: str = ""
    form: str = ""

    def __repr__(self) -> str:
        return "Asked()"


class Found(msgspec.Struct, frozen=True):
    """What there is to see."""

    line: LineView | NoLine
    story: Story | None = None
    status: int = 200


async def look(site: Site, who: Visitor, asked: Asked) -> Found:
    """What may be shown of a number in any usual form, or why it is not."""
    if who.member is None and not who.frame.demo:
        return Found(SIGN_IN, status=401)
    msisdn = rules.normalised(asked.number, site.said.terms.country)
    if isinstance(msisdn, Refused):
        return Found(not_a_number(msisdn), status=404)
    login, purpose, case = site.demo, Purpose.DEMONSTRATION, None
    if who.member is not None:
        if asked.purpose not in PURPOSES and not who.member.invented:
            return Found(NoLine(front.NO_PURPOSE), status=403)
        login = who.member.login
        purpose = Purpose(asked.purpose) if asked.purpose in PURPOSES else Purpose.DEMONSTRATION
        case = asked.case or None
    if who.frame.demo and case is None and purpose is not Purpose.BREAK_GLASS:
        purpose = Purpose.DEMONSTRATION
    return await perform(site.pool, _looked, site, msisdn, (login, purpose, case), site.now())


async def _looked(
    tx: Transaction,
    site: Site,
    msisdn: Msisdn,
    why: tuple[str, Purpose, str | None],
    at: Instant,
) -> Found:
    """The look is kept in the same transaction; who may not look sees nothing."""
    login, purpose, case = why
    kept = await staff.look(tx, login, purpose, case, msisdn, site.act(login, at), "tenure")
    if isinstance(kept, Refused):
        return Found(NoLine(SAID[kept.refusal]), status=403)
    known = await loading.known(tx, msisdn, at)
    facts = await loading.facts(tx, site.said.terms, msisdn, at)
    if known is None and not facts.history.tenures:
        return Found(NOBODY, status=404)
    line = NOBODY if known is None else line_view(known, site.said, at)
    return Found(line, story(facts, site.witnesses(), site.said, at))


async def record_of(site: Site) -> Record:
    """The state of the record; nothing of it while the store does not answer."""
    try:
        found = await perform(site.pool, loading.state, site.now())
    except Exception as error:  # noqa: BLE001 -- whatever it is, the page goes on and says so elsewhere
        log.warning("the state of the record is not known: %s", type(error).__name__)
        return Record()
    return state.record(found, site.witnesses(), site.said)


def handlers(site: Site) -> list[Any]:
    """The first page and look-ups."""
    return [*_pages(site), *_acts(site), *_data(site)]


def _pages(site: Site) -> list[Any]:
    @get("/", media_type=MediaType.HTML)
    async def home(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        page = pages.home(who.frame, site.live(), PURPOSES, await record_of(site))
        return shown(site, who, page)

    @get("/live", media_type=MediaType.HTML)
    async def moving() -> str:
        return pages.moving(site.live(), await record_of(site))

    # POST, so that the number stands in no address, no history and no log of a proxy.
    @post("/number", media_type=MediaType.HTML, status_code=200)
    async def number(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request, who)
        asked = Asked(form.get("number", ""), form.get("purpose", ""), form.get("case", ""))
        found = await look(site, who, asked)
        page = pages.number(
            who.frame,
            found.line,
            found.story,
            PURPOSES,
            typed=asked.number,
            case=asked.case,
            purpose=asked.purpose,
        )
        return shown(site, who, page, found.status)

    return [home, moving, number]


def _acts(site: Site) -> list[Any]:
    @post("/case", status_code=200)
    async def case(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request, who)
        typed, kind = form.get("about", ""), form.get("kind", "")
        opened = await _open(site, who, typed, kind, form.get("why", ""))
        if isinstance(opened, Case):
            words, status = front.OPENED.format(case=opened.case_id), 200
            again = front.look_up(who.frame, PURPOSES, typed, opened.case_id, kind)
        else:
            words, status = opened, 403
            again = front.look_up(who.frame, PURPOSES, typed)
        page = parts.page(who.frame, front.OPEN_CASE, parts.said(words) + again)
        return shown(site, who, page, status)

    @post("/glass", status_code=200)
    async def glass(request: Request[Any, Any, Any]) -> Response[str]:
        who = await visitor(site, request)
        form = await form_of(request, who)
        words, status = SIGN_IN.words, 401
        if who.member is not None:
            act = site.act(who.member.login, site.now(), form.get("danger", ""))
            broken = await perform(site.pool, staff.break_glass, str(uuid.uuid4()), act)
            if isinstance(broken, Refused):
                words, status = SAID[broken.refusal], 403
            else:
                words, status = front.BROKEN.format(until=second(broken.until, site.said)), 200
        again = front.look_up(who.frame, PURPOSES, purpose=Purpose.BREAK_GLASS.value)
        said = parts.said(words, alarm=status == 200)  # noqa: PLR2004 -- it was broken
        page = parts.page(who.frame, front.GLASS, said + again)
        return shown(site, who, page, status)

    return [case, glass]


async def _open(site: Site, who: Visitor, typed: str, kind: str, why: str) -> Case | str:
    """The case, or why there is none."""
    if who.member is None:
        return SIGN_IN.words
    msisdn = rules.normalised(typed, site.said.terms.country)
    if isinstance(msisdn, Refused):
        return not_a_number(msisdn).words
    if kind not in PURPOSES:
        return SAID[Refusal.CASE_MISSING]
    act = site.act(who.member.login, site.now(), why)
    case_id = str(uuid.uuid4())
    opened = await perform(site.pool, staff.open_case, case_id, Purpose(kind), msisdn, act)
    return SAID[opened.refusal] if isinstance(opened, Refused) else opened


def _data(site: Site) -> list[Any]:
    @get("/api/live", sync_to_thread=False)
    def live_data() -> Any:
        return site.live()

    @post("/api/number", status_code=200)
    async def number_data(request: Request[Any, Any, Any]) -> Response[LineView | NoLine]:
        try:
            asked = msgspec.json.decode(await request.body(), type=Asked)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            raise ClientException from None
        who = await visitor(site, request)
        must_be_ours(who, asked.form)
        found = await look(site, who, asked)
        return Response(found.line, status_code=found.status)

    return [live_data, number_data]
