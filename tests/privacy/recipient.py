"""A recipient of what is held: a program of its own, with its own key, that hears of changes.

``python -m tests.privacy.recipient FOLDER MODE`` writes its address into FOLDER/address.  It keeps
each message that our key signed in FOLDER under its id, does it once, and answers with a receipt;
what it has done it answers as before.  MODE ``done`` answers at once, ``later`` with 202 the first
time, ``silent`` does it and closes the connection without an answer the first time.
"""

import base64
import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEED: Final = bytes(range(32))
TYPE: Final = "privacy-receipt+json"


def text(octets: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def octets(coded: str) -> bytes:
    """And back."""
    return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))


def public(seed: bytes = SEED) -> str:
    """The ``x`` of its key, for recipients.toml."""
    return text(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def kid(x: str) -> str:
    """RFC 7638."""
    jwk = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
    return text(hashlib.sha256(jwk.encode()).digest())


def read(message: str, x: str) -> dict[str, Any] | None:
    """What a message says, if this key signed it as a message."""
    header, payload, signature = message.split(".")
    if json.loads(octets(header))["typ"] != "privacy-change+json":
        return None
    try:
        Ed25519PublicKey.from_public_bytes(octets(x)).verify(
            octets(signature), f"{header}.{payload}".encode()
        )
    except InvalidSignature:
        return None
    said = json.loads(octets(payload))
    assert isinstance(said, dict)
    return said


def receipt(message: str, seed: bytes = SEED, type_: str = TYPE, **other: str) -> bytes:
    """That it is done, signed; ``other``: what is said otherwise."""
    said = json.loads(octets(message.split(".")[1]))
    header = {"alg": "EdDSA", "kid": kid(public(seed)), "typ": type_}
    payload = {
        "subject_request_id": said["subject_request_id"],
        "message_sha256": hashlib.sha256(message.encode()).hexdigest(),
        "request_status": "completed",
        **other,
    }
    signing = f"{text(json.dumps(header).encode())}.{text(json.dumps(payload).encode())}"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(signing.encode())
    return f"{signing}.{text(signature)}".encode()


class Handler(BaseHTTPRequestHandler):
    """Takes messages."""

    folder: ClassVar[Path]
    mode: ClassVar[str]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Do what a message says, once, and say so."""
        message = self.rfile.read(int(self.headers["Content-Length"])).decode()
        said = read(message, (self.folder / "key").read_text())
        if said is None or said["subject_request_id"] != self.headers["Idempotency-Key"]:
            self._answer(400, b"")
            return
        with (self.folder / "asked").open("a") as file:
            file.write(f"{said['subject_request_id']}\n")
        kept = self.folder / f"{said['subject_request_id']}.jws"
        is_new = not kept.exists()
        if is_new:
            kept.write_text(message)
            with (self.folder / "done").open("a") as file:
                file.write(f"{said['subject_request_type']}\n")
        if is_new and self.mode == "silent":
            self.close_connection = True
            return
        if is_new and self.mode == "later":
            self._answer(202, b"")
            return
        self._answer(200, receipt(kept.read_text()))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/jose")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its signature
        """Say nothing."""


def main(folder: Path, mode: str) -> None:
    """Serve until killed."""
    Handler.folder, Handler.mode = folder, mode
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        part = folder / ".address"
        part.write_text(f"http://127.0.0.1:{server.server_port}/privacy")
        part.rename(folder / "address")
        server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
