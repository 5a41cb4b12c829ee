"""Somebody sees what is held about them, asks for it, and opens it: in Chromium, with the tool."""

import base64
from pathlib import Path
from typing import Final

import pytest

from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting import serving
from tenure.commands.exporting.desk import Desk
from tests.numbers.asked import OLD
from tests.numbers.stocked import KH
from tests.peers.test_browser import World, given_passkey, press, world
from tools import open_export

__all__ = ["world"]

pytestmark = pytest.mark.peer("chromium")

FETCH: Final = """
(() => {
  const form = document.querySelector('form[action="/held/fetch"]');
  fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form))})
    .then((answer) => answer.arrayBuffer())
    .then((sent) => {
      const said = Array.from(new Uint8Array(sent), (one) => String.fromCharCode(one));
      window.fetched = btoa(said.join(''));
    });
})()
"""


async def test_somebody_sees_what_is_held_and_takes_it_away(world: World, tmp_path: Path) -> None:
    browser = world.browser
    desk = Desk(world.pool, KH, bytes(32), tmp_path / "exports", world.clock.now)
    world.site.exporting = serving.Serving(desk)
    await given_passkey(world, OLD)
    await browser.go(f"{world.site.url}/mine")
    assert "What we hold about you" in await browser.act(press("/mine"))
    words = await browser.act(press("/held"))
    for said in ("ទិន្នន័យដែលយើងរក្សាទុកអំពីលោកអ្នក", "អត្តសញ្ញាណរបស់លោកអ្នក", "តាំងពី"):
        assert said in words
    assert "Person 1" not in words
    await world.picture("held")
    await browser.act(press("/held/ask"))
    passphrase = await browser.run("document.getElementById('passphrase').textContent")
    await world.picture("held-asked")
    assert await exporting.work(desk) == 1
    # The page is asked for again as a person does, who came back.
    await browser.go(f"{world.site.url}/mine")
    await browser.act(press("/mine"))
    await browser.act(press("/held"))
    await world.picture("held-ready")
    await browser.run(FETCH)
    assert await browser.until("window.fetched !== undefined")
    file = tmp_path / "fetched"
    file.write_bytes(base64.b64decode(str(await browser.run("window.fetched"))))
    assert open_export.opened(file, str(passphrase), tmp_path / "out")["records"] > 5
    assert browser.errors == []
