"""The gateway on real sockets: nothing leaks, nothing is lost, nothing bad has an effect."""

import asyncio
import contextlib

import pytest

from tenure.gateways.diameter.server.connection import Limits
from tenure.gateways.diameter.server.listener import Server
from tenure.gateways.diameter.wire.avp import avp
from tenure.gateways.diameter.wire.message import Command, message
from tenure.promises.charging.model import Request
from tenure.values.instant import Instant
from tests.gateways.diameter.element import QUOTA, Clock, Element, eventually, met, settings, until
from tests.gateways.diameter.given import (
    ADA,
    PGW,
    REALM,
    base,
    ccr_bytes,
    cer,
    flagged,
    mscc,
    read,
    rsu,
    subscription,
    tree,
    usu,
)
from tests.gateways.diameter.rating import Rating


async def test_a_session_from_wire_to_purse(server: Server, rating: Rating) -> None:
    element = await met(server)
    told = await element.ask(ccr_bytes(QUOTA))
    assert told["Result-Code"] == 2001
    assert told["Multiple-Services-Credit-Control"] == {
        "Granted-Service-Unit": {"CC-Total-Octets": 1_000},
        "Validity-Time": 3_600,
        "Volume-Quota-Threshold": 200,
        "Rating-Group": 1,
        "Result-Code": 2001,
    }
    used = mscc(rsu(), usu(CC_Total_Octets=700), rating_group=1)
    await element.ask(ccr_bytes(used, CC_Request_Type=2, CC_Request_Number=1))
    last = mscc(usu(CC_Total_Octets=300), rating_group=1)
    told = await element.ask(ccr_bytes(last, CC_Request_Type=3, CC_Request_Number=2))
    assert (told["CC-Request-Type"], told["CC-Request-Number"]) == (3, 2)
    assert rating.purses[ADA] == 999_000
    assert [ask.request for ask in rating.asks] == [
        Request.INITIAL,
        Request.UPDATE,
        Request.TERMINATE,
    ]
    assert rating.asks[0].peer == f"{PGW}|{REALM}"
    assert server.metrics.requests == {"initial": 1, "update": 1, "terminate": 1}
    assert server.metrics.latency.count == 3
    await element.leave()


async def test_messages_in_any_pieces(server: Server, rating: Rating) -> None:
    element = await met(server)
    stream = b"".join(ccr_bytes(QUOTA, Session_Id=f"s{number}") for number in range(20))
    for at in range(0, len(stream), 333):
        element.writer.write(stream[at : at + 333])
        await element.writer.drain()
        await asyncio.sleep(0)
    sessions = [tree(read(await element.heard()).avps)["Session-Id"] for _ in range(20)]
    assert sessions == [f"s{number}" for number in range(20)]
    assert len(rating.asks) == 20
    await element.leave()


async def test_each_octet_by_itself(server: Server) -> None:
    element = await met(server)
    for octet in ccr_bytes(QUOTA):
        element.writer.write(bytes([octet]))
        await element.writer.drain()
    assert tree(read(await element.heard()).avps)["Result-Code"] == 2001
    await element.leave()


BAD = [
    # what                                        is said                              answered
    ("a realm that is not ours", ccr_bytes(Destination_Realm="other.net"), 3003),
    ("a host that is not ours", ccr_bytes(avp("Destination-Host", "else.example.net")), 3002),
    ("a command that is not ours", flagged(base(Command.RE_AUTH), 0x80), 3001),
    ("no session", ccr_bytes(Session_Id=None), 5005),
    ("no subscriber", ccr_bytes(who=b""), 5005),
    ("an unknown subscriber", ccr_bytes(QUOTA, who=subscription(0, "85599999999")), 5030),
    ("a subscriber without a number", ccr_bytes(who=subscription(2, "sip:ada@host")), 5030),
    ("an unknown context", ccr_bytes(Service_Context_Id="32255@example.org"), 5004),
    ("an unknown request type", ccr_bytes(CC_Request_Type=9), 5004),
    ("an event without an action", ccr_bytes(CC_Request_Type=4), 5005),
    ("an event with an unknown action", ccr_bytes(avp("Requested-Action", 9), CC_Request_Type=4),
     5004),
    ("an update of no session", ccr_bytes(QUOTA, CC_Request_Type=2, CC_Request_Number=1), 5002),
    ("a reserved command flag", flagged(ccr_bytes(QUOTA), 0xC8), 5013),
]  # fmt: skip


@pytest.mark.parametrize(("what", "said", "result"), BAD, ids=[what for what, *_ in BAD])
async def test_bad_requests_are_answered_and_have_no_effect(
    server: Server, rating: Rating, what: str, said: bytes, result: int
) -> None:
    element = await met(server)
    told = await element.ask(said)
    assert told["Result-Code"] == result, what
    assert rating.purses[ADA] == 1_000_000
    assert not rating.open
    good = await element.ask(ccr_bytes(QUOTA))
    assert good["Result-Code"] == 2001, "the peer stays welcome"
    await element.leave()


BROKEN = [
    ("another version", b"\2" + ccr_bytes()[1:], 5011),
    ("an odd length", b"\1\0\0\x15" + ccr_bytes()[4:], 5015),
    ("a tiny length", b"\1\0\0\x10" + ccr_bytes()[4:], 5015),
    ("an enormous length", b"\1\xff\xff\xfc" + ccr_bytes()[4:], 5015),
]


