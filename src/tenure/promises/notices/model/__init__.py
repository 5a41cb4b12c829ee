"""What somebody is told, whom it is for, and what became of it."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from tenure.promises.notices.model.campaigns import (
    Audience,
    AudienceRows,
    Campaign,
    CampaignCounts,
    CampaignRefusal,
    CampaignState,
    CampaignStep,
    NewCampaign,
    PlannedPage,
)
from tenure.promises.notices.model.deliveries import (
    ATTEMPTS,
    Delivery,
    End,
    Medium,
    Receipt,
    Route,
    State,
    delivery_of,
)
from tenure.terms.notice_kinds import NoticeKind
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

__all__ = [
    "ATTEMPTS",
    "Audience",
    "AudienceRows",
    "Campaign",
    "CampaignCounts",
    "CampaignRefusal",
    "CampaignState",
    "CampaignStep",
    "Channel",
    "Delivery",
    "Dispatch",
    "Dropped",
    "End",
    "Medium",
    "NewCampaign",
    "Notice",
    "NoticeKind",
    "PlannedPage",
    "Reach",
    "Receipt",
    "Route",
    "Send",
    "State",
    "Telling",
    "delivery_of",
]


class Channel(StrEnum):
    """How a notice finds whom it is for."""

    NUMBER = "number"
    """By a text to the number it is about, as long as the same person holds it."""
    PERSON = "person"
    """Not to that number, which may be somebody else's by now: to another one of theirs."""
    NETWORK = "network"
    """By a text to the number, whoever the tables say holds it: they are what is in doubt."""


class Dropped(StrEnum):
    """Why nothing more is tried for a notice; what left before that, its deliveries tell."""

    CHANGED_HANDS = "changed hands"
    """Somebody else holds the number by now: it is none of their business."""
    OUT_OF_SERVICE = "out of service"
    """The number has no line any more."""
    NO_OTHER_CHANNEL = "no other channel"
    """The person has no other number that could receive it, and no e-mail."""
    NO_CONSENT = "no consent"
    """GTC-MKT: the person has not agreed to such offers, or does not any more."""
    TOO_MANY = "too many"
    """The person would get more of its class than the terms allow."""
    NO_LONGER_TRUE = "no longer true"
    """What it tells of was over before it could leave, say a validity that a top-up has moved."""
    TOO_LATE = "too late"
    """Its time was over before it could leave."""
    UNCERTAIN = "uncertain"
    """Nobody knows whether it arrived, and its class is not sent twice."""
    UNDELIVERED = "undelivered"
    """It was tried as often, on as many ways and for as long as the terms say."""


class Telling(msgspec.Struct, frozen=True):
    """Something that somebody is to be told."""

    msisdn: Msisdn
    """The number it is about."""
    person_id: int | None
    """Who holds the number, and is told; None for a line that nobody holds."""
    language: str
    """The language they chose; the text falls back to the prevailing one."""
    kind: NoticeKind
    facts: Mapping[str, str]
    """What the text may name, and what else shall be on record."""
    at: Instant
    channel: Channel = Channel.NUMBER

    def __repr__(self) -> str:
        return f"Telling({self.kind.value})"


class Notice(msgspec.Struct, frozen=True):
    """A notice on record."""

    notice_id: int
    telling: Telling
    sent_at: Instant | None = None
    dropped_at: Instant | None = None
    dropped: Dropped | None = None
    tries: tuple[Delivery, ...] = ()
    """All attempts so far, where they were asked for."""

    def __repr__(self) -> str:
        return f"Notice({self.notice_id})"


class Dispatch(msgspec.Struct, frozen=True):
    """A notice that is to go out now: what a gateway submits once this is committed."""

    delivery_id: int
    notice: Notice
    to: str
    """E.164 digits, or an e-mail address, as the medium of the gateway has it."""

    @property
    def attempt(self) -> int:
        """Which attempt it is, from 1."""
        return self.delivery_id % ATTEMPTS

    def __repr__(self) -> str:
        return f"Dispatch({self.delivery_id})"


class Reach(msgspec.Struct, frozen=True):
    """Where a notice could go at this instant, as the register of numbers says."""

    in_service: bool
    """Whether the number of the notice has a line."""
    holder_id: int | None
    """Who holds it; None for nobody."""
    others: tuple[Msisdn, ...] = ()
    """Other numbers in service of the person of the notice."""
    outdated: bool = False
    """What it tells of the number's validity is not so any more."""


class Send(msgspec.Struct, frozen=True):
    """A notice goes out to this number."""

    to: Msisdn
