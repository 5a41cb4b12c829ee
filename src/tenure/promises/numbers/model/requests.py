"""Requests: what is asked about a number, who agreed to exactly that, and why it is refused."""

from datetime import date
from enum import IntEnum, StrEnum

import msgspec

from tenure.promises.people.model import Document, Presence
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.passkey import Assertion
from tenure.values.refused import Refused


class Kind(StrEnum):
    """What is asked for."""

    TRANSFER = "transfer"
    """Another holder, by the consent of both (INC-CONSENT)."""
    INHERITANCE = "inheritance"
    """The holder died: a document stands for their consent."""
    LEGAL_ORDER = "legal-order"
    RESTORATION = "restoration"
    """Back to somebody who held it, after a complaint (INC-24H)."""
    SIM = "sim"
    """Another SIM for the same holder (GTC-LOST)."""
    UNLOCK = "unlock"
    """The holder's lock is lifted."""


class Party(StrEnum):
    """In which part somebody consents."""

    FROM = "from"
    TO = "to"
    FROM_GUARDIAN = "from-guardian"
    TO_GUARDIAN = "to-guardian"


class Means(StrEnum):
    """How somebody proves who they are, and what they agree to."""

    PASSKEY = "passkey"
    """An assertion of their own, whose challenge is the hash of the request."""
    PRESENCE = "presence"
    """In a shop: their document, a live photo that matches, and one of ours who signs (PRV-BIO)."""
    SMS = "sms"
    """A reply from the number itself: enough to stop, never to agree."""


class Outcome(StrEnum):
    """How a request ended."""

    EFFECTED = "effected"
    STOPPED = "stopped"
    EXPIRED = "expired"


class Request(msgspec.Struct, frozen=True):
    """Exactly what is asked; its hash is what everybody signs."""

    request_id: str
    kind: Kind
    msisdn: Msisdn
    from_holder: int
    to_holder: int | None
    iccid: str | None
    """The new SIM, if there is to be one."""
    purse_id: int | None
    """The new holder's own purse: nothing of the former one's is in reach of it."""
    funds_go: bool
    """Whether what is left in the purse goes along, or stays with the former holder."""
    document: str
    """SHA-256 of the paper that stands for a consent, in hexadecimal; "" where none is needed."""
    asked_at: Instant
    asked_by: int | None
    """Which human of ours asked; None for the holder by themselves."""

    def __repr__(self) -> str:
        return f"Request({self.request_id}, {self.kind})"


class Somebody(msgspec.Struct, frozen=True):
    """A party of a request, as the rules need to know them."""

    person_id: int
    born_on: date | None
    document: Document | None
    guardians: tuple[int, ...] = ()
    """Who may consent for them at the instant asked about."""
    guardians_documents: tuple[Document, ...] = ()

    def __repr__(self) -> str:
        return f"Somebody({self.person_id})"


class Consent(msgspec.Struct, frozen=True):
    """A party agreed to exactly this request."""

    party: Party
    person_id: int
    means: Means
    given_at: Instant
    witness: int | None = None
    """Which human of ours saw it, for presence."""
    proven_since: Instant | None = None
    """Since when the passkey is theirs; a fresh one might be a thief's."""
    witness_suspended_at: Instant | None = None
    """Since when the witness is suspended."""


class Approval(msgspec.Struct, frozen=True):
    """One of ours says that this request is right."""

    human_id: int
    approved_at: Instant
    suspended_at: Instant | None = None
    """Since when any login of this human is suspended."""
    document: Document | None = None
    """Who the human is: a party may not approve for themselves."""


class Ending(msgspec.Struct, frozen=True):
    """How and when a request ended."""

    outcome: Outcome
    at: Instant


class Locked(msgspec.Struct, frozen=True):
    """The holder's lock."""

    since: Instant
    lifts_at: Instant | None = None
    """From when on it holds no longer; None while nobody asked for that."""


