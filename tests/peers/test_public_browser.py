"""The public website in Chromium: no script, no cookie before a yes, and a judge that says no.

With TENURE_SCREENSHOTS=FOLDER pages are also kept as pictures, in every language.
"""

import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import duckduckgo_autoconsent  # type: ignore[import-untyped]
import msgspec
import psycopg
import pytest

from tenure.gateways.web.server import Site, WebGateway
from tenure.gateways.web.translate import wording
from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.instant import parse_instant
from tests.gateways.web.visiting import Clock, site_over
from tests.gateways.witness.world import free_port
from tests.peers.chromium import Chromium, chromium

pytestmark = pytest.mark.peer("chromium")

AT = parse_instant("2026-11-22T08:00:00+07:00")
PICTURES = os.environ.get("TENURE_SCREENSHOTS")
BANNER = "document.getElementById('cookie-banner') !== null"
LOADED = """JSON.stringify(performance.getEntries()
    .filter(one => one.entryType === 'resource' || one.entryType === 'navigation')
    .map(one => new URL(one.name).host))"""
RELAY = """window.said = []; window.autoconsentSendMessage = message => {
    window.said.push(message); return Promise.resolve(); }; 0"""
JUDGE = {
    "enabled": True,
    "autoAction": "optOut",
    "disabledCmps": [],
    "enablePrehide": False,
    "enableCosmeticRules": False,
    "enableFilterList": False,
    "detectRetries": 20,
    "isMainWorld": True,
    "enableHeuristicDetection": True,
    "heuristicMode": "reject",
}


class World(msgspec.Struct):
    """The website that is open, and a browser."""

    url: str
    browser: Chromium
    owner: str
    pages: Sequence[str]

    async def cookies(self) -> set[str]:
        """The names of all cookies that the browser has."""
        told = await self.browser.command("Network.getAllCookies")
        return {one["name"] for one in told["cookies"]}

    async def picture(self, name: str) -> None:
        """Keep what the page looks like."""
        if PICTURES is not None:
            for kind, width, dark in (("wide", 1100, False), ("narrow", 390, True)):
                path = Path(PICTURES) / f"{name}-{kind}.png"
                await self.browser.see(path, width, dark=dark)

    def answers(self) -> list[tuple[Any, ...]]:
        """What was kept of answers about cookies."""
        with psycopg.connect(self.owner) as connection:
            return connection.execute(
                "SELECT language, convenience, visits FROM privacy.cookie_answer ORDER BY at"
            ).fetchall()


@pytest.fixture
async def world(
    pool: Pool, owner: str, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    terms = pack.load(request.param)
    port = free_port()
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as shelf:
        site: Site = site_over(pool, Clock(AT))
        site.url, site.said = f"http://localhost:{port}", wording(terms)
        site.keys, site.alarm = privacy.Keys(shelf), broken
        for contest in terms.terms.privacy.website.contests:
            act = Act("<tenure>", AT, bytes(32))
            await perform(pool, privacy.contests.announce, contest, bytes(range(32)), act)
        website = terms.terms.privacy.website
        names = ["", "/policy", "/cookies", "/held", *(f"/{one.name}" for one in website.forms)]
        names += [f"/contest/{one.name}" for one in website.contests]
        pages = [f"/{one}{name}" for one in terms.terms.languages for name in names]
        gateway = WebGateway("127.0.0.1", port, site)
        await gateway.start()
        try:
            async with chromium(tmp_path / "chromium") as browser:
                yield World(f"{site.url}/site", browser, owner, pages)
        finally:
            await gateway.stop()


def broken(what: str) -> None:
    raise AssertionError(what)


async def crawled(world: World) -> set[str]:
    """Open every page in every language; the hosts that were asked for anything."""
    hosts: set[str] = set()
    for page in world.pages:
        await world.browser.go(f"{world.url}{page}")
        hosts |= set(json.loads(await world.browser.run(LOADED)))
    return hosts


@pytest.mark.parametrize("world", pack.names(), indirect=True)
async def test_nothing_begins_before_a_yes_after_a_no_or_against_a_signal(world: World) -> None:
    browser, own = world.browser, {world.url.removeprefix("http://").removesuffix("/site")}
    await browser.command("Emulation.setScriptExecutionDisabled", value=True)
    assert await crawled(world) == own
    assert await world.cookies() == set()
    for language in sorted({one.split("/")[1] for one in world.pages}):
        await browser.go(f"{world.url}/{language}")
        await world.picture(f"site-{language}-home")

    await browser.command("Network.setExtraHTTPHeaders", headers={"Sec-GPC": "1"})
    words = await browser.go(f"{world.url}{world.pages[0]}")
    assert "Global Privacy Control" in words
    assert await world.cookies() == set()
    await browser.command("Network.setExtraHTTPHeaders", headers={})

    # A no by a plain form, with scripts switched off.
    await browser.act("document.getElementById('cookie-reject').click()")
    assert not await browser.run(BANNER)
    assert await crawled(world) == own
    assert await world.cookies() == {"tenure-choice"}
    assert [one[1:] for one in world.answers()] == [(False, False)]
    assert browser.errors == []


@pytest.mark.parametrize("world", ["smart-kh"], indirect=True)
async def test_a_judge_of_others_finds_the_banner_and_says_no(world: World) -> None:
    browser = world.browser
    await browser.go(f"{world.url}/en")
    assert await browser.run(BANNER)
    await browser.run(f"window.before = true; {RELAY}")
    await browser.run(f"{duckduckgo_autoconsent.bundle()}; 0")
    told = {"type": "initResp", "config": JUDGE, "rules": {"autoconsent": []}}
    await browser.run(f"window.autoconsentReceiveMessage({json.dumps(told)}); 0")
    assert await browser.until(f"!window.before && !({BANNER})")

    assert world.answers() == [("en", False, False)]
    assert await world.cookies() == {"tenure-choice"}


@pytest.mark.parametrize("world", ["smart-kh"], indirect=True)
async def test_a_person_sends_a_form_without_a_script(world: World) -> None:
    browser = world.browser
    await browser.command("Emulation.setScriptExecutionDisabled", value=True)
    await browser.go(f"{world.url}/en")
    await browser.act("document.getElementById('cookie-reject').click()")
    await browser.go(f"{world.url}/en/question")
    await browser.run(
        "document.getElementById('email').value = 'dara';"
        "document.getElementById('question').value = 'Where is\\nthe <shop>?'"
    )
    words = await browser.act("document.querySelector('form.form button').click()")
    assert "please write it differently" in words
    assert await browser.run("document.getElementById('question').value") == "Where is\nthe <shop>?"
    await world.picture("site-en-fault")
    await browser.run("document.getElementById('email').value = 'dara@example.com'")
    words = await browser.act("document.querySelector('form.form button').click()")
    assert "Thank you" in words
    for page in world.pages:
        if page.endswith(("/cookies", "/policy", "/quiz", "/draw")) or "/contest/" in page:
            await browser.go(f"{world.url}{page}")
            await world.picture(f"site{page.replace('/', '-')}")
