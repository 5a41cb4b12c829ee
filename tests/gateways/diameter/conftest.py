"""A server on a socket, a rating in memory, and time that passes only when told."""

from collections.abc import AsyncIterator

import pytest

from tenure.gateways.diameter.server.listener import Server
from tests.gateways.diameter.element import Clock, settings
from tests.gateways.diameter.given import ADA
from tests.gateways.diameter.rating import Rating


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rating() -> Rating:
    found = Rating()
    found.purses[ADA] = 1_000_000
    return found


@pytest.fixture
async def server(rating: Rating, clock: Clock) -> AsyncIterator[Server]:
    running = Server(settings(), rating, clock)
    await running.start()
    yield running
    await running.stop(grace_seconds=0.1)
    assert not running._house.connections
