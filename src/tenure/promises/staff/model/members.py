"""Those of us who act: humans, their logins, and what their roles let them do."""

from enum import Enum, IntEnum
from typing import Final

import msgspec

from tenure.values.instant import Instant


class Role(Enum):
    """What somebody of ours is there for."""

    SALES = "sales"
    """In a shop: sells lines, takes requests, and sees that people are present."""
    CARE = "care"
    FRAUD = "fraud"
    FINANCE = "finance"
    STOCK = "stock"
    """Keeps the inventory of numbers and SIMs."""
    LEGAL = "legal"
    ENGINEER = "engineer"
    SUPERVISOR = "supervisor"
    REVIEWER = "reviewer"
    """Looks at what the others of ours do."""
    PRIVACY = "privacy"
    """The privacy officer: reads, and answers what people ask about what is held of them."""
    REGULATOR = "regulator"
    """A guest of the authority: reads."""


class Task(IntEnum):
    """What a command asks to be allowed to do."""

    ISSUE_VOUCHERS = 1
    BLOCK_VOUCHERS = 2
    TOP_UP = 3
    BAR_LINE = 4
    ENROL = 5
    SELL_LINE = 6
    IMPORT_STOCK = 7
    REQUEST_TRANSFER = 8
    """For a holder: a transfer, an inheritance, a restoration, the lifting of a lock."""
    APPROVE_TRANSFER = 9
    REQUEST_SIM = 10
    APPROVE_SIM = 11
    WITNESS = 12
    """See that somebody is present, with their document."""
    REQUEST_LEGAL_ORDER = 13
    APPROVE_LEGAL_ORDER = 14
    LOOK_UP = 15
    """See what is held about a subscriber."""
    HANDLE_CASES = 16
    HOLD = 17
    """Keep a number where it is: a complaint, a dispute, a court order."""
    RESTRICT = 18
    BREAK_GLASS = 19
    RECYCLE = 20
    APPROVE = 21
    """Whatever else needs a second pair of eyes."""
    REVIEW = 22
    READ_REPORTS = 23
    KEEP_RECORD = 24
    """Replace the keys of the record, or a record that died."""
    PUBLISH = 25
    """Prices, terms and the privacy notice: announce a change to everybody, and withdraw it."""
    KEEP_CONSENT = 26
    """Write down what a subscriber agreed to or refused, at a counter, by mail or on the phone."""
    RECEIVE_RIGHTS = 27
    """Take in what somebody asks about what is held of them, by whatever channel."""
    ANSWER_RIGHTS = 28
    """Read such a request, extend it, ask that it be refused, and see that it is answered."""
    HOLD_DATA = 34
    """A legal hold: what is held about somebody stays, whatever its period says."""
    HANDLE_BREACH = 33
    """Keep the file of a breach, and tell those whom it concerns."""
    ANALYSE = 36
    """Have a question of the pack answered about groups of people, as far as its budget lasts."""
    END_USAGE = 37
    """Have usage end by hand that the clock would end."""
    DISCLOSE = 35
    """Give what is held of people to whom the pack names, or by an authority's order."""


READING: Final = frozenset({Task.LOOK_UP, Task.READ_REPORTS})
"""Tasks that change nothing of anybody's."""


class Document(msgspec.Struct, frozen=True):
    """What a human of ours was identified by when they were enrolled."""

    kind: str
    """national-id or passport; ``invented`` is for demonstrations and tests."""
    number: str

    def __repr__(self) -> str:
        return f"Document({self.kind})"


INVENTED: Final = "invented"
"""The document of a human who does not exist; no command takes it."""


class Human(msgspec.Struct, frozen=True):
    """Somebody of ours: one human is one approver, however many logins they have."""

    human_id: int
    name: str
    document: Document
    since: Instant
    suspended_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Human({self.human_id})"


class Member(msgspec.Struct, frozen=True):
    """A login of ours."""

    login: str
    human_id: int
    """Who it is: two logins of one human are one approver."""
    name: str
    since: Instant
    suspended_at: Instant | None
    """Of the human: all their logins are suspended at once."""
    roles: frozenset[Role]
    invented: bool = False
    """Nobody real: a demonstration's own."""

    def __repr__(self) -> str:
        return f"Member({self.login!r})"


class Refusal(IntEnum):
    """Why somebody may not act, in descending precedence."""

    UNKNOWN_MEMBER = 1
    SUSPENDED = 2
    PASSKEY_MISSING = 3
    CHALLENGE_UNKNOWN = 4
    CHALLENGE_USED = 5
    CHALLENGE_EXPIRED = 6
    NOT_PROVEN = 7
    """The passkey does not prove it."""
    SESSION_UNKNOWN = 8
    SESSION_ENDED = 9
    ROLE_MISSING = 10
    LOGIN_MALFORMED = 11
    NAME_MISSING = 12
    DOCUMENT_MALFORMED = 13
    LOGIN_TAKEN = 14
    NAME_DIFFERS = 15
    """The document is known, under another name."""
    PASSKEY_KNOWN = 16
    INVITATION_UNKNOWN = 17
    INVITATION_USED = 18
    INVITATION_EXPIRED = 19
    OWN_INVITATION = 20
    REQUEST_KNOWN = 21
    REQUEST_UNKNOWN = 22
    OWN_REQUEST = 23
    APPROVED_ALREADY = 24
    REQUEST_EXPIRED = 25
    REASON_MISSING = 26
    CASE_MISSING = 27
    CASE_UNKNOWN = 28
    CASE_CLOSED = 29
    CASE_OF_ANOTHER_NUMBER = 30
    GLASS_WHOLE = 31
    """Nobody broke the glass, or it was too long ago."""
    CONCERN_UNKNOWN = 32
    CONCERN_CLOSED = 33
    OWN_CONCERN = 34
    RESTRICTED = 35
    """Their data is kept and not used: only a case of theirs, an order or danger shows it."""
