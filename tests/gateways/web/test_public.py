"""The public website as a browser without scripts sees it: forms, cookies, languages."""

import contextlib
import html
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tenure.gateways.web.server.gateway import allowed_hosts, application
from tenure.gateways.web.server.guard import Jar, guarded
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session.visitors import Register
from tenure.gateways.web.translate import public as translate
from tenure.gateways.web.wire.pages.public.words import NAMES, WORDS
from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.model.website import Fault, Given
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, HOUR_MS, parse_instant
from tests.gateways.web.visiting import URL, Clock, site_over

OPERATORS = [pack.load(name).terms for name in pack.names()]
SMART = pack.load("smart-kh").terms
AT = parse_instant("2026-11-22T08:00:00+07:00")
ASKED = {"email": "dara@example.com", "question": "Where is\nthe shop?"}
ENTERED = {"answer": "tonle-sap", "name": "Sok Dara", "phone": "012 345 678", "agree": "yes"}
FORMS = ("question", "feedback", "order", "quiz")
PAGES = (
    "",
    "/policy",
    "/cookies",
    "/held",
    "/contest/water-festival-2026",
    *(f"/{one}" for one in FORMS),
)


def broken(what: str) -> None:
    raise AssertionError(f"a cookie must not be set: {what}")


@pytest.fixture
def site(pool: Pool, tmp_path: Path) -> Iterator[Site]:
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as shelf:
        made = site_over(pool, Clock(AT))
        made.keys = privacy.Keys(shelf)
        made.alarm = broken
        yield made


