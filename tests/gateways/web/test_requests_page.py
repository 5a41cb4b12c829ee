"""Requests on the page: who sees them, who approves, who agrees and who stops them."""

import hashlib
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session import links
from tenure.gateways.web.session.cookies import text_of
from tenure.gateways.web.wire.pages.requests import (
    AGREED,
    APPROVED,
    NO_LINK,
    STOPPED,
    UNKNOWN,
)
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Outcome, Progress
from tests.gateways.web.visiting import (
    SECRET,
    Clock,
    browser,
    shown_key,
    sign_in,
    signed,
    site_over,
)
from tests.numbers.asked import NEW, OLD, asked, consented, holder_key, populated, request_id
from tests.numbers.stocked import KH
from tests.staff.given import key_of


@pytest.fixture
async def site(pool: Pool) -> Site:
    await populated(pool)
    return site_over(pool, Clock())


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(site) as client:
        yield client


async def told(pool: Pool) -> Progress:
    found = await perform(pool, numbers.requests.progress, KH, request_id(1), Clock().at)
    assert isinstance(found, Progress)
    return found


async def test_nobody_sees_requests_without_signing_in(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    await asked(pool)
    assert (await client.get("/requests")).status_code == 401
    shown = await client.post("/requests", data={"request": request_id(1)})
    assert (shown.status_code, "+855" in shown.text) == (401, False)


async def test_the_list_names_nobody_and_the_request_says_exactly_what_is_asked(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    made = await asked(pool, by="dara")
    form = await sign_in(client, "vanna")
    listed = (await client.get("/requests")).text
    assert "A transfer to another holder" in listed
    assert "…00" in listed
    assert "15 000 000" not in listed
    shown = (await client.post("/requests", data={"form": form, "request": request_id(1)})).text
    for said in ("+855 15 000 000", "Person 1", "Person 2", "dara", made.request_hash.hex()):
        assert said in shown
    body = re.search(r"<pre>(.*?)</pre>", shown)
    assert body is not None
    exact = body[1].replace("&quot;", '"')
    assert hashlib.sha256(exact.encode()).digest() == made.request_hash


async def test_two_approve_and_nobody_twice(client: httpx.AsyncClient, pool: Pool) -> None:
    made = await consented(pool, await asked(pool, by="dara"))
    for login in ("vanna", "lina"):
        form = await sign_in(client, login)
        page = await client.post("/requests", data={"form": form, "request": request_id(1)})
        challenge = shown_key(page.text, action="/requests/approval")
        assert challenge == made.request_hash
        approval = {
            "form": form,
            "request": request_id(1),
            "signed": signed(key_of(login), challenge),
        }
        done = await client.post("/requests/approval", data=approval)
        assert (done.status_code, APPROVED in done.text) == (200, True)
        again = await client.post("/requests/approval", data=approval)
        assert again.status_code == 403
    assert (await told(pool)).takes_effect_at is not None


@pytest.mark.parametrize(
    ("login", "signer", "words"),
    [
        ("dara", "dara", "Your role does not allow this"),
        ("vanna", "lina", "This passkey does not prove that it is you"),
        ("bopha", "bopha", "You asked, witnessed or are a party"),
    ],
)
async def test_who_may_not_approve_does_not(
    client: httpx.AsyncClient, pool: Pool, login: str, signer: str, words: str
) -> None:
    made = await consented(pool, await asked(pool, by="bopha"))
    form = await sign_in(client, login)
    approval = {
        "form": form,
        "request": request_id(1),
        "signed": signed(key_of(signer), made.request_hash),
    }
    done = await client.post("/requests/approval", data=approval)
    assert done.status_code == 403
    assert words in done.text
    assert (await told(pool)).takes_effect_at is None


async def test_sales_sees_what_they_asked_and_the_links_for_it(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    await asked(pool, by="dara")
    form = await sign_in(client, "dara")
    page = (await client.post("/requests", data={"form": form, "request": request_id(1)})).text
    assert "data-passkey" not in page
    for party in ("from", "to"):
        assert f"/request#{links.code_of(SECRET, request_id(1), party)}" in page
    other = await sign_in(client, "sok")
    seen = await client.post("/requests", data={"form": other, "request": request_id(1)})
    assert (seen.status_code, "15 000 000" in seen.text) == (403, False)


@pytest.mark.parametrize("wrong", ["", "1", request_id(2), "'; --"])
async def test_no_such_request(client: httpx.AsyncClient, wrong: str) -> None:
    form = await sign_in(client, "vanna")
    page = await client.post("/requests", data={"form": form, "request": wrong})
    assert (page.status_code, UNKNOWN in page.text) == (403, True)


async def agreed(
    client: httpx.AsyncClient, party: str, person_id: int, act: str = "consent"
) -> httpx.Response:
    """Somebody opens their link and signs."""
    code = links.code_of(SECRET, request_id(1), party)
    page = await client.post("/request", data={"code": code})
    challenge = shown_key(page.text, action=f"/request/{act}")
    shown = {"code": code, "signed": signed(holder_key(person_id), challenge)}
    return await client.post(f"/request/{act}", data=shown)


async def test_both_agree_by_their_links_and_the_holder_can_still_stop_it(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    await asked(pool)
    first = await agreed(client, "from", OLD)
    done = await agreed(client, "to", NEW)
    for each in (first, done):
        assert (each.status_code, AGREED in each.text) == (200, True)
    assert "I agree to exactly this" not in done.text
    stopped = await agreed(client, "from", OLD, "stop")
    assert (stopped.status_code, STOPPED in stopped.text) == (200, True)
    ending = (await told(pool)).ending
    assert ending is not None
    assert ending.outcome is Outcome.STOPPED
    assert "data-passkey" not in stopped.text


@pytest.mark.parametrize(("party", "person_id"), [("from", NEW), ("to", OLD), ("from", 3)])
async def test_nobody_agrees_for_another(
    client: httpx.AsyncClient, pool: Pool, party: str, person_id: int
) -> None:
    before = await asked(pool)
    assert (await agreed(client, party, person_id)).status_code == 403
    assert (await told(pool)).missing == before.missing


async def test_what_was_signed_for_agreeing_does_not_stop(
    client: httpx.AsyncClient, pool: Pool
) -> None:
    made = await asked(pool)
    code = links.code_of(SECRET, request_id(1), "from")
    shown = {"code": code, "signed": signed(holder_key(OLD), made.request_hash)}
    assert (await client.post("/request/stop", data=shown)).status_code == 403
    assert (await told(pool)).ending is None


async def test_a_link_that_is_not_ours_shows_nothing(client: httpx.AsyncClient, pool: Pool) -> None:
    await asked(pool)
    ours = links.code_of(SECRET, request_id(1), "from")
    others = links.code_of(bytes(32), request_id(1), "from")
    for code in ("", "é", ours[:-2], others, text_of(bytes(33))):
        for path in ("/request", "/request/consent", "/request/stop"):
            page = await client.post(path, data={"code": code, "signed": ""})
            assert (page.status_code, "+855" in page.text) == (403, False)
    unknown = links.code_of(SECRET, request_id(7), "from")
    assert (await client.post("/request", data={"code": unknown})).status_code == 404
    assert NO_LINK in (await client.post("/request", data={"code": others})).text
