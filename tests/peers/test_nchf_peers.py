"""Other people's HTTP/2 against the Nchf gateway: nghttp, h2load and curl ask, nghttpd is told."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tenure.gateways.nchf.server import Server, Settings
from tenure.promises.charging.model import Stale
from tests.gateways.nchf.consumer import PATH, free_port, request, used
from tests.gateways.nchf.rating import Rating


@pytest.fixture
def rating() -> Rating:
    return Rating(funds_micros=1_000_000_000)


@pytest.fixture
async def server(rating: Rating) -> AsyncIterator[Server]:
    running = Server(Settings(secret=bytes(range(64)), port=free_port()), rating)
    await running.start()
    yield running
    await running.stop()


async def run(*command: str) -> str:
    """What a program said; its failure fails the test."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


def body_in(folder: Path, **more: object) -> str:
    """A file with a request."""
    found = folder / "body.json"
    found.write_text(json.dumps(request() | more))
    return str(found)


@pytest.mark.peer("nghttp")
async def test_nghttp_sees_a_session_with_prior_knowledge(
    server: Server, rating: Rating, tmp_path: Path
) -> None:
    root = f"http://127.0.0.1:{server.settings.port}"
    ask = ("nghttp", "-v", "-H", "content-type: application/json", "-d")
    said = await run(*ask, body_in(tmp_path), f"{root}{PATH}")
    assert "recv SETTINGS frame" in said
    assert ":status: 201" in said
    location = re.search(r"location: (\S+)", said)
    assert location is not None
    update = body_in(tmp_path, invocationSequenceNumber=1, multipleUnitUsage=used(700))
    assert ":status: 200" in await run(*ask, update, f"{location[1]}/update")
    release = body_in(tmp_path, invocationSequenceNumber=2, multipleUnitUsage=used(300, None))
    assert ":status: 204" in await run(*ask, release, f"{location[1]}/release")
    assert rating.funds_micros == 1_000_000_000 - 1_000


@pytest.mark.peer("nghttp")
async def test_nghttp_gets_its_answer_while_we_stop(
    server: Server, rating: Rating, tmp_path: Path
) -> None:
    rating.pause_seconds = 0.3
    root = f"http://127.0.0.1:{server.settings.port}"
    ask = ("nghttp", "-v", "-H", "content-type: application/json", "-d", body_in(tmp_path))
    waiting = asyncio.create_task(run(*ask, f"{root}{PATH}"))
    await rating.asked.wait()
    await server.stop()
    assert ":status: 201" in await waiting


@pytest.mark.peer("h2load")
@pytest.mark.parametrize("version", [(), ("--h1",)], ids=["HTTP/2", "HTTP/1.1"])
async def test_h2load_loses_nothing(
    server: Server, rating: Rating, tmp_path: Path, version: tuple[str, ...]
) -> None:
    said = await run(
        "h2load", *version, "-n", "4000", "-c", "8", "-m", "16",
        "-H", "content-type: application/json", "-d", body_in(tmp_path),
        f"http://127.0.0.1:{server.settings.port}{PATH}",
    )  # fmt: skip
    assert "4000 succeeded, 0 failed, 0 errored, 0 timeout" in said
    assert "status codes: 4000 2xx" in said
    # It is one and the same request, four thousand times.
    assert len(rating.sessions) == 1
    assert server.tally.results["create", "201"] == 4000


@pytest.mark.peer("h2load")
async def test_h2load_is_refused_in_good_order(server: Server, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"invocationTimeStamp": [')
    said = await run(
        "h2load", "-n", "2000", "-c", "4", "-m", "16",
        "-H", "content-type: application/json", "-d", str(broken),
        f"http://127.0.0.1:{server.settings.port}{PATH}",
    )  # fmt: skip
    assert "2000 4xx" in said
    assert "0 errored, 0 timeout" in said


@pytest.mark.peer("curl")
async def test_curl_with_both_versions(server: Server, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{server.settings.port}{PATH}"
    for version in ("--http2-prior-knowledge", "--http1.1"):
        said = await run(
            "curl", "-sSi", version, "-H", "content-type: application/json",
            "-d", f"@{body_in(tmp_path)}", url,
        )  # fmt: skip
        assert re.match(r"HTTP/(2|1\.1) 201", said)


@pytest.mark.peer("nghttpd")
async def test_nghttpd_is_told(server: Server, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "notify_1").write_text("")
    consumer = await asyncio.create_subprocess_exec(
        "nghttpd", "--no-tls", "-v", "-d", str(tmp_path), str(port),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert consumer.stdout is not None
    try:
        async with asyncio.timeout(20):
            stale = Stale("nchf-1", f"http://127.0.0.1:{port}/notify_1", abort=True, reason="bar")
            while "200" not in str(dict(server.tally.results)):
                assert await server.tell(stale) is True
    finally:
        consumer.terminate()
    said = (await consumer.stdout.read()).decode()
    await consumer.wait()
    assert ":method: POST" in said
    assert ":path: /notify_1" in said
    assert "END_STREAM" in said
