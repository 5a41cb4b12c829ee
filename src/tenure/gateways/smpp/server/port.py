"""What the gateway needs of those who have something to say, and of those who listen."""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum, auto
from typing import Protocol

import msgspec

from tenure.gateways.smpp.translate.outbox import Refused
from tenure.gateways.smpp.translate.receipts import Outcome
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn


class Outgoing(msgspec.Struct, frozen=True):
    """A text that was decided and committed: it may leave now."""

    delivery_id: int
    to: str
    text: str

    def __repr__(self) -> str:
        return f"Outgoing({self.delivery_id})"


class Taken(msgspec.Struct, frozen=True):
    """A message centre took a delivery, and calls it so."""

    delivery_id: int
    reference: str


class Reported(msgspec.Struct, frozen=True):
    """A message centre says what became of a delivery."""

    via: str
    references: tuple[str, ...]
    """The spellings that its reference may have; best first."""
    outcome: Outcome
    at: Instant
    error: str
    to: str
    """The number, where its order is all that tells; else ""."""

    def __repr__(self) -> str:
        return f"Reported({self.outcome.name})"


class News(msgspec.Struct):
    """What came of deliveries since it was last told."""

    taken: list[Taken]
    refused: list[Refused]
    returned: list[int]
    reported: list[Reported]

    @property
    def size(self) -> int:
        """How much there is to tell."""
        return len(self.taken) + len(self.refused) + len(self.returned) + len(self.reported)


class Source(Protocol):
    """Whoever has texts to send: the notices, or a test's own list."""

    async def take(self, via: str, limit: int, *, receipts: bool) -> Sequence[Outgoing]:
        """At most so many that wait, once it is on disk that this carrier has them."""

    async def tell(self, news: News) -> Sequence[Reported]:
        """Record what came of them; returns the receipts that fit nothing."""


class Heard(msgspec.Struct, frozen=True):
    """A text that a phone sent, whole."""

    msisdn: Msisdn
    short_code: str
    text: str
    message_id: str
    """The same when the message centre repeats it."""

    def __repr__(self) -> str:
        return "Heard()"


class Offered(msgspec.Struct, frozen=True):
    """A text that a content provider wants to have sent, whole."""

    provider: str
    """The system_id of its account."""
    msisdn: Msisdn
    text: str

    def __repr__(self) -> str:
        return f"Offered({self.provider})"


class Turned(Enum):
    """Why a text of a provider is not taken."""

    NO_SUCH_NUMBER = auto()
    """Nobody has it, or who has it did not consent: a provider is not told which."""
    TOO_LONG = auto()
    NOT_NOW = auto()


class Fate(msgspec.Struct, frozen=True):
    """What became of a text that was taken from a provider."""

    message_id: str
    outcome: Outcome
    at: Instant


class Provision(Protocol):
    """Whoever takes texts of providers."""

    async def offer(self, offered: Offered, account: "Standing") -> str | Turned:
        """Its id once it is on disk, or why not."""

    async def fates(self, message_ids: Sequence[str]) -> Sequence[Fate]:
        """What became of those of which the end is known."""


class Standing(msgspec.Struct, frozen=True):
    """What a provider may say: the class of its messages, and the purpose they are for."""

    marketing: bool
    purpose: str


Hear = Callable[[Heard], Awaitable[object]]
"""Acts on a text once, and returns after the commit; an exception asks for a repeat."""
