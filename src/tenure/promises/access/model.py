"""What may be done about a line, on which clause, and what is kept of it."""

from collections.abc import Sequence
from enum import IntEnum, StrEnum

import msgspec

from tenure.promises.tariffs.model import Service
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn


def bits(services: frozenset[Service]) -> int:
    """Services as they are stored: one bit each."""
    return sum(1 << (service - 1) for service in services)


def services_of(stored: int) -> frozenset[Service]:
    """Services from their bits."""
    return frozenset(service for service in Service if stored & 1 << (service - 1))


class Kind(StrEnum):
    """What is done about a line."""

    RESTRICTION = "restriction"
    """Some services cannot be used for some time; what comes in still does."""
    SUSPENSION = "suspension"
    """Nothing goes out or comes in until it is lifted; emergency numbers always go."""
    TERMINATION = "termination"
    """The contract is void from the notification on."""


class Clause(StrEnum):
    """What it is based on."""

    TRAFFIC = "GTC-TRAFFIC"
    ABUSE = "GTC-ABUSE"
    ILLEGAL = "GTC-ILLEGAL"
    LAW = "law"
    """An order of a court or an authority, which needs no clause of ours."""


class Ground(StrEnum):
    """GTC-TRAFFIC: what traffic may be managed for, and for nothing else."""

    LAW = "law"
    SECURITY = "security"
    OVERLOAD = "overload"


class Why(msgspec.Struct, frozen=True):
    """Why something is done: what the subscriber is told, and where the evidence is."""

    clause: Clause
    reason: str
    evidence: str
    """A reference to the case or the document, not its content."""

    def __repr__(self) -> str:
        return f"Why({self.clause.value})"


class Restrict(msgspec.Struct, frozen=True):
    """Keep a line, or many, from some services until an instant."""

    why: Why
    services: frozenset[Service]
    until: Instant
    ground: Ground | None = None
    """For GTC-TRAFFIC only, and then always."""


class Suspend(msgspec.Struct, frozen=True):
    """Cut a line from all use."""

    why: Why


class Terminate(msgspec.Struct, frozen=True):
    """End the contract of a line."""

    why: Why
    proof: str = ""
    """GTC-ABUSE: a reference to what proves systematic obstruction."""


class Requested(msgspec.Struct, frozen=True):
    """A termination that waits for the approval of a second human."""

    request_hash: bytes
    asked: str
    """Canonical JSON of exactly what is asked."""
    until: Instant

    def __repr__(self) -> str:
        return "Requested(…)"


class Measure(msgspec.Struct, frozen=True):
    """What was decided about a line."""

    measure_id: int
    msisdn: Msisdn
    purse_id: int
    kind: Kind
    clause: Clause
    ground: Ground | None
    services: frozenset[Service]
    ends_at: Instant | None
    reason: str
    evidence: str
    decided_by: str
    decided_at: Instant
    group_id: int | None
    lifted_at: Instant | None

    def __repr__(self) -> str:
        return f"Measure({self.measure_id}, {self.kind.value})"


class Form(StrEnum):
    """The words of who carries, or does not."""

    FILTER = "filter"
    """IPFilterRule of RFC 6733, for a packet gateway."""
    PCC = "pcc"
    """A rule of a policy function, in the JSON of TS 29.512."""
    NFTABLES = "nftables"
    """A table for a Linux router."""


class Chosen(msgspec.Struct, frozen=True):
    """Which lines a group is of: all of an offer, or those of a list."""

    offer: str = ""
    msisdns: Sequence[str] = ()

    def __repr__(self) -> str:
        return f"Chosen({self.offer or len(self.msisdns)})"


class Group(msgspec.Struct, frozen=True):
    """Many lines that are restricted for one ground."""

    group_id: int
    ground: Ground
    services: frozenset[Service]
    ends_at: Instant
    chosen: str
    """``list``, or ``offer:`` and its name."""
    lines: int
    reason: str
    decided_at: Instant
    lifted_at: Instant | None


class Refusal(IntEnum):
    """Why a measure is not taken or not lifted, in descending precedence."""

    UNKNOWN_NUMBER = 1
    UNKNOWN_MEASURE = 2
    NOBODY_MEANT = 3
    """A group of no lines."""
    REASON_MISSING = 4
    EVIDENCE_MISSING = 5
    CLAUSE_DOES_NOT_ALLOW = 6
    """The clause is not one for this measure."""
    GROUND_MISSING = 7
    """GTC-TRAFFIC without one of its three grounds, or a ground without GTC-TRAFFIC."""
    NO_SERVICE_NAMED = 8
    END_PASSED = 9
    END_TOO_FAR = 10
    PROOF_MISSING = 11
    TERMINATED_ALREADY = 12
    NOT_REQUESTED = 13
    """Exactly this was never asked for."""
    APPROVAL_MISSING = 14
    FINAL = 15
    """A termination is not lifted: a new contract is made."""
    ENDED_ALREADY = 16
