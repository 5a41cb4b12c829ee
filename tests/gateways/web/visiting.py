"""The page over a real store, a clock that tests move, and browsers with passkeys in software."""

import contextlib
import hashlib
import itertools
import json
import re
from collections.abc import AsyncIterator, Sequence

import httpx
import msgspec

from tenure.commands.passkey_file import PasskeyFile
from tenure.gateways.web.server.gateway import allowed_hosts, application
from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session.cookies import octets_of, text_of
from tenure.gateways.web.translate import wording
from tenure.gateways.web.wire.shapes import Live
from tenure.postgres.pool import Pool
from tenure.terms import pack
from tenure.values.instant import Instant
from tests.gateways.web.state import LIVE
from tests.numbers.asked import LATER
from tests.staff.given import key_of

URL = "http://localhost:8080"
SECRET = bytes(range(32))


def live() -> Live:
    return LIVE


class Clock(msgspec.Struct):
    """The time of a test."""

    at: Instant = LATER

    def now(self) -> Instant:
        return self.at

    def later(self, milliseconds: int) -> None:
        self.at = Instant(self.at + milliseconds)


def site_over(pool: Pool, clock: Clock, demo: str = "", witnesses: Sequence[str] = ()) -> Site:
    """A site whose chance is the same every time."""
    drawn = itertools.count(1)

    def fresh(octets: int) -> bytes:
        return hashlib.sha256(f"chance {next(drawn)}".encode()).digest()[:octets]

    return Site(
        pool, wording(pack.load("smart-kh")), live, clock.now, fresh, SECRET,
        url=URL, demo=demo, witnesses=lambda: witnesses,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def browser(site: Site, url: str = URL) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts at this page."""
    app = application(site, allowed_hosts("127.0.0.1", 8080, site.host))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        yield client


def shown_key(page: str, name: str = "challenge", action: str = "") -> bytes:
    """What the form of a page asks a passkey to sign."""
    found = re.search(rf"action='{action}[^>]*data-{name}='([^']*)'", page)
    assert found, page
    octets = octets_of(found[1])
    assert octets is not None
    return octets


def hidden_in(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf"name='{name}' value='([^']*)'", page)
    assert found, page
    return found[1]


def in_browser(key: PasskeyFile) -> PasskeyFile:
    """The key as a browser uses it at this page."""
    return msgspec.structs.replace(key, origin=URL)


def signed(key: PasskeyFile, challenge: bytes) -> str:
    """What the script of the page writes when this key signs."""
    made = in_browser(key).assertion(challenge)
    return json.dumps(
        {
            "id": text_of(made.credential_id),
            "client_data": text_of(made.client_data_json),
            "authenticator_data": text_of(made.authenticator_data),
            "signature": text_of(made.signature),
        }
    )


def made(key: PasskeyFile, challenge: bytes) -> str:
    """What the script of the page writes when this key is made."""
    new = in_browser(key).registration(challenge)
    return json.dumps(
        {
            "id": text_of(new.credential_id),
            "client_data": text_of(new.client_data_json),
            "attestation": text_of(new.attestation_object),
        }
    )


async def sign_in(client: httpx.AsyncClient, login: str, key: PasskeyFile | None = None) -> str:
    """Sign in with a passkey; the token of forms, or "" when it was refused."""
    asked = await client.post("/sign-in", data={"login": login})
    challenge = shown_key(asked.text)
    answer = await client.post(
        "/sign-in/proof",
        data={
            "login": login,
            "challenge": text_of(challenge),
            "signed": signed(key or key_of(login), challenge),
        },
    )
    if answer.status_code != 303:
        return ""
    home = await client.get("/")
    return hidden_in(home.text, "form")
