"""Codes for one request and one party: they show what is asked, and are of no use beyond that."""

import hashlib
import hmac
import uuid
from typing import Final

from tenure.gateways.web.session.cookies import octets_of, text_of

UUID_OCTETS: Final = 16
MAC_OCTETS: Final = 16
PARTIES: Final = ("from", "to", "from-guardian", "to-guardian")


def code_of(secret: bytes, request_id: str, party: str) -> str:
    """The code that a party gets; it stands after the # of a link, which no browser sends."""
    said = uuid.UUID(request_id).bytes + bytes([PARTIES.index(party)])
    return text_of(said + _mac(secret, said))


def read(secret: bytes, code: str) -> tuple[str, str] | None:
    """The request and the party that a code of ours is for; None for any other text."""
    octets = octets_of(code)
    if octets is None or len(octets) != UUID_OCTETS + 1 + MAC_OCTETS:
        return None
    said, shown = octets[: UUID_OCTETS + 1], octets[UUID_OCTETS + 1 :]
    if not hmac.compare_digest(_mac(secret, said), shown):
        return None
    return str(uuid.UUID(bytes=said[:UUID_OCTETS])), PARTIES[said[UUID_OCTETS]]


def _mac(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, b"a link of a request" + said, hashlib.sha256)[:MAC_OCTETS]


def is_an_id(text: str) -> bool:
    """Whether this could be the number of a request."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
