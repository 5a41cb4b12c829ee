"""What a subscriber is told of, and the facts that the words about it may use."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class NoticeClass(StrEnum):
    """Notices that are handled alike: when they may leave, how often, and for how long it is tried.

    The pack has a table ``[notices.CLASS]`` for each.
    """

    SERVICE = "service"
    """The answer to what somebody just did or asked."""
    SECURITY = "security"
    """Somebody does something with a number, a SIM or an identity: it may not be its holder."""
    LIFECYCLE = "lifecycle"
    """A number goes back, as the terms say."""
    ACCESS = "access"
    """A service is restricted, suspended or ended, or given back."""
    RECEIPT = "receipt"
    """Money was received."""
    USAGE = "usage"
    """An allowance or a balance goes down."""
    EXPIRY = "expiry"
    """A validity ends."""
    CHANGE = "change"
    """Prices, terms or the privacy notice change."""
    MARKETING = "marketing"
    """An offer: only with the consent of the person for its purpose."""


class NoticeKind(StrEnum):
    """An occasion to tell somebody something; each has a text in every language of the pack."""

    SELFCARE_REPLY = "selfcare.reply"
    """The answer to a keyword, in words that were made for it."""
    PERSON_LANGUAGE = "person.language"
    PERSON_ADULT = "person.adult"
    CONSENT_GIVEN = "consent.given"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    LIFECYCLE_REMINDER = "lifecycle.reminder"
    LIFECYCLE_RECYCLED = "lifecycle.recycled"
    TRANSFER_ASKED = "transfer.asked"
    TRANSFER_CONSENTED = "transfer.consented"
    TRANSFER_APPROVED = "transfer.approved"
    TRANSFER_STOPPED = "transfer.stopped"
    TRANSFER_REFUSED = "transfer.refused"
    TRANSFER_EFFECTED = "transfer.effected"
    TRANSFER_ATTEMPTED = "transfer.attempted"
    SIM_ASKED = "sim.asked"
    SIM_REPLACED = "sim.replaced"
    SIM_OLD = "sim.old"
    LOCK_SET = "lock.set"
    LOCK_LIFTING = "lock.lifting"
    LOCK_LIFTED = "lock.lifted"
    ACCESS_RESTRICTED = "access.restricted"
    ACCESS_SUSPENDED = "access.suspended"
    ACCESS_TERMINATED = "access.terminated"
    ACCESS_ENDED = "access.ended"
    ACCESS_TRAFFIC = "access.traffic"
    SECURITY_ATTEMPT = "security.attempt"
    SECURITY_PROOF = "security.proof"
    """Of how the holder proves who they are, something changed."""
    SECURITY_PROFILE = "security.profile"
    """What is registered of the holder was changed."""
    SECURITY_BREACH = "security.breach"
    """Data of theirs reached others."""
    STAFF_BREAK_GLASS = "staff.break_glass"
    RIGHTS_RECEIVED = "rights.received"
    """Somebody asked about what is held of them, or in their name."""
    RIGHTS_PROOF = "rights.proof"
    RIGHTS_EXTENDED = "rights.extended"
    RIGHTS_ANSWERED = "rights.answered"
    TOPUP_RECEIVED = "topup.received"
    PAYMENT_RECEIVED = "payment.received"
    """By somebody who pays afterwards: what is still owed stands where a validity would."""
    USAGE_MOST = "usage.most"
    USAGE_ALL = "usage.all"
    USAGE_LOW = "usage.low"
    EXPIRY_SOON = "expiry.soon"
    EXPIRY_ENDED = "expiry.ended"
    TARIFF_CHANGE = "tariff.change"
    PRIVACY_CHANGE = "privacy.change"
    PRIVACY_LIFTING = "privacy.lifting"
    """What is held of somebody rested, and will be used again from an instant on."""
    TERMS_CHANGE = "terms.change"
    MARKETING_OFFER = "marketing.offer"

    @property
    def text_id(self) -> str:
        """The name of its text in the files of the pack."""
        return f"notice-{self.value.replace('.', '-').replace('_', '-')}"


_CLASS_OF_FAMILY: Final[Mapping[str, NoticeClass]] = {
    "selfcare": NoticeClass.SERVICE,
    "person": NoticeClass.SERVICE,
    "consent": NoticeClass.SERVICE,
    "transfer": NoticeClass.SECURITY,
    "sim": NoticeClass.SECURITY,
    "lock": NoticeClass.SECURITY,
    "security": NoticeClass.SECURITY,
    "staff": NoticeClass.SECURITY,
    "rights": NoticeClass.SECURITY,
    "lifecycle": NoticeClass.LIFECYCLE,
    "access": NoticeClass.ACCESS,
    "topup": NoticeClass.RECEIPT,
    "payment": NoticeClass.RECEIPT,
    "usage": NoticeClass.USAGE,
    "expiry": NoticeClass.EXPIRY,
    "tariff": NoticeClass.CHANGE,
    "privacy": NoticeClass.CHANGE,
    "terms": NoticeClass.CHANGE,
    "marketing": NoticeClass.MARKETING,
}
_CLASS_OF: Final[Mapping[NoticeKind, NoticeClass]] = {
    kind: _CLASS_OF_FAMILY[kind.value.partition(".")[0]] for kind in NoticeKind
}

ALWAYS: Final = frozenset({"number", "operator", "care", "stop"})
"""What every text may name: the number it is about, who we are, whom to call, and what to dial to
end advertising."""

FACTS: Final[Mapping[NoticeKind, frozenset[str]]] = {
    NoticeKind.SELFCARE_REPLY: frozenset({"text"}),
    NoticeKind.CONSENT_GIVEN: frozenset({"purpose"}),
    NoticeKind.CONSENT_WITHDRAWN: frozenset({"purpose"}),
    NoticeKind.LIFECYCLE_REMINDER: frozenset({"days", "recycled_at"}),
    NoticeKind.TRANSFER_APPROVED: frozenset({"effective_at"}),
    NoticeKind.LOCK_LIFTING: frozenset({"lifted_at"}),
    NoticeKind.ACCESS_RESTRICTED: frozenset({"reason", "clause", "ends_at"}),
    NoticeKind.ACCESS_SUSPENDED: frozenset({"reason", "clause"}),
    NoticeKind.ACCESS_TERMINATED: frozenset({"reason", "clause"}),
    NoticeKind.ACCESS_TRAFFIC: frozenset({"reason", "clause", "ends_at"}),
    NoticeKind.STAFF_BREAK_GLASS: frozenset({"seen_at"}),
    NoticeKind.RIGHTS_RECEIVED: frozenset({"right", "due_at"}),
    NoticeKind.RIGHTS_PROOF: frozenset({"right", "ends_at"}),
    NoticeKind.RIGHTS_EXTENDED: frozenset({"right", "due_at", "reason"}),
    NoticeKind.RIGHTS_ANSWERED: frozenset({"right", "answer"}),
    NoticeKind.TOPUP_RECEIVED: frozenset({"amount_micros", "funds_micros", "valid_until_at"}),
    NoticeKind.PAYMENT_RECEIVED: frozenset({"amount_micros", "owed_micros"}),
    NoticeKind.USAGE_MOST: frozenset({"allowance", "percent"}),
    NoticeKind.USAGE_ALL: frozenset({"allowance"}),
    NoticeKind.USAGE_LOW: frozenset({"funds_micros"}),
    NoticeKind.EXPIRY_SOON: frozenset({"days", "ends_at"}),
    NoticeKind.EXPIRY_ENDED: frozenset({"recycled_at"}),
    NoticeKind.TARIFF_CHANGE: frozenset({"effective_at", "summary", "page"}),
    NoticeKind.PRIVACY_CHANGE: frozenset({"effective_at", "summary", "page"}),
    NoticeKind.SECURITY_BREACH: frozenset({"what", "when", "handling"}),
    NoticeKind.PRIVACY_LIFTING: frozenset({"lifted_at"}),
    NoticeKind.TERMS_CHANGE: frozenset({"effective_at", "summary", "page"}),
    NoticeKind.MARKETING_OFFER: frozenset({"text", "purpose"}),
}
"""What must be told with a notice, and what its text must name; other kinds need nothing.

A fact that ends in ``_at`` is an instant (ISO 8601), and is shown by the operator's clocks; one
that ends in ``_micros`` is an amount of the operator's currency, and is shown as people write it;
``allowance`` is a name of the pack, and is shown as its text."""

UNSAID: Final[Mapping[NoticeKind, frozenset[str]]] = {
    NoticeKind.MARKETING_OFFER: frozenset({"purpose"}),
    NoticeKind.EXPIRY_SOON: frozenset({"days"}),
}
"""Facts that decide about a notice, and that its text need not name."""


def class_of(kind: NoticeKind) -> NoticeClass:
    """Which rules a notice of this kind follows."""
    return _CLASS_OF[kind]


def facts_of(kind: NoticeKind) -> frozenset[str]:
    """The facts that must come with a notice of this kind."""
    return FACTS.get(kind, frozenset())


def said_of(kind: NoticeKind) -> frozenset[str]:
    """What the text of this kind must name in every language: else some would be told less."""
    said = facts_of(kind) - UNSAID.get(kind, frozenset())
    return said | {"stop"} if kind is NoticeKind.MARKETING_OFFER else said
