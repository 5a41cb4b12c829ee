"""What is known of a provider while we run: how much it asks for, and what it waits to hear of."""

import itertools
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from tenure.gateways.smpp.server.port import Provision, Standing
from tenure.gateways.smpp.server.settings import Kinds, Listen, Provider
from tenure.gateways.smpp.translate.providing import Awaited, Pace
from tenure.values.instant import Instant

if TYPE_CHECKING:
    from tenure.gateways.smpp.server.guest import Guest

AWAITED_MAX: Final = 100_000
UNHEARD_MAX: Final = 1_000


class Account:
    """A provider's account."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.pace = Pace(provider.per_second, provider.window)
        self.standing = Standing(
            marketing=provider.kind is Kinds.MARKETING, purpose=provider.purpose
        )
        self.awaited: OrderedDict[str, list[Awaited]] = OrderedDict()
        """The parts of each text whose end is to be told."""
        self.unheard: OrderedDict[bytes, str] = OrderedDict()
        """What was taken although its sender had gone: who submits it again gets the same id."""

    def not_heard(self, digest: bytes, message_id: str) -> None:
        """A text was taken, and its sender does not know."""
        if len(self.unheard) >= UNHEARD_MAX:
            self.unheard.popitem(last=False)
        self.unheard[digest] = message_id

    def await_end(self, kept_id: str, awaited: list[Awaited]) -> None:
        """The end of a text is to be told; the oldest is given up when there are too many."""
        if not awaited:
            return
        if len(self.awaited) >= AWAITED_MAX:
            self.awaited.popitem(last=False)
        self.awaited[kept_id] = awaited

    def next_awaited(self, limit: int) -> list[str]:
        """Some that wait; the next time, others."""
        some = list(itertools.islice(self.awaited, limit))
        for message_id in some:
            self.awaited.move_to_end(message_id)
        return some


class House(msgspec.Struct):
    """What all connections of providers share."""

    listen: Listen
    accounts: dict[str, Account]
    provision: Provision
    now: Callable[[], Instant]
    counts: Counter[str]
    guests: "set[Guest]" = set()
    proving: int = 0
    """How many are being let in, each of which costs time."""
