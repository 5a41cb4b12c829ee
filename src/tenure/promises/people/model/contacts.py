"""Where a person can be reached besides their numbers."""

from enum import StrEnum
from typing import Final

import msgspec

from tenure.values.instant import DAY_MS, MINUTE_MS, Instant

CODE_MS: Final = 30 * MINUTE_MS
"""How long a code that was mailed can be confirmed."""
POSTAL_CODE_MS: Final = 30 * DAY_MS
"""How long one that came in a letter can be."""
CODES_A_DAY: Final = 5
"""Nobody's mailbox is flooded by us."""
WRONG_TRIES_MAX: Final = 5
CODE_DIGITS: Final = 8


class Channel(StrEnum):
    """How somebody is reached who is not called or texted."""

    EMAIL = "email"
    POSTAL = "postal"


class Contact(msgspec.Struct, frozen=True):
    """An address that its owner confirmed."""

    person_id: int
    channel: Channel
    address: str
    language: str
    """In which language they are written to."""
    verified_at: Instant

    def __repr__(self) -> str:
        return f"Contact({self.person_id})"

    @property
    def email(self) -> str | None:
        """The address, if it is one of e-mail."""
        return self.address if self.channel is Channel.EMAIL else None


class Code(msgspec.Struct, frozen=True):
    """A code that was sent to an address; what is known of it."""

    code_id: str
    person_id: int
    channel: Channel
    address: str
    keyed_hash: bytes
    """HMAC-SHA256 over person, channel, address and code; the key is not in the database."""
    asked_at: Instant
    until: Instant
    wrong_tries: int = 0
    confirmed_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Code({self.code_id})"
