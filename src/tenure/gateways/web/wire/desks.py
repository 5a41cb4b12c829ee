"""What the desk of the privacy officer shows: nothing of it is about anybody by name."""

import msgspec


class CaseShown(msgspec.Struct, frozen=True):
    """Somebody's request about what is held of them, by its clock."""

    case: str
    what: str
    stands: str
    received: str
    due: str
    left: str
    """How long it still has, or that it is late."""
    percent: int
    """How much of its time is over, from 0 to 100."""
    late: bool
    rests: bool
    """Its clock stands still, for a proof of identity."""
    alert: str = ""
    """What the officers were warned of, and when; "" for nothing yet."""


class ClockShown(msgspec.Struct, frozen=True):
    """Until when somebody has to be told of a breach."""

    whom: str
    stands: str
    late: bool


class BreachShown(msgspec.Struct, frozen=True):
    """A breach, and how its clocks stand."""

    breach: str
    data: str
    known: str
    concerned: str
    clocks: tuple[ClockShown, ...]
    closed: bool


class HoldShown(msgspec.Struct, frozen=True):
    """What may not end yet, and why."""

    hold: str
    what: str
    because: str
    since: str
    review: str
    due: bool
    """Somebody should have looked whether it is still needed."""


class UnansweredShown(msgspec.Struct, frozen=True):
    """What a recipient was told, and should have said by now that it is done."""

    recipient: str
    change: str
    message: str
    case: str
    expected: str
    late: str


class LetterShown(msgspec.Struct, frozen=True):
    """An answer to a form of the website that has not left."""

    entry: str
    number: str
    stands: str
    tries: str
    since: str
    stuck: bool
    """Nothing goes on by itself: somebody has to look."""


class EndingShown(msgspec.Struct, frozen=True):
    """How much of one kind of data ends in the months to come."""

    name: str
    rule: str
    counts: tuple[int, ...]
    held: int
    """Waits for a hold to be released."""


class Forecast(msgspec.Struct, frozen=True):
    """What ends in the months to come."""

    months: tuple[str, ...]
    """The heads: so many counts has each row."""
    endings: tuple[EndingShown, ...]


class Desk(msgspec.Struct, frozen=True):
    """All of it at one moment."""

    cases: tuple[CaseShown, ...]
    unanswered: tuple[UnansweredShown, ...]
    letters: tuple[LetterShown, ...]
    breaches: tuple[BreachShown, ...]
    holds: tuple[HoldShown, ...]
    register: tuple[tuple[str, str, str, int], ...]
    """Whose, of what kind, how long, and in how many columns."""
