"""A person at the page: Chromium with a virtual authenticator registers, signs in, looks, approves.

With TENURE_SCREENSHOTS=FOLDER every page is also kept as a picture, at two widths and in the dark.
"""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tenure.gateways.web.server import Site, WebGateway
from tenure.gateways.web.session import links
from tenure.gateways.web.session.cookies import text_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Party, Progress
from tenure.promises.people import operations as people
from tenure.promises.people.model import Key
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Member
from tenure.values.instant import Instant
from tenure.values.passkey import COMMAND_LINE, Passkey, RelyingParty
from tests.gateways.web.visiting import SECRET, Clock, site_over
from tests.gateways.witness.world import Record, free_port, recording
from tests.numbers.asked import NEW, OLD, approved, asked, consented, populated, seen
from tests.numbers.stocked import AT, act
from tests.peers.chromium import Chromium, chromium
from tests.staff.given import by
from tests.staff.given import key_of as staff_key

pytestmark = pytest.mark.peer("chromium")

PICTURES = os.environ.get("TENURE_SCREENSHOTS")
NUMBER = "015 000 000"
SHOWN = "+855 15 000 000"


class World(msgspec.Struct):
    """A page that is open, and what it is over."""

    pool: Pool
    clock: Clock
    site: Site
    record: Record
    browser: Chromium

    async def published(self) -> None:
        """The witnesses have seen everything."""
        while await self.record.publisher.step():
            pass

    async def picture(self, name: str) -> None:
        """Keep what the page looks like, for somebody who wants to see it."""
        if PICTURES is None:
            return
        for kind, width, dark in (
            ("wide", 1280, False),
            ("narrow", 390, False),
            ("dark", 390, True),
        ):
            await self.browser.see(Path(PICTURES) / f"{name}-{kind}.png", width, dark=dark)

    async def invited(self, login: str) -> str:
        """Somebody of ours opens the link of an invitation, on a device of their own."""
        code = hashlib.sha256(f"code of {login}".encode()).digest()
        found = await perform(self.pool, staff.invite, login, code, by("chan", self.clock.at))
        assert isinstance(found, Member), found
        await self.browser.take_device()
        return await self.browser.go(f"{self.site.url}/invitation#{login}:{text_of(code)}")

    async def signed_in(self, login: str) -> None:
        """Register a passkey by an invitation, and sign in with it."""
        assert "Register a passkey" in await self.invited(login)
        # The code has gone from the address to the form.
        assert await self.browser.run("document.getElementById('code').value.length") == 43
        assert await self.browser.run("location.hash") == ""
        await self.picture("invitation")
        assert "Make a passkey" in await self.browser.act(submit("/invitation"))
        await self.picture("make")
        assert f"registered for {login}" in await self.browser.act(press("/invitation/key"))
        await self.browser.run(f"document.getElementById('login').value = '{login}'")
        assert "Use your passkey" in await self.browser.act(submit("/sign-in"))
        assert "Sign out" in await self.browser.act(press("/sign-in/proof"))


def submit(action: str) -> str:
    """Send a form as a person does: with what the browser checks before."""
    return f"document.querySelector('form[action=\"{action}\"]').requestSubmit()"


def press(action: str) -> str:
    """Press the button of a form."""
    return f"document.querySelector('form[action=\"{action}\"] button').click()"


def typed(**fields: str) -> str:
    """Fill in fields."""
    return "".join(
        f"document.getElementById('{name}').value = '{value}';" for name, value in fields.items()
    )


@pytest.fixture
async def world(pool: Pool, tmp_path: Path) -> AsyncIterator[World]:
    await populated(pool)
    port, clock = free_port(), Clock()
    url = f"http://localhost:{port}"
    async with recording(pool, tmp_path) as record, chromium(tmp_path / "chromium") as browser:
        vkeys = [one.key.vkey for one in record.witnesses]
        site = site_over(pool, clock, witnesses=vkeys)
        site.url, site.party = url, RelyingParty("localhost", (COMMAND_LINE, url))
        gateway = WebGateway("127.0.0.1", port, site)
        await gateway.start()
        try:
            yield World(pool, clock, site, record, browser)
        finally:
            await gateway.stop()


def secret_of(person_id: int) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """The passkey of somebody's browser, and its name; always the same one."""
    secret = ec.derive_private_key(123_456_789 + person_id, ec.SECP256R1())
    return secret, hashlib.sha256(f"browser of {person_id}".encode()).digest()


async def on_device(world: World, person_id: int, uses: int = 0) -> None:
    """The browser runs on the device of somebody, whose passkey was used so often."""
    secret, credential_id = secret_of(person_id)
    pkcs8 = secret.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    await world.browser.take_device()
    await world.browser.give_passkey(credential_id, pkcs8, "localhost", uses)


