"""The cookie of who is signed in, and what proves that a form is ours."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

TOKEN_OCTETS: Final = 32
IDLE_SECONDS: Final = 1_800
"""A browser that is left alone forgets the session after half an hour."""


def name_of(*, secure: bool) -> str:
    """A name that a browser takes over HTTPS only, and from this very host (RFC 6265bis 4.1.3)."""
    return "__Host-tenure" if secure else "tenure"


def kept(token: bytes, *, secure: bool, seconds: int = IDLE_SECONDS) -> str:
    """The header that makes the browser keep the token: for us alone, out of reach of scripts."""
    safe = "; Secure" if secure else ""
    return (
        f"{name_of(secure=secure)}={text_of(token)}; Path=/; Max-Age={seconds}; HttpOnly;"
        f" SameSite=Strict{safe}"
    )


def forgotten(*, secure: bool) -> str:
    """The header that makes the browser forget it."""
    return kept(b"", secure=secure, seconds=0)


def token_in(cookies: str, *, secure: bool) -> bytes | None:
    """The token in a Cookie header, if there is one that could be ours."""
    for each in cookies.split(";"):
        name, _, value = each.strip().partition("=")
        if name == name_of(secure=secure):
            token = octets_of(value)
            return token if token is not None and len(token) == TOKEN_OCTETS else None
    return None


def form_token(token: bytes) -> str:
    """What stands in every form of this session: who cannot read our pages cannot know it."""
    return hmac.digest(token, b"a form of the page", hashlib.sha256).hex()


def is_ours(token: bytes, shown: str) -> bool:
    """Whether a form was made by us for this session."""
    return hmac.compare_digest(form_token(token).encode(), shown.encode())


def text_of(octets: bytes) -> str:
    """base64url without padding, as WebAuthn writes octets."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def octets_of(text: str) -> bytes | None:
    """The octets of base64url; None for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
