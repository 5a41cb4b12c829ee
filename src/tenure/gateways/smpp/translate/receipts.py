"""Receipts find the deliveries that they tell of, even where a message centre's ids are useless.

In this order: by the id, by the reference that we gave (user_message_reference), by the id as
another kind of number (some answer in hexadecimal and report in decimal), and where ids are known
to be useless, by the order in which messages went to the same number.
"""

from collections import OrderedDict
from enum import Enum, auto
from typing import Final

import msgspec

from tenure.gateways.smpp.wire.names import State
from tenure.gateways.smpp.wire.receipt import Receipt
from tenure.values.instant import DAY_MS, Instant

OPEN_MAX: Final = 200_000
WAIT_MS: Final = 3 * DAY_MS
USELESS_MAX: Final = 1_000
GIVEN_MAX: Final = 10_000
DECIMAL, HEXADECIMAL = 10, 16
DIGITS: Final = frozenset("0123456789")
HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


class Outcome(Enum):
    """What a receipt means for a delivery."""

    DELIVERED = auto()
    FAILED = auto()
    EXPIRED = auto()


OUTCOMES: Final = {
    State.DELIVERED: Outcome.DELIVERED,
    State.EXPIRED: Outcome.EXPIRED,
    State.DELETED: Outcome.FAILED,
    State.UNDELIVERABLE: Outcome.FAILED,
    State.REJECTED: Outcome.FAILED,
    State.UNKNOWN: Outcome.FAILED,
    State.ENROUTE: None,
    State.ACCEPTED: None,
}
"""None: it is still under way."""


class Part(msgspec.Struct):
    """A submitted message that may be reported."""

    delivery_id: int
    number: int
    total: int
    to: str
    reference: int
    message_id: str
    kept_as: str
    """The reference under which the delivery is kept."""
    at: Instant
    over: bool = False

    def __repr__(self) -> str:
        return f"Part({self.number} of {self.total})"


class Told(msgspec.Struct, frozen=True):
    """What a receipt said about one of ours."""

    kept_as: str
    outcome: Outcome | None
    """None: not yet the end of it."""
    error: str = ""


def spellings(message_id: str) -> tuple[str, ...]:
    """What the answer to a submit_sm may have called what a receipt calls so; best first."""
    found = [message_id] if message_id else []
    for base, value in _told_as(message_id):
        found += [str(value)] if base == DECIMAL else [f"{value:x}", f"{value:X}"]
    return tuple(dict.fromkeys(found))


class Expected:
    """What was submitted to one message centre, and not yet reported; bounded, by age and count."""

    def __init__(self, *, useless_ids: bool = False, open_max: int = OPEN_MAX) -> None:
        """``useless_ids``: it is known that the ids of this message centre tell nothing."""
        self._useless_ids, self._open_max = useless_ids, open_max
        self._all: OrderedDict[tuple[int, int], Part] = OrderedDict()
        self._by_id: dict[str, Part] = {}
        self._by_number: dict[tuple[int, int], Part] = {}
        self._by_reference: dict[tuple[int, str], Part] = {}
        self._by_called: dict[str, dict[tuple[int, int], Part]] = {}
        self._useless: set[str] = {""}
        self._given: OrderedDict[str, None] = OrderedDict()
        """The ids that were given last, also of what is over."""

    def __len__(self) -> int:
        return len(self._all)

    def tells_nothing(self, message_id: str) -> bool:
        """Whether an id is useless: there is none, or another message had the same."""
        return self.is_useless(message_id) or message_id in self._given

    def is_useless(self, message_id: str) -> bool:
        """Whether an id is known to be useless."""
        return self._useless_ids or message_id in self._useless

    def submitted(self, part: Part) -> None:
        """The message centre has taken a message."""
        self._let_go(part.at)
        self._all[part.delivery_id, part.number] = part
        self._by_reference[part.reference, part.to] = part
        self._by_called.setdefault(part.to, {})[part.delivery_id, part.number] = part
        self._learn(part)

    def _learn(self, part: Part) -> None:
        message_id = part.message_id
        before = self._by_id.get(message_id)
        # Some give all parts of a text one id: then its receipt is about all of it.
        sister = before is not None and before.delivery_id == part.delivery_id
        if message_id in self._given and not sister and len(self._useless) < USELESS_MAX:
            # Two messages with one id: it tells nothing about either.
            self._useless.add(message_id)
            self._by_id.pop(message_id, None)
        if self.is_useless(message_id):
            return
        self._given[message_id] = None
        if len(self._given) > GIVEN_MAX:
            self._given.popitem(last=False)
        self._by_id[message_id] = part
        for key in _read_as(message_id):
            self._by_number[key] = part

    def told(self, receipt: Receipt, about: str) -> Told | None:
        """What a receipt about a message to a number means; None when it is none of ours."""
        part = self._find(receipt, about)
        if part is None:
            return None
        outcome = OUTCOMES[receipt.state]
        if outcome is None:
            return Told(part.kept_as, None)
        self._close(part)
        if outcome is Outcome.DELIVERED and part.number < part.total:
            # Not all of the text: the last part's receipt is the one that counts.
            return Told(part.kept_as, None)
        for number in range(1, part.total + 1):
            sister = self._all.get((part.delivery_id, number))
            if sister is not None:
                self._close(sister)
        return Told(part.kept_as, outcome, receipt.error)

    def _find(self, receipt: Receipt, about: str) -> Part | None:
        candidates = [self._by_id.get(receipt.message_id)]
        if receipt.reference is not None:
            candidates.append(self._by_reference.get((receipt.reference, about)))
        if not self.is_useless(receipt.message_id):
            candidates += [self._by_number.get(key) for key in _told_as(receipt.message_id)]
        for part in candidates:
            if part is not None and not part.over and part.to == about:
                return part
        if self.is_useless(receipt.message_id) and receipt.reference is None:
            return next(iter(self._by_called.get(about, {}).values()), None)
        return None

    def _close(self, part: Part) -> None:
        part.over = True
        self._all.pop((part.delivery_id, part.number), None)
        if self._by_id.get(part.message_id) is part:
            del self._by_id[part.message_id]
        for key in _read_as(part.message_id):
            if self._by_number.get(key) is part:
                del self._by_number[key]
        if self._by_reference.get((part.reference, part.to)) is part:
            del self._by_reference[part.reference, part.to]
        called = self._by_called[part.to]
        del called[part.delivery_id, part.number]
        if not called:
            del self._by_called[part.to]

    def _let_go(self, at: Instant) -> None:
        while self._all:
            oldest = next(iter(self._all.values()))
            if len(self._all) < self._open_max and at - oldest.at < WAIT_MS:
                return
            self._close(oldest)


def _read_as(message_id: str) -> list[tuple[int, int]]:
    """An id of an answer as the numbers that it may be: a base, and the value in it."""
    return [
        (base, int(message_id, base)) for base in (DECIMAL, HEXADECIMAL) if _is(message_id, base)
    ]


def _told_as(message_id: str) -> list[tuple[int, int]]:
    """Which ids of answers an id of a receipt may mean: first the same with zeros, then others."""
    same = _read_as(message_id)
    others = [(HEXADECIMAL if base == DECIMAL else DECIMAL, value) for base, value in same]
    return same + others


def _is(text: str, base: int) -> bool:
    digits = DIGITS if base == DECIMAL else HEX_DIGITS
    return bool(text) and digits.issuperset(text)
