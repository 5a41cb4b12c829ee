"""Links by which somebody shows that an e-mail address is theirs: they count for a while."""

import hashlib
import hmac
import struct
from typing import Final

from tenure.gateways.web.session.cookies import octets_of, text_of
from tenure.values.instant import Instant

MAC_OCTETS: Final = 16
_SAID: Final = struct.Struct("!32sq")


def key(secret: bytes) -> bytes:
    """The key under which addresses of forms are hashed; it is not in the database."""
    return hmac.digest(secret, b"addresses of forms", hashlib.sha256)


def code_of(secret: bytes, contact: bytes, until: Instant) -> str:
    """The code of a link that goes to an address; nobody else can make it."""
    said = _SAID.pack(contact, until)
    return text_of(said + _mac(secret, said))


def read(secret: bytes, code: str, at: Instant) -> tuple[bytes, Instant] | None:
    """Whose address it is, as its hash, and until when that counts; None for any other text."""
    octets = octets_of(code)
    if octets is None or len(octets) != _SAID.size + MAC_OCTETS:
        return None
    said, shown = octets[: _SAID.size], octets[_SAID.size :]
    if not hmac.compare_digest(_mac(secret, said), shown):
        return None
    contact, until = _SAID.unpack(said)
    return (bytes(contact), Instant(until)) if at < until else None


def _mac(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, b"a link to an address" + said, hashlib.sha256)[:MAC_OCTETS]
