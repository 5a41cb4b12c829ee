"""A campaign: one message to many people, who are chosen by what they have."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import LiteralString

import msgspec

from tenure.terms.notice_kinds import NoticeKind
from tenure.values.instant import Instant


class Audience(msgspec.Struct, frozen=True):
    """Whom a campaign is for, in words that whoever knows the lines can turn into rows."""

    offers: tuple[str, ...] = ()
    """Lines that are sold as one of these; none named means every line."""
    once_per_person: bool = False
    """Whoever has several numbers is told once, at the first of them; lines of nobody are left
    out."""


class AudienceRows(msgspec.Struct, frozen=True):
    """An audience as rows of (msisdn, person_id, language), given by the promise that knows them.

    The query is a SELECT in the order of msisdn with ``%(after)s`` and ``%(limit)s``; person_id is
    0 for a line that nobody holds.
    """

    query: LiteralString
    parameters: Mapping[str, object]


class NewCampaign(msgspec.Struct, frozen=True):
    """A campaign as it is asked for."""

    key: str
    """What it is about, once: ``tariff smart-kh 2027-03``.  The same key is the same campaign."""
    kind: NoticeKind
    audience: Audience
    facts: Mapping[str, Mapping[str, str]]
    """By language; a line whose language is not among them gets those of ``prevailing``."""
    prevailing: str
    until: Instant
    """From here on nobody is added and nothing is released any more."""


class CampaignState(StrEnum):
    """What a campaign does at an instant."""

    PLANNING = "planning"
    SENDING = "sending"
    """Everybody is planned; who comes later is added once a day."""
    PAUSED = "paused"
    CANCELLED = "cancelled"
    ENDED = "ended"


class Campaign(msgspec.Struct, frozen=True):
    """A campaign on record, and how far its planning is."""

    campaign_id: int
    new: NewCampaign
    opened_at: Instant
    cursor: str
    """The number up to which the current run has planned."""
    runs: int
    """How often everybody was gone through."""
    run_ended_at: Instant | None
    """When the latest run reached the end; None while the first one has not."""
    paused_at: Instant | None = None
    cancelled_at: Instant | None = None


class CampaignStep(StrEnum):
    """What is to be done next for a campaign."""

    PLAN = "plan"
    RELEASE = "release"
    REST = "rest"


class PlannedPage(msgspec.Struct, frozen=True):
    """A page of planning."""

    looked: int
    """Lines of the audience that were looked at."""
    added: int
    """Of these, who was not planned before."""
    ended: bool
    """Whether this was the last page of the run."""


class CampaignCounts(msgspec.Struct, frozen=True):
    """How many of a campaign are where."""

    planned: int
    """Not yet handed to the sender."""
    waiting: int
    sent: int
    dropped: int

    @property
    def total(self) -> int:
        """Everybody who is meant."""
        return self.planned + self.waiting + self.sent + self.dropped


class CampaignRefusal(IntEnum):
    """Why something about a campaign cannot be done, in descending precedence."""

    UNKNOWN_CAMPAIGN = 1
    KEY_REUSED = 2
    """There is a campaign of this name, which says something else."""
    OVER_ALREADY = 3
    """It is cancelled, or its time is over."""
    NOT_PAUSED = 4
    PAUSED_ALREADY = 5
    REASON_MISSING = 6
