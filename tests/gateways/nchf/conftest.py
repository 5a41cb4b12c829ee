"""A gateway on a free port, in front of a purse in memory, and consumers of it."""

from collections.abc import AsyncIterator

import pytest

from tenure.gateways.nchf.server import Server, Settings
from tenure.gateways.nchf.translate.answers import Local
from tests.gateways.nchf.consumer import Consumer, free_port
from tests.gateways.nchf.rating import Rating

SECRET = bytes(range(64))


@pytest.fixture
def rating() -> Rating:
    """Ten thousand units to spend."""
    return Rating()


@pytest.fixture
def settings() -> Settings:
    """The settings of the gateway under test."""
    local = Local(emergency_number="117", redirect_url="http://topup.example/")
    return Settings(secret=SECRET, port=free_port(), local=local, body_seconds=0.3)


@pytest.fixture
async def server(settings: Settings, rating: Rating) -> AsyncIterator[Server]:
    """A running gateway."""
    running = Server(settings, rating)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def any_consumer(server: Server) -> AsyncIterator[Consumer]:
    """A consumer, where the version of HTTP does not matter."""
    asking = Consumer(server.settings.port)
    yield asking
    await asking.http.aclose()


@pytest.fixture(params=["HTTP/2", "HTTP/1.1"])
async def consumer(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[Consumer]:
    """A consumer; every test with it runs over both versions of HTTP."""
    asking = Consumer(server.settings.port, http2=request.param == "HTTP/2")
    yield asking
    await asking.http.aclose()
