"""The pages: all is escaped, nothing comes from elsewhere, and other sites get nothing."""

import base64
import itertools
import re
import socket
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import msgspec
import pytest

from tenure.gateways.web.server.gateway import HEADERS, WebGateway
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.shapes import LineView, NoLine
from tenure.gateways.web.wire.stories import Proof, Record, Row, Told
from tenure.postgres.pool import Pool
from tests.gateways.web.state import (
    CALL,
    CONTENT,
    DEMO,
    FRAME,
    LINE,
    LIVE,
    PURPOSES,
    RECORD,
    SIGNED_IN,
    SIGNING,
    STORY,
    WAITING,
)
from tests.gateways.web.test_looking import settled
from tests.gateways.web.visiting import Clock, browser, site_over

EVIL = "<script>alert('x')</script>\"'&"


class Reader(HTMLParser):
    """Collects the tags of a page, and fails on tags that are closed in the wrong order."""

    VOID = frozenset({"meta", "link", "input", "br", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return reader


ALL = {
    "home": pages.home(FRAME, LIVE, PURPOSES, RECORD),
    "home signed in": pages.home(SIGNED_IN, LIVE, PURPOSES, RECORD),
    "home of a demo": pages.home(DEMO, LIVE, PURPOSES, RECORD),
    "number": pages.number(SIGNED_IN, LINE, STORY, PURPOSES, typed="012"),
    "no number": pages.number(DEMO, NoLine("Nobody."), None, PURPOSES, typed="012"),
    "problem": pages.problem("No such page", "Go on."),
    "sign in": pages.signing.sign_in(FRAME, "Try again."),
    "prove": pages.signing.prove(FRAME, "sok", SIGNING),
    "invitation": pages.signing.invitation(FRAME),
    "make": pages.signing.make(FRAME, "sok", "code", "dXNlcg", SIGNING),
    "requests": pages.requests.listed(SIGNED_IN, (WAITING,)),
    "no requests": pages.requests.listed(SIGNED_IN, (), "Done."),
    "request": pages.requests.shown(
        SIGNED_IN, CONTENT, SIGNING, (("the holder", "http://localhost:8080/request#code"),)
    ),
    "link": pages.requests.code(FRAME),
    "consent": pages.requests.consent(FRAME, CONTENT, "code", SIGNING, SIGNING),
    "mine": pages.own.ask(FRAME, SIGNING),
    "my numbers": pages.own.numbers(FRAME, (("+855 12 345 678", STORY),)),
}
EVERY = pytest.mark.parametrize("page", ALL.values(), ids=ALL.keys())


@EVERY
def test_a_page_is_well_formed_and_usable_by_everybody(page: str) -> None:
    tags = read(page).seen
    assert ("html", {"lang": "en"}) in tags
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert sum(tag == "main" for tag, _ in tags) == 1
    assert all(tag != "button" or attributes.get("type") != "button" for tag, attributes in tags)
    labels = {attributes.get("for") for tag, attributes in tags if tag == "label"}
    fields = [
        attributes.get("id")
        for tag, attributes in tags
        if tag in {"input", "select"} and attributes.get("type") != "hidden"
    ]
    assert len(fields) == len(set(fields))
    assert set(fields) == labels
    titles = re.findall(r"<title>(.*?)</title>", page)
    assert len(titles) == 1
    assert not titles[0].startswith(" ")


@EVERY
def test_headings_leave_out_no_level(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in read(page).seen if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    for above, below in itertools.pairwise(levels):
        assert below <= above + 1


@EVERY
def test_nothing_comes_from_elsewhere_and_nothing_is_inline(page: str) -> None:
    for tag, attributes in read(page).seen:
        for name in ("src", "href", "action"):
            # A receipt is in the page itself, to be saved as a file.
            is_receipt = "download" in attributes and name == "href"
            begins = "data:application/json;base64," if is_receipt else ("/", "#")
            assert (attributes.get(name) or "/").startswith(begins)
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "style"
    assert "<script>" not in page


@EVERY
def test_whoever_is_signed_in_sends_only_forms_of_their_session(page: str) -> None:
    if f"<b>{SIGNED_IN.login}</b>" not in page:
        return
    for form in re.findall(r"<form.*?</form>", page):
        assert f"name='form' value='{SIGNED_IN.form}'" in form


def test_what_comes_from_outside_is_escaped() -> None:
    evil = msgspec.structs.replace(CALL, sentence=EVIL, detail=EVIL, number=EVIL, amount=EVIL)
    live = msgspec.structs.replace(LIVE, charges=(evil,), operator=EVIL, store=EVIL, demo=EVIL)
    line = msgspec.structs.replace(LINE, offer=EVIL, stage_words=EVIL, charges=(evil,))
    rows = (Row(EVIL, EVIL, EVIL),)
    told = (Told(EVIL, EVIL, EVIL, Proof(1, EVIL, EVIL)), Told(EVIL, EVIL, EVIL, Proof(1, EVIL)))
    story = msgspec.structs.replace(
        STORY, holders=rows, keeps=rows, measures=rows, events=told, alarms=(EVIL,)
    )
    content = msgspec.structs.replace(
        CONTENT, title=EVIL, rows=rows, body=EVIL, waits=(EVIL,), given=(EVIL,)
    )
    waiting = msgspec.structs.replace(WAITING, what=EVIL, number=EVIL, asked=EVIL, waits=EVIL)
    frame = msgspec.structs.replace(
        SIGNED_IN, operator=EVIL, when=EVIL, login=EVIL, form=EVIL, alerts=(EVIL,)
    )
    signing = msgspec.structs.replace(SIGNING, challenge=EVIL, keys=(EVIL,), party=EVIL)
    for page in (
        pages.home(frame, live, {EVIL: EVIL}, Record(rows, (EVIL,))),
        pages.number(frame, line, story, {EVIL: EVIL}, typed=EVIL, case=EVIL, purpose=EVIL),
        pages.number(frame, NoLine(EVIL), None, {}, typed=EVIL),
        pages.problem(EVIL, EVIL),
        pages.signing.sign_in(frame, EVIL),
        pages.signing.prove(frame, EVIL, signing),
        pages.signing.make(frame, EVIL, EVIL, EVIL, signing),
        pages.requests.listed(frame, (waiting,), EVIL),
        pages.requests.shown(frame, content, signing, ((EVIL, EVIL),), EVIL),
        pages.requests.consent(frame, content, EVIL, signing, signing, EVIL),
        pages.own.ask(frame, signing, pages.own.NOT_YOURS),
        pages.own.numbers(frame, ((EVIL, story),)),
    ):
        assert "<script>alert" not in page
        assert EVIL not in page
        read(page)


def test_a_receipt_is_in_the_page_to_be_saved() -> None:
    page = ALL["number"]
    [link] = [a for tag, a in read(page).seen if tag == "a" and "download" in a]
    assert link["download"] == "receipt-12.json"
    data = (link["href"] or "").removeprefix("data:application/json;base64,")
    assert base64.b64decode(data) == b'{"leaf": "12"}\n'
    assert "verify_receipt.py --policy policy receipt.json" in page


def test_the_number_is_sent_in_a_body_and_never_in_an_address() -> None:
    for page in ALL.values():
        forms = [attributes for tag, attributes in read(page).seen if tag == "form"]
        assert all(form["method"] == "post" for form in forms)


def test_the_page_says_who_may_look() -> None:
    assert "invented people" in ALL["home of a demo"]
    for name in ("home", "home signed in", "sign in"):
        assert "needs a passkey, a purpose and an open case" in ALL[name]
    assert "name='number'" not in ALL["home"]


def test_an_empty_system_has_a_page_too() -> None:
    empty = msgspec.structs.replace(
        LIVE, charges=(), topups=(), refusals=(), history=(), latency=(), traffic=(), demo=""
    )
    home = pages.home(FRAME, empty, {}, Record())
    assert "Nobody has been charged yet." in home
    assert "Nothing is in the record yet." in home


@pytest.fixture
async def site(pool: Pool) -> Site:
    await settled(pool)
    return site_over(pool, Clock(), demo="demo")


@pytest.fixture
async def page(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(site, "http://127.0.0.1:8080") as client:
        yield client


async def test_the_first_page_and_its_parts(page: httpx.AsyncClient) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/live", "text/html"),
        ("/look.css", "text/css"),
        ("/live.js", "text/javascript"),
        ("/passkey.js", "text/javascript"),
        ("/api/live", "application/json"),
    ):
        answer = await page.get(path)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)


async def test_a_number_is_looked_up_by_people_and_programs(page: httpx.AsyncClient) -> None:
    found = await page.post("/number", data={"number": "012 345 678"})
    assert found.status_code == 200
    assert "+855 12 345 678" in found.text
    missing = await page.post("/number", data={"number": "099 999 999"})
    assert (missing.status_code, "Nobody here" in missing.text) == (404, True)
    data = await page.post("/api/number", json={"number": "012 345 678"})
    assert msgspec.convert(data.json(), LineView).number == "+855 12 345 678"
    assert (await page.get("/number")).status_code == 405


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nope", None, 404),
        ("POST", "/number", b"number=" + b"1" * 17_000, 413),
        ("POST", "/number", b"\xff\xfe=%%%", 404),
        ("POST", "/api/number", b'{"number": 5}', 400),
        ("POST", "/api/number", b"\xff", 400),
        ("POST", "/api/number", b"[" * 900, 400),
    ],
)
async def test_bad_requests_are_refused_without_repeating_them(
    page: httpx.AsyncClient, method: str, path: str, body: bytes | None, status: int
) -> None:
    kind = "application/json" if path.startswith("/api") else "application/x-www-form-urlencoded"
    answer = await page.request(method, path, content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert "Traceback" not in answer.text


class QuotingError(RuntimeError):
    """An accident that quotes a number."""


def boom(_: int) -> bytes:
    raise QuotingError("85512345678 is what an accident might quote")


async def test_every_answer_has_the_headers(page: httpx.AsyncClient, site: Site) -> None:
    site.fresh = boom
    answers = [
        await page.get("/"),
        await page.get("/nope"),
        await page.post("/number", data={"number": "012 345 678"}),
        await page.get("/", headers={"host": "evil.example"}),
        await page.get("/sign-in"),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 500, 421, 307]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


async def test_an_accident_is_told_without_anybody_in_it(
    page: httpx.AsyncClient, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.fresh = boom
    answer = await page.post("/number", data={"number": "012 345 678"})
    assert answer.status_code == 500
    assert "85512345678" not in answer.text
    assert "QuotingError" in caplog.text
    assert "85512345678" not in caplog.text


async def test_the_first_page_goes_on_without_a_store(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    await pool.close()
    async with browser(site_over(pool, Clock(), demo="demo")) as client:
        client.cookies.set("tenure", "A" * 43)
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/live")).status_code == 200
    assert "nobody can be signed in" in caplog.text


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("host", "tenure.attacker.example", 421),
        ("host", "127.0.0.1:8081", 421),
        ("host", "localhost:8080", 200),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "none", 200),
    ],
)
async def test_another_site_gets_nothing(
    page: httpx.AsyncClient, header: str, value: str, status: int
) -> None:
    assert (await page.get("/", headers={header: value})).status_code == status