class Standing(msgspec.Struct, frozen=True):
    """How a number stands: who holds it, and what keeps it where it is."""

    holder: int | None
    lost_at: Instant | None = None
    suspended: bool = False
    barred: bool = False
    disputed: bool = False
    """A complaint, dispute or order holds it."""
    lock: Locked | None = None
    sim_since: Instant | None = None
    """Since when its SIM serves it."""


class Case(msgspec.Struct, frozen=True):
    """All that decides a request at an instant."""

    request: Request
    request_hash: bytes
    standing: Standing
    giver: Somebody | None
    taker: Somebody | None
    """None for a request that changes no holder, or when there is no such person."""
    taker_held_before: bool = False
    taker_numbers: int = 0
    """How many of the numbers that the market counts the taker holds."""
    sim_is_free: bool = True
    """The new SIM is in stock, and never served anybody; true when none is asked for."""
    consents: tuple[Consent, ...] = ()
    approvals: tuple[Approval, ...] = ()
    ending: Ending | None = None


class Ask(msgspec.Struct, frozen=True):
    """What somebody asks for, before it is known of whom and by whom."""

    request_id: str
    """A new UUID."""
    kind: Kind
    msisdn: Msisdn
    to_holder: int | None = None
    iccid: str | None = None
    purse_id: int | None = None
    funds_go: bool = True
    document: str = ""


class Proof(msgspec.Struct, frozen=True):
    """Somebody shows who they are: by a passkey, or in a shop with a witness who signs."""

    signed: Assertion
    seen: Presence | None = None
    """What was seen in the shop; then the assertion is the witness's, who acts."""
    person_id: int | None = None
    """Who stands in the shop; whose a passkey is, the passkey says."""

    def __repr__(self) -> str:
        return "Proof()"


class Progress(msgspec.Struct, frozen=True):
    """A request at an instant, and everything that it still waits for."""

    request: Request
    request_hash: bytes
    ending: Ending | None
    missing: "tuple[Refused[Refusal], ...]"
    takes_effect_at: Instant | None
    """None while something else than time is missing."""
    expires_at: Instant


class Refusal(IntEnum):
    """Why a request cannot be made, agreed to or take effect, in descending precedence."""

    UNKNOWN_REQUEST = 1
    ENDED = 2
    EXPIRED = 3
    NOT_HELD = 4
    """Nobody holds the number."""
    NOT_THE_HOLDER = 5
    """Whom it is asked of does not hold it, or no longer."""
    UNKNOWN_PERSON = 6
    """A party is not registered with document and date of birth."""
    TO_ONESELF = 7
    NEVER_HELD = 8
    """It can only be given back to somebody who held it."""
    DOCUMENT_MISSING = 9
    NO_GUARDIAN = 10
    """A minor without a guardian (PRV-MINOR)."""
    AT_THE_LIMIT = 11
    LOST = 12
    SUSPENDED = 13
    BARRED = 14
    DISPUTED = 15
    LOCKED = 16
    NOT_LOCKED = 17
    SIM_TOO_YOUNG = 18
    SIM_NOT_FREE = 19
    OTHER_REQUEST_OPEN = 20
    FEE_NOT_PAYABLE = 21
    OUT_OF_ORDER = 22
    """Earlier than what it builds on: an approval, say, before the last consent."""
    NOT_A_PARTY = 23
    GIVEN_ALREADY = 24
    PASSKEY_UNKNOWN = 25
    PASSKEY_TOO_YOUNG = 26
    NOT_PROVEN = 27
    """Signed for another request, by another key, or not by a verified user."""
    REPLAYED = 28
    NOT_INDEPENDENT = 29
    """One of ours who asked, witnessed or is a party can neither witness nor approve."""
    NOT_STOPPABLE = 30
    CONSENT_MISSING = 31
    GUARDIAN_CONSENT_MISSING = 32
    APPROVAL_MISSING = 33
    COOLING_OFF = 34