async def given_passkey(world: World, person_id: int) -> None:
    """Somebody has a passkey on the device, which they brought to a shop long ago."""
    secret, credential_id = secret_of(person_id)
    numbers_ = secret.public_key().public_numbers()
    x, y = numbers_.x.to_bytes(32, "big"), numbers_.y.to_bytes(32, "big")
    # COSE_Key (RFC 9053 section 7.1): EC2, ES256, P-256.
    cose = bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
    at = Instant(AT + 2_000)
    key = Key(person_id, Passkey(credential_id, cose), at)
    hashed = people.enrolment_hash(person_id, key.passkey, at)
    kept = await perform(
        world.pool, people.add_passkey, key, seen(person_id),
        staff_key("sok").assertion(hashed), act("sok", at),
    )  # fmt: skip
    assert isinstance(kept, Key), kept
    await on_device(world, person_id)


async def test_somebody_of_ours_registers_signs_in_looks_up_and_is_suspended(world: World) -> None:
    browser = world.browser
    await world.published()
    await browser.go(world.site.url)
    await world.picture("front")
    await world.signed_in("sok")
    assert await browser.run("document.cookie") == ""
    await world.picture("front-signed-in")
    why = typed(about=NUMBER, why="letter of 3 May")
    words = await browser.act(
        f"{why} document.getElementById('kind').value = 'complaint'; {submit('/case')}"
    )
    assert "is open" in words
    words = await browser.act(submit("/number"))
    for said in (SHOWN, "Person 1", "since 15 January 2027", "bought it", "proved in the record"):
        assert said in words
    assert "cosigned by one.example and two.example" in words
    assert await browser.run("location.pathname") == "/number"
    await world.picture("number")
    wrong = await browser.act(f"{typed(number='015 000 001')} {submit('/number')}")
    assert "about another number" in wrong
    await perform(world.pool, staff.suspend, "sok", by("chan", world.clock.at))
    assert "Sign in" in await browser.go(world.site.url)
    assert browser.errors == [] or all("403" in one for one in browser.errors)


async def test_the_glass_is_broken_loudly(world: World) -> None:
    browser = world.browser
    await world.signed_in("sok")
    words = await browser.act(f"{typed(danger='a child is missing')} {submit('/glass')}")
    assert "You have broken the glass" in words
    await world.picture("glass")
    words = await browser.act(f"{typed(number=NUMBER)} {submit('/number')}")
    assert SHOWN in words
    assert "sok has broken the glass" in await browser.go(world.site.url)
    await browser.act(submit("/sign-out"))
    await world.signed_in("vanna")
    await world.picture("front-alerted")
    # The page that followed the sign-in was the first to tell, and told it once.
    assert "sok has broken the glass" in await browser.words()


async def test_a_request_is_agreed_to_approved_and_stopped_in_browsers(world: World) -> None:
    browser, url = world.browser, world.site.url
    made = await asked(world.pool, by="dara")
    await given_passkey(world, OLD)
    link = f"{url}/request#{links.code_of(SECRET, made.request.request_id, 'from')}"
    await browser.go(link)
    await world.picture("link")
    words = await browser.act(submit("/request"))
    for said in (SHOWN, "Person 1", "Person 2", "I agree to exactly this", "Stop this"):
        assert said in words
    await world.picture("consent")
    assert "You have agreed" in await browser.act(press("/request/consent"))
    await consented(world.pool, made, (Party.TO, NEW))

    await world.signed_in("vanna")
    words = await browser.go(f"{url}/requests")
    assert "…00" in words
    assert SHOWN not in words
    await world.picture("requests")
    words = await browser.act(submit("/requests"))
    assert SHOWN in words
    await world.picture("request")
    words = await browser.act(press("/requests/approval"))
    assert "You have approved exactly this" in words
    assert "one more approval" in words
    await approved(world.pool, made, "lina")
    told = await perform(
        world.pool, numbers.requests.progress, world.site.said.terms,
        made.request.request_id, world.clock.at,
    )  # fmt: skip
    assert isinstance(told, Progress)
    assert told.takes_effect_at is not None

    await on_device(world, OLD, uses=1)
    await browser.go(link)
    await browser.act(submit("/request"))
    assert "You have stopped this" in await browser.act(press("/request/stop"))
    await world.picture("stopped")


async def test_a_holder_sees_their_own_number_and_nobody_elses(world: World) -> None:
    await given_passkey(world, OLD)
    await world.published()
    words = await world.browser.go(f"{world.site.url}/mine")
    assert "Show my numbers" in words
    await world.picture("mine")
    words = await world.browser.act(press("/mine"))
    for said in (SHOWN, "you", "proved in the record", "bought it"):
        assert said in words
    assert "Person 1" not in words
    await world.picture("my-numbers")
    # Somebody without a passkey of ours sees nothing.
    await world.browser.take_device()
    await world.browser.go(f"{world.site.url}/mine")
    await world.browser.run(press("/mine"))
    failed = "!document.querySelector('[role=alert]').hidden"
    assert await world.browser.until(failed)
