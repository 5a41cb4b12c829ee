"""What an overseer reads: all that a human of ours did or saw, and what of it is unusual."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from tenure.promises.staff.model.members import Member
from tenure.values.instant import Instant


class Pattern(Enum):
    """What is unusual, counted for each human and local day."""

    MANY_LOOKS = "many-looks"
    BROKEN_GLASS = "broken-glass"
    """Looks without a case."""
    REFUSED_REQUESTS = "refused-requests"
    """Transfers, SIM replacements and the like that were refused."""
    REFUSED = "refused"
    """Anything that was refused, also to sign in."""
    OFF_HOURS = "off-hours"
    """Looks and approvals at night."""


class Watch(msgspec.Struct, frozen=True):
    """From how many on a day's count is unusual; twice as many is another concern."""

    many_looks: int = 50
    broken_glass: int = 1
    refused_requests: int = 3
    refused: int = 20
    off_hours: int = 5
    day_begins_hour: int = 6
    day_ends_hour: int = 22

    def limits(self) -> dict[Pattern, int]:
        """The limit of each pattern."""
        return {
            Pattern.MANY_LOOKS: self.many_looks,
            Pattern.BROKEN_GLASS: self.broken_glass,
            Pattern.REFUSED_REQUESTS: self.refused_requests,
            Pattern.REFUSED: self.refused,
            Pattern.OFF_HOURS: self.off_hours,
        }


WATCH: Final = Watch()


class Concern(msgspec.Struct, frozen=True):
    """Something unusual that a reviewer has to look at."""

    concern_id: int
    human_id: int
    """Whom it is about."""
    logins: tuple[str, ...]
    pattern: Pattern
    day: str
    """The local day, as 2026-11-22."""
    counted: int
    raised_at: Instant
    closed_at: Instant | None = None
    words: str = ""
    """What the reviewer found."""


class Event(msgspec.Struct, frozen=True):
    """One thing that somebody of ours did or saw."""

    at: Instant
    what: str
    """did, saw, approved, was refused, signed in, or: raised a concern."""
    words: str
    about: Mapping[str, str]
    """Whom it was about, as far as that was not forgotten."""

    def __repr__(self) -> str:
        return f"Event({self.what}, {self.words})"


class Report(msgspec.Struct, frozen=True):
    """Everything that one human of ours did or saw, under all their logins."""

    members: tuple[Member, ...]
    events: tuple[Event, ...]

    def __repr__(self) -> str:
        return f"Report({len(self.events)})"
