"""Lines: who is reached by a number, on which SIM, from which purse, and what is barred."""

from enum import IntEnum

import msgspec

from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn


class Stage(IntEnum):
    """Where a number stands in its life; a function of its validity end and an instant (GTC-LIFE)."""

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
