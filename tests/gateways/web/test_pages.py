"""The pages: all is escaped, nothing comes from elsewhere, and other sites get nothing."""

import re
import socket
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import httpx
import msgspec
import pytest

from tenure.gateways.web.server.gateway import (
    HEADERS,
    WebGateway,
    allowed_hosts,
    application,
)
from tenure.gateways.web.wire import pages
from tenure.gateways.web.wire.shapes import LineView, Live, NoLine
from tests.gateways.web.state import CALL, LINE, LIVE

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


ALL = (pages.home(LIVE), pages.number(LIVE, LINE, "012"), pages.problem("No such page", "Go on."))


@pytest.mark.parametrize("page", ALL, ids=["home", "number", "problem"])
def test_a_page_is_well_formed_and_usable_by_everybody(page: str) -> None:
    tags = read(page).seen
    assert ("html", {"lang": "en"}) in tags
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert sum(tag == "main" for tag, _ in tags) == 1
    labels = {attributes.get("for") for tag, attributes in tags if tag == "label"}
    inputs = {attributes.get("id") for tag, attributes in tags if tag == "input"}
    assert inputs == labels


@pytest.mark.parametrize("page", ALL, ids=["home", "number", "problem"])
def test_nothing_comes_from_elsewhere_and_nothing_is_inline(page: str) -> None:
    for tag, attributes in read(page).seen:
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "/").startswith(("/", "#"))
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert tag != "style"
    assert "<script>" not in page


def test_what_comes_from_outside_is_escaped() -> None:
    evil = msgspec.structs.replace(CALL, sentence=EVIL, detail=EVIL, number=EVIL, amount=EVIL)
    live = msgspec.structs.replace(LIVE, charges=(evil,), operator=EVIL, store=EVIL, demo=EVIL)
    line = msgspec.structs.replace(LINE, offer=EVIL, stage_words=EVIL, charges=(evil,))
    for page in (
        pages.home(live),
        pages.number(live, line, EVIL),
        pages.number(live, NoLine(EVIL), EVIL),
        pages.problem(EVIL, EVIL),
    ):
        assert "<script>alert" not in page
        assert EVIL not in page
        read(page)


def test_the_number_is_sent_in_a_body_and_never_in_an_address() -> None:
    forms = [attributes for tag, attributes in read(pages.home(LIVE)).seen if tag == "form"]
    assert [(form["method"], form["action"]) for form in forms] == [("post", "/number")]


def test_the_page_says_that_staff_sign_in_comes_later() -> None:
    assert all("Staff sign-in" in page for page in ALL)


def test_an_empty_system_has_a_page_too() -> None:
    empty = msgspec.structs.replace(
        LIVE, charges=(), topups=(), refusals=(), history=(), latency=(), traffic=(), demo=""
    )
    assert "Nobody has been charged yet." in pages.home(empty)


async def look_up(typed: str) -> LineView | NoLine:
    if typed == "boom":
        raise RuntimeError("85512345678 is what an accident might quote")
    return LINE if typed == "012 345 678" else NoLine("Nobody here has this number.")


def live() -> Live:
    return LIVE


@pytest.fixture
async def page() -> AsyncIterator[httpx.AsyncClient]:
    app = application(live, look_up, allowed_hosts("127.0.0.1", 8080))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


async def test_the_first_page_and_its_parts(page: httpx.AsyncClient) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/live", "text/html"),
        ("/look.css", "text/css"),
        ("/live.js", "text/javascript"),
        ("/api/live", "application/json"),
    ):
        answer = await page.get(path)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)


async def test_a_number_is_looked_up_by_people_and_programs(page: httpx.AsyncClient) -> None:
    found = await page.post("/number", data={"number": "012 345 678"})
    assert found.status_code == 200
    assert "+855 12 345 678" in found.text
    missing = await page.post("/number", data={"number": "099"})
    assert (missing.status_code, "Nobody here" in missing.text) == (404, True)
    data = await page.post("/api/number", json={"number": "012 345 678"})
    assert msgspec.convert(data.json(), LineView) == LINE
    assert (await page.get("/number")).status_code == 405


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nope", None, 404),
        ("POST", "/number", b"number=" + b"1" * 5_000, 413),
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


async def test_every_answer_has_the_headers(page: httpx.AsyncClient) -> None:
    answers = [
        await page.get("/"),
        await page.get("/nope"),
        await page.post("/number", data={"number": "boom"}),
        await page.get("/", headers={"host": "evil.example"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 500, 421]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


async def test_an_accident_is_told_without_anybody_in_it(
    page: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await page.post("/number", data={"number": "boom"})
    assert answer.status_code == 500
    assert "85512345678" not in answer.text
    assert "85512345678" not in caplog.messages[0]


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


def pages_folder() -> Path:
    return Path(pages.__file__).parent


async def test_the_page_opens_answers_and_closes_though_somebody_stays_connected() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    gateway = WebGateway("127.0.0.1", port, live, look_up)
    await gateway.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/")).status_code == 200
        await gateway.stop()
        with pytest.raises(httpx.TransportError):
            await client.get("/")
