"""Codes by which a holder who has shown who they are goes on saying yes and no, for a while."""

import hashlib
import hmac
import struct
from typing import Final

from tenure.gateways.web.session.cookies import octets_of, text_of
from tenure.values.instant import MINUTE_MS, Instant

MAC_OCTETS: Final = 16
LIFE_MS: Final = 15 * MINUTE_MS
"""Long enough to read what one says yes to."""
_SAID: Final = struct.Struct("!qq")


def code_of(secret: bytes, person_id: int, at: Instant) -> str:
    """The code of a visit that begins now; it stands in the forms of that page alone."""
    said = _SAID.pack(person_id, at + LIFE_MS)
    return text_of(said + _mac(secret, said))


def read(secret: bytes, code: str, at: Instant) -> int | None:
    """Who visits; None for any other text, and for a visit that is over."""
    octets = octets_of(code)
    if octets is None or len(octets) != _SAID.size + MAC_OCTETS:
        return None
    said, shown = octets[: _SAID.size], octets[_SAID.size :]
    if not hmac.compare_digest(_mac(secret, said), shown):
        return None
    person_id, until = _SAID.unpack(said)
    return int(person_id) if at < until else None


def _mac(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, b"a visit of a holder" + said, hashlib.sha256)[:MAC_OCTETS]
