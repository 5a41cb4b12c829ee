"""Asks a witness to cosign, over one connection that is kept."""

import http.client
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import msgspec

from tenure.gateways.witness import wire
from tenure.promises.record import rules
from tenure.promises.record.rules import Key, Signature

SECONDS_MAX: Final = 5.0
ANSWER_OCTETS_MAX: Final = 65_536


class Asked(msgspec.Struct, frozen=True):
    """What came of asking a witness."""

    cosignature: Signature | None = None
    conflict_size: int | None = None
    """The size that the witness has seen, when it is not the one we proved from."""
    trouble: str = ""
    """Why there is no cosignature, for people."""


class Outside:
    """A witness, from outside: its address, its key, and the size it has seen as far as we know."""

    def __init__(self, url: str, vkey: str) -> None:
        """Nothing is opened yet; MalformedError when the key is none."""
        self.url, self.key = url.rstrip("/"), rules.key_of(vkey)
        self.seen_size: int | None = None
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, request: wire.AddCheckpoint, text: str) -> Asked:
        """Ask to cosign the text of a checkpoint; it never raises.  To be called in a thread."""
        body = wire.encoded(request)
        for again in (True, False):
            try:
                status, answer = self._post(body)
                return _read(status, answer, self.key, text)
            except (http.client.HTTPException, OSError, ValueError) as error:
                self.close()
                # A connection that was kept may have been closed by the other side meanwhile.
                if not again or isinstance(error, TimeoutError):
                    return Asked(trouble=f"{self.key.name} is away ({type(error).__name__})")
        raise AssertionError("unreachable: the second attempt returned")

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, body: bytes) -> tuple[int, str]:
        parts = urlsplit(self.url)
        if self._connection is None:
            kind = (
                http.client.HTTPSConnection
                if parts.scheme == "https"
                else http.client.HTTPConnection
            )
            self._connection = kind(parts.hostname or "", parts.port, timeout=SECONDS_MAX)
        self._connection.request(
            "POST", parts.path + wire.PATH, body, {"Content-Type": wire.TEXT_TYPE}
        )
        response = self._connection.getresponse()
        return response.status, response.read(ANSWER_OCTETS_MAX).decode("utf-8", "replace")


def _read(status: int, answer: str, key: Key, text: str) -> Asked:
    if status == HTTPStatus.OK:
        for line in answer.splitlines():
            try:
                signature = rules.signature_of(line)
            except rules.MalformedError:
                continue
            named = (signature.name, signature.key_id) == (key.name, key.key_id)
            if named and rules.verified(key, text, signature) is not None:
                return Asked(cosignature=signature)
        return Asked(trouble=f"{key.name} has answered without a good cosignature")
    if status == HTTPStatus.CONFLICT:
        try:
            return Asked(conflict_size=wire.size_of(answer.strip()))
        except wire.UnreadableError:
            return Asked(trouble=f"{key.name} has seen another log, and does not say its size")
    words = {
        HTTPStatus.NOT_FOUND: "does not know this log; give it the log's verifier key",
        HTTPStatus.FORBIDDEN: "does not trust the key that has signed; give it the new one",
        HTTPStatus.UNPROCESSABLE_ENTITY: "has seen a log that began otherwise",
    }
    return Asked(trouble=f"{key.name} {words.get(HTTPStatus(status), f'answers {status}')}")
