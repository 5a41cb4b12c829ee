"""Diameter as other people wrote it: Kamailio's calls, OTP's codec, and Wireshark as the judge."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import pytest

from tenure.gateways.diameter.server.listener import Endpoint, Server, settings_for
from tenure.gateways.diameter.wire.avp import Value, avp, group
from tenure.gateways.diameter.wire.message import Command
from tenure.postgres.connection import connector
from tenure.postgres.lanes import Lanes
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask, Refusal, Request, Stale
from tenure.promises.money import operations as money
from tenure.promises.money.model import Entry, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar, Line, NewLine
from tenure.promises.record.model import Act
from tenure.promises.tariffs import rules as tariffs
from tenure.promises.tariffs.model import Direction
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.msisdn import Imsi, Msisdn
from tests.gateways.diameter.given import (
    CONTENT,
    SESSION,
    SMS,
    VOICE,
    base,
    ccr_bytes,
    cer,
    mscc,
    rsu,
    subscription,
    usu,
)
from tests.gateways.diameter.given import (
    money as cc_money,
)

ROOT: Final = Path(__file__).resolve().parents[2]
SPECS: Final = Path(os.environ.get("TENURE_SPECS", ROOT.parent / "shared"))
CONFIGURATION: Final = SPECS / "peers" / "diameter"
ADA: Final = "85512345678"
ABROAD: Final = "66812345678"
"""Counted by the second: 0.12 a minute is 2,000 millionths a second."""
SECOND_MICROS: Final = 2_000
SINCE: Final = parse_instant("2026-11-01T00:00:00+07:00")
NOON: Final = parse_instant("2026-11-20T12:00:00+07:00")
MB: Final = 1 << 20
BARRING: Final = Act("<test>", NOON, bytes(32))

pytestmark = pytest.mark.skipif(
    not CONFIGURATION.is_dir(),
    reason=f"{CONFIGURATION} is not there; TENURE_SPECS says where peers/diameter is",
)


class Watched:
    """Lanes that remember what was asked and answered."""

    def __init__(self, lanes: "Lanes[Ask, Answer]") -> None:
        self.lanes = lanes
        self.seen: list[tuple[Ask, Answer]] = []

    def submit(self, command: Ask, reply: Callable[[Answer], None]) -> None:
        def answered(answer: Answer) -> None:
            self.seen.append((command, answer))
            reply(answer)

        self.lanes.submit(command, answered)

    @property
    def used_seconds(self) -> int:
        """What the network reported in all."""
        asks = [ask for ask, _ in self.seen]
        return sum(one.used.units for ask in asks for one in ask.groups if one.used is not None)


class Ocs:
    """A server on a port of its own, charging in PostgreSQL."""

    def __init__(self, server: Server, charging: Watched, pool: Pool) -> None:
        self.server = server
        self.charging = charging
        self.pool = pool

    @property
    def port(self) -> int:
        return self.server.ports[0]

    async def open(self, funds_micros: int) -> None:
        """Ada's line, with so much money."""
        line = Line(
            Msisdn(ADA),
            Imsi("456060000000001"),
            1,
            "prepaid",
            "en",
            bar_outgoing=False,
            bar_incoming=False,
            suspended=False,
            lost_at=None,
            postpaid=False,
        )
        end = Instant(NOON + 300 * DAY_MS)
        purse = Purse(1, 0, 0, funds_micros, end, 0, 0, (), b"\x92\x90\x90")

        async def opened(tx: Transaction) -> None:
            await money.open_purses(tx, [purse])
            await money.open_months(tx, NOON)
            await numbers.open_lines(tx, [NewLine(line, SINCE)], Act("<test>", NOON, bytes(32)))

        await perform(self.pool, opened)

    async def funds(self) -> int:
        found = await perform(self.pool, money.purses, [1])
        return found[1].funds_micros

    async def entries(self) -> list[Entry]:
        found: list[Entry] = await perform(self.pool, money.entries, 1, 100)
        return found


