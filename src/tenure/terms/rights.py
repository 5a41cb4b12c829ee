"""The rights of everybody of whom something is held, and what a pack says of each (PRV-RIGHTS)."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from tenure.terms.subjects import Words


class Right(StrEnum):
    """What somebody may ask of an operator about what it holds of them."""

    KNOW = "know"
    COPY = "copy"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    RESTRICT = "restrict"
    STOP_MARKETING = "stop-marketing"
    DELETE = "delete"
    DISCLOSED = "disclosed"
    """What was given to whom."""


class Scope(StrEnum):
    """How far a right reaches, which the law or the notice of a country says."""

    REGISTRATION = "registration"
    """What was submitted when they registered."""
    HELD = "held"
    """Everything that is held."""
    EVERYTHING = "everything"
    """That, the trail of its processing, and to whom it was given."""
    DISCLOSURES = "disclosures"
    MESSAGING = "messaging"
    """What was volunteered through a messaging channel."""
    NAMED = "named"
    """What the request names."""
    MARKETING = "marketing"
    """All direct marketing, whatever it is called."""


class ProofWay(StrEnum):
    """How somebody shows who they are.  That they have a SIM or read its messages shows nothing."""

    PASSKEY = "passkey"
    """A passkey of theirs signed this very request."""
    PRESENCE = "presence"
    """One of ours signed that they saw the person, the document and the live photo."""
    LOGIN = "login"
    """One of ours, about themselves, by the passkey of their login."""


class Ground(StrEnum):
    """Why something of a request is not done, in descending precedence."""

    NOT_PROVEN = "not-proven"
    """Nobody showed in time who they are."""
    WARD_OF_AGE = "ward-of-age"
    """Who was a minor answers for themselves."""
    NOT_ENTITLED = "not-entitled"
    """They do not answer for this person."""
    NOT_THEIR_NUMBER = "not-their-number"
    """They never held it; of one that they held, their own time is answered."""
    NOT_IN_WRITING = "not-in-writing"
    """The notice wants the full name and the number, in writing."""
    CONTRADICTED = "contradicted"
    """They asked to keep the same, too: what cannot be undone waits."""
    TRANSFER = "transfer"
    """A number of theirs is changing hands."""
    HOLD = "hold"
    """A dispute, a complaint or an order keeps it."""
    RETENTION = "retention"
    """A law or the books need it for some time."""
    NOT_HELD = "not-held"
    """Nothing is held that the right reaches."""
    IN_HAND = "in-hand"
    """The same was asked before, and is answered there."""
    UNFOUNDED = "unfounded"
    """Two of ours found that it cannot be done, and said why."""


class RightRule(msgspec.Struct, frozen=True):
    """One right as an operator owes it."""

    right: Right
    title: Words
    answer_ms: int
    """From the receipt by any channel; nights, weekends and holidays count."""
    extension_max_ms: int
    """0: it cannot be extended."""
    scope: Scope
    proofs: tuple[ProofWay, ...]
    """Any one of them is enough; none: nothing has to be proven."""
    in_writing: bool
    """Only with the full name and the number, through a channel that leaves something written."""


class Rights(msgspec.Struct, frozen=True):
    """What rights.toml says."""

    rules: tuple[RightRule, ...]
    pauses: bool
    """Whether the clock stands still while a proof of identity is waited for."""
    proof_wait_ms: int
    """A request whose proof did not come for so long is closed; it can be made again."""
    reminders_percent: tuple[int, ...]
    """After so much of the time the officers hear of an open case."""
    answers: Mapping[str, Words]
    """Each outcome, as the person is told it."""
    grounds: Mapping[Ground, Words]
    """Each ground, as the person is told it."""

    def rule(self, right: Right) -> RightRule:
        """The rule of a right; a checked pack has one of each."""
        return next(one for one in self.rules if one.right is right)