@contextlib.asynccontextmanager
async def browser(site: Site, address: str = "203.0.113.7") -> AsyncIterator[httpx.AsyncClient]:
    app = application(site, allowed_hosts("127.0.0.1", 8080, site.host))
    transport = httpx.ASGITransport(app=app, client=(address, 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(site) as opened:
        yield opened


def code_in(text: str) -> str:
    found = re.search(r"name='code' value='([^']+)'", text)
    assert found is not None
    return found[1]


async def fill(client: httpx.AsyncClient, form: str, values: dict[str, str]) -> httpx.Response:
    shown = await client.get(f"/site/en/{form}")
    return await client.post(f"/site/en/{form}", data={"code": code_in(shown.text), **values})


async def entries(site: Site) -> list[dict[str, str]]:
    assert site.keys is not None
    found = await perform(site.pool, privacy.website.listed, "", AT)
    opened = []
    for one in found:
        given = await perform(site.pool, privacy.website.opened, site.keys, one)
        assert isinstance(given, Given)
        opened.append(dict(given.items))
    return opened


async def answer(client: httpx.AsyncClient, said: str, **each: str) -> httpx.Response:
    data = {"answer": said, "back": "question", **each}
    return await client.post("/site/en/cookies", data=data)


def set_by(response: httpx.Response) -> dict[str, str]:
    headers = response.headers.get_list("set-cookie")
    return {one.partition("=")[0]: one for one in headers}


# Pages and languages (WEB-LANG, WEB-SCOPE).


async def test_every_page_is_there_in_every_language_before_and_after_a_no(
    client: httpx.AsyncClient,
) -> None:
    for refused in (False, True):
        if refused:
            assert (await answer(client, "none")).status_code == 303
        for language in SMART.languages:
            for page in PAGES:
                found = await client.get(f"/site/{language}{page}")
                assert found.status_code == 200, page
                assert f"<html lang='{language}'>" in found.text
                assert SMART.privacy.website.scope[language] in html.unescape(found.text)
                assert ("cookie-banner" in found.text) is not refused
                assert set_by(found) == {}
                # Nothing from elsewhere, and no script.
                assert "<script" not in found.text
                assert not re.search(r"(src|href|action)='(https?:)?//", found.text)


async def test_the_prevailing_language_comes_first(client: httpx.AsyncClient) -> None:
    found = await client.get("/site", headers={"accept-language": "km"})
    assert (found.status_code, found.headers["location"]) == (303, "/site/en")
    assert (await client.get("/site/fr")).status_code == 404
    lost = await client.get("/site/km/nothing")
    assert lost.status_code == 404
    assert WORDS["km"]["not-found"] in lost.text


@pytest.mark.parametrize("terms", OPERATORS, ids=[one.operator for one in OPERATORS])
def test_every_language_of_every_operator_has_the_words(terms: Terms) -> None:
    blanks = {name: set(re.findall(r"{\w+}", text)) for name, text in WORDS["en"].items()}
    for language in terms.languages:
        assert NAMES[language]
        found = WORDS[language]
        assert {name: set(re.findall(r"{\w+}", text)) for name, text in found.items()} == blanks
        assert {one.value for one in Fault} <= set(found)
        assert set(translate.TROUBLE.values()) <= set(found)


async def test_the_notice_stands_there_with_its_version(client: httpx.AsyncClient) -> None:
    text = (await client.get("/site/en/policy")).text
    assert "Version 2025-10-23, published 23/10/2025" in text
    assert "<h3>Privacy notice</h3>" in text
    assert "/updates?language=en" in text


# Forms (WEB-COLLECT, PRV-ACK, PRV-OPTION).


async def test_a_form_tells_what_for_how_long_and_what_follows(client: httpx.AsyncClient) -> None:
    text = html.unescape((await client.get("/site/en/question")).text)
    for told in (
        "Without it we cannot answer you.", "voluntary", "180 days, then destroyed",
        "nobody but us", "privacy notice, version 2025-10-23", "To answer questions",
    ):  # fmt: skip
        assert told in text, told


async def test_a_form_is_kept_once_however_often_it_is_sent(
    client: httpx.AsyncClient, site: Site
) -> None:
    code = code_in((await client.get("/site/km/question")).text)
    first = await client.post("/site/km/question", data={"code": code, **ASKED})
    second = await client.post("/site/km/question", data={"code": code, **ASKED})

    where = "/site/km/question/thanks?number="
    assert (first.status_code, first.headers["location"][:-36]) == (303, where)
    assert second.headers["location"] == f"{first.headers['location']}&again"
    assert WORDS["km"]["again"] in (await client.get(second.headers["location"])).text
    assert await entries(site) == [ASKED]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"email": ""}, "This is missing. Without it we cannot answer you."),
        ({"email": "<b>@x"}, "please write it differently"),
        ({"question": "ក" * 1601}, "longer than 1600 characters"),
        ({"question": "x" * 100_000}, "longer than 1600 characters"),
        ({"name": "\u0410dmin"}, "two scripts"),
        ({"question": "http://a http://b http://c"}, "2 are enough"),
        ({"website": "http://spam"}, "The last field has to stay empty"),
        ({"code": "forged"}, "look at it once more"),
    ],
)
async def test_what_is_wrong_comes_back_as_it_was_typed(
    client: httpx.AsyncClient, site: Site, change: dict[str, str], told: str
) -> None:
    typed = {**ASKED, "name": 'Dara <Sok> & "Co\'"', **change}
    found = await fill(client, "question", typed)

    assert found.status_code == 422
    text = html.unescape(found.text)
    assert told in text
    for name, value in typed.items():
        if name != "code":
            assert value in text, name
    assert "<Sok>" not in found.text
    assert await entries(site) == []


async def test_sixteen_hundred_characters_are_kept(client: httpx.AsyncClient, site: Site) -> None:
    found = await fill(client, "question", {**ASKED, "question": "ក" * 1600})
    assert found.status_code == 303
    assert (await entries(site))[0]["question"] == "ក" * 1600


async def test_a_form_of_yesterday_is_shown_once_more(
    client: httpx.AsyncClient, site: Site
) -> None:
    code = code_in((await client.get("/site/en/question")).text)
    site.now.__self__.later(DAY_MS)  # type: ignore[attr-defined]
    late = await client.post("/site/en/question", data={"code": code, **ASKED})
    assert late.status_code == 422
    again = await client.post("/site/en/question", data={"code": code_in(late.text), **ASKED})
    assert again.status_code == 303


async def test_a_code_is_of_one_form(client: httpx.AsyncClient) -> None:
    code = code_in((await client.get("/site/en/feedback")).text)
    found = await client.post("/site/en/question", data={"code": code, **ASKED})
    assert found.status_code == 422


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}]
)
async def test_another_site_cannot_send_a_form(
    client: httpx.AsyncClient, site: Site, headers: dict[str, str]
) -> None:
    code = code_in((await client.get("/site/en/question")).text)
    data = {"code": code, **ASKED}
    found = await client.post("/site/en/question", data=data, headers=headers)
    assert found.status_code == 403
    assert await entries(site) == []


