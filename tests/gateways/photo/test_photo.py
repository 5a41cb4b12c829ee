"""The port to a provider of photo comparison, against a small provider that really listens."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tenure.gateways.photo import wire
from tenure.gateways.photo.server import Provider, compare, provider_of
from tenure.gateways.photo.translate import Refusal
from tenure.promises.people.model import Photo
from tenure.values.refused import Refused

FACE = b"\xff\xd8\xff" + b"a face"
OTHER = b"\x89PNG\r\n\x1a\n" + b"another face"


class _Provider(BaseHTTPRequestHandler):
    """Two equal photos show one person; a photo that asks for trouble gets it."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        live, document = (base64.b64decode(asked[name]) for name in ("live", "document"))
        status, said = 200, {"score_ppm": 990_000 if live == document else 120_000}
        said |= {"reference": "r-17", "model": "not read"}  # type: ignore[dict-item]  # JSON
        body = json.dumps(said).encode()
        if b"broken" in live:
            body = b'{"score_ppm": 1000001, "reference": "r"}'
        if b"denied" in live or self.headers.get("Authorization") not in (None, "Bearer t0k"):
            status = 403
        if b"hangs up" in live:
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Provider(f"http://127.0.0.1:{server.server_port}/compare?v=1", "t0k", 5)
        server.shutdown()
        thread.join()


async def test_a_score_and_a_reference_are_all_that_comes_back(provider: Provider) -> None:
    assert await compare(provider, FACE, FACE) == Photo(990_000, "r-17")
    assert await compare(provider, FACE, OTHER) == Photo(120_000, "r-17")


@pytest.mark.parametrize(
    ("live", "refusal"),
    [
        (b"no photo", Refusal.NOT_A_PHOTO),
        (FACE + bytes(wire.PHOTO_OCTETS_MAX), Refusal.NOT_A_PHOTO),
        (FACE + b"broken", Refusal.PROVIDER_CONFUSED),
        (FACE + b"denied", Refusal.PROVIDER_CONFUSED),
        (FACE + b"hangs up", Refusal.PROVIDER_AWAY),
    ],
    ids=["no photo", "too large", "broken", "denied", "hangs up"],
)
async def test_what_proves_nothing_is_refused(
    provider: Provider, live: bytes, refusal: Refusal
) -> None:
    answer = await compare(provider, live, FACE)

    assert isinstance(answer, Refused)
    assert answer.refusal is refusal
    assert answer.detail


async def test_a_provider_that_is_away_recognises_nobody() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as gone:
        port = gone.server_port
    answer = await compare(Provider(f"http://127.0.0.1:{port}"), FACE, FACE)

    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.PROVIDER_AWAY


@pytest.mark.parametrize("provider", [None, Provider("ftp://127.0.0.1/")], ids=["none", "ftp"])
async def test_without_a_provider(provider: Provider | None) -> None:
    answer = await compare(provider, FACE, FACE)

    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.NO_PROVIDER


def test_the_provider_is_named_in_the_environment_and_never_shown() -> None:
    named = provider_of({"TENURE_PHOTO_PROVIDER": "https://p.example/x", "TENURE_PHOTO_TOKEN": "s"})

    assert named == Provider("https://p.example/x", "s")
    assert repr(named) == "Provider(p.example)"
    assert provider_of({}) is None