async def test_a_link_from_elsewhere_opens_the_page_but_sends_no_form(
    page: httpx.AsyncClient,
) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    opened = {**link, "sec-fetch-dest": "document"}
    framed = {**link, "sec-fetch-dest": "iframe"}
    assert (await page.get("/", headers=opened)).status_code == 200
    assert (await page.get("/", headers=framed)).status_code == 403
    asked = await page.post("/number", data={"number": "012 345 678"}, headers=opened)
    assert asked.status_code == 403


def test_the_style_sheet_asks_for_nothing() -> None:
    sheet = (pages_folder() / "look.css").read_text()
    assert "url(" not in sheet
    assert "@import" not in sheet
    assert re.search(r"prefers-color-scheme: dark", sheet)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "paper"),
        ("ink", "card"),
        ("soft", "paper"),
        ("soft", "card"),
        ("accent", "card"),
        ("accent", "paper"),
        ("accent", "accent-soft"),
        ("warn", "warn-soft"),
        ("warn", "card"),
        ("ink", "warn-soft"),
        ("card", "accent"),
        ("card", "warn"),
    ],
)
def test_everybody_can_read_it(theme: int, ink: str, paper: str) -> None:
    sheet = (pages_folder() / "look.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[theme]))
    lighter, darker = sorted((luminance(colours[ink]), luminance(colours[paper])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def pages_folder() -> Path:
    return Path(pages.__file__).parents[1]


async def test_the_page_opens_answers_and_closes_though_somebody_stays_connected(
    site: Site,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    gateway = WebGateway("127.0.0.1", port, site)
    await gateway.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/")).status_code == 200
        await gateway.stop()
        with pytest.raises(httpx.TransportError):
            await client.get("/")