async def test_a_browser_that_names_no_origin_is_heard(client: httpx.AsyncClient) -> None:
    # What Chromium sends from our own pages, which give no referrer.
    code = code_in((await client.get("/site/en/question")).text)
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    data = {"code": code, **ASKED}
    found = await client.post("/site/en/question", data=data, headers=headers)
    assert found.status_code == 303


async def test_one_address_sends_so_many_an_hour(site: Site) -> None:
    limit = SMART.privacy.website.limits.an_hour
    async with browser(site) as client, browser(site, "203.0.113.8") as other:
        for _ in range(limit):
            assert (await fill(client, "question", ASKED)).status_code == 303
        refused = await fill(client, "question", ASKED)
        assert refused.status_code == 429
        assert "in an hour" in refused.text
        assert ASKED["email"] in refused.text
        assert (await fill(other, "question", ASKED)).status_code == 303
        site.now.__self__.later(HOUR_MS)  # type: ignore[attr-defined]
        assert (await fill(client, "question", ASKED)).status_code == 303


async def test_without_a_key_nothing_is_taken_and_nothing_is_lost(
    client: httpx.AsyncClient, site: Site
) -> None:
    site.keys = None
    found = await fill(client, "question", ASKED)
    assert found.status_code == 503
    assert ASKED["email"] in found.text


async def test_a_contest_from_the_first_entry_to_the_results(
    client: httpx.AsyncClient, site: Site
) -> None:
    early = await fill(client, "quiz", ENTERED)
    assert (early.status_code, "takes no entries" in early.text) == (422, True)
    contest = SMART.privacy.website.contests[0]
    seed = bytes(range(32))
    commitment = privacy.website.commitment_of(seed)
    act = Act("<tenure>", AT, bytes(32))
    await perform(site.pool, privacy.contests.announce, contest, commitment, act)

    page = (await client.get("/site/en/contest/water-festival-2026")).text
    assert commitment.hex() in page
    assert "Open until 31/12/2026" in page
    unsaid = await fill(client, "quiz", {**ENTERED, "agree": ""})
    assert "only if you agree" in unsaid.text
    assert (await fill(client, "quiz", ENTERED)).status_code == 303
    again = await fill(client, "quiz", {**ENTERED, "name": "Another", "phone": "+855 12345678"})
    assert "somebody has entered already" in again.text
    assert (await client.get("/draws/water-festival-2026")).status_code == 404


# Cookies (WEB-COOKIE).


async def test_a_no_and_a_yes_weigh_the_same(client: httpx.AsyncClient) -> None:
    banner = (await client.get("/site/en")).text
    buttons = re.findall(r"<button id='cookie-(\w+)'([^>]*)>", banner)
    assert [name for name, _ in buttons] == ["reject", "accept"]
    assert not any("class" in rest for _, rest in buttons)
    for said, sets in (("none", {"tenure-choice"}), ("all", {"tenure-choice"})):
        client.cookies.clear()
        found = await answer(client, said)
        assert found.headers["location"] == "/site/en/question"
        kept = {name for name, one in set_by(found).items() if "Max-Age=0" not in one}
        assert kept == sets


async def test_after_a_yes_only_what_was_agreed_to_is_set(client: httpx.AsyncClient) -> None:
    await answer(client, "each", convenience="yes", visits="no")
    assert set(set_by(await client.get("/site/km"))) == {"tenure-memory"}
    assert (await client.get("/site")).headers["location"] == "/site/km"
    await answer(client, "each", convenience="no", visits="yes")
    found = await client.get("/site/km")
    assert set(set_by(found)) == {"tenure-visit"}
    assert (await client.get("/site")).headers["location"] == "/site/en"
    gone = await answer(client, "none")
    assert {name for name, one in set_by(gone).items() if "Max-Age=0" in one} == {
        "tenure-memory", "tenure-visit",
    }  # fmt: skip
    assert set_by(await client.get("/site/km")) == {}


