"""Why somebody of ours looks at a subscriber's data: an open case, or the glass that they broke."""

from enum import Enum
from typing import Final

import msgspec

from tenure.values.instant import DAY_MS, MINUTE_MS, Instant

GLASS_MS: Final = 15 * MINUTE_MS
"""How long what was broken stays open."""
TELL_MS: Final = DAY_MS
"""When a subscriber is told that somebody looked without a case: the emergency is over by then."""


class Purpose(Enum):
    """What a look is for; nothing else is."""

    CARE = "care"
    """The holder asked for it."""
    COMPLAINT = "complaint"
    FAULT = "fault"
    BILLING = "billing"
    FRAUD = "fraud"
    LEGAL_ORDER = "legal-order"
    PRIVACY = "privacy"
    """The holder asks what is held about them."""
    BREAK_GLASS = "break-glass"
    """No case yet, and somebody is in danger."""
    DEMONSTRATION = "demonstration"
    """An invented human looks at an invented population."""


class Case(msgspec.Struct, frozen=True):
    """A reason to look at what is held about one number.

    The number itself is not in it: ``about`` is a salted hash, so that a case leads to nobody when
    the number has another holder.
    """

    case_id: str
    kind: Purpose
    salt: bytes
    about: bytes
    login: str
    """Who opened it."""
    opened_at: Instant
    closed_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Case({self.case_id})"


class Glass(msgspec.Struct, frozen=True):
    """Somebody broke the glass: for a while they may look without a case, and everybody hears."""

    glass_id: str
    human_id: int
    login: str
    reason: str
    since: Instant
    until: Instant


class Look(msgspec.Struct, frozen=True):
    """Somebody of ours looked at what is held about a number."""

    login: str
    human_id: int
    at: Instant
    purpose: Purpose
    case: Case | None
    glass: Glass | None
    shown: str
    """What they saw, by its name: ``line``."""


class Alert(msgspec.Struct, frozen=True):
    """What a supervisor or reviewer is told at their next command."""

    login: str
    """Who broke the glass."""
    at: Instant
    reason: str


class ToTell(msgspec.Struct, frozen=True):
    """A look without a case of which the subscriber is to be told."""

    look_id: int
    msisdn: str
    at: Instant

    def __repr__(self) -> str:
        return f"ToTell({self.look_id})"
