"""Somebody picks up a phone of a demo: dials, writes, and reads what the pack says."""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from tenure.promises.topups.model import VoucherKey
from tenure.selfcare import operations as selfcare
from tenure.selfcare.desk import Desk
from tenure.terms import pack
from tests.commands.test_up import SOURCE, Tenure, data, running
from tests.peers.chromium import Chromium, chromium

__all__ = ["data"]

pytestmark = pytest.mark.peer("chromium")

SECONDS_MAX: Final = 60
LOOK_SECONDS: Final = 0.1
QUIET: Final = ("--demo", "100", "--demo-rate", "1")
LONGEST: Final = "ab cd " * 266 + "abcd"
ENTER: Final = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
ESCAPE: Final = {"key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27}
SETTLED: Final = "document.getElementById('screen').ariaBusy === 'false'"
RECEIVED: Final = "[...document.querySelectorAll('#texts li:not(.sent):not(.none)')]"
WORD: Final = "(one) => [...one.childNodes].slice(1).map((node) => node.textContent).join('')"


class Handset:
    """A phone in a browser, and the desk whose words it should show."""

    def __init__(self, browser: Chromium, url: str, desk: Desk) -> None:
        self.browser, self.url, self.desk = browser, url, desk
        self.language = ""
        self.number = ""

    async def pick_up(self, language: str) -> None:
        """The first phone whose owner reads this language; its texts begin to be looked for."""
        await self.browser.go(self.url)
        offered = await self.browser.run(
            "[...document.querySelectorAll('#phones option')].map((one) => [one.textContent,"
            " one.value])"
        )
        self.number = next(shown for spoken, shown in offered if spoken == language)
        await self.browser.go(f"{self.url}?{urlencode({'number': self.number})}")
        assert await self.browser.run("document.documentElement.lang") == language
        self.language = language

    def says(self, name: str, **facts: str) -> str:
        """What the pack says in the language of the phone."""
        return self.desk.say(self.language, name, **facts)

    def like(self, name: str, *facts: str) -> re.Pattern[str]:
        """The same where some facts are not known."""
        text = self.says(name, **dict.fromkeys(facts, "\0"))
        return re.compile(".+".join(map(re.escape, text.split("\0"))), re.DOTALL)

    @property
    def balance(self) -> re.Pattern[str]:
        """The balance of somebody who has money, and whatever follows it."""
        found = self.like("say-balance", "funds", "until").pattern
        return re.compile(f"{found}(\\s.*)?", re.DOTALL)

    async def dial(self, code: str) -> str:
        """What stands on the screen after a code, typed by its keys."""
        keys = ", ".join(f"'{key}'" for key in code)
        await self.browser.run(
            "document.getElementById('dial').elements.said.value = '';"
            f" for (const key of [{keys}]) document.querySelector(`[data-key='${{key}}']`).click();"
            " document.querySelector('.call').click(); 0"
        )
        return await self._screen()

    async def answer(self, said: str) -> str:
        """What stands there after an answer, ended by Enter."""
        assert await self.browser.run("document.activeElement.id") == "reply"
        await self._typed(said)
        return await self._screen()

    async def choose(self, label: str) -> str:
        """What follows the choice with this label, on whichever page of the menu it stands."""
        for _ in range(8):
            shown = await self._screen()
            for line in shown.splitlines():
                choice, _, rest = line.partition(" ")
                if rest == label:
                    return await self.answer(choice)
            assert self.says("foot-more") in shown, f"no {label!r} in {shown!r}"
            await self.answer("9")
        raise AssertionError(label)

    async def whole(self) -> str:
        """All pages of what stands there, with one space for each break."""
        shown, more = await self._screen(), self.says("foot-more")
        pages = [shown]
        while more in shown:
            shown = await self.answer("9")
            pages.append(shown)
        feet = {more, self.says("foot-back")}
        lines = [line for page in pages for line in page.splitlines() if line not in feet]
        return " ".join(" ".join(lines).split())

    async def hang_up(self) -> None:
        """Close the screen by the Escape key."""
        await self._key(ESCAPE)
        assert await self.browser.until("!document.getElementById('screen').open")

    async def write(self, to: str, text: str) -> None:
        """Write a text and send it by Enter."""
        await self.browser.run(
            f"document.getElementById('write').elements.to.value = '{to}';"
            " document.getElementById('write').elements.text.focus(); 0"
        )
        await self._typed(text)
        sent = "document.getElementById('write').elements.text.value === ''"
        assert await self.browser.until(sent)

    async def asks(self, to: str, text: str, wanted: re.Pattern[str]) -> None:
        """Write a text; its answer comes, maybe after what else is told at that moment."""
        before = len(await self.received())
        await self.write(to, text)
        found: list[str] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_MAX):
                while not any(map(wanted.fullmatch, found)):
                    await asyncio.sleep(LOOK_SECONDS)
                    found = (await self.received())[before:]
        assert any(map(wanted.fullmatch, found)), f"{wanted.pattern} is not among {found}"

    async def received(self) -> list[str]:
        """The texts that came, oldest first."""
        return list(await self.browser.run(f"{RECEIVED}.map({WORD})"))

    async def _screen(self) -> str:
        assert await self.browser.until(f"document.getElementById('screen').open && {SETTLED}")
        return str(await self.browser.run("document.getElementById('shown').textContent"))

    async def _typed(self, text: str) -> None:
        await self.browser.command("Input.insertText", text=text)
        await self._key(ENTER | {"text": "\r"})

    async def _key(self, key: dict[str, Any]) -> None:
        await self.browser.command("Input.dispatchKeyEvent", type="keyDown", **key)
        await self.browser.command("Input.dispatchKeyEvent", type="keyUp", **key)


