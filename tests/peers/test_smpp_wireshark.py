"""Wireshark reads everything that both of our sides say, and finds nothing malformed."""

import asyncio
import re
from pathlib import Path

import pytest

from tenure.gateways.smpp.translate.receipts import Outcome
from tenure.gateways.smpp.wire.bodies import Bind
from tenure.gateways.smpp.wire.names import Command
from tests.gateways.smpp.centre import until
from tests.gateways.smpp.listing import Listing
from tests.gateways.smpp.providing import Caller, Desk, serving
from tests.gateways.smpp.test_both_sides import TEXTS, bind_to
from tests.gateways.smpp.test_link import gateway
from tests.gateways.smpp.transcripts import pdu
from tests.peers.programs import running

NOT_SERVED = {
    Command.QUERY_SM: b"1001\0" + b"\1\1" + b"8888\0",
    Command.CANCEL_SM: b"\0" + b"1001\0" + b"\1\1" + b"8888\0" + b"\1\1" + b"85512345678\0",
    Command.REPLACE_SM: b"1001\0" + b"\1\1" + b"8888\0" + b"\0\0" + b"\0\0" + b"\1x",
}


async def read(*options: str) -> str:
    """What tshark says about a capture."""
    async with running("tshark", *options) as program:
        await program.ended()
    return "\n".join(program.lines)


@pytest.mark.peer("tshark", "dumpcap")
async def test_wireshark_finds_nothing_malformed(tmp_path: Path) -> None:
    desk, listing = Desk(), Listing(TEXTS)
    capture = tmp_path / "smpp.pcap"
    async with serving(desk) as server:
        command = ("tshark", "-i", "lo", "-f", f"tcp port {server.port}", "-w", str(capture))
        async with running(*command) as watching:
            await watching.said(lambda line: "Capturing" in line)
            await asyncio.sleep(1)
            async with gateway(listing, bind_to(server, tmp_path)):
                await until(lambda: len(listing.taken) == len(TEXTS))
                for reference in listing.taken.values():
                    desk.end(reference.partition("-")[0], Outcome.DELIVERED)
                await until(lambda: len(listing.ends) == len(TEXTS))
                caller = await Caller().bind(server.port, kind=Command.BIND_TRANSMITTER)
                for place, (asked, body) in enumerate(NOT_SERVED.items(), 80):
                    caller.conversation.send(pdu(asked, place, body))
                caller.conversation.send(pdu(Command.ENQUIRE_LINK, 90) + pdu(0x0F0F, 91))
                await Caller().bind(server.port, Bind("news", "wrong"))
            await asyncio.sleep(1)
    port = f"tcp.port=={server.port},smpp"
    judged = await read("-d", port, "-r", str(capture), "-q", "-z", "expert,warn,smpp")
    assert "SMPP" not in judged, judged
    fields = ("-T", "fields", "-e", "smpp.command_id")
    said = await read("-d", port, "-r", str(capture), "-Y", "smpp", *fields)
    found = {int(one, 16) for one in re.findall(r"0x[0-9a-f]{8}", said)}
    wanted = {
        Command.BIND_TRANSCEIVER, Command.SUBMIT_SM, Command.DELIVER_SM, Command.UNBIND,
        0x80000009, 0x80000004, 0x80000005, 0x80000006, 0x80000015, 0x80000000, 0x80000003,
        0x80000008, 0x80000007,
    }  # fmt: skip
    assert wanted <= found, sorted(map(hex, wanted - found))
