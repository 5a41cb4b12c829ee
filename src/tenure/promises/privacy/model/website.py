"""What visitors of the website give, contests and their draws, and answers about cookies."""

from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import Final
from uuid import UUID

import msgspec

from tenure.values.instant import Instant

SEED_OCTETS: Final = 32
KEEP_CLASS: Final = "website"
"""The class of the keys under which entries are sealed."""
SUBJECT: Final = "subject"


class Fault(Enum):
    """What is wrong with one item of a form; the page has the words."""

    MISSING = "missing"
    MALFORMED = "malformed"
    TOO_LONG = "too long"
    MIXED_SCRIPTS = "mixed scripts"
    """A word of letters that only look alike, from two scripts."""
    TOO_MANY_LINKS = "too many links"
    NOT_AGREED = "not agreed"


class FormRefusal(IntEnum):
    """Why something of the website was not done, in descending precedence."""

    UNKNOWN_CONTEST = 1
    NOT_OPEN = 2
    """A contest takes entries between two instants, once its seed was announced."""
    ENTERED_ALREADY = 3
    ANNOUNCED_ALREADY = 4
    NOT_OVER = 5
    """It is drawn after it has closed."""
    DRAWN_ALREADY = 6
    NOT_DRAWN = 7
    WRONG_SEED = 8
    """Not the seed whose hash was announced."""
    UNKNOWN_WINNER = 9
    CLAIM_OVER = 10
    IDENTIFIED_ALREADY = 11
    NOT_THEM = 12
    """Document or photo are not of who entered."""
    UNKNOWN_ENTRY = 13
    NOT_READABLE = 14
    """Its key was destroyed, or is of another key store."""
    ROLE_MISSING = 15
    NO_NOTICE = 16
    """No privacy notice is in force that could be acknowledged."""
    ANSWER_MISSING = 17
    """A quiz is drawn among the right answers: somebody has to say which that is."""
    NO_ADDRESS = 18
    """The form gave no e-mail address: it is answered by telephone, or not at all."""
    ANSWERED_ALREADY = 19
    UNKNOWN_LETTER = 20
    LETTER_IS_EMPTY = 21
    """Nothing is in it, or more than a letter takes."""
    NOT_STUCK = 22
    """It was taken, or is tried again by itself."""


class Given(msgspec.Struct, frozen=True):
    """What somebody wrote in a form, item by item, as it is kept."""

    items: Mapping[str, str]

    def __repr__(self) -> str:
        return "Given()"


class Sent(msgspec.Struct, frozen=True):
    """A form that somebody sent."""

    entry_id: UUID
    """Drawn when the form was shown: whoever sends it twice sent it once."""
    subject_id: int
    form: str
    language: str
    given: Given
    notice_version: str
    """Of the privacy notice beside the form when it was shown (PRV-ACK)."""
    mark: bytes | None = None
    """Who enters a contest, as a hash with a key of the contest."""
    contact: bytes | None = None
    """The e-mail address that was given, as a keyed hash; None for none."""

    def __repr__(self) -> str:
        return f"Sent({self.form})"


class Entry(msgspec.Struct, frozen=True):
    """A form as it is kept; what was written is sealed."""

    entry_id: UUID
    form: str
    subject_id: int
    language: str
    notice_version: str
    notice_sha256: bytes
    given_at: Instant
    keep_until: Instant
    sealed: bytes
    contest: str | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    own_notice_sha256: bytes | None = None
    mark: bytes | None = None
    answered_at: Instant | None = None
    answered_by: str | None = None
    contact: bytes | None = None

    def __repr__(self) -> str:
        return f"Entry({self.form})"


class Received(msgspec.Struct, frozen=True):
    """A form has arrived; ``again`` if it had before."""

    entry_id: UUID
    at: Instant
    again: bool


class Announced(msgspec.Struct, frozen=True):
    """A contest with the hash of its seed."""

    contest: str
    commitment: bytes
    rules_sha256: bytes
    winners: int
    announced_at: Instant
    opens_at: Instant
    closes_at: Instant
    claim_until: Instant
    winners_until: Instant


class Draw(msgspec.Struct, frozen=True):
    """A draw, as anybody can repeat it."""

    contest: str
    commitment: bytes
    closes_at: Instant
    seed: bytes
    tickets: tuple[UUID, ...]
    """In the order of their numbers."""
    drawn_at: Instant


class Winner(msgspec.Struct, frozen=True):
    """A ticket that won, and what is published of whose it is."""

    place: int
    ticket: UUID
    shown: str | None
    identified_at: Instant | None = None

    def __repr__(self) -> str:
        return f"Winner({self.place})"


class Published(msgspec.Struct, frozen=True):
    """What stands on the website of a draw, with nobody's name: enough to verify it anywhere."""

    contest: str
    commitment: str
    seed: str
    tickets: tuple[str, ...]
    winners: tuple[str, ...]
    format: str = "tenure-draw/v1"


class CookieAnswer(msgspec.Struct, frozen=True):
    """WEB-COOKIE: what a browser answered to which text; of whom, nobody knows."""

    consent_id: UUID
    at: Instant
    version: str
    text_sha256: bytes
    language: str
    convenience: bool
    visits: bool
    until: Instant
    keep_until: Instant


class Visit(msgspec.Struct, frozen=True):
    """One page that was opened by a browser that agreed to be counted."""

    visit_id: UUID
    at: Instant
    address: str
    """Its first part."""
    browser: str
    system: str
    page: str
    consent_id: UUID
    answered_at: Instant
    keep_until: Instant

    def __repr__(self) -> str:
        return "Visit()"


class Ended(msgspec.Struct, frozen=True):
    """What reached its end."""

    entries: int
    """Whose keys are destroyed as well."""
