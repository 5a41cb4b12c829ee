"""The code in an offer by which its reader ends offers of its kind with one click (RFC 8058)."""

import base64
import hashlib
import hmac
import re
from typing import Final

MAC_OCTETS: Final = 16
_SAID: Final = re.compile(rb"(\d{1,19})/([a-z0-9-]{1,40})")
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{24,120}")
PATH: Final = "/unsubscribe/"
"""Where the page takes such codes."""


def code_of(secret: bytes, person_id: int, purpose: str) -> str:
    """The code with which this person ends offers for this purpose; nobody else can make it."""
    said = f"{person_id}/{purpose}".encode("ascii")
    assert _SAID.fullmatch(said)
    return base64.urlsafe_b64encode(_mac(secret, said) + said).decode("ascii").rstrip("=")


def read(secret: bytes, code: str) -> tuple[int, str] | None:
    """Whose code it is, and for which purpose; None for any text that is not one of ours."""
    if not _TEXT.fullmatch(code):
        return None
    try:
        octets = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except ValueError:
        return None
    shown, said = octets[:MAC_OCTETS], octets[MAC_OCTETS:]
    found = _SAID.fullmatch(said)
    if found is None or not hmac.compare_digest(_mac(secret, said), shown):
        return None
    return int(found[1]), found[2].decode("ascii")


def _mac(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, b"no more offers " + said, hashlib.sha256)[:MAC_OCTETS]
