"""Chromium as a person uses it, told what to do over the pipe of its DevTools protocol."""

import asyncio
import base64
import contextlib
import fcntl
import json
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = "chromium"
OPTIONS: Final = (
    "--headless=new",
    "--no-sandbox",  # as root, in a container
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--remote-debugging-pipe",
    # Nothing but this machine is there.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
SECONDS_MAX: Final = 60
LOOK_SECONDS: Final = 0.05
LINE_OCTETS_MAX: Final = 64 << 20


class Chromium:
    """One page of a browser with a virtual authenticator."""

    def __init__(self, read: asyncio.StreamReader, write: int) -> None:
        self._read, self._write = read, write
        self._count = 0
        self._session: str | None = None
        self.authenticator = ""
        self.errors: list[str] = []

    async def command(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and wait for its answer; what the page complains of is kept."""
        self._count += 1
        said: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            said["sessionId"] = self._session
        await asyncio.to_thread(os.write, self._write, json.dumps(said).encode() + b"\0")
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                answer = json.loads((await self._read.readuntil(b"\0"))[:-1])
                self._note(answer)
                if answer.get("id") == self._count:
                    assert "error" not in answer, answer["error"]
                    return dict(answer["result"])

    def _note(self, said: dict[str, Any]) -> None:
        if said.get("method") == "Log.entryAdded":
            entry = said["params"]["entry"]
            if entry["level"] == "error":
                self.errors.append(f"{entry['text']} {entry.get('url', '')}")
        if said.get("method") == "Runtime.exceptionThrown":
            self.errors.append(said["params"]["exceptionDetails"]["text"])

    async def open_page(self) -> None:
        """A page, whose complaints are heard."""
        made = await self.command("Target.createTarget", url="about:blank")
        told = await self.command("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = told["sessionId"]
        for domain in ("Page", "Runtime", "Log", "WebAuthn", "Network"):
            await self.command(f"{domain}.enable")

    async def take_device(self) -> None:
        """Use another device: one that knows no passkey yet, and whose owner is verified."""
        if self.authenticator:
            await self.command(
                "WebAuthn.removeVirtualAuthenticator", authenticatorId=self.authenticator
            )
        made = await self.command(
            "WebAuthn.addVirtualAuthenticator",
            options={
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            },
        )
        self.authenticator = made["authenticatorId"]

    async def give_passkey(self, credential_id: bytes, pkcs8: bytes, party: str, uses: int) -> None:
        """The device has this passkey."""
        await self.command(
            "WebAuthn.addCredential",
            authenticatorId=self.authenticator,
            credential={
                "credentialId": base64.b64encode(credential_id).decode(),
                "isResidentCredential": True,
                "rpId": party,
                "privateKey": base64.b64encode(pkcs8).decode(),
                "userHandle": base64.b64encode(b"holder").decode(),
                "signCount": uses,
            },
        )

    async def run(self, script: str) -> Any:
        """What a script says on the page."""
        told = await self.command(
            "Runtime.evaluate", expression=script, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    async def go(self, address: str) -> str:
        """Open an address; the words of the page."""
        await self.command("Page.navigate", url="about:blank")
        await self.command("Page.navigate", url=address)
        return await self._arrived("location.href !== 'about:blank'")

    async def act(self, script: str) -> str:
        """Do something that leads to another page; its words."""
        await self.run(f"window.before = true; {script}; 0")
        return await self._arrived("!window.before")

    async def _arrived(self, condition: str) -> str:
        ready = f"document.readyState === 'complete' && {condition}"
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                with contextlib.suppress(AssertionError):
                    if await self.run(ready):
                        return await self.words()
                await asyncio.sleep(LOOK_SECONDS)

    async def until(self, condition: str) -> bool:
        """Wait until something is so on the page."""
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                if await self.run(condition):
                    return True
                await asyncio.sleep(LOOK_SECONDS)

    async def words(self) -> str:
        """What a person reads on the page."""
        return str(await self.run("document.body.innerText"))

    async def see(self, path: Path, width: int, *, dark: bool = False) -> None:
        """A picture of the whole page at this width."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.command("Emulation.setEmulatedMedia", features=[scheme])
        await self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=900, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        told = await self.command(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True
        )
        await asyncio.to_thread(path.write_bytes, base64.b64decode(told["data"]))
        await self.command("Emulation.clearDeviceMetricsOverride")


def _high(descriptor: int) -> int:
    """The same pipe under a number that the browser's own do not take."""
    high = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10)
    os.close(descriptor)
    return high


@contextlib.asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Chromium]:
    """A browser with a profile of its own, closed at the end."""
    to_read, to_write = map(_high, os.pipe())
    from_read, from_write = map(_high, os.pipe())

    def connect() -> None:
        os.dup2(to_read, 3)
        os.dup2(from_write, 4)

    process = subprocess.Popen(  # noqa: ASYNC220 -- it must have pipes of these numbers
        [PROGRAM, *OPTIONS, f"--user-data-dir={folder}"],
        pass_fds=(3, 4),
        preexec_fn=connect,  # noqa: PLW1509 -- nothing but two system calls
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)},
    )
    os.close(to_read)
    os.close(from_write)
    reader = asyncio.StreamReader(limit=LINE_OCTETS_MAX)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(from_read, "rb", buffering=0)
    )
    browser = Chromium(reader, to_write)
    try:
        await browser.open_page()
        yield browser
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)
        transport.close()
        os.close(to_write)