@pytest.fixture
async def ocs(database: str, pool: Pool) -> AsyncIterator[Ocs]:
    book = tariffs.compile_book(pack.load("smart-kh"))
    loop = asyncio.get_running_loop()
    began = loop.time()

    def now() -> Instant:
        return Instant(NOON + int((loop.time() - began) * 1_000))

    lanes = charging.lanes(connector(database), book)
    lanes.start()
    watched = Watched(lanes)
    server = Server(settings_for(book.terms, [Endpoint("127.0.0.1", 0)], NOON), watched, now)
    await server.start()
    yield Ocs(server, watched, pool)
    await server.stop()
    await lanes.stop()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def run(folder: Path, *command: str, seconds: float = 90) -> str:
    """What a program said; it and what it started are ended with it."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return said.decode(errors="replace")


def configured(folder: Path, names: list[str], changes: dict[str, str]) -> None:
    """Copy configurations into a folder, with ports of our own."""
    for name in names:
        text = (CONFIGURATION / name).read_text()
        for old, new in changes.items():
            text = text.replace(old, new)
        (folder / name).write_text(text)


async def call(ocs: Ocs, folder: Path, callee: str, seconds: int, *, caller: str = ADA) -> str:
    """Place one call through Kamailio; what SIPp's caller and the script said.

    Kamailio serves Ada: it asks for her as the caller, or as who is called.
    """
    proxy, answering, calling = (free_port(socket.SOCK_DGRAM) for _ in range(3))
    configured(
        folder,
        ["kamailio.cfg", "scscf.xml", "run_kamailio_call.sh"],
        {
            '"3868"': f'"{ocs.port}"',
            '"3871"': f'"{free_port()}"',
            "5070": str(proxy),
            "5081": str(answering),
            "5090": str(calling),
            f"-s {ADA}": f"-s {callee}",
            f"sip:+{ADA}@": f"sip:+{caller}@",
            '"orig",4': '"orig",4' if caller == ADA else '"term",4',
            "-d 9000": f"-d {seconds * 1_000} -trace_err -error_file refused.log",
        },
    )
    return await run(folder, "bash", "run_kamailio_call.sh")


KAMAILIO = pytest.mark.peer("kamailio", "sipp")


@KAMAILIO
async def test_a_call_is_charged_to_the_exact_millionth(ocs: Ocs, tmp_path: Path) -> None:
    await ocs.open(1_000_000)
    said = await call(ocs, tmp_path, ABROAD, 9)
    assert "caller exit 0" in said, said
    requests = [ask.request for ask, _ in ocs.charging.seen]
    assert requests[0] is Request.INITIAL
    assert requests[-1] is Request.TERMINATE
    assert requests.count(Request.UPDATE) >= 2
    assert {answer.refusal for _, answer in ocs.charging.seen} == {None}
    assert 8 <= ocs.charging.used_seconds <= 11
    spent = 1_000_000 - await ocs.funds()
    assert spent == ocs.charging.used_seconds * SECOND_MICROS
    assert -sum(entry.funds_micros for entry in await ocs.entries()) == spent


@KAMAILIO
async def test_a_call_from_an_empty_purse_is_refused_with_402(ocs: Ocs, tmp_path: Path) -> None:
    await ocs.open(SECOND_MICROS - 1)
    said = await call(ocs, tmp_path, ABROAD, 9)
    assert "caller exit 1" in said, said
    assert "received 'SIP/2.0 402 Payment required" in (tmp_path / "refused.log").read_text()
    assert "result 4012" in (tmp_path / "kamailio.log").read_text()
    asked = [(ask.request, answer.refusal) for ask, answer in ocs.charging.seen]
    assert asked[0] == (Request.INITIAL, Refusal.CREDIT_EXHAUSTED)
    assert await ocs.funds() == SECOND_MICROS - 1


@KAMAILIO
async def test_a_line_barred_for_outgoing_calls_makes_none(ocs: Ocs, tmp_path: Path) -> None:
    """The register of the network bars all or nothing; one direction alone is charging's."""
    await ocs.open(1_000_000)
    await perform(ocs.pool, numbers.change, ADA, Bar(outgoing=True), BARRING)
    said = await call(ocs, tmp_path, ABROAD, 5)
    assert "caller exit 1" in said, said
    assert "received 'SIP/2.0 402 Payment required" in (tmp_path / "refused.log").read_text()
    assert "result 4010" in (tmp_path / "kamailio.log").read_text()
    asked = [(ask.request, answer.refusal) for ask, answer in ocs.charging.seen]
    assert asked[0] == (Request.INITIAL, Refusal.BARRED)
    assert await ocs.funds() == 1_000_000


