"""A holder says yes and no on their page, with one button each, and the signal of a browser."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.web.server.guard import guarded
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session import cookies, privacy_control, visits
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Way, Word
from tenure.promises.notices import operations as notices
from tenure.values import unsubscribing
from tenure.values.instant import MINUTE_MS, Instant
from tests.gateways.web.visiting import URL, Clock, browser, shown_key, signed, site_over
from tests.numbers.asked import CHILD, LATER, OLD, holder_key, populated
from tests.numbers.stocked import AT, KH, msisdn

SECRET = bytes(range(32))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site(pool: Pool, clock: Clock) -> Site:
    await populated(pool)
    return site_over(pool, clock)


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(site) as opened:
        yield opened


async def mine(client: httpx.AsyncClient, headers: dict[str, str] | None = None) -> str:
    """The page of a holder who has shown their passkey."""
    challenge = shown_key((await client.get("/mine")).text)
    key = holder_key(OLD)
    sent = {"challenge": cookies.text_of(challenge), "signed": signed(key, challenge)}
    answer = await client.post("/mine", data=sent, headers=headers)
    assert answer.status_code == 200
    return answer.text


def forms(page: str) -> dict[tuple[str, str], dict[str, str]]:
    """The forms about consent by purpose and what they say, each with its fields."""
    found = {}
    for form in re.findall(r"<form method='post' action='/mine/consents'>(.*?)</form>", page):
        fields = dict(re.findall(r"name='(\w+)' value='([^']*)'", form))
        assert len(re.findall("<button", form)) == 1
        found[fields["purpose"], fields["say"]] = fields
    return found


async def press(client: httpx.AsyncClient, page: str, purpose: str, say: str) -> str:
    answer = await client.post("/mine/consents", data=forms(page)[purpose, say])
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_yes_and_no_are_one_button_each(client: httpx.AsyncClient, pool: Pool) -> None:
    page = await mine(client)
    names = [one.name for one in KH.consents.purposes]
    assert set(forms(page)) == {("", "no"), *((name, "yes") for name in names)}

    agreed = await press(client, page, "offers", "yes")

    assert ("offers", "no") in forms(agreed)
    assert ("offers", "yes") not in forms(agreed)
    pair = [(OLD, "offers")]
    assert await perform(pool, consent.standing, KH, pair, "sms", LATER) == set(pair)

    ended = await press(client, agreed, "offers", "no")

    assert ("offers", "yes") in forms(ended)
    assert await perform(pool, consent.standing, KH, pair, "sms", LATER) == set()


async def test_both_buttons_look_alike(client: httpx.AsyncClient, clock: Clock) -> None:
    page = await mine(client)
    clock.later(1)
    agreed = await press(client, page, "analysis", "yes")

    def button(text: str, say: str) -> str:
        fields = rf"name='purpose' value='analysis'>\s*<input[^>]*name='say' value='{say}'>"
        found = re.search(rf"{fields}<button([^>]*)>", text)
        assert found, text
        return found[1]

    assert button(page, "yes") == button(agreed, "no")


async def test_one_button_ends_all_advertising(
    client: httpx.AsyncClient, clock: Clock, pool: Pool
) -> None:
    page = await mine(client)
    for purpose in ("offers", "partner-offers", "analysis"):
        page = await press(client, page, purpose, "yes")
    clock.later(1)

    ended = await press(client, page, "", "no")

    said = forms(ended)
    assert {("offers", "yes"), ("partner-offers", "yes"), ("analysis", "no")} <= set(said)
    heard = await perform(pool, notices.of_number, msisdn(0), 50)
    assert "consent.withdrawn" in {one.telling.kind.value for one in heard}


async def test_the_words_are_in_the_language_of_the_person(client: httpx.AsyncClient) -> None:
    page = await mine(client)
    offers = KH.consents.purposes[0].texts["km"]
    assert f"<h2 lang='km'>{offers.title}</h2>" in page
    assert offers.text in page
    assert offers.without in page
    assert "Uses your data of these kinds: contact, product. Given to nobody." in page
    assert "Reaches you by: sms, call, email." in page
    assert "Given to: partners." in page


async def test_a_minor_is_told_who_says_yes_and_may_say_no(
    client: httpx.AsyncClient, site: Site, pool: Pool
) -> None:
    fields = {"visit": visits.code_of(site.secret, CHILD, LATER), "purpose": "offers"}

    refused = await client.post("/mine/consents", data={**fields, "say": "yes"})
    ended = await client.post("/mine/consents", data={**fields, "say": "no"})

    assert refused.status_code == 409
    assert "a parent or guardian says yes first" in refused.text
    assert ended.status_code == 200
    events = await perform(pool, consent.history, CHILD)
    assert {one.word for one in events} == {Word.REFUSED}


async def test_a_visit_is_one_persons_and_ends(
    client: httpx.AsyncClient, clock: Clock, pool: Pool
) -> None:
    page = await mine(client)
    fields = forms(page)["offers", "yes"]
    other = {**fields, "visit": visits.code_of(bytes(32), OLD, LATER)}
    assert (await client.post("/mine/consents", data=other)).status_code == 403
    assert (await client.post("/mine/consents", data={"say": "yes"})).status_code == 403
    clock.later(15 * MINUTE_MS)
    assert (await client.post("/mine/consents", data=fields)).status_code == 403
    assert await perform(pool, consent.history, OLD) == []


async def test_another_site_cannot_press_a_button(client: httpx.AsyncClient) -> None:
    fields = forms(await mine(client))["offers", "yes"]
    across = {"sec-fetch-site": "cross-site"}
    answer = await client.post("/mine/consents", data=fields, headers=across)
    assert answer.status_code == 403


async def test_the_signal_of_a_browser_is_shown_and_not_kept(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    page = await mine(client)
    agreed = await press(client, page, "offers", "yes")
    assert "Global Privacy Control" not in agreed

    with_signal = await mine(client, {"sec-gpc": "1"})

    assert "Global Privacy Control" in with_signal
    # An explicit choice beats the signal, and the signal is written nowhere.
    assert ("offers", "no") in forms(with_signal)
    events = await perform(pool, consent.history, OLD)
    assert {one.word for one in events} == {Word.GIVEN}
    assert "checked" not in with_signal


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], False),
        ([b"1"], True),
        ([b"0"], False),
        ([b""], False),
        ([b" 1"], False),
        ([b"1 "], False),
        ([b"11"], False),
        ([b"1, 1"], False),
        ([b"true"], False),
        ([b"?1"], False),
        ([b"0", b"1"], True),
        ([b"1;x=y"], False),
    ],
)
def test_the_signal_of_a_browser_is_exactly_one(values: list[bytes], expected: bool) -> None:  # noqa: FBT001 -- a table
    assert privacy_control.is_on(values) is expected


async def test_what_is_well_known_of_the_signal(client: httpx.AsyncClient) -> None:
    answer = await client.get("/.well-known/gpc.json")

    assert answer.headers["content-type"] == "application/json"
    assert "set-cookie" not in answer.headers
    told = json.loads(answer.content)
    assert told["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["lastUpdate"])


async def test_no_other_cookie_leaves(client: httpx.AsyncClient) -> None:
    async def chatty(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [
            (b"set-cookie", b"_ga=1; Path=/"),
            (b"Set-Cookie", b"tenure=x; Path=/"),
            (b"set-cookie", b"tenure2=y"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    app = guarded(chatty, frozenset({"localhost:8080"}), URL)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=URL) as other:
        answer = await other.get("/")
    assert answer.headers.get_list("set-cookie") == ["tenure=x; Path=/"]
    for path in ("/", "/mine", "/sign-in", "/requests", "/.well-known/gpc.json"):
        assert "set-cookie" not in (await client.get(path)).headers


async def test_a_link_in_an_offer_ends_it_by_one_request(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    page = await mine(client)
    await press(client, page, "offers", "yes")
    clock.later(1)
    code = unsubscribing.code_of(SECRET, OLD, "offers")
    path = f"{unsubscribing.PATH}{code}"
    looked = await client.get(path)
    assert looked.status_code == 200
    assert "End these offers" in looked.text
    pair = [(OLD, "offers")]
    assert await perform(pool, consent.standing, KH, pair, "sms", clock.at) == set(pair)

    click = {"List-Unsubscribe": "One-Click"}
    first = await client.post(path, data=click)
    again = await client.post(path, data=click)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.text == again.text
    assert await perform(pool, consent.standing, KH, pair, "email", clock.at) == set()
    (ended, *_) = [
        one for one in await perform(pool, consent.history, OLD) if one.word is Word.WITHDRAWN
    ]
    assert ended.how.way is Way.EMAIL
    forged = unsubscribing.code_of(bytes(32), OLD, "offers")
    assert (await client.post(f"{unsubscribing.PATH}{forged}", data=click)).status_code == 404
    assert (await client.get(f"{unsubscribing.PATH}x")).status_code == 404


@given(st.text(max_size=80))
def test_any_text_is_a_visit_of_ours_or_none(text: str) -> None:
    assert visits.read(SECRET, text, AT) is None


def test_a_visit_is_over_after_a_quarter_of_an_hour() -> None:
    code = visits.code_of(SECRET, 7, AT)
    assert visits.read(SECRET, code, AT) == 7
    assert visits.read(SECRET, code, Instant(AT + 15 * MINUTE_MS - 1)) == 7
    assert visits.read(SECRET, code, Instant(AT + 15 * MINUTE_MS)) is None


async def test_a_holder_says_that_they_could_read_a_new_notice(
    client: httpx.AsyncClient, clock: Clock, pool: Pool
) -> None:
    page = await mine(client)
    newest = consent.updates(KH, "privacy-notice", clock.now())[0]
    assert f"Version {newest.version}, published" in page
    found = re.search(r"<form method='post' action='/mine/notice'>(.*?)</form>", page)
    assert found, "who has not acknowledged it is asked"
    fields = dict(re.findall(r"name='(\w+)' value='([^']*)'", found[1]))

    answers = [(await client.post("/mine/notice", data=fields)).text for _ in range(2)]

    assert all("You acknowledged it on" in text for text in answers)
    assert all("/mine/notice" not in text for text in answers)
    agreed = await perform(pool, consent.agreed, OLD)
    (said,) = [one for one in agreed.acknowledgements if one.version == newest.version]
    assert (said.acknowledgement.occasion, said.acknowledgement.how.way) == ("update", Way.WEB)
    assert await perform(pool, consent.standing, KH, [(OLD, "offers")], "sms", LATER) == set()


async def test_only_what_was_published_is_acknowledged_and_only_in_a_visit(
    client: httpx.AsyncClient,
) -> None:
    page = await mine(client)
    visit = next(iter(forms(page).values()))["visit"]
    unknown = await client.post("/mine/notice", data={"visit": visit, "version": "2019-01-01"})
    nobody = await client.post("/mine/notice", data={"visit": "x", "version": "2025-10-23"})
    assert (unknown.status_code, nobody.status_code) == (409, 403)
