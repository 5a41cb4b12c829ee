"""The edge: addresses of all families, odd hosts, requests that come all at once."""

import asyncio

import httpx
import msgspec
import pytest

from tenure.gateways.nchf.server import Server, Settings
from tests.gateways.nchf.consumer import PATH, Consumer, request
from tests.gateways.nchf.rating import Rating


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("chf.example:8090", "http://chf.example:8090"),
        ("[::1]:8090", "http://[::1]:8090"),
        ("chf.example", "http://chf.example"),
    ],
)
async def test_a_location_is_as_the_request_was_addressed(
    consumer: Consumer, host: str, said: str
) -> None:
    response = await consumer.http.post(PATH, json=request(), headers={"host": host})
    assert response.headers["location"].startswith(f"{said}{PATH}/")


@pytest.mark.parametrize("host", ["a b", "evil/path", "x" * 300, "a@b", ""])
async def test_a_location_never_repeats_nonsense(server: Server, host: str) -> None:
    asking = Consumer(server.settings.port, http2=False)
    response = await asking.http.post(PATH, json=request(), headers={"host": host})
    if response.status_code == 201:
        assert response.headers["location"].startswith(f"{asking.root}{PATH}/")
    else:
        assert response.status_code == 400
    await asking.http.aclose()


async def test_a_configured_root_is_used(settings: Settings, rating: Rating) -> None:
    configured = msgspec.structs.replace(settings, api_root="https://chf.operator.example")
    server = Server(configured, rating)
    await server.start()
    asking = Consumer(settings.port)
    created = await asking.create()
    assert created.headers["location"].startswith(f"https://chf.operator.example{PATH}/")
    await asking.http.aclose()
    await server.stop()


async def test_over_ipv6(settings: Settings, rating: Rating) -> None:
    server = Server(msgspec.structs.replace(settings, host="::1"), rating)
    await server.start()
    root = f"http://[::1]:{settings.port}"
    async with httpx.AsyncClient(http1=False, http2=True, trust_env=False) as http:
        created = await http.post(f"{root}{PATH}", json=request())
    await server.stop()
    assert created.headers["location"].startswith(f"{root}{PATH}/")


async def test_a_repetition_that_overtakes_its_original(consumer: Consumer, rating: Rating) -> None:
    rating.pause_seconds = 0.02
    created = await asyncio.gather(*(consumer.create() for _ in range(20)))
    assert {response.status_code for response in created} == {201}
    assert len({response.headers["location"] for response in created}) == 1
    assert len(rating.sessions) == 1


async def test_many_sessions_at_once(consumer: Consumer, rating: Rating) -> None:
    rating.funds_micros = 1_000_000

    async def session(number: int) -> int:
        mine = f"http://127.0.0.1/{number}"
        location = (await consumer.create(notifyUri=mine)).headers["location"]
        await consumer.update(location, number=1, notifyUri=mine)
        return (await consumer.release(location, number=2, notifyUri=mine)).status_code

    assert set(await asyncio.gather(*(session(number) for number in range(40)))) == {204}
    assert len(rating.sessions) == len(rating.ended) == 40


async def test_stopping_what_never_began(settings: Settings, rating: Rating) -> None:
    await Server(settings, rating).stop()