async def test_what_is_recorded_is_what_the_notice_says_and_goes_with_a_no(
    client: httpx.AsyncClient, owner: str
) -> None:
    import psycopg  # noqa: PLC0415 -- looks behind

    def visits() -> Sequence[tuple[object, ...]]:
        with psycopg.connect(owner) as connection:
            return connection.execute(
                "SELECT seq, address, browser, system, page FROM privacy.visit ORDER BY seq"
            ).fetchall()

    agent = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"}
    await client.get("/site/en", headers=agent)
    assert visits() == []
    await answer(client, "all")
    await client.get("/site/en", headers=agent)
    await client.get("/site/en/question?phone=012345678", headers=agent)
    assert visits() == [
        (1, "203.0.0.0/16", "Firefox", "Windows", "/site/en"),
        (2, "203.0.0.0/16", "Firefox", "Windows", "/site/en/question"),
    ]
    await answer(client, "none")
    await client.get("/site/en", headers=agent)
    assert visits() == []
    with psycopg.connect(owner) as connection:
        kept = connection.execute(
            "SELECT count(*), count(DISTINCT consent_id) FROM privacy.cookie_answer"
        ).fetchone()
    assert kept == (2, 1)


@pytest.mark.parametrize(
    ("value", "told"), [("1", True), ("0", False), ("1, 1", False), ("", False)]
)
async def test_the_signal_of_a_browser_is_no_choice(
    client: httpx.AsyncClient, value: str, *, told: bool
) -> None:
    headers = {"sec-gpc": value}
    found = await client.get("/site/en", headers=headers)
    assert ("Global Privacy Control" in found.text) is told
    assert set_by(found) == {}
    # An explicit yes counts, whatever the browser sends.
    await answer(client, "all")
    after = await client.get("/site/en", headers=headers)
    assert set(set_by(after)) == {"tenure-memory", "tenure-visit"}


async def test_a_choice_cannot_be_forged_and_ends(client: httpx.AsyncClient, site: Site) -> None:
    await answer(client, "all")
    mine = client.cookies["tenure-choice"]
    client.cookies.clear()
    client.cookies.set("tenure-choice", f"{mine[:-4]}AAAA", domain="localhost.local")
    forged = await client.get("/site/en", headers={"cookie": f"tenure-choice={mine[:-4]}AAAA"})
    assert "cookie-banner" in forged.text
    site.now.__self__.later(180 * DAY_MS)  # type: ignore[attr-defined]
    late = await client.get("/site/en", headers={"cookie": f"tenure-choice={mine}"})
    assert "cookie-banner" in late.text
    assert set_by(late) == {}


async def test_the_page_of_cookies_is_the_register(client: httpx.AsyncClient) -> None:
    text = html.unescape((await client.get("/site/en/cookies")).text)
    for one in SMART.privacy.website.cookies:
        assert f"<code>{one.name}</code>" in text
        assert one.records["en"] in text
    for told in ("180 days", "30 minutes", "browser and operating system", "day, date and time"):
        assert told in text


async def test_no_cookie_leaves_that_is_not_registered_or_not_agreed_to() -> None:
    heard: list[str] = []
    chosen: set[str] = set()
    jar = Jar(
        Register({"tenure": "essential", "tenure-visit": "visits"}),
        lambda _: frozenset({"essential", *chosen}),
        heard.append,
    )
    set_cookies = [
        b"tracker=1",
        b"tenure-visit=1; Max-Age=9",
        b"tenure=x",
        b"tenure-visit=; Max-Age=0",
    ]

    async def chatty(_scope: object, _receive: object, send: object) -> None:
        headers = [(b"Set-Cookie", one) for one in set_cookies]
        await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

    app = guarded(chatty, frozenset({"localhost:8080"}), URL, jar)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        without = (await client.get("/")).headers.get_list("set-cookie")
        chosen.add("visits")
        agreed = (await client.get("/")).headers.get_list("set-cookie")

    assert without == ["tenure=x", "tenure-visit=; Max-Age=0"]
    assert agreed == ["tenure-visit=1; Max-Age=9", "tenure=x", "tenure-visit=; Max-Age=0"]
    assert heard == [
        "a cookie that is not registered", "tenure-visit, without a yes to visits",
        "a cookie that is not registered",
    ]  # fmt: skip
