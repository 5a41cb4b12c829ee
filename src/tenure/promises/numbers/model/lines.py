"""Lines: who is reached by a number, on which SIM, from which purse, and what is barred."""

from collections.abc import Sequence
from enum import IntEnum
from typing import TypeAlias

import msgspec

from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn


class Stage(IntEnum):
    """A number's place in its life: a function of its validity end and an instant (GTC-LIFE)."""

    ACTIVE = 1
    OUTGOING_BLOCKED = 2
    BOTH_BLOCKED = 3
    DUE_FOR_RECYCLING = 4


class Line(msgspec.Struct, frozen=True):
    """A number in service, as charging needs to see it."""

    msisdn: Msisdn
    imsi: Imsi
    purse_id: int
    offer: str
    """The name of an offer of the pack."""
    language: str
    bar_outgoing: bool
    bar_incoming: bool
    suspended: bool
    lost_at: Instant | None
    """Reported lost or stolen: usage from this instant on is not charged (GTC-LOST)."""
    postpaid: bool
    """A postpaid line has no Active Period: its stage is ACTIVE whatever ``funds_end`` says."""
    restricted_until: Sequence[Instant | None] | None = None
    """By service, in the order of their numbers: until when it may not be used; None for no such
    restriction, of a service or of any.  It ends by itself: nothing has to lift it."""


class Block(IntEnum):
    """What keeps a line from use, in descending precedence."""

    LOST_OR_STOLEN = 1
    SUSPENDED = 2
    RESTRICTED = 3
    BARRED = 4
    STAGE_BLOCKED = 5


class NewLine(msgspec.Struct, frozen=True):
    """A line to be opened, and since when it is in service."""

    line: Line
    since: Instant


class Bar(msgspec.Struct, frozen=True, tag="barred"):
    """Set or lift the bars of a line; None leaves one as it is."""

    outgoing: bool | None = None
    incoming: bool | None = None


class ReportLost(msgspec.Struct, frozen=True, tag="lost"):
    """The SIM is lost or stolen: from the instant of this report nothing is charged (GTC-LOST)."""


class ReportFound(msgspec.Struct, frozen=True, tag="found"):
    """The SIM is back in its holder's hands."""


class Suspend(msgspec.Struct, frozen=True, tag="suspended"):
    """Cut the line from all use."""


class Resume(msgspec.Struct, frozen=True, tag="resumed"):
    """End a suspension."""


class Limit(msgspec.Struct, frozen=True):
    """Until when each service of a line may not be used, after all that was decided about it."""

    msisdn: Msisdn
    restricted_until: Sequence[Instant | None] | None


class Reached(msgspec.Struct, frozen=True):
    """A line as somebody who decides about it needs it: who is told, and in which language."""

    msisdn: Msisdn
    purse_id: int
    language: str
    holder_id: int | None
    """None for a line that nobody holds."""
    suspended: bool


Change: TypeAlias = Bar | ReportLost | ReportFound | Suspend | Resume


class Refusal(IntEnum):
    """Why a number cannot be used as asked, in descending precedence."""

    NOT_A_NUMBER = 1
    WRONG_LENGTH = 2
    UNKNOWN_NUMBER = 3
