"""The end of a validity, as the clock finds it, and what its holder is told of it."""

import msgspec

from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn


class Expiring(msgspec.Struct, frozen=True):
    """A prepaid number whose validity ends soon, or ended a moment ago."""

    msisdn: Msisdn
    purse_id: int
    validity_end: Instant
    language: str
    holder_id: int | None
    held_since: Instant | None
    """Since when they hold it; None when nobody does."""
    told_days: int | None
    """The fewest days before this very end of which they were told; 0: that it ended."""

    def __repr__(self) -> str:
        return f"Expiring({self.purse_id})"


class Told(msgspec.Struct, frozen=True):
    """What was told for one page of purses."""

    last: int | None
    """The last purse of the page, after which the next one begins; None when there are no more."""
    soon: int
    ended: int
