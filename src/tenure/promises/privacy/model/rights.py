"""A request of somebody about what is held of them, from its receipt to its answer (PRV-RIGHTS)."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

import msgspec

from tenure.promises.people.model import Presence
from tenure.terms.rights import Ground, ProofWay, Right, Scope
from tenure.values.instant import Instant
from tenure.values.passkey import Assertion
from tenure.values.sealing import Whose

PERSON: Final = "person"
SUBJECT: Final = "subject"
HUMAN: Final = "human"
"""The rooms in which somebody has an identity: a ``Whose`` is of one of them."""

REFUSAL: Final = "privacy.refusal"
"""The kind of what two of ours must agree to before a right is refused."""


class Receipt(StrEnum):
    """By which channel a request reached us: its clock runs from there."""

    SHOP = "shop"
    DEALER = "dealer"
    EMAIL = "e-mail"
    LETTER = "letter"
    USSD = "ussd"
    APP = "app"
    WEB = "web"
    CALL = "call"
    MESSENGER = "messenger"


WRITTEN: Final = frozenset(
    {Receipt.EMAIL, Receipt.LETTER, Receipt.APP, Receipt.WEB, Receipt.MESSENGER}
)

"""Channels that leave something written by the person."""


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    PROVING = "proving"
    """A proof of identity is waited for; only here the clock may stand still."""
    PROVEN = "proven"
    """Also where nothing has to be proven."""
    SCOPED = "scoped"
    CHECKED = "checked"
    EXECUTED = "executed"
    PROPAGATED = "propagated"
    """Whoever got the data was told, or nobody had to be."""
    DECLINED = "declined"
    """Refused, answered by reference, or taken back: what is left is to tell it."""
    TOLD = "told"
    CLOSED = "closed"


class Step(StrEnum):
    """What moves a case.  Steps are only added."""

    RECEIVE = "receive"
    ASK_PROOF = "ask-proof"
    PROVE = "prove"
    PASS = "pass"  # noqa: S105 -- a step, not a password
    """Nothing has to be proven."""
    SCOPE = "scope"
    CHECK = "check"
    EXECUTE = "execute"
    PROPAGATE = "propagate"
    DECLINE = "decline"
    EXTEND = "extend"
    TELL = "tell"
    CLOSE = "close"


MOVES: Final[Mapping[tuple[State | None, Step], State]] = {
    (None, Step.RECEIVE): State.RECEIVED,
    (State.RECEIVED, Step.ASK_PROOF): State.PROVING,
    (State.RECEIVED, Step.PROVE): State.PROVEN,
    (State.RECEIVED, Step.PASS): State.PROVEN,
    (State.PROVING, Step.PROVE): State.PROVEN,
    (State.PROVEN, Step.SCOPE): State.SCOPED,
    (State.SCOPED, Step.CHECK): State.CHECKED,
    (State.CHECKED, Step.EXECUTE): State.EXECUTED,
    (State.EXECUTED, Step.PROPAGATE): State.PROPAGATED,
    (State.PROPAGATED, Step.TELL): State.TOLD,
    (State.DECLINED, Step.TELL): State.TOLD,
    (State.TOLD, Step.CLOSE): State.CLOSED,
    (State.RECEIVED, Step.DECLINE): State.DECLINED,
    (State.PROVING, Step.DECLINE): State.DECLINED,
    (State.PROVEN, Step.DECLINE): State.DECLINED,
    (State.SCOPED, Step.DECLINE): State.DECLINED,
    (State.CHECKED, Step.DECLINE): State.DECLINED,
    (State.RECEIVED, Step.EXTEND): State.RECEIVED,
    (State.PROVEN, Step.EXTEND): State.PROVEN,
    (State.SCOPED, Step.EXTEND): State.SCOPED,
    (State.CHECKED, Step.EXTEND): State.CHECKED,
}
"""Every move there is; the database has the same table in ``rights_step_is_a_move``."""


class Outcome(StrEnum):
    """How a case ended; the pack has words for each."""

    DONE = "done"
    PARTIAL = "partial"
    """Some of it, and a ground for each of the rest."""
    REFUSED = "refused"
    REFERRED = "referred"
    """The same was asked before by the same, and is answered there."""
    WITHDRAWN = "withdrawn"


class Mandate(msgspec.Struct, frozen=True):
    """Somebody asks for somebody else: as the guardian of a minor, or with a paper."""

    by: int
    """A person, who proves who they are in place of the other."""
    document: str = ""
    """SHA-256 of the power of attorney; "" for a guardian, who needs none."""


class NewCase(msgspec.Struct, frozen=True):
    """A request as it was received, before anything is believed of it."""

    case_id: UUID
    right: Right
    whose: Whose
    channel: Receipt
    received_at: Instant
    wanted: tuple[str, ...] = ()
    """The purposes to withdraw, the ground of a restriction, what is to be corrected."""
    msisdn: str = ""
    """The number that it names; "" for none."""
    full_name: str = ""
    """The name that it is signed with; compared and not kept."""
    mandate: Mandate | None = None

    def __repr__(self) -> str:
        return f"NewCase({self.case_id})"


class Case(msgspec.Struct, frozen=True):
    """A request on record, with what the pack owed when it was received."""

    case_id: UUID
    right: Right
    whose: Whose
    asked_by: int | None
    """A person who asks for them; None: themselves."""
    document: str
    channel: Receipt
    received_at: Instant
    entered_at: Instant
    language: str
    msisdn: str
    in_writing: bool
    """It came in writing, with their full name and a number of theirs."""
    wanted: tuple[str, ...]
    scope: Scope
    answer_ms: int
    extension_max_ms: int
    pauses: bool
    needs_proof: bool
    same_as: UUID | None
    """An open request for the same by the same."""
    leaf_seq: int = 0

    def __repr__(self) -> str:
        return f"Case({self.case_id})"

    @property
    def prover(self) -> Whose:
        """Who has to show who they are: whoever asks."""
        return self.whose if self.asked_by is None else Whose(PERSON, self.asked_by)


class Position(msgspec.Struct, frozen=True):
    """Where a case stands after one of its steps."""

    case_id: UUID
    seq: int
    """From 1."""
    step: Step
    state: State
    at: Instant
    by: str
    due_at: Instant
    """Receipt, the hours, pauses that are over, and extensions."""
    proven: bool = False
    paused_ms: int = 0
    extended_ms: int = 0
    outcome: Outcome | None = None
    ground: Ground | None = None
    reason: str = ""
    """Of an extension or a refusal by ours, in words for the person."""
    leaf_seq: int = 0

    @property
    def is_late(self) -> bool:
        """Whether the person was told after the deadline; it stays so for ever."""
        return self.step is Step.TELL and self.at > self.due_at


class Result(msgspec.Struct, frozen=True):
    """What became of one part of a request."""

    item: str
    """A word of the catalogue or of the register, never data."""
    done: bool
    ground: Ground | None = None
    reference: str = ""
    """Where the proof is: a leaf, an export, a correction."""
    until: Instant | None = None
    """When what is in the way ends, if that is known."""


class Shown(msgspec.Struct, frozen=True):
    """What somebody shows of who they are."""

    way: ProofWay
    assertion: Assertion | None = None
    """Of the person's passkey, or the witness's; None for a login that proved itself."""
    seen: Presence | None = None

    def __repr__(self) -> str:
        return f"Shown({self.way.value})"


class Dossier(msgspec.Struct, frozen=True):
    """A case with everything that was done about it."""

    case: Case
    steps: tuple[Position, ...]
    results: tuple[Result, ...] = ()

    def __repr__(self) -> str:
        return f"Dossier({self.case.case_id})"

    @property
    def now(self) -> Position:
        """Where it stands."""
        return self.steps[-1]


class Row(msgspec.Struct, frozen=True):
    """A case as a list shows it: about nobody."""

    case_id: UUID
    right: Right
    channel: Receipt
    state: State
    received_at: Instant
    due_at: Instant
    paused: bool
    percent: int
    """How much of its time is over; more than 100 is late."""
    late: bool
    outcome: Outcome | None
    proven: bool


class Alert(msgspec.Struct, frozen=True):
    """The officers hear that a case is open after so much of its time."""

    case_id: UUID
    percent: int
    due_at: Instant
    raised_at: Instant


class Facts(msgspec.Struct, frozen=True):
    """What the rules look at besides the case itself, at one instant."""

    answers_for: bool = True
    """Whoever asks for somebody else still may."""
    was_guardian: bool = False
    """They answered for them once, until the birthday."""
    held_number: bool = True
    """The number that the request names was theirs at some time."""
    transfers: bool = False
    """A number of theirs is changing hands."""
    keeps: bool = False
    """They asked as well that the use be restricted."""


class Refusal(IntEnum):
    """Why something about a case cannot be done now, in descending precedence."""

    UNKNOWN_PERSON = 1
    RECEIVED_LATER = 2
    """A receipt in the future."""
    CASE_KNOWN = 3
    UNKNOWN_CASE = 4
    CASE_CLOSED = 5
    NOT_NOW = 6
    """The case is not where this moves it from."""
    PROOF_TOO_WEAK = 7
    """This does not show who somebody is for this right."""
    NOT_PROVEN = 8
    REASON_MISSING = 9
    NOT_EXTENDABLE = 10
    TOO_LATE = 11
    """The deadline is over: nothing extends it."""
    WAITS_FOR_PROOF = 12
    WAITS_FOR_CORRECTION = 13
    """Nobody has corrected it yet, with the document and a witness."""
    WAITS_FOR_EXPORT = 14
    WAITS_FOR_ERASURE = 15
    APPROVAL_MISSING = 16
    WORD_UNKNOWN = 17
    """A purpose, or a ground of a restriction, that there is not."""
    NO_DOOR = 18
    """Nothing does this for somebody of this kind."""