@asynccontextmanager
async def handset(data: Path, operator: str) -> AsyncIterator[Handset]:
    """A running Tenure of an operator, and a browser before its phones."""
    desk = selfcare.desk(pack.load(operator), VoucherKey(bytes(32)))
    with running(data, "--operator", operator, *QUIET) as tenure:
        await asyncio.to_thread(tenure.until, lambda live: bool(live.lines))
        threading.Thread(target=tenure.output.read, daemon=True).start()
        url = f"http://localhost:{tenure.handset}/"
        await bound(tenure)
        async with chromium(data.parent / "chromium") as browser:
            yield Handset(browser, url, desk)
            assert browser.errors == []


async def bound(tenure: Tenure) -> None:
    """Wait until the phones are there, and Tenure at their message centre."""
    silent = {"number": "+85510000000", "to": "1", "text": "nobody has this number"}
    async with asyncio.timeout(SECONDS_MAX), httpx.AsyncClient() as client:
        while True:
            try:
                said = await client.post(f"http://127.0.0.1:{tenure.handset}/texts", json=silent)
            except httpx.TransportError:
                said = None
            if said is not None and said.json().get("sent"):
                return
            await asyncio.sleep(0.2)


def proofs(data: Path, operator: str, number: str) -> list[dict[str, Any]]:
    """What the database says became of the notices of a number."""
    command = (
        sys.executable, "-m", "tenure.main", "notices", "deliveries", number, "--json",
        "--operator", operator, "--data", str(data), "--count", "50",
    )  # fmt: skip
    environment = {"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]}
    told = subprocess.run(command, env=environment, capture_output=True, check=True)
    return msgspec.json.decode(told.stdout, type=list[dict[str, Any]])


async def delivered(data: Path, operator: str, number: str) -> list[dict[str, Any]]:
    """The answers to a number, once the message centre has reported each as delivered."""
    async with asyncio.timeout(SECONDS_MAX):
        while True:
            found = await asyncio.to_thread(proofs, data, operator, number)
            answers = [one for one in found if one["kind"] == "selfcare.reply"]
            if answers and all(one["state"] == "delivered" for one in answers):
                return answers
            await asyncio.sleep(0.5)


async def dials(phone: Handset) -> None:
    """Balance, a wrong card, consent given and withdrawn, the number locked; then hang up."""
    main = phone.desk.codes[0]
    assert phone.says("title-main") in await phone.dial(main)
    await phone.choose(phone.says("item-balance"))
    assert phone.balance.fullmatch(await phone.whole())
    await phone.hang_up()

    await phone.dial(main)
    digits = str(phone.desk.terms.vouchers.pin_digits)
    asked = await phone.choose(phone.says("item-top-up"))
    assert phone.says("ask-pin", digits=digits) in asked
    await phone.answer("1" * int(digits))
    assert phone.says("say-pin-unknown") in await phone.whole()
    await phone.hang_up()

    purpose = phone.desk.names[phone.language]["purpose-offers"]
    menu = {"purpose": purpose}
    for before, agreed, after in (
        ("option-purpose-off", "option-yes", "say-given"),
        ("option-purpose-on", "option-no", "say-withdrawn"),
    ):
        await phone.dial(main)
        await phone.choose(phone.says("item-consent"))
        await phone.choose(phone.says(before, **menu))
        await phone.choose(phone.says(agreed))
        assert phone.says(after, **menu) in await phone.whole()
        await phone.hang_up()

    shown = {"number": phone.number}
    for said in ("say-locked", "say-locked-already"):
        await phone.dial(main)
        await phone.choose(phone.says("item-menu-protect"))
        await phone.choose(phone.says("item-lock"))
        await phone.choose(phone.says("option-lock"))
        assert phone.says(said, **shown) in await phone.whole()
        await phone.hang_up()


async def writes(phone: Handset, balance: str, stop: str) -> None:
    """Words, to both short numbers; what is no word is answered three times an hour."""
    unknown, ended = phone.like("say-unknown-word"), phone.like("say-marketing-ended")
    await phone.asks("888", balance, phone.balance)
    await phone.asks("888", stop, ended)
    await phone.asks("1204", "1204", ended)
    await phone.asks("888", "xyzzy", unknown)
    await phone.asks("888", "👍🏽 👨‍👩‍👧‍👦", unknown)
    assert len(LONGEST) == 1_600
    await phone.asks("888", LONGEST, unknown)
    sent = await phone.browser.run(f"[...document.querySelectorAll('#texts li.sent')].map({WORD})")
    assert LONGEST in sent
    before = len(await phone.received())
    await phone.write("888", "xyzzy again")
    await phone.asks("888", balance, phone.balance)
    assert not any(map(unknown.fullmatch, (await phone.received())[before:]))


async def changes_language(phone: Handset, language: str) -> None:
    """The next words are in the other language."""
    await phone.dial(phone.desk.codes[0])
    await phone.choose(phone.says("item-language"))
    await phone.choose(phone.desk.say(language, "own-language"))
    phone.language = language
    assert phone.says("say-language") in await phone.whole()
    await phone.hang_up()
    assert phone.says("item-balance") in await phone.dial(phone.desk.codes[0])
    await phone.hang_up()
    await phone.asks("888", "BAL", phone.balance)


async def test_phones_in_cambodia(data: Path) -> None:
    async with handset(data, "smart-kh") as phone:
        await phone.pick_up("en")
        await dials(phone)
        await writes(phone, "bal!", "STOP")
        await changes_language(phone, "km")
        answers = await delivered(data, "smart-kh", phone.number)
        assert len(answers) == 8
        assert all(one["deliveries"][-1]["via"] == "handset" for one in answers)

        await phone.pick_up("km")
        await dials(phone)
        await writes(phone, "សមតុល្យ", "ឈប់")
        await delivered(data, "smart-kh", phone.number)


async def test_phones_in_indonesia(data: Path) -> None:
    async with handset(data, "smartfren-id") as phone:
        await phone.pick_up("id")
        await dials(phone)
        await writes(phone, "Pulsa?", "BERHENTI")
        await changes_language(phone, "en")
        assert len(await delivered(data, "smartfren-id", phone.number)) == 8
