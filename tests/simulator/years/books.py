"""What the auditor believes: what was asked and acknowledged, in plain integers and dictionaries.

Nothing here is read from Tenure, and nothing of its rules is imported: who breaks a rule and its
twin in the database still has to convince these books.
"""

import hashlib
import json
from collections import Counter
from typing import Any, NamedTuple

SECOND = 1_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR

OUTGOING_BLOCKED = 60 * DAY
"""From the validity end on a number still receives for so long (GTC-LIFE)."""
LOST_AFTER = 90 * DAY
REST = 90 * DAY
REMINDERS = 3
COOLING_OFF = 24 * HOUR
OPEN = 14 * DAY
RESTORED_WITHIN = 24 * HOUR
AGE_OF_SIM = 7 * DAY
LOCK_LIFTS_AFTER = 72 * HOUR
FEE = 1_000_000
ACTIVE_DAYS = {1: 7, 2: 15, 5: 30, 10: 60, 20: 120, 50: 180}
"""Of each denomination, in whole units of money."""
ADULT = 18


class Violation(NamedTuple):
    """A law that was broken, and how it was seen; of a number only its end is told."""

    law: str
    seen: str


class Tenure:
    """Somebody holds a number."""

    def __init__(self, holder: int, since: int, purse: int, how: str) -> None:
        self.holder, self.since, self.purse, self.how = holder, since, purse, how
        self.until: int | None = None


class Binding:
    """A number is served on a SIM."""

    def __init__(self, iccid: str, imsi: str, since: int) -> None:
        self.iccid, self.imsi, self.since = iccid, imsi, since
        self.until: int | None = None


class Asked:
    """A request, as it was asked for and answered."""

    def __init__(self, fields: dict[str, Any], giver: int, at: int, asker: int | None) -> None:
        self.id: str = fields["request_id"]
        self.kind: str = fields["kind"]
        self.msisdn: str = fields["msisdn"]
        self.giver, self.taker = giver, fields.get("to_holder")
        self.iccid: str | None = fields.get("iccid")
        self.purse: int | None = fields.get("purse_id")
        self.funds_go: bool = fields.get("funds_go", True)
        self.document: str = fields.get("document", "")
        self.at, self.asker = at, asker
        self.consents: dict[str, tuple[int, int, int | None]] = {}
        """By party: who, when, and the witness."""
        self.approvals: dict[int, int] = {}
        self.unwilling: set[int] = set()
        """Who never agreed, whatever a witness says."""
        self.ended: tuple[str, int] | None = None

    def body(self) -> str:
        """What everybody signs, put together anew: JSON with sorted keys and no spaces."""
        told = {
            "version": 1, "request": self.id, "kind": self.kind, "msisdn": self.msisdn,
            "from": str(self.giver), "to": None if self.taker is None else str(self.taker),
            "iccid": self.iccid, "purse": None if self.purse is None else str(self.purse),
            "funds_go": self.funds_go, "document": self.document, "asked_at": self.at,
            "asked_by": None if self.asker is None else str(self.asker),
        }  # fmt: skip
        return json.dumps(told, sort_keys=True, separators=(",", ":"))

    def hash(self) -> bytes:
        """What is signed."""
        return hashlib.sha256(self.body().encode()).digest()


class KeyOf(NamedTuple):
    """A key of somebody: who may sign with it since when."""

    owner: int
    point: bytes
    added_at: int


class Human(NamedTuple):
    """One of ours, and which person they are, if they are a subscriber too."""

    human_id: int
    person: int | None


class Man:
    """A person."""

    def __init__(self, born: tuple[int, int, int]) -> None:
        self.born = born
        self.guardians: dict[int, int] = {}
        """Who answers for them, since when."""


class Sent(NamedTuple):
    """A message that left."""

    at: int
    to: str
    about: str
    person: int | None
    kind: str


class Books:
    """All of it."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.people: dict[int, Man] = {}
        self.humans: dict[str, Human] = {}
        self.suspended: dict[int, int] = {}
        """Which human of ours is suspended, since when."""
        self.keys: dict[bytes, KeyOf] = {}
        self.ended_keys: dict[bytes, int] = {}
        self.tenures: dict[str, list[Tenure]] = {}
        self.bindings: dict[str, list[Binding]] = {}
        self.ends: dict[int, int] = {}
        """Of each purse: when its validity ends."""
        self.added: dict[int, list[tuple[int, str]]] = {}
        """Of each purse: what was added, by which key."""
        self.fees: dict[int, list[str]] = {}
        """Of each purse: for which requests a fee was paid."""
        self.requests: dict[str, Asked] = {}
        self.locks: dict[str, tuple[int, int]] = {}
        """Of each locked number: by whom, since when."""
        self.locked: Counter[str] = Counter()
        self.holds: dict[str, dict[str, int]] = {}
        """Of each number the cases that hold it, since when."""
        self.cut: dict[str, set[str]] = {}
        """Of each number what keeps it from use: lost, suspended, barred-out, barred-in."""
        self.recycled: dict[str, list[tuple[int, int]]] = {}
        """Of each number: when, and which purse."""
        self.sent: dict[int, Sent] = {}
        self.posted_at = 0
        """When messages left last, by a clock that may have been set back."""
        self.reminders: dict[int, list[int]] = {}
        """Of each purse: when its holder was reminded."""
        self.measures: dict[int, set[int]] = {}
        """Of each purse: the suspensions that nobody has lifted."""
        self.told: Counter[tuple[str, int, str, int]] = Counter()
        """What somebody must be told: number, person, kind, instant."""
        self.leaves: Counter[tuple[str, str, int]] = Counter()
        """What the record must say: kind, number or person, instant."""
        self.cases: dict[str, str] = {}
        """Open cases of ours, by id: the number they are about."""
        self.checks = 0

    def accuse(self, law: str, seen: str) -> None:
        """A law was broken."""
        self.violations.append(Violation(law, seen))

    def must(self, law: str, *, holds: bool, seen: str = "") -> None:
        """Check one law once."""
        self.checks += 1
        if not holds:
            self.accuse(law, seen)

    def holder(self, msisdn: str) -> Tenure | None:
        """Who holds a number now."""
        newest = self.tenures.get(msisdn)
        return newest[-1] if newest and newest[-1].until is None else None

    def sim(self, msisdn: str) -> Binding:
        """The SIM that a number is on now."""
        return self.bindings[msisdn][-1]

    def held(self) -> list[str]:
        """The numbers that somebody holds."""
        return [msisdn for msisdn in self.tenures if self.holder(msisdn) is not None]

    def held_by(self, person: int) -> list[str]:
        """The numbers of somebody."""
        return [one for one in self.held() if self.tenures[one][-1].holder == person]

    def minor(self, person: int, day: tuple[int, int, int]) -> bool:
        """Whether somebody is under age on a day."""
        year, month, of_month = self.people[person].born
        return day < (year + ADULT, month, of_month)

    def cuts(self, msisdn: str) -> set[str]:
        """What keeps a number from use now."""
        return self.cut.setdefault(msisdn, set())

    def receives(self, msisdn: str) -> bool:
        """Whether a text could reach it, as far as its stage lets it."""
        return not self.cuts(msisdn) & {"lost", "suspended", "barred-in"}

    def open_request(self, msisdn: str) -> Asked | None:
        """What is asked about a number and has not ended."""
        for one in self.requests.values():
            if one.msisdn == msisdn and one.ended is None:
                return one
        return None


def tail(msisdn: str) -> str:
    """Enough of a number to find it in a run, and too little to call anybody."""
    return f"…{msisdn[-4:]}"
