"""What somebody said yes or no to, which texts bind them, and what they stated."""

from collections.abc import Mapping
from datetime import date
from enum import IntEnum, StrEnum
from uuid import UUID

import msgspec

from tenure.terms.agreements import Purpose
from tenure.values.instant import Instant


class Medium(StrEnum):
    """How a purpose contacts somebody."""

    SMS = "sms"
    CALL = "call"
    EMAIL = "email"
    APP = "app"
    NONE = "none"
    """The only medium of a purpose that contacts nobody."""


class Way(StrEnum):
    """How a yes or no, a signature or a click reached us."""

    APP = "app"
    USSD = "ussd"
    SHORT_CODE = "short-code"
    SHOP = "shop"
    EMAIL = "e-mail"
    CARE = "care"
    WEB = "web"


class Manner(StrEnum):
    """GTC-ACCEPT: what made the terms bind."""

    ACTIVATION = "activation"
    USE = "use"
    SIGNATURE = "signature"
    CLICK = "click"


class Word(StrEnum):
    """What somebody said of a purpose."""

    GIVEN = "given"
    REFUSED = "refused"
    """No, before there was any yes."""
    WITHDRAWN = "withdrawn"
    """No, after a yes."""


class How(msgspec.Struct, frozen=True):
    """By which way, in which language, and what proves it."""

    way: Way
    language: str
    evidence: str = ""
    """The id of a dialogue, message, form or build; never a number, name or document."""

    def __repr__(self) -> str:
        return f"How({self.way.value})"


class Whose(msgspec.Struct, frozen=True):
    """Whose yes it is, as the promise ``people`` knows them."""

    person_id: int
    born_on: date | None
    guardians: frozenset[int] = frozenset()
    """Who answers for them at the instant of the yes."""

    def __repr__(self) -> str:
        return f"Whose({self.person_id})"


class Yes(msgspec.Struct, frozen=True):
    """Somebody agrees to purposes that were shown to them."""

    whose: Whose
    by: int
    """Who says it: themselves, or a guardian."""
    purposes: tuple[str, ...]
    how: How
    media: tuple[Medium, ...] = ()
    """Only these; without any, all media of each purpose."""


class No(msgspec.Struct, frozen=True):
    """Somebody ends or refuses purposes: nothing has to be shown, and no right is needed."""

    person_id: int
    by: int
    how: How
    purposes: tuple[str, ...] | None = None
    """None: all direct marketing, whatever it is called (1204, STOP)."""
    media: tuple[Medium, ...] = ()


class Wish(msgspec.Struct, frozen=True):
    """What somebody asks for at a counter or on a page, before anything is known of them."""

    person_id: int
    how: How
    purposes: tuple[str, ...] | None = None
    """None, for a no: all direct marketing."""
    media: tuple[Medium, ...] = ()
    by: int | None = None
    """None: themselves; else who answers for them."""


class Shown(msgspec.Struct, frozen=True):
    """The texts that somebody could read before a yes: the purpose's words, and the notice."""

    meaning: int
    purpose_version: str
    purpose_sha256: str
    notice_version: str
    notice_sha256: str


class Event(msgspec.Struct, frozen=True):
    """One word of somebody about one purpose and medium; it is never changed."""

    record_id: UUID
    person_id: int
    purpose: str
    medium: Medium
    seq: int
    """From 1, by person, purpose and medium."""
    word: Word
    at: Instant
    until: Instant | None
    """When a yes ends by itself; None: never, and for every no."""
    by: int
    how: How
    shown: Shown | None
    """None for a no."""
    after: "Before | None" = None
    """The word before."""
    leaf_seq: int = 0

    def __repr__(self) -> str:
        return f"Event({self.record_id})"


class Before(msgspec.Struct, frozen=True):
    """Of the word before: which it was, and when."""

    word: Word
    at: Instant


class Answer(msgspec.Struct, frozen=True):
    """What a yes or no changed; nothing when it had been said already."""

    changed: tuple[Event, ...]
    standing: tuple[Event, ...]
    """Every yes of this person that is in force now."""


class Stand(msgspec.Struct, frozen=True):
    """How somebody stands to one purpose."""

    purpose: Purpose
    media: Mapping[Medium, Event | None]
    """The last word by medium; None where nothing was ever said."""
    open: frozenset[Medium]
    """The media by which a yes is in force."""


class Acceptance(msgspec.Struct, frozen=True):
    """GTC-ACCEPT: somebody accepts a version of a document; None is the one in force."""

    person_id: int
    manner: Manner
    how: How
    document: str = "general-terms"
    version: str | None = None


