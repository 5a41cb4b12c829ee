"""UCS-2 as phones use it: UTF-16, the high octet first; what is beyond 16 bits is a pair."""

from typing import Final

UNIT_OCTETS: Final = 2


def encoded(text: str) -> bytes:
    """The octets of a text; half a pair, which is no character, becomes a question mark."""
    return text.encode("utf-16-be", "replace")


def decoded(octets: bytes) -> str:
    """The text of octets; half a pair and half a unit become U+FFFD."""
    return octets.decode("utf-16-be", "replace")
