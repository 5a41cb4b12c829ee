"""What no honest consumer sends: the standard's own error, no traceback, no effect, no leak."""

import asyncio
import json
from typing import Any

import pytest

from tenure.gateways.nchf.server import Server
from tenure.gateways.nchf.wire.reading import BODY_OCTETS_MAX
from tenure.promises.charging.model import Refusal
from tests.gateways.nchf.consumer import PATH, Consumer, request, used
from tests.gateways.nchf.rating import IMSI, Rating

JSON = {"content-type": "application/json"}


def without(*names: str) -> dict[str, Any]:
    made = request()
    return {name: value for name, value in made.items() if name not in names}


def deep(levels: int) -> bytes:
    nested = b'{"x":' * levels + b"1" + b"}" * levels
    return json.dumps(request()).encode()[:-1] + b',"more":' + nested + b"}"


BAD_BODIES = [
    # body, cause, member at fault
    (b"", "INVALID_MSG_FORMAT", None),
    (b"{", "INVALID_MSG_FORMAT", None),
    (b"nonsense", "INVALID_MSG_FORMAT", None),
    (b'{"a": "\xc3("}', "INVALID_MSG_FORMAT", None),
    (b"\xef\xbb\xbf{}", "INVALID_MSG_FORMAT", None),
    (deep(33), "INVALID_MSG_FORMAT", None),
    (b"[" * 100_000, "INVALID_MSG_FORMAT", None),
    (b"[]", "MANDATORY_IE_INCORRECT", "/"),
    (b"null", "MANDATORY_IE_INCORRECT", "/"),
    (without("nfConsumerIdentification"), "MANDATORY_IE_MISSING", "/nfConsumerIdentification"),
    (without("invocationTimeStamp"), "MANDATORY_IE_MISSING", "/invocationTimeStamp"),
    (request(invocationTimeStamp="now"), "MANDATORY_IE_INCORRECT", "/invocationTimeStamp"),
    (
        request(invocationTimeStamp="2026-11-22T01:00:00"),
        "MANDATORY_IE_INCORRECT",
        "/invocationTimeStamp",
    ),
    (
        request(nfConsumerIdentification={}),
        "MANDATORY_IE_MISSING",
        "/nfConsumerIdentification/nodeFunctionality",
    ),
    (
        request(multipleUnitUsage=[{"ratingGroup": -1}]),
        "OPTIONAL_IE_INCORRECT",
        "/multipleUnitUsage/0/ratingGroup",
    ),
    (
        request(multipleUnitUsage=[{"ratingGroup": 1}, {}]),
        "MANDATORY_IE_MISSING",
        "/multipleUnitUsage/1/ratingGroup",
    ),
    (
        request(multipleUnitUsage=used(-5)),
        "OPTIONAL_IE_INCORRECT",
        "/multipleUnitUsage/0/usedUnitContainer/0/totalVolume",
    ),
    (request(multipleUnitUsage=used(1, 1 << 51)), "OPTIONAL_IE_INCORRECT", "/multipleUnitUsage"),
    (
        request(multipleUnitUsage=used(1, 1 << 70)),
        "OPTIONAL_IE_INCORRECT",
        "/multipleUnitUsage/0/requestedUnit/totalVolume",
    ),
    (request(chargingId=1 << 70), "OPTIONAL_IE_INCORRECT", "/chargingId"),
    (request(invocationSequenceNumber="1"), "OPTIONAL_IE_INCORRECT", "/invocationSequenceNumber"),
    (
        request(oneTimeEvent=True, oneTimeEventType="LATER"),
        "OPTIONAL_IE_INCORRECT",
        "/oneTimeEventType",
    ),
    (
        request(subscriberIdentifier=None),
        "CHARGING_FAILED",
        "/subscriberIdentifier",
    ),
]


