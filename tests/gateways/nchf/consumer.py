"""A consumer in the tests; every response is held against the official file."""

import copy
import socket
from typing import Any

import httpx

from tests.gateways.nchf import official
from tests.gateways.nchf.rating import IMSI

PATH = "/nchf-convergedcharging/v3/chargingdata"


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def request(number: int | None = 0, second: float = 0, **more: Any) -> dict[str, Any]:
    """A request of an SMF for a data session."""
    made: dict[str, Any] = {
        "subscriberIdentifier": f"imsi-{IMSI}",
        "nfConsumerIdentification": {"nodeFunctionality": "SMF", "nFName": "smf1"},
        "invocationTimeStamp": f"2026-11-22T01:02:{second:09.6f}Z",
        "notifyUri": "http://127.0.0.1:1/notify_1",
        "pDUSessionChargingInformation": {
            "chargingId": 7,
            "pduSessionInformation": {"pduSessionID": 1, "dnnId": "internet"},
        },
        "multipleUnitUsage": [{"ratingGroup": 1, "requestedUnit": {"totalVolume": 1000}}],
    }
    if number is not None:
        made["invocationSequenceNumber"] = number
    made.update(copy.deepcopy(more))
    return {name: value for name, value in made.items() if value is not None}


def used(octets: int, requested: int | None = 1000) -> list[dict[str, Any]]:
    """A rating group that reports, and asks for more unless ``requested`` is None."""
    usage: dict[str, Any] = {
        "ratingGroup": 1,
        "usedUnitContainer": [{"localSequenceNumber": 1, "totalVolume": octets}],
    }
    if requested is not None:
        usage["requestedUnit"] = {"totalVolume": requested}
    return [usage]


class Consumer:
    """Asks one server, by HTTP/2 with prior knowledge or by HTTP/1.1."""

    def __init__(self, port: int, *, http2: bool = True) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.http = httpx.AsyncClient(
            base_url=self.root, http1=not http2, http2=http2, timeout=10, trust_env=False
        )

    async def post(self, path: str, **how: Any) -> httpx.Response:
        """Any POST; the response is held against the official file."""
        response = await self.http.post(path, **how)
        content_type = response.headers.get("content-type", "")
        official.check(path, response.status_code, content_type, response.content)
        return response

    async def create(self, **more: Any) -> httpx.Response:
        """A create."""
        return await self.post(PATH, json=request(**more))

    async def update(self, location: str, **more: Any) -> httpx.Response:
        """An update of the resource at a location."""
        return await self.post(f"{location.removeprefix(self.root)}/update", json=request(**more))

    async def release(self, location: str, **more: Any) -> httpx.Response:
        """The end of the resource at a location."""
        return await self.post(f"{location.removeprefix(self.root)}/release", json=request(**more))
