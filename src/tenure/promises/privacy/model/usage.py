"""How a month of usage ends: in two stages, each of which leaves sums that never change."""

import datetime as dt
from enum import Enum, IntEnum

import msgspec

from tenure.values.instant import Instant


class Stage(Enum):
    """What ends of a closed month."""

    DETAILS = "details"
    """With whom it was, and why it cost what it did (PRV-KEEP)."""
    TOTALS = "totals"
    """Whose it was: sums by day, account and route stay, and one sum for each balance."""
    BOOKS = "books"
    """The whole month: one entry opens what follows for each purse, and sums by account stay."""


class Months(msgspec.Struct, frozen=True):
    """A month of which there are entries."""

    month: dt.date
    """Its first day, in UTC as all months of entries are."""
    entries: int
    """About how many."""
    octets: int
    details_ended: bool
    totals_made: bool


class Due(msgspec.Struct, frozen=True):
    """What of a month has to end now."""

    month: dt.date
    stage: Stage
    entries: int
    since: Instant
    """When it fell due."""


class Ended(msgspec.Struct, frozen=True):
    """A stage of a month as it was carried out."""

    month: dt.date
    run: int
    stage: Stage
    ended: int
    """Entries whose details went, or that were carried forward."""
    held: int
    """Entries that a hold keeps as they are."""
    legs: tuple[int, ...]
    """Entries and the six legs of the whole month, in micros: before as after."""
    totals_sha256: str
    totals: int
    """How many sums are told."""


class Refusal(IntEnum):
    """Why a month of usage does not end, in descending precedence."""

    UNKNOWN_MONTH = 1
    TOO_EARLY = 2
    """Its least period is not over: the law, or a charge that may be disputed, needs it."""
    NOTHING_TO_END = 3
    """All of it has ended, or a hold keeps it."""
    NO_MONTH_FOLLOWS = 4
    """Books are carried into the month that follows, and there is none."""


class Figures(msgspec.Struct, frozen=True):
    """What the pack says of usage, as this area needs it."""

    least_days: int
    most_days: int
    books_days: int
    """How long the books need whose a movement was: the most of ``accounts``."""
    purses_min: int
    time_zone: str

    def least_of(self, stage: Stage) -> int:
        """For how many days after its month a stage must not begin."""
        return self.books_days if stage is Stage.BOOKS else self.least_days
