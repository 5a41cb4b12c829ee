"""What the page tells of a number's whole tenure, of a request, and of the record: all in words."""

import msgspec


class Proof(msgspec.Struct, frozen=True):
    """What shows that something is in the record."""

    leaf: int
    words: str
    """Which checkpoint has it, of when, and who cosigned; or that it still waits."""
    receipt: str = ""
    """The receipt as a file holds it; "" while there is none."""

    def __repr__(self) -> str:
        return f"Proof({self.leaf})"


class Told(msgspec.Struct, frozen=True):
    """Something that happened, with its proof if it has one."""

    time: str
    sentence: str
    detail: str = ""
    proof: Proof | None = None


class Row(msgspec.Struct, frozen=True):
    """A fact with its note."""

    name: str
    value: str = ""
    note: str = ""
    alarm: bool = False


class Story(msgspec.Struct, frozen=True):
    """The whole tenure of a number, as far as whoever asks may know it."""

    holders: tuple[Row, ...]
    sims: tuple[Row, ...]
    coming: tuple[Row, ...]
    """What time does to the number, with its dates."""
    keeps: tuple[Row, ...]
    """Locks and holds: what keeps it where it is."""
    requests: tuple[Row, ...]
    measures: tuple[Row, ...]
    told: tuple[Told, ...]
    """What its holder was told."""
    events: tuple[Told, ...]
    """What the record says happened, newest first."""
    alarms: tuple[str, ...] = ()


class Waiting(msgspec.Struct, frozen=True):
    """A request in a list: nobody's number in full."""

    request_id: str
    what: str
    number: str
    asked: str
    waits: str


class Content(msgspec.Struct, frozen=True):
    """A request as it is shown before somebody signs it."""

    request_id: str
    title: str
    rows: tuple[Row, ...]
    body: str
    """Exactly what is signed, as canonical JSON."""
    fingerprint: str
    """The hash of it, to be compared."""
    waits: tuple[str, ...]
    given: tuple[str, ...]
    ended: str = ""


class Signing(msgspec.Struct, frozen=True):
    """What a passkey is to sign, and for whom."""

    challenge: str
    """base64url."""
    party: str
    keys: tuple[str, ...] = ()
    """The passkeys that may sign; none means whichever the owner chooses."""


class Record(msgspec.Struct, frozen=True):
    """The state of the record, and what of us somebody should look at."""

    rows: tuple[Row, ...] = ()
    alarms: tuple[str, ...] = ()