class Acknowledgement(msgspec.Struct, frozen=True):
    """PRV-ACK: somebody gave data, could read the notice, and states that the data is true."""

    person_id: int
    occasion: str
    """What the data was given for: registration, update, correction …"""
    how: How
    document: str = "privacy-notice"
    version: str | None = None


class Representation(msgspec.Struct, frozen=True):
    """PRV-THIRD: somebody gives another person's data, and states to have that person's consent."""

    supplier_id: int
    about: str
    """Which items of the other's data: a word of the catalogue, never the data."""
    occasion: str
    how: How


class TextKey(msgspec.Struct, frozen=True):
    """One text among all that were ever shown to anybody."""

    document: str
    """general-terms, privacy-notice, or purpose/NAME."""
    version: str
    language: str


class Kept(msgspec.Struct, frozen=True):
    """A text as it is kept for good."""

    key: TextKey
    sha256: str
    published_at: Instant | None
    """None for the words of a purpose, which are shown at the moment of the question."""
    effective_from: Instant | None
    meaning: int | None
    """Of a purpose's words."""
    kept_at: Instant
    leaf_seq: int


class Accepted(msgspec.Struct, frozen=True):
    """An acceptance on record."""

    acceptance_id: UUID
    acceptance: Acceptance
    version: str
    sha256: str
    at: Instant
    leaf_seq: int = 0


class Acknowledged(msgspec.Struct, frozen=True):
    """An acknowledgement on record.  It is no consent, and is kept apart from any."""

    acknowledgement_id: UUID
    acknowledgement: Acknowledgement
    version: str
    sha256: str
    at: Instant
    leaf_seq: int = 0


class Represented(msgspec.Struct, frozen=True):
    """A representation on record."""

    representation_id: UUID
    representation: Representation
    at: Instant
    leaf_seq: int = 0


class Agreed(msgspec.Struct, frozen=True):
    """What somebody accepted, acknowledged and represented, oldest first."""

    acceptances: tuple[Accepted, ...]
    acknowledgements: tuple[Acknowledged, ...]
    representations: tuple[Represented, ...]


class Ground(StrEnum):
    """Why what is held of somebody is kept and not used (PRV-RIGHTS; GDPR articles 18(1), 21)."""

    DAMAGE_OR_DISTRESS = "damage-or-distress"
    ACCURACY = "accuracy"
    """They say that it is wrong, and that is being looked at."""
    UNLAWFUL = "unlawful"
    CLAIM = "claim"
    """It is needed for a claim of theirs, and for nothing else."""
    OBJECTION = "objection"


class Restrict(msgspec.Struct, frozen=True):
    """Somebody's data is to be kept and not used."""

    person_id: int
    ground: Ground
    case_ref: str
    """The case of their right: an id, never a name or number."""

    def __repr__(self) -> str:
        return f"Restrict({self.person_id})"


class Told(msgspec.Struct, frozen=True):
    """That, and when, somebody was told that a restriction will end (GDPR article 18(3))."""

    by: str
    """``notice 4711``, a notice of the kind privacy.lifting; or ``letter ID`` for whom no notice
    reaches."""
    at: Instant


class Restriction(msgspec.Struct, frozen=True):
    """A restriction on record; in force until it is lifted."""

    restriction_id: UUID
    asked: Restrict
    since: Instant
    told: Told | None = None
    until: Instant | None = None
    leaf_seq: int = 0


class Refusal(IntEnum):
    """Why a yes does not count, or a restriction does not end, in descending precedence.

    A no needs nothing.
    """

    UNKNOWN_PURPOSE = 1
    UNKNOWN_MEDIUM = 2
    """The purpose does not contact anybody by this medium."""
    UNKNOWN_LANGUAGE = 3
    UNKNOWN_DOCUMENT = 4
    UNKNOWN_VERSION = 5
    NOT_IN_FORCE = 6
    TEXT_CHANGED = 7
    """Under this version another text was shown to somebody before."""
    EVIDENCE_UNUSABLE = 8
    AGE_UNKNOWN = 9
    NOT_THEIRS = 10
    GUARDIAN_NEEDED = 11
    WITHDRAWN_SINCE = 12
    """A no of the same instant, or of a later one, is the stricter word."""
    UNKNOWN_RECORD = 13
    UNKNOWN_PERSON = 14
    CASE_UNUSABLE = 15
    UNKNOWN_RESTRICTION = 16
    LIFTED_ALREADY = 17
    NOT_TOLD = 18
    """Who is restricted hears of the end before it comes."""
