"""What the record says of numbers, what the tables say, and in what the two can differ."""

from enum import Enum

import msgspec

from tenure.promises.record.model import Mark
from tenure.values.instant import Instant


class Kept(msgspec.Struct, frozen=True, gc=False):
    """Who holds a number, and on which SIM, as the record says."""

    holder_id: int
    iccid: str
    imsi: str

    def __repr__(self) -> str:
        return "Kept(…)"


class Seen(msgspec.Struct, frozen=True, gc=False):
    """Who holds a number, and on which SIM, as the tables say; None where they say nothing."""

    msisdn: str
    holder_id: int | None
    iccid: str | None
    imsi: str | None
    line_imsi: str | None

    def __repr__(self) -> str:
        return "Seen(…)"


class Base(msgspec.Struct, frozen=True):
    """The numbers that one leaf took over, as the tables have them, with its digest."""

    numbers: tuple[tuple[str, int, str, str], ...]
    """msisdn, holder, iccid and imsi, by number."""

    def __repr__(self) -> str:
        return f"Base({len(self.numbers)} numbers)"


class Wrong(Enum):
    """In what the tables differ from the record."""

    HELD_BY_ANOTHER = "held by somebody whom the record does not name"
    HELD_BY_NOBODY = "held by nobody, though the record names a holder"
    HELD_WITHOUT_RECORD = "held by somebody, though the record names nobody"
    ON_ANOTHER_SIM = "on a SIM that the record does not name"
    LINE_ON_ANOTHER_SIM = "served on a SIM that is not the one it is bound to"
    BASE_EDITED = "taken over as the record does not say"
    LEAF_EDITED = "told by a leaf whose openings were edited"
    RECORD_REWRITTEN = "told by a record that is not the one that was read before"
    STORE_REFUSED = "the store refused somebody what only its functions may do"
    """No difference: an attempt.  Its alarm lasts a day."""


class Difference(msgspec.Struct, frozen=True):
    """One number about which record and tables differ."""

    msisdn: str
    """"" when only the leaf is known."""
    wrong: Wrong

    def __repr__(self) -> str:
        return f"Difference({self.wrong.name})"


class Alarm(msgspec.Struct, frozen=True):
    """A difference that was found, and when; it ends when it is gone."""

    alarm_id: int
    difference: Difference
    found_at: Instant
    ended_at: Instant | None

    def __repr__(self) -> str:
        return f"Alarm({self.alarm_id}, {self.difference.wrong.name})"


class Look(msgspec.Struct, frozen=True):
    """What one look at the record and the tables has found."""

    mark: Mark
    """How far the record was read."""
    horizon: int
    """What the next quick look begins after: older rows were seen."""
    numbers: int
    differences: tuple[Difference, ...]
    whole: bool
    """Every row was compared, not only those written since the last look."""
