"""How somebody of ours proves to be who they say: passkeys, challenges, sessions, invitations."""

from typing import Final

import msgspec

from tenure.values.instant import HOUR_MS, MINUTE_MS, Instant
from tenure.values.passkey import Assertion

CHALLENGE_MS: Final = 2 * MINUTE_MS
"""A challenge lives no longer: it is signed at once, or by somebody who stole it."""
SESSION_MS: Final = 8 * HOUR_MS
"""A working day."""
INVITATION_MS: Final = 24 * HOUR_MS
SECRET_OCTETS: Final = 32


class Proof(msgspec.Struct, frozen=True):
    """Somebody says who they are, and shows it."""

    login: str
    challenge: bytes
    assertion: Assertion

    def __repr__(self) -> str:
        return "Proof(…)"


class Challenge(msgspec.Struct, frozen=True):
    """What is to be signed, by whom and until when."""

    challenge: bytes
    login: str
    until: Instant
    used: bool = False

    def __repr__(self) -> str:
        return "Challenge(…)"


class KeyOf(msgspec.Struct, frozen=True):
    """A passkey of a human, as it is told: without the key."""

    credential_id: bytes
    human_id: int
    added_at: Instant
    ended_at: Instant | None

    def __repr__(self) -> str:
        return f"KeyOf({self.human_id})"


class Session(msgspec.Struct, frozen=True):
    """Somebody is signed in."""

    login: str
    since: Instant
    until: Instant
    ended_at: Instant | None = None


class Invitation(msgspec.Struct, frozen=True):
    """Somebody may register a passkey for a login, once."""

    login: str
    until: Instant
    used: bool = False
