"""The end of a number's life: what the clock causes, and what keeps a number from its end."""

from enum import IntEnum, StrEnum

import msgspec

from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn


class Lapsed(msgspec.Struct, frozen=True):
    """A prepaid number whose validity has ended, as the clock finds it."""

    msisdn: Msisdn
    imsi: Imsi
    purse_id: int
    validity_end: Instant
    language: str
    holder_id: int | None
    receives: bool
    """Nothing but its stage could keep a text from it."""
    reminded: int
    """How many steps of the schedule it was reminded of, for this validity end."""
    reminded_at: Instant | None
    """When the last time."""
    barred: bool
    """The network was told to serve it for nothing."""


class Effect(msgspec.Struct, frozen=True):
    """What the clock causes for a number at an instant."""

    step: int | None = None
    """A reminder of this step of the schedule is due."""
    bar: bool = False
    """The network is to serve it for nothing from now on."""


class Evidence(msgspec.Struct, frozen=True):
    """What decides whether a number may be recycled."""

    msisdn: Msisdn
    imsi: Imsi
    iccid: str | None
    """None: no SIM of ours is bound to it."""
    purse_id: int
    holder_id: int | None
    language: str
    validity_end: Instant
    reminders: int
    """Reminders of this validity end that were sent while the number could receive them."""
    held: bool
    """A complaint, a dispute or an order holds it."""
    locked: bool
    asked: bool
    """A request about it is open."""
    topped_up: bool
    """A top-up says that its validity reaches further."""


class Kept(IntEnum):
    """Why a number is not recycled though its time is over, in descending precedence."""

    NOT_HELD = 1
    """Nobody holds it on a SIM of ours: it is the operator's own, or was not taken over yet."""
    TOPPED_UP = 2
    """The books name a later end of its validity than its purse does: somebody must look."""
    HELD = 3
    LOCKED = 4
    ASKED = 5
    IN_USE = 6
    """Something of it is remembered by charging: a call under way, or one that just ended."""
    TOO_FEW_REMINDERS = 7
    """The holder was not told often enough while the number could receive (INC-90)."""


class Judged(msgspec.Struct, frozen=True):
    """A number whose time is over, and why it is kept; None for one that goes."""

    evidence: Evidence
    kept: Kept | None


class Swept(msgspec.Struct, frozen=True):
    """What the clock caused for one page of purses."""

    last: int | None
    """The last purse of the page, after which the next one begins; None when there are no more."""
    purses: int
    reminded: int = 0
    barred: int = 0


class Due(msgspec.Struct, frozen=True):
    """One page of numbers whose time is over."""

    last: int | None
    """As in Swept."""
    found: tuple[Evidence, ...]


class HoldKind(StrEnum):
    """Why a number is held where it is."""

    COMPLAINT = "complaint"
    DISPUTE = "dispute"
    COURT_ORDER = "court-order"
    INVESTIGATION = "investigation"


class Hold(msgspec.Struct, frozen=True):
    """Something that keeps a number where it is."""

    hold_id: int
    msisdn: Msisdn
    kind: HoldKind
    reference: str
    """The number of the case."""
    since: Instant
    until: Instant | None

    def __repr__(self) -> str:
        return f"Hold({self.hold_id})"


class HoldRefusal(IntEnum):
    """Why a hold cannot be placed or released, in descending precedence."""

    UNKNOWN_NUMBER = 1
    CASE_MISSING = 2
    HELD_ALREADY = 3
    NOT_HELD = 4