@KAMAILIO
async def test_a_line_barred_for_outgoing_calls_still_receives_them(
    ocs: Ocs, tmp_path: Path
) -> None:
    await ocs.open(1_000_000)
    await perform(ocs.pool, numbers.change, ADA, Bar(outgoing=True), BARRING)
    said = await call(ocs, tmp_path, ADA, 5, caller=ABROAD)
    assert "caller exit 0" in said, said
    assert {answer.refusal for _, answer in ocs.charging.seen} == {None}
    directions = {ask.direction for ask, _ in ocs.charging.seen}
    assert directions == {Direction.IN}


@KAMAILIO
async def test_a_call_is_cut_when_the_money_runs_out(ocs: Ocs, tmp_path: Path) -> None:
    await ocs.open(6 * SECOND_MICROS)
    await call(ocs, tmp_path, ABROAD, 30)
    requests = [ask.request for ask, _ in ocs.charging.seen]
    assert requests[-1] is Request.TERMINATE
    assert ocs.charging.used_seconds <= 8, "the network ended the call, not the caller"
    assert await ocs.funds() == 0


@pytest.mark.peer("erl", "erlc")
async def test_the_erlang_client_can_decode_every_avp(ocs: Ocs, tmp_path: Path) -> None:
    await ocs.open(100_000_000)
    configured(tmp_path, ["build_erlang_client.sh", "gy_client.erl"], {"100,200": "1,2"})
    built = await run(tmp_path, "sh", "build_erlang_client.sh")
    assert (tmp_path / "gy_client.beam").is_file(), f"erlang-dev has the headers: {built[:500]}"
    load = f'gy_client:main(["{ocs.port}","2000","16"])'
    said = await run(tmp_path, "erl", "-noshell", "-eval", load)
    assert "decode errors" not in said, said
    assert len(re.findall(r"'Result-Code' => 2001", said)) == 3, said
    assert re.search(r"2000 CCR-U, 16 workers", said)
    # 5 MB in each of two rating groups, three times.
    assert sum(ask.request is Request.TERMINATE for ask, _ in ocs.charging.seen) == 1


@pytest.mark.peer("erl", "erlc")
async def test_the_demo_of_tenure_up_serves_the_erlang_client(tmp_path: Path) -> None:
    diameter, http, nchf = (free_port() for _ in range(3))
    configured(tmp_path, ["build_erlang_client.sh", "gy_client.erl"], {"100,200": "1,2"})
    up = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tenure.main", "up", "--operator", "smart-kh", "--demo", "10",
        "--data", str(tmp_path / "data"), "--diameter", f"127.0.0.1:{diameter}",
        "--http", f"127.0.0.1:{http}", "--nchf", f"127.0.0.1:{nchf}", "--handset", "-",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert up.stdout is not None
    try:
        await run(tmp_path, "sh", "build_erlang_client.sh")
        async with asyncio.timeout(60):
            while b"open: Diameter" not in (line := await up.stdout.readline()):
                assert line, "tenure up has ended"
        load = f'gy_client:main(["{diameter}","200","4"])'
        said = await run(tmp_path, "erl", "-noshell", "-eval", load)
    finally:
        up.terminate()
        await up.communicate()
    assert up.returncode == 0
    assert "decode errors" not in said, said
    assert len(re.findall(r"'Result-Code' => 2001", said)) == 3, said


