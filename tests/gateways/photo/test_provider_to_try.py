"""The provider that the README tries things with: the same photo is certain, another is nobody."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tenure.gateways.photo.server import Provider, compare
from tenure.promises.people.model import Photo
from tools.photo_provider import CERTAIN_PPM, Handler

ONE = b"\xff\xd8\xff" + b"a photo"
OTHER = b"\xff\xd8\xff" + b"another photo"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Provider(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()


@pytest.mark.parametrize(("document", "score_ppm"), [(ONE, CERTAIN_PPM), (OTHER, 0)])
def test_it_knows_a_photo_again_and_nothing_else(
    provider: Provider, document: bytes, score_ppm: int
) -> None:
    found = asyncio.run(compare(provider, ONE, document))
    assert isinstance(found, Photo)
    assert found.score_ppm == score_ppm
