"""Signing in with a passkey: who may, who may not, for how long, and with which forms."""

import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest

from tenure.commands import passkey_file
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session.attempts import EACH_MAX
from tenure.gateways.web.session.cookies import IDLE_SECONDS, text_of
from tenure.gateways.web.translate.saying import SIGN_IN_FAILED, TOO_OFTEN
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import CHALLENGE_MS, SESSION_MS, Member
from tests.gateways.web.visiting import (
    Clock,
    browser,
    made,
    shown_key,
    sign_in,
    signed,
    site_over,
)
from tests.numbers.asked import populated
from tests.staff.given import by, key_of

CODE = bytes(range(32))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site(pool: Pool, clock: Clock) -> Site:
    await populated(pool)
    return site_over(pool, clock)


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(site) as client:
        yield client


async def test_a_passkey_signs_in_and_out(client: httpx.AsyncClient) -> None:
    form = await sign_in(client, "sok")
    assert form
    assert "<b>sok</b>" in (await client.get("/")).text
    out = await client.post("/sign-out", data={"form": form})
    assert (out.status_code, out.headers["location"]) == (303, "/")
    assert "<b>sok</b>" not in (await client.get("/")).text


async def test_the_cookie_is_short_and_out_of_reach(client: httpx.AsyncClient) -> None:
    await sign_in(client, "sok")
    cookie = (await client.get("/")).headers["set-cookie"]
    assert f"Max-Age={IDLE_SECONDS}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


async def test_a_cookie_that_was_kept_is_of_no_use_after_signing_out(
    client: httpx.AsyncClient,
) -> None:
    form = await sign_in(client, "sok")
    kept = client.cookies["tenure"]
    await client.post("/sign-out", data={"form": form})
    client.cookies.set("tenure", kept)
    assert "<b>sok</b>" not in (await client.get("/")).text


async def test_a_session_ends_after_a_working_day(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, "sok")
    clock.later(SESSION_MS - 1)
    assert "<b>sok</b>" in (await client.get("/")).text
    clock.later(1)
    ended = await client.get("/")
    assert "<b>sok</b>" not in ended.text
    assert "Max-Age=0" in ended.headers["set-cookie"]


async def test_a_suspension_ends_it_at_once(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    await sign_in(client, "sok")
    assert isinstance(await perform(pool, staff.suspend, "sok", by("chan", clock.at)), Member)
    assert "<b>sok</b>" not in (await client.get("/")).text


@pytest.mark.parametrize("login", ["nobody", "x\x00y", "", "é" * 300])
async def test_nobody_learns_who_is_one_of_ours(client: httpx.AsyncClient, login: str) -> None:
    known = await client.post("/sign-in", data={"login": "sok"})
    unknown = await client.post("/sign-in", data={"login": login})
    assert (known.status_code, unknown.status_code) == (200, 200)
    challenge = shown_key(unknown.text)
    answer = await client.post(
        "/sign-in/proof",
        data={
            "login": login,
            "challenge": text_of(challenge),
            "signed": signed(key_of("sok"), challenge),
        },
    )
    assert answer.status_code == 403
    assert SIGN_IN_FAILED in answer.text


async def test_the_passkey_of_another_does_not_sign_in(client: httpx.AsyncClient) -> None:
    assert not await sign_in(client, "sok", key_of("dara"))
    assert not await sign_in(client, "sok", passkey_file.new())


async def test_a_challenge_is_signed_once_and_in_time(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    for late, status in ((CHALLENGE_MS - 1, 303), (CHALLENGE_MS, 403)):
        asked = await client.post("/sign-in", data={"login": "sok"})
        challenge = shown_key(asked.text)
        proof = {
            "login": "sok",
            "challenge": text_of(challenge),
            "signed": signed(key_of("sok"), challenge),
        }
        clock.later(late)
        assert (await client.post("/sign-in/proof", data=proof)).status_code == status
        assert (await client.post("/sign-in/proof", data=proof)).status_code == 403


@pytest.mark.parametrize("shown", ["", "{}", "[", '{"id": 1}', "[" * 5_000, "x" * 9_000])
async def test_what_no_passkey_writes_is_refused(client: httpx.AsyncClient, shown: str) -> None:
    proof = {"login": "sok", "challenge": text_of(CODE), "signed": shown}
    assert (await client.post("/sign-in/proof", data=proof)).status_code == 403


async def test_so_many_attempts_a_minute(client: httpx.AsyncClient, clock: Clock) -> None:
    for _ in range(EACH_MAX):
        assert (await client.post("/sign-in", data={"login": "sok"})).status_code == 200
    again = await client.post("/sign-in", data={"login": "sok"})
    assert (again.status_code, TOO_OFTEN in again.text) == (429, True)
    clock.later(60_000)
    assert (await client.post("/sign-in", data={"login": "sok"})).status_code == 200


async def test_a_form_of_somebody_elses_making_does_nothing(client: httpx.AsyncClient) -> None:
    form = await sign_in(client, "sok")
    for forged in ("", "0" * 64, form[:-1]):
        answer = await client.post("/sign-out", data={"form": forged})
        assert answer.status_code == 403
        assert "not of your session" in answer.text
        glass = await client.post("/glass", data={"form": forged, "danger": "x"})
        assert glass.status_code == 403
        data = await client.post("/api/number", json={"number": "012", "form": forged})
        assert data.status_code == 403
    assert "<b>sok</b>" in (await client.get("/")).text


async def test_an_invitation_makes_one_passkey(
    client: httpx.AsyncClient, pool: Pool, clock: Clock
) -> None:
    invited = await perform(pool, staff.invite, "sok", CODE, by("chan", clock.at))
    assert isinstance(invited, Member)
    new = passkey_file.new()
    asked = await client.post("/invitation", data={"login": "sok", "code": text_of(CODE)})
    challenge = shown_key(asked.text)
    assert challenge == hashlib.sha256(CODE).digest()
    shown = {"login": "sok", "code": text_of(CODE), "signed": made(new, challenge)}
    done = await client.post("/invitation/key", data=shown)
    assert done.status_code == 200
    assert "registered for sok" in done.text
    assert (await client.post("/invitation/key", data=shown)).status_code == 403
    assert await sign_in(client, "sok", new)


@pytest.mark.parametrize("code", ["", "abc", text_of(bytes(32)), "é"])
async def test_a_code_that_nobody_gave_makes_nothing(client: httpx.AsyncClient, code: str) -> None:
    shown = {"login": "sok", "code": code, "signed": made(passkey_file.new(), b"x" * 32)}
    assert (await client.post("/invitation/key", data=shown)).status_code == 403


async def test_pages_with_passkeys_are_at_the_name_that_passkeys_are_for(site: Site) -> None:
    async with browser(site, "http://127.0.0.1:8080") as other:
        for path in ("/sign-in", "/invitation", "/mine", "/request", "/requests"):
            answer = await other.get(path)
            assert answer.status_code == 307
            assert answer.headers["location"] == f"http://localhost:8080{path}"
        assert (await other.get("/")).status_code == 200