@pytest.mark.peer("tshark", "dumpcap", "erl", "erlc")
async def test_wireshark_finds_nothing_malformed(ocs: Ocs, tmp_path: Path) -> None:
    await ocs.open(100_000_000)
    capture = tmp_path / "gy.pcap"
    tshark = await asyncio.create_subprocess_exec(
        "tshark", "-i", "lo", "-f", f"tcp port {ocs.port}", "-w", str(capture),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert tshark.stderr is not None
    async with asyncio.timeout(20):
        while b"Capturing" not in await tshark.stderr.readline():
            assert tshark.returncode is None, "tshark may not capture on lo"
    await asyncio.sleep(1)
    await everything_we_say(ocs)
    await asyncio.sleep(1)
    tshark.terminate()
    await tshark.communicate()
    ours = f"tcp.srcport=={ocs.port}"
    read = ("tshark", "-d", f"tcp.port=={ocs.port},diameter", "-r", str(capture))
    judged = await run(tmp_path, *read, "-q", "-z", f"expert,warn,{ours} && diameter")
    assert "Diameter" not in judged, judged
    codes = await run(
        tmp_path, *read, "-Y", f"{ours} && diameter", "-T", "fields", "-e", "diameter.cmd.code"
    )
    assert {"257", "280", "272", "258", "274", "282"} <= set(re.findall(r"\d+", codes))


async def everything_we_say(ocs: Ocs) -> None:
    """Have the server send each kind of message and answer that it has."""
    reader, writer = await asyncio.open_connection("127.0.0.1", ocs.port)

    async def ask(raw: bytes) -> None:
        writer.write(raw)
        await heard()

    async def heard() -> bytes:
        head = await reader.readexactly(4)
        return head + await reader.readexactly(int.from_bytes(head[1:]) - 4)

    peer = "ctf.example.net"
    await ask(cer(avp("Supported-Vendor-Id", 10415), host=peer))
    await ask(base(Command.DEVICE_WATCHDOG, host=peer))
    for raw in CONVERSATION:
        await ask(raw)
    for abort in (False, True):
        stale = Stale(SESSION, f"{peer}|example.net", abort, "for the capture")
        told = asyncio.create_task(ocs.server.tell(stale))
        request = await heard()
        writer.write(request[:4] + b"\x40" + request[5:])  # It comes back as its own answer.
        assert await told
    leaving = asyncio.create_task(ocs.server.stop())
    request = await heard()
    writer.write(request[:4] + b"\0" + request[5:])
    await leaving
    writer.close()


def asked(*rest: bytes, who: bytes | None = None, **head: Value | None) -> bytes:
    """A request of the client that we play."""
    return ccr_bytes(*rest, who=who, Origin_Host="ctf.example.net", **head)


QUOTA: Final = mscc(rsu(CC_Total_Octets=MB), rating_group=1)
CONVERSATION: Final = (
    asked(QUOTA, mscc(rsu(), rating_group=77)),
    asked(mscc(rsu(), usu(CC_Total_Octets=MB), rating_group=1),
              CC_Request_Type=2, CC_Request_Number=1),
    asked(rsu(CC_Time=60), Service_Context_Id=VOICE, Session_Id="call"),
    asked(avp("Requested-Action", 0), Service_Context_Id=SMS, Session_Id="text",
              CC_Request_Type=4),
    asked(avp("Requested-Action", 0),
              mscc(group("Requested-Service-Unit", cc_money(25, -2)), rating_group=5),
              Service_Context_Id=CONTENT, Session_Id="song", CC_Request_Type=4),
    asked(avp("Requested-Action", 1), Service_Context_Id=CONTENT, Session_Id="song",
              CC_Request_Type=4, CC_Request_Number=1),
    asked(avp("Requested-Action", 2), Session_Id="balance", CC_Request_Type=4),
    asked(avp("Requested-Action", 3), QUOTA, Session_Id="price", CC_Request_Type=4),
    asked(who=subscription(0, "85599999999"), Session_Id="nobody"),
    asked(Destination_Realm="other.net", Session_Id="elsewhere"),
    asked(CC_Request_Number=None, Session_Id="incomplete"),
    asked(mscc(rsu(CC_Total_Octets=1 << 60), rating_group=1), Session_Id="much"),
    asked(mscc(usu(CC_Total_Octets=MB), rating_group=1),
              CC_Request_Type=3, CC_Request_Number=2),
)  # fmt: skip