@pytest.mark.parametrize(("what", "said", "result"), BROKEN, ids=[what for what, *_ in BROKEN])
async def test_a_stream_that_cannot_be_read_on_is_closed(
    server: Server, rating: Rating, what: str, said: bytes, result: int
) -> None:
    element = await met(server)
    told = await element.ask(said)
    assert told["Result-Code"] == result, what
    assert await element.closed()
    assert not rating.asks
    await until(server, 0)
    await element.leave()


async def test_a_stranger_is_told_and_gone(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        element = Element(*await asyncio.open_connection("127.0.0.1", server.ports[0]))
        told = await element.ask(cer(host="smf.example.org"))
        assert told["Result-Code"] == 3010
        assert await element.closed()
        await element.leave()
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1, "one who tries again and again does not fill the log"
    assert "Origin-Host smf.example.org" in lines[0]
    assert "the setting peers" in lines[0]
    assert server.metrics.turned_away == {3010: 3}


async def test_half_a_message_that_never_ends_is_given_up(server: Server, clock: Clock) -> None:
    element = await met(server)
    element.writer.write(ccr_bytes(QUOTA)[:50])
    await element.writer.drain()
    await eventually(lambda: any(one._rest for one in server._house.connections))
    clock.at = Instant(clock.at + 10_000)
    assert await element.closed()
    await until(server, 0)
    await element.leave()


async def test_a_connection_that_says_nothing_is_given_up(server: Server, clock: Clock) -> None:
    element = Element(*await asyncio.open_connection("127.0.0.1", server.ports[0]))
    await until(server, 1)
    clock.at = Instant(clock.at + 10_000)
    assert await element.closed()
    await until(server, 0)
    await element.leave()


async def test_a_silent_peer_is_asked_and_given_up(server: Server, clock: Clock) -> None:
    element = await met(server)
    clock.at = Instant(clock.at + 30_000)
    asked = read(await element.heard())
    assert asked.header.command == Command.DEVICE_WATCHDOG
    for _ in range(2):
        await asyncio.sleep(0.6)
        clock.at = Instant(clock.at + 30_000)
    assert await element.closed()
    await element.leave()


async def test_what_a_peer_asked_before_it_went_is_done(server: Server, rating: Rating) -> None:
    """A hundred connections, each torn down with its request unanswered: no leak, nothing lost."""
    rating.holding = True
    for number in range(100):
        element = await met(server)
        element.writer.write(ccr_bytes(QUOTA, Session_Id=f"s{number}"))
        await element.writer.drain()
        await eventually(lambda: len(rating.held) == number + 1)  # noqa: B023 - awaited here
        element.writer.transport.abort()
    await until(server, 0)
    rating.release()
    assert len(rating.open) == 100
    assert server.metrics.unanswered == 100
    assert not server._house.connections
    assert not server._house.origins


async def test_an_accident_in_one_request_leaves_the_others(server: Server, rating: Rating) -> None:
    element = await met(server)
    rating.failing = True
    assert (await element.ask(ccr_bytes(QUOTA)))["Result-Code"] == 5012
    rating.failing = False
    assert (await element.ask(ccr_bytes(QUOTA)))["Result-Code"] == 2001
    await element.leave()


async def test_too_many_connections(rating: Rating, clock: Clock) -> None:
    server = Server(settings(limits=Limits(connections_max=2)), rating, clock)
    await server.start()
    first, second = await met(server), await met(server)
    third = Element(*await asyncio.open_connection("127.0.0.1", server.ports[0]))
    with contextlib.suppress(ConnectionResetError):
        assert await third.closed()
    await third.leave()
    await first.leave()
    await until(server, 1)
    fourth = await met(server)
    for element in (second, fourth):
        await element.leave()
    await server.stop()


async def test_nothing_more_is_read_while_too_much_waits(rating: Rating, clock: Clock) -> None:
    server = Server(settings(limits=Limits(outstanding_max=10)), rating, clock)
    await server.start()
    element = await met(server)
    rating.holding = True
    requests = [ccr_bytes(QUOTA, Session_Id=f"s{number}") for number in range(2_000)]
    for raw in requests:
        element.writer.write(raw)
    await asyncio.sleep(0.3)
    waiting = len(rating.held)
    assert 10 <= waiting < 2_000
    rating.release()
    answers = [tree(read(await element.heard()).avps)["Session-Id"] for _ in requests]
    assert answers == [f"s{number}" for number in range(2_000)]
    await element.leave()
    await server.stop()


async def test_a_peer_that_does_not_read_is_not_read_from(server: Server, rating: Rating) -> None:
    element = await met(server)
    requests = [ccr_bytes(QUOTA, Session_Id=f"s{number}") for number in range(40_000)]
    element.writer.write(b"".join(requests))
    await eventually(lambda: any(not one._writable for one in server._house.connections))
    asked = len(rating.asks)
    await asyncio.sleep(0.2)
    assert asked <= len(rating.asks) < 40_000
    for number in range(40_000):
        assert f"s{number}".encode() in (await element.heard())[:60]
    await element.leave()


async def test_stopping_answers_what_was_asked_and_takes_leave(
    rating: Rating, clock: Clock
) -> None:
    server = Server(settings(), rating, clock)
    await server.start()
    element = await met(server)
    rating.holding = True
    element.writer.write(ccr_bytes(QUOTA))
    await eventually(lambda: rating.held)
    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0.05)
    rating.release()
    assert tree(read(await element.heard()).avps)["Result-Code"] == 2001
    leave = read(await element.heard())
    assert leave.header.command == Command.DISCONNECT_PEER
    answer = message(leave.header, avp("Result-Code", 2001))
    element.writer.write(flagged(answer, 0))
    assert await element.closed()
    await stopping
    await element.leave()