@pytest.mark.parametrize(("body", "cause", "member"), BAD_BODIES)
async def test_a_bad_body_is_named(
    any_consumer: Consumer,
    rating: Rating,
    body: bytes | dict[str, Any],
    cause: str,
    member: str | None,
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = await any_consumer.post(PATH, content=content, headers=JSON)
    problem = response.json()
    assert response.status_code == 400
    assert (problem["status"], problem["cause"]) == (400, cause)
    assert [param["param"] for param in problem.get("invalidParams", [])] == (
        [] if member is None else [member]
    )
    assert "Traceback" not in response.text
    assert IMSI not in response.text
    assert rating.funds_micros == 10_000


async def test_as_deep_as_allowed_is_read(consumer: Consumer) -> None:
    assert (await consumer.post(PATH, content=deep(31), headers=JSON)).status_code == 201


@pytest.mark.parametrize(
    ("path", "status", "cause"),
    [
        ("/", 404, "RESOURCE_URI_STRUCTURE_NOT_FOUND"),
        (f"{PATH}/", 404, "RESOURCE_URI_STRUCTURE_NOT_FOUND"),
        (f"{PATH}/abc", 404, "RESOURCE_URI_STRUCTURE_NOT_FOUND"),
        (f"{PATH}/abc/upgrade", 404, "RESOURCE_URI_STRUCTURE_NOT_FOUND"),
        (f"{PATH}/abc/update/more", 404, "RESOURCE_URI_STRUCTURE_NOT_FOUND"),
        (f"{PATH}2", 404, "RESOURCE_URI_STRUCTURE_NOT_FOUND"),
        ("/nchf-convergedcharging/v2/chargingdata", 400, "INVALID_API"),
        (f"{PATH}/abc/update", 404, "CONTEXT_NOT_FOUND"),
        (f"{PATH}/abc/release", 404, "CONTEXT_NOT_FOUND"),
        (f"{PATH}/{'A' * 3000}/release", 404, "CONTEXT_NOT_FOUND"),
        (f"{PATH}/%C3%A9/release", 404, "CONTEXT_NOT_FOUND"),
    ],
)
async def test_a_wrong_path(any_consumer: Consumer, path: str, status: int, cause: str) -> None:
    response = await any_consumer.http.post(path, json=request())
    assert (response.status_code, response.json()["cause"]) == (status, cause)
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_changed_reference_is_nobody_s(consumer: Consumer, rating: Rating) -> None:
    location = (await consumer.create()).headers["location"]
    for changed in (location[:-1], location[:-6] + "AAAAAA", location + "A"):
        response = await consumer.update(changed, number=1, multipleUnitUsage=used(100))
        assert (response.status_code, response.json()["cause"]) == (404, "CONTEXT_NOT_FOUND")
    assert len(rating.asks) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_a_wrong_method(any_consumer: Consumer, method: str) -> None:
    response = await any_consumer.http.request(method, PATH)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/jsonx"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
async def test_a_wrong_type(consumer: Consumer, headers: dict[str, str]) -> None:
    response = await consumer.post(PATH, content=json.dumps(request()), headers=headers)
    assert response.status_code == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_a_right_type_in_other_words(consumer: Consumer, content_type: str) -> None:
    headers = {"content-type": content_type}
    response = await consumer.post(PATH, content=json.dumps(request()), headers=headers)
    assert response.status_code == 201


async def test_a_body_that_is_too_large(consumer: Consumer, rating: Rating) -> None:
    body = b" " * (BODY_OCTETS_MAX + 1)
    assert (await consumer.post(PATH, content=body, headers=JSON)).status_code == 413

    async def pieces() -> Any:
        for _ in range(5):
            yield b" " * (BODY_OCTETS_MAX // 4)

    assert (await consumer.post(PATH, content=pieces(), headers=JSON)).status_code == 413
    assert rating.asks == []


async def raw(server: Server, sent: bytes) -> bytes:
    """What HTTP/1.1 octets are answered with, until the server has said something."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
    writer.write(sent)
    async with asyncio.timeout(5):
        said = await reader.read(65536)
    writer.close()
    await writer.wait_closed()
    return said


HEAD = f"POST {PATH} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n".encode()


async def test_a_post_without_a_length(server: Server) -> None:
    said = await raw(server, HEAD + b"\r\n")
    assert said.startswith(b"HTTP/1.1 411 ")
    assert b"INCORRECT_LENGTH" in said


async def test_a_body_that_never_comes(server: Server, rating: Rating) -> None:
    said = await raw(server, HEAD + b"content-length: 100\r\n\r\nabc")
    assert said.startswith(b"HTTP/1.1 408 ")
    assert rating.asks == []


async def test_a_body_that_breaks_off(server: Server, rating: Rating) -> None:
    said = await raw(server, HEAD + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
    assert said.startswith(b"HTTP/1.1 400 ")
    assert rating.asks == []


async def test_half_a_message_and_a_closed_door(server: Server, consumer: Consumer) -> None:
    for _ in range(20):
        _, writer = await asyncio.open_connection("127.0.0.1", server.settings.port)
        writer.write(HEAD + b"content-length: 100\r\n\r\nabc")
        await writer.drain()
        writer.close()
    assert (await consumer.create()).status_code == 201


@pytest.mark.parametrize("refusal", list(Refusal))
async def test_every_refusal_is_a_problem_of_the_official_file(
    any_consumer: Consumer, rating: Rating, refusal: Refusal
) -> None:
    location = (await any_consumer.create()).headers["location"]
    rating.refuse = refusal
    for response in (
        await any_consumer.create(second=1),
        await any_consumer.update(location, number=1),
        await any_consumer.release(location, number=1),
    ):
        assert response.status_code >= 400
        assert response.json()["cause"]
        assert ("retry-after" in response.headers) is (response.status_code == 503)


async def test_an_accident_tells_nobody_s_name(
    consumer: Consumer, rating: Rating, caplog: pytest.LogCaptureFixture
) -> None:
    rating.broken = True
    response = await consumer.create()
    assert (response.status_code, response.json()["cause"]) == (500, "SYSTEM_FAILURE")
    assert "secret" not in response.text
    assert "RuntimeError at rating.py" in caplog.text
    assert IMSI not in caplog.text


async def test_an_unknown_subscriber(any_consumer: Consumer) -> None:
    for who in ("imsi-999999999999999", "gci-1", "nai-someone@example.org"):
        response = await any_consumer.create(subscriberIdentifier=who)
        assert (response.status_code, response.json()["cause"]) == (404, "USER_UNKNOWN")


async def test_a_service_without_a_price_may_be_given_without_charging(
    consumer: Consumer, rating: Rating
) -> None:
    response = await consumer.create(
        pDUSessionChargingInformation=None,
        nfConsumerIdentification={"nodeFunctionality": "AMF"},
        registrationChargingInformation={"registrationMessagetype": "INITIAL"},
    )
    assert (response.status_code, response.json()["cause"]) == (403, "CHARGING_NOT_APPLICABLE")
    assert rating.asks == []


async def test_a_port_that_is_taken_is_refused(server: Server, rating: Rating) -> None:
    with pytest.raises(OSError, match="in use"):
        await Server(server.settings, rating).start()
