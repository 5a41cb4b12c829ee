"""What a subscriber agrees to: documents with their versions, and purposes beyond the service."""

from collections.abc import Mapping

import msgspec

from tenure.values.instant import Instant


class Controller(msgspec.Struct, frozen=True):
    """PRV-ACK: who answers for what is done with the data (ISO/IEC TS 27560: PII controller)."""

    name: str
    address: str
    contact: str
    """Where somebody writes to about their data."""
    jurisdiction: str
    """ISO 3166-1: whose law applies."""
    locations: tuple[str, ...]
    """ISO 3166-1: where the data is kept and processed."""
    evidence_days: int
    """PRV-KEEP: how long the proof of a yes is kept after it ended."""


class PurposeText(msgspec.Struct, frozen=True):
    """A purpose in one language, as it is shown to who may say yes."""

    title: str
    text: str
    """What is done, in whole sentences."""
    without: str
    """PRV-OPTION: what follows from saying no."""


class Purpose(msgspec.Struct, frozen=True):
    """Something beyond the service that happens only with a yes; it is never obligatory."""

    name: str
    version: str
    """Of its words: a changed word is another version."""
    meaning: int
    """A yes to another meaning counts no more; it must be asked for again."""
    direct_marketing: bool
    """GTC-MKT: ended all at once by the short code."""
    media: tuple[str, ...]
    """How it contacts somebody: sms, call, email, app; none for what contacts nobody."""
    data: tuple[str, ...]
    """The kinds of data that are used for it."""
    recipients: tuple[str, ...]
    """The classes of recipient (PRV-WHO) who get what they strictly need."""
    valid_days: int
    """After so many days a yes ends by itself; 0: it lasts until it is withdrawn."""
    texts: Mapping[str, PurposeText] = {}
    """By language; one for each that the operator offers."""


class DocumentVersion(msgspec.Struct, frozen=True):
    """A version of the general terms or of the privacy notice, as it was published."""

    document: str
    version: str
    published_at: Instant
    effective_from: Instant
    texts: Mapping[str, str]
    """By language, in Markdown."""
    sha256: Mapping[str, str]
    """By language, in hexadecimal: a published text is never changed."""
    changes: Mapping[str, str]
    """PRV-UPDATE: by language, what is new in it."""


class Agreements(msgspec.Struct, frozen=True):
    """All that a subscriber may agree to."""

    controller: Controller
    purposes: tuple[Purpose, ...]
    documents: tuple[DocumentVersion, ...]
    """By document, and then in the order in which they take effect."""

    def purpose(self, name: str) -> Purpose | None:
        """The purpose of this name; None for a name that the operator does not have."""
        return next((one for one in self.purposes if one.name == name), None)


GENERAL_TERMS = "general-terms"
PRIVACY_NOTICE = "privacy-notice"
DOCUMENTS = (GENERAL_TERMS, PRIVACY_NOTICE)
MEDIA = ("sms", "call", "email", "app")
NO_MEDIUM = "none"
"""The medium of a purpose that contacts nobody."""
