"""Our bind against our own message centre: over TLS, with receipts, and when it is full."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from tenure.gateways.smpp.server import link as linking
from tenure.gateways.smpp.server.serving import Server
from tenure.gateways.smpp.server.settings import Listen, Smsc, Tls
from tenure.gateways.smpp.translate.receipts import Outcome
from tests.gateways.mail.certificates import make
from tests.gateways.smpp.centre import until
from tests.gateways.smpp.listing import Listing
from tests.gateways.smpp.providing import ACCOUNT, NOW, Desk
from tests.gateways.smpp.test_link import gateway

TEXTS: Sequence[str] = ("Balance {10 €}", "ស្រុកខ្មែរ " * 30, "Hi 👍🏽")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect again at once: a test has no minute."""
    monkeypatch.setattr(linking, "AGAIN_SECONDS", 0.05)


@asynccontextmanager
async def centre_of_ours(desk: Desk, listen: Listen) -> AsyncIterator[Server]:
    """Our own side, until the end of the block."""
    found = Server(listen, (ACCOUNT,), desk, lambda: NOW)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


def bind_to(server: Server, folder: Path, tls: Tls | None = None) -> Smsc:
    """The settings for it."""
    path = folder / "password"
    path.write_text("secret")
    path.chmod(0o600)
    return Smsc(
        name="own", host="127.0.0.1", port=server.port, system_id="news", password_file=path,
        sender="8888", tls=tls,
    )  # fmt: skip


async def test_texts_go_over_tls_and_their_receipts_come_back(tmp_path: Path) -> None:
    own = make(tmp_path)
    desk, listing = Desk(), Listing(TEXTS)
    listen = Listen(port=0, tls=Tls(certificate=own.certificate, key=own.key))
    async with centre_of_ours(desk, listen) as server:
        there = bind_to(server, tmp_path, Tls(authority=own.authority))
        async with gateway(listing, there):
            await until(lambda: len(listing.taken) == len(TEXTS))
            for reference in listing.taken.values():
                desk.end(reference.partition("-")[0], Outcome.DELIVERED)
            await until(lambda: len(listing.ends) == len(TEXTS))
    assert [one.text for one, _ in desk.offered] == list(TEXTS)
    assert set(listing.ends.values()) == {"DELIVERED"}


async def test_a_certificate_that_nobody_vouches_for_is_not_bound_to(tmp_path: Path) -> None:
    own = make(tmp_path)
    desk, listing = Desk(), Listing(TEXTS)
    listen = Listen(port=0, tls=Tls(certificate=own.certificate, key=own.key))
    async with (
        centre_of_ours(desk, listen) as server,
        gateway(listing, bind_to(server, tmp_path, Tls())) as ours,
    ):
        await until(lambda: ours.links[0].tally.trouble)
        assert "SSLCertVerificationError" in ours.links[0].tally.trouble
    assert desk.offered == []


async def test_a_full_house_lets_nobody_in_and_those_inside_go_on(tmp_path: Path) -> None:
    desk, listing = Desk(), Listing()
    async with (
        centre_of_ours(desk, Listen(port=0, connections_max=1)) as server,
        gateway(listing, bind_to(server, tmp_path)) as ours,
    ):
        await until(lambda: ours.links[0].can_send)
        for _ in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            with contextlib.suppress(ConnectionResetError):
                assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
        listing.waiting = Listing(TEXTS).waiting
        await until(lambda: len(listing.taken) == len(TEXTS))
        assert ours.links[0].tally.binds == 1


async def test_who_is_throttled_by_us_waits_and_loses_nothing(tmp_path: Path) -> None:
    texts = [str(number) for number in range(25)]
    desk, listing = Desk(), Listing(texts)
    slow = msgspec.structs.replace(ACCOUNT, per_second=10, window=5)
    found = Server(Listen(port=0), (slow,), desk, lambda: NOW)
    await found.start()
    try:
        async with gateway(listing, bind_to(found, tmp_path)) as ours:
            await until(lambda: len(listing.taken) == len(texts))
            assert ours.links[0].tally.throttled > 0
    finally:
        await found.stop()
    assert sorted(one.text for one, _ in desk.offered) == sorted(texts)
