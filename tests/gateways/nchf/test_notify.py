"""Notifications: to whom we may, a bounded number of times, and what is said is the standard's."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest
import uvloop

from tenure.gateways.nchf.server import Server, Settings
from tenure.gateways.nchf.server.notify import Allowed, Notifier
from tenure.promises.charging.model import Stale
from tests.gateways.nchf import official
from tests.gateways.nchf.consumer import Consumer
from tests.gateways.nchf.rating import Rating

LOOPBACK = ("127.0.0.0/8", "::1", "localhost", "smf.example")


class Receiver(asyncio.Protocol):
    """An HTTP/2 server that answers what a test wants."""

    def __init__(self, consumer: "Consumers") -> None:
        config = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        self.h2 = h2.connection.H2Connection(config)
        self.consumer = consumer
        self.requests: dict[int, tuple[dict[str, str], bytearray]] = {}

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.consumer.transports.append(transport)
        self.h2.initiate_connection()
        transport.write(self.h2.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self.h2.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                headers = {str(name): str(value) for name, value in event.headers}
                self.requests[event.stream_id] = headers, bytearray()
            elif isinstance(event, h2.events.DataReceived):
                self.requests[event.stream_id][1].extend(event.data)
            elif isinstance(event, h2.events.StreamEnded):
                self.answer(event.stream_id)
        self.transport.write(self.h2.data_to_send())

    def answer(self, stream: int) -> None:
        headers, body = self.requests.pop(stream)
        self.consumer.received.append((headers[":path"], json.loads(bytes(body))))
        status = self.consumer.statuses.pop(0) if self.consumer.statuses else 204
        if status == 0:
            return
        more = [("location", self.consumer.location)] if status in {307, 308} else []
        self.h2.send_headers(stream, [(":status", str(status)), *more], end_stream=status != 200)
        if status == 200:
            self.h2.send_data(stream, b"{}", end_stream=True)


class Consumers:
    """Somebody to notify."""

    def __init__(self) -> None:
        self.received: list[tuple[str, Any]] = []
        self.statuses: list[int] = []
        self.location = ""
        self.transports: list[asyncio.Transport] = []
        self.uri = ""


@pytest.fixture
async def consumers() -> AsyncIterator[Consumers]:
    listening = Consumers()
    loop = asyncio.get_running_loop()
    there = await loop.create_server(lambda: Receiver(listening), "127.0.0.1", 0)
    listening.uri = f"http://127.0.0.1:{there.sockets[0].getsockname()[1]}/notify_1"
    yield listening
    there.close()
    for transport in listening.transports:
        transport.close()
    await there.wait_closed()


@pytest.fixture
async def notifier() -> AsyncIterator[Notifier]:
    telling = Notifier(Allowed(LOOPBACK), timeout_seconds=0.2, pauses_seconds=(0, 0, 0))
    yield telling
    await telling.stop()


@pytest.mark.parametrize(("abort", "kind"), [(False, "REAUTHORIZATION"), (True, "ABORT_CHARGING")])
async def test_a_stale_session_is_told(
    server: Server,
    consumers: Consumers,
    abort: bool,  # noqa: FBT001
    kind: str,
) -> None:
    stale = Stale(key="nchf-1", peer=consumers.uri, abort=abort, reason="topped_up")
    assert await server.tell(stale) is True
    path, body = consumers.received[0]
    assert (path, body) == ("/notify_1", {"notificationType": kind})
    official.needed()
    official.validate(body, official.FILE, "/components/schemas/ChargingNotifyRequest")
    assert server.tally.results["notify", "204"] == 1


def test_the_same_on_the_loop_that_tenure_up_runs_on(settings: Settings, rating: Rating) -> None:
    async def told() -> tuple[list[tuple[str, Any]], int]:
        listening = Consumers()
        there = await asyncio.get_running_loop().create_server(
            lambda: Receiver(listening), "127.0.0.1", 0
        )
        uri = f"http://127.0.0.1:{there.sockets[0].getsockname()[1]}/notify_1"
        server = Server(settings, rating)
        await server.start()
        asking = Consumer(settings.port)
        created = await asking.create(notifyUri=uri)
        await server.tell(Stale("nchf-1", rating.asks[0].peer, abort=True, reason="bar"))
        await asking.http.aclose()
        await server.stop()
        for transport in listening.transports:
            transport.close()
        there.close()
        return listening.received, created.status_code

    received, status = uvloop.run(told())
    assert (received, status) == ([("/notify_1", {"notificationType": "ABORT_CHARGING"})], 201)


async def test_a_session_of_another_gateway_is_not_ours(server: Server) -> None:
    stale = Stale(key="pgw;1;2", peer="pgw.example", abort=False, reason="topped_up")
    assert await server.tell(stale) is False


async def test_a_session_without_a_notify_uri_cannot_be_told(server: Server) -> None:
    stale = Stale(key="nchf-1", peer="", abort=False, reason="topped_up")
    assert await server.tell(stale) is True


@pytest.mark.parametrize(
    ("statuses", "status", "requests"),
    [
        ([204], 204, 1),
        ([200], 200, 1),
        ([503, 204], 204, 2),
        ([0, 204], 204, 2),
        ([500, 500, 500, 204], 0, 3),
        ([404], 404, 1),
        ([400, 204], 400, 1),
    ],
)
async def test_it_is_tried_again_only_where_that_may_help(
    notifier: Notifier, consumers: Consumers, statuses: list[int], status: int, requests: int
) -> None:
    consumers.statuses = statuses
    assert (await notifier.post(consumers.uri, b"{}")).status == status
    assert len(consumers.received) == requests


async def test_many_at_once_share_a_connection(notifier: Notifier, consumers: Consumers) -> None:
    await notifier.post(consumers.uri, b"{}")
    told = await asyncio.gather(*(notifier.post(consumers.uri, b"{}") for _ in range(50)))
    assert all(result.ok for result in told)
    assert len(consumers.transports) == 1


async def test_a_lost_connection_is_made_again(notifier: Notifier, consumers: Consumers) -> None:
    assert (await notifier.post(consumers.uri, b"{}")).ok
    consumers.transports[0].abort()
    assert (await notifier.post(consumers.uri, b"{}")).ok


async def test_nobody_there(notifier: Notifier) -> None:
    told = await notifier.post("http://127.0.0.1:1/notify_1", b"{}")
    assert (told.status, told.why) == (0, "ConnectionRefusedError")


@pytest.mark.parametrize(("location", "status"), [("/moved", 204), ("http://192.0.2.1/steal", 307)])
async def test_a_redirect_is_followed_to_allowed_hosts(
    notifier: Notifier, consumers: Consumers, location: str, status: int
) -> None:
    consumers.statuses, consumers.location = [307], location
    assert (await notifier.post(consumers.uri, b"{}")).status == status


@pytest.mark.parametrize(
    "uri",
    [
        "http://192.0.2.1/",
        "http://127.0.0.1.example/",
        "http://user:word@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://169.254.169.254/latest/meta-data",
        "ftp://127.0.0.1/",
        "http://[::2]/",
        "http://[::1",
        "http:///x",
        "",
    ],
)
async def test_others_are_not_told(notifier: Notifier, uri: str) -> None:
    assert (await notifier.post(uri, b"{}")).why == "not an allowed consumer"


@pytest.mark.parametrize(
    "uri", ["http://127.3.2.1/", "http://[::1]:80/", "https://LOCALHOST/", "http://smf.example/"]
)
def test_allowed_consumers(uri: str) -> None:
    assert Allowed(LOOPBACK).target(uri) is not None


async def test_an_unknown_consumer_is_named_once_with_the_remedy(
    notifier: Notifier, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await notifier.post("http://192.0.2.1/notify_imsi-456061234567890", b"{}")
    assert caplog.text.count("192.0.2.1") == 1
    assert "notify hosts" in caplog.text
    assert "456061234567890" not in caplog.text
