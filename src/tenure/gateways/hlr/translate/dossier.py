"""What is laid before the network for one task, what it remembers, and why it would not act."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

import msgspec

from tenure.promises.record.model import Receipt
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.passkey import Assertion


class Given(msgspec.Struct, frozen=True):
    """A consent, as it was signed: by the party, or in a shop by one of ours who saw them."""

    party: str
    """from, to, from-guardian or to-guardian."""
    person: str
    witness: str | None
    """The human of ours who signed; None when the party did."""
    assertion: Assertion

    def __repr__(self) -> str:
        return f"Given({self.party})"


class Approved(msgspec.Struct, frozen=True):
    """An approval, as it was signed."""

    human: str
    assertion: Assertion


class Asked(msgspec.Struct, frozen=True):
    """What was asked before it was done, and all who agreed."""

    receipt: Receipt
    """Of the leaf of the request, under the first checkpoint that has it."""
    body: str
    """Canonical JSON of exactly what was asked."""
    consents: tuple[Given, ...]
    approvals: tuple[Approved, ...]
    keys: tuple[Receipt, ...]
    """Of the leaves by which the passkeys of all these became public."""

    def __repr__(self) -> str:
        return f"Asked({len(self.consents)} consents, {len(self.approvals)} approvals)"


class Dossier(msgspec.Struct, frozen=True):
    """What is laid before the network."""

    msisdn: Msisdn
    receipt: Receipt
    """Of the leaf that says what was done, under the first checkpoint that has it."""
    asked: Asked | None = None
    """For what nobody can do alone."""


class Known(msgspec.Struct, frozen=True):
    """What was proven last about a number: the network's own memory."""

    msisdn: Msisdn
    origin: str
    index: int
    imsi: Imsi | None
    """The SIM that it is reached on; None for a number that ended."""
    holder: str | None
    """Who was proven to hold it; None when nobody was."""
    barred: bool = False
    """Suspended, or barred both ways."""
    lost: bool = False
    """Its SIM was reported lost or stolen (GTC-LOST)."""
    blocked: bool = False
    """Its validity ended so long ago that it is served for nothing (GTC-LIFE)."""
    ended_at: int | None = None
    """The POSIX second at which the witnesses had seen its end."""
    gone: tuple[Imsi, ...] = ()
    """SIMs that this leaf takes away: an interrupted change finds them here again."""

    @property
    def closed(self) -> bool:
        """Whether it is served for nothing."""
        return self.barred or self.lost or self.blocked or self.imsi is None

    def __repr__(self) -> str:
        return f"Known({self.origin} {self.index})"


class Ended(msgspec.Struct, frozen=True):
    """A request that was stopped, or waited for too long: what it asked for never happens."""

    request_hash: str


class Before(msgspec.Struct, frozen=True):
    """How it was, as far as the network knows by itself."""

    known: Known | None
    """What was proven; None for a number that it never had a proof about."""
    reached: Imsi | None
    """The SIM that has the number in the register now."""
    ended: bool = False
    """The request that the leaf names was seen to end without effect."""

    @property
    def imsi(self) -> Imsi | None:
        """The SIM that the number was reached on."""
        return self.reached if self.known is None else self.known.imsi


class Doubt(IntEnum):
    """Why the network does not act, in descending precedence."""

    NOT_PUBLISHED = 1
    """The witnesses have not seen it yet; it is asked again, and no alarm is raised."""
    DISBELIEVED = 2
    """Its proof does not hold under the keys that the network trusts."""
    OTHER_KIND = 3
    """The leaf says nothing that concerns the network."""
    NOT_OPENED = 4
    """The leaf does not say which number or SIM it is about."""
    OTHER_NUMBER = 5
    """The leaf is about another number than the task."""
    FOREIGN_SIM = 6
    """The SIM is none of our networks'."""
    STALE = 7
    """Something later was proven about the number already."""
    HELD = 8
    """A first sale of a number that somebody is reached on."""
    RESTING = 9
    """A first sale of a number that ended a short while ago."""
    OTHER_SIM = 10
    """What is to be replaced or ended is not the SIM that the number is reached on."""
    OTHER_HOLDER = 11
    """Who gives it away was not proven to hold it."""
    NOT_ASKED = 12
    """It was done without a request."""
    OTHER_REQUEST = 13
    """What was asked, signed for or done differ."""
    KEY_UNPROVEN = 14
    """A passkey that signed is not in the record as theirs."""
    KEY_TOO_NEW = 15
    """The passkey that gives a number away became public a short while ago."""
    NOT_SIGNED = 16
    """A signature is not one, or not over this request."""
    CONSENT_MISSING = 17
    NOT_INDEPENDENT = 18
    """Who approved had asked or been a witness, or approved twice."""
    APPROVAL_MISSING = 19
    TOO_EARLY = 20
    """Between what was asked and what was done the witnesses saw too little time go by."""
    KEYS_UNREADABLE = 21
    """The keys of the SIM cannot be read with the key file."""
    ENDED = 22
    """The request was stopped before, or waited for too long."""


WAITS: Final = frozenset({Doubt.NOT_PUBLISHED})
"""What is no reason for an alarm: it will be better in a second."""

WORDS: Final[Mapping[Doubt, str]] = {
    Doubt.NOT_PUBLISHED: "the witnesses have not seen it yet",
    Doubt.DISBELIEVED: "its proof does not hold",
    Doubt.OTHER_KIND: "it is nothing that concerns the network",
    Doubt.NOT_OPENED: "it does not say which number or SIM",
    Doubt.OTHER_NUMBER: "it is about another number",
    Doubt.FOREIGN_SIM: "the SIM is none of ours",
    Doubt.STALE: "something later was proven already",
    Doubt.HELD: "the number is in use",
    Doubt.RESTING: "the number ended a short while ago",
    Doubt.OTHER_SIM: "the number is reached on another SIM",
    Doubt.OTHER_HOLDER: "who gives it away was not proven to hold it",
    Doubt.NOT_ASKED: "nobody had asked for it",
    Doubt.OTHER_REQUEST: "what was asked and what was done differ",
    Doubt.KEY_UNPROVEN: "a passkey is not proven to be theirs",
    Doubt.KEY_TOO_NEW: "the passkey that gives it away is too new",
    Doubt.NOT_SIGNED: "a signature does not hold",
    Doubt.CONSENT_MISSING: "a consent is missing",
    Doubt.NOT_INDEPENDENT: "the same person acted twice",
    Doubt.APPROVAL_MISSING: "an approval is missing",
    Doubt.TOO_EARLY: "the cooling-off was not over",
    Doubt.KEYS_UNREADABLE: "the keys of the SIM cannot be read",
    Doubt.ENDED: "the request was stopped before",
}
"""Each doubt for a person, in no more than a line."""
