"""Kannel binds to us as a content provider: its alphabets, its parts, and its delivery reports."""

import asyncio
import socket
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
import pytest

from tenure.gateways.smpp.server.serving import Server
from tenure.gateways.smpp.translate.receipts import Outcome
from tests.gateways.smpp.centre import until
from tests.gateways.smpp.providing import ACCOUNT, Desk, serving
from tests.peers.programs import SECONDS_MAX, Program, running

CONFIGURATION: Final = """\
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = bar
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = "kannel.store"
dlr-storage = internal
sms-resend-freq = 1

group = smsc
smsc = smpp
smsc-id = tenure
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = news
smsc-password = {password}
system-type = "VMA"
address-range = ""
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1
interface-version = 34
enquire-link-interval = 5
max-pending-submits = 10
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
sendsms-interface = 127.0.0.1
global-sender = 8888
mo-recode = true

group = sendsms-user
username = tester
password = foobar
concatenation = true
max-messages = 20
"""
KHMER: Final = "សូមស្វាគមន៍មកកាន់សេវាកម្មរបស់យើងខ្ញុំ "


def free_ports(count: int) -> list[int]:
    """Ports where nobody listens."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


async def asked(port: int, path: str, **query: str) -> str:
    """What an HTTP server answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    target = f"{path}?{urllib.parse.urlencode(query)}"
    writer.write(f"GET {target} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    async with asyncio.timeout(SECONDS_MAX):
        answer = await reader.read()
    writer.close()
    return answer.decode()


class Reports:
    """Where Kannel tells what became of its messages."""

    def __init__(self) -> None:
        self.types: list[str] = []
        self.port = 0

    async def heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One report: 1 delivered, 2 failed, 8 taken, 16 refused."""
        line = (await reader.readline()).decode()
        self.types.append(line.split("type=")[1].split()[0])
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()


class Kannel:
    """bearerbox and smsbox, bound to us."""

    def __init__(self, bearer: Program, http: int, reports: Reports) -> None:
        self.bearer, self._http, self.reports = bearer, http, reports

    async def send(self, text: str, coding: str = "0", to: str = "85512345678") -> str:
        """Have it send a text; what it says to that."""
        return await asked(
            self._http, "/cgi-bin/sendsms", username="tester", password="foobar",
            to=to, coding=coding, charset="UTF-8", text=text, **{
                "from": "8888", "dlr-mask": "31",
                "dlr-url": f"http://127.0.0.1:{self.reports.port}/?type=%d",
            },
        )  # fmt: skip


@asynccontextmanager
async def kannel(folder: Path, server: Server, word: str = "secret") -> AsyncIterator[Kannel]:
    """Kannel until the end of the block."""
    admin, box, http = free_ports(3)
    written = CONFIGURATION.format(admin=admin, box=box, http=http, smpp=server.port, password=word)
    (folder / "kannel.conf").write_text(written)
    reports = Reports()
    listening = await asyncio.start_server(reports.heard, "127.0.0.1", 0)
    reports.port = listening.sockets[0].getsockname()[1]
    async with running("bearerbox", "-v", "0", "kannel.conf", folder=folder) as bearer:
        await bearer.said(lambda line: "MAIN: Start-up done" in line)
        async with running("smsbox", "-v", "0", "kannel.conf", folder=folder) as smsbox:
            await smsbox.said(lambda line: "Connected to bearerbox" in line)
            yield Kannel(bearer, http, reports)
    listening.close()


@pytest.mark.peer("bearerbox", "smsbox")
async def test_kannel_submits_in_both_alphabets_and_in_parts(tmp_path: Path) -> None:
    desk = Desk()
    texts = [("Sale {50 €} today", "0"), ("សមតុល្យ ១០", "2"), (KHMER * 10, "2"), ("b" * 400, "0")]
    async with serving(desk) as server, kannel(tmp_path, server) as there:
        await there.bearer.said(lambda line: "SMPP[tenure]" in line)
        await until(lambda: any(one.account for one in server._house.guests), 30)
        for text, coding in texts:
            assert "202 Accepted" in await there.send(text, coding)
        await until(lambda: len(desk.offered) == len(texts), 30)
        await until(lambda: there.reports.types.count("8") >= len(texts), 30)
        for place in range(len(texts)):
            desk.end(str(1_001 + place), Outcome.FAILED if place == 1 else Outcome.DELIVERED)
        await until(lambda: there.reports.types.count("1") == 3, 30)
        await until(lambda: there.reports.types.count("2") == 1, 30)
    assert [offered.text for offered, _ in desk.offered] == [text for text, _ in texts]


@pytest.mark.peer("bearerbox", "smsbox")
async def test_kannel_is_refused_what_its_account_may_not(tmp_path: Path) -> None:
    desk = Desk()
    async with serving(desk) as server, kannel(tmp_path, server) as there:
        await until(lambda: any(one.account for one in server._house.guests), 30)
        assert "202" in await there.send("hello", to="12")
        await until(lambda: "16" in there.reports.types, 30)
        assert server.counts["NUMBER"] == 1
    assert desk.offered == []


@pytest.mark.peer("bearerbox", "smsbox")
async def test_kannel_with_a_wrong_password_is_not_let_in(tmp_path: Path) -> None:
    async with serving(Desk()) as server, kannel(tmp_path, server, "wrong") as there:
        said = await there.bearer.said(lambda line: "SMSC rejected login" in line)
        assert "0x0000000e" in said
        assert server.counts["turned away"] >= 1


@pytest.mark.peer("bearerbox", "smsbox")
async def test_kannel_waits_when_it_is_too_fast_and_loses_nothing(tmp_path: Path) -> None:
    desk = Desk()
    slow = msgspec.structs.replace(ACCOUNT, per_second=2)
    async with serving(desk, slow) as server, kannel(tmp_path, server) as there:
        await until(lambda: any(one.account for one in server._house.guests), 30)
        said = await asyncio.gather(*(there.send(f"text {number}") for number in range(8)))
        assert all("202" in one for one in said)
        await until(lambda: len(desk.offered) == 8, 60)
        assert server.counts["TOO_FAST"] > 0
    assert sorted(offered.text for offered, _ in desk.offered) == sorted(
        f"text {number}" for number in range(8)
    )
