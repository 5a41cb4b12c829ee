"""Asks a provider over HTTP or HTTPS; a provider that is away recognises nobody."""

import asyncio
import http.client
import logging
import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from tenure.gateways.photo import wire
from tenure.gateways.photo.translate import Refusal, photo_of
from tenure.promises.people.model import Photo
from tenure.values.refused import Refused

log = logging.getLogger(__name__)

SECONDS_MAX: Final = 20.0
AWAY: Final = Refused(
    Refusal.PROVIDER_AWAY, "the photo provider does not answer; try again, or use a passkey"
)


class Provider(msgspec.Struct, frozen=True):
    """Where photos are compared."""

    url: str
    token: str = ""
    """Sent as a bearer token, when there is one."""
    seconds_max: float = SECONDS_MAX

    def __repr__(self) -> str:
        return f"Provider({urlsplit(self.url).hostname})"


def provider_of(environment: Mapping[str, str] = os.environ) -> Provider | None:
    """The provider that the environment names."""
    url = environment.get("TENURE_PHOTO_PROVIDER", "")
    return Provider(url, environment.get("TENURE_PHOTO_TOKEN", "")) if url else None


async def compare(
    provider: Provider | None, live: bytes, document: bytes
) -> Photo | Refused[Refusal]:
    """How much the live photo is like the one on the document."""
    if provider is None or urlsplit(provider.url).scheme not in ("http", "https"):
        return Refused(
            Refusal.NO_PROVIDER, "name the photo provider in TENURE_PHOTO_PROVIDER=https://…"
        )
    if not (wire.is_photo(live) and wire.is_photo(document)):
        return Refused(Refusal.NOT_A_PHOTO, "give two photos: JPEG or PNG, at most 10 MB each")
    try:
        status, body = await asyncio.to_thread(_post, provider, wire.question(live, document))
    except (OSError, http.client.HTTPException) as error:
        log.warning("the photo provider is away: %s", type(error).__name__)
        return AWAY
    return photo_of(wire.answer(status, body))


def _post(provider: Provider, body: bytes) -> tuple[int, bytes]:
    where = urlsplit(provider.url)
    connection = _connection(where, provider.seconds_max)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if provider.token:
        headers["Authorization"] = f"Bearer {provider.token}"
    path = (where.path or "/") + (f"?{where.query}" if where.query else "")
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(wire.ANSWER_OCTETS_MAX + 1)
    finally:
        connection.close()


def _connection(where: SplitResult, seconds_max: float) -> http.client.HTTPConnection:
    assert where.hostname
    if where.scheme == "https":
        return http.client.HTTPSConnection(where.hostname, where.port, timeout=seconds_max)
    return http.client.HTTPConnection(where.hostname, where.port, timeout=seconds_max)
