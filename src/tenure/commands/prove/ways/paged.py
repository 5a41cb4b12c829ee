"""By the page: real requests over HTTP, from an employee who is signed in with a passkey."""

import asyncio
import html
import http.client
import json
import re
import socket
from typing import Final
from urllib.parse import urlencode

import msgspec

from tenure.commands.passkey_file import PasskeyFile
from tenure.commands.prove.cast import EMPLOYEE
from tenure.commands.prove.scene import Scene, must
from tenure.commands.up.page import party_of, site_of
from tenure.gateways.web.server import WebGateway
from tenure.gateways.web.session import links
from tenure.gateways.web.session.cookies import octets_of, text_of
from tenure.gateways.web.wire.shapes import Live

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class _Browser:
    """Somebody at the page, with cookies and without scripts."""

    def __init__(self, port: int, url: str) -> None:
        self._port, self.url = port, url
        self._cookie = ""

    async def post(self, path: str, **form: str) -> tuple[int, str]:
        """The status and the page that come back."""
        return await asyncio.to_thread(self._asked, "POST", path, urlencode(form))

    async def get(self, path: str) -> tuple[int, str]:
        """The same for a page that is opened."""
        return await asyncio.to_thread(self._asked, "GET", path, "")

    def _asked(self, method: str, path: str, body: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        headers = {**FORM, "Host": f"localhost:{self._port}", "Cookie": self._cookie}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        cookie = answer.getheader("set-cookie")
        if cookie:
            self._cookie = cookie.partition(";")[0]
        connection.close()
        return answer.status, text

    def signed(self, key: PasskeyFile, challenge: bytes) -> str:
        """What the script of the page writes when a key signs."""
        made = msgspec.structs.replace(key, origin=self.url).assertion(challenge)
        return json.dumps(
            {
                "id": text_of(made.credential_id),
                "client_data": text_of(made.client_data_json),
                "authenticator_data": text_of(made.authenticator_data),
                "signature": text_of(made.signature),
            }
        )


async def on_the_page(scene: Scene) -> None:
    """The employee asks, agrees in the owner's name with their own key, and approves."""
    stage, port = scene.stage, _free_port()
    url = f"http://localhost:{port}"
    live = Live("", "", "", False, "", 0, (), (), (), (), (), (), "", True, url, "")
    site = site_of(
        stage.cast.pack, stage.data, url, stage.pool, lambda: live, stage.clock.now, tuple,
        demo=False,
    )  # fmt: skip
    assert site.party == party_of(url)
    page = WebGateway("127.0.0.1", port, site)
    await page.start()
    try:
        browser = _Browser(port, url)
        form = await _signed_in(scene, browser)
        await scene.begin()
        made = must(await scene.ask())
        await _agree(scene, browser, links.code_of(site.secret, made.request.request_id, "from"))
        own = browser.signed(stage.cast.staff[EMPLOYEE], made.request_hash)
        request_id = made.request.request_id
        status, text = await browser.post(
            "/requests/approval", request=request_id, signed=own, form=form
        )
        scene.meets(f"{status} {_words(text)}", "POST /requests/approval")
        forged, _ = await browser.post("/requests/approval", request=request_id, signed=own)
        scene.meets(str(forged), "the same without the form of the session")
    finally:
        await page.stop()


async def _agree(scene: Scene, browser: _Browser, code: str) -> None:
    """In the owner's name, with the keys that the employee and the buyer have."""
    _, shown = await browser.post("/request", code=code)
    found = re.search(r"action='/request/consent[^>]*data-challenge='([^']*)'", shown)
    challenge = octets_of(found[1]) if found else None
    keys = scene.stage.cast.staff[EMPLOYEE], scene.stage.cast.keys[scene.owner.buyer]
    for key in keys:
        signed = browser.signed(key, challenge or bytes(32))
        status, text = await browser.post("/request/consent", code=code, signed=signed)
        scene.meets(f"{status} {_words(text)}", "POST /request/consent")


async def _signed_in(scene: Scene, browser: _Browser) -> str:
    """Signed in as the employee; the token of forms."""
    _, page = await browser.post("/sign-in", login=EMPLOYEE)
    found = re.search(r"data-challenge='([^']*)'", page)
    assert found, "the page asks for no passkey"
    challenge = octets_of(found[1])
    assert challenge is not None
    signed = browser.signed(scene.stage.cast.staff[EMPLOYEE], challenge)
    status, _ = await browser.post(
        "/sign-in/proof", login=EMPLOYEE, challenge=found[1], signed=signed
    )
    assert status == http.client.SEE_OTHER, status
    _, home = await browser.get("/")
    token = re.search(r"name='form' value='([^']*)'", home)
    assert token, "nobody is signed in"
    return token[1]


def _words(page: str) -> str:
    """Why not, as the page says it."""
    found = re.search(r"role='status'><p>(.*?)</p>", page, re.DOTALL)
    return html.unescape(found[1]).strip() if found else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
