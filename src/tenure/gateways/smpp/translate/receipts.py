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

OPEN_MAX: Final = 100_000
WAIT_MS: Final = 3 * DAY_MS
USELESS_MAX: Final = 1_000
GIVEN_MAX: Final = 10_000
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
    plain = message_id.lstrip("0")
    others = _otherwise(message_id)
    found = [message_id, plain, plain.lower(), plain.upper()]
    found += [spelled for one in others for spelled in (one, one.upper())]
    return tuple(one for one in dict.fromkeys(found) if one)


class Expected:
    """What was submitted to one message centre, and not yet reported; bounded, by age and count."""

    def __init__(self, *, useless_ids: bool = False, open_max: int = OPEN_MAX) -> None:
        """``useless_ids``: it is known that the ids of this message centre tell nothing."""
        self._useless_ids, self._open_max = useless_ids, open_max
        self._all: OrderedDict[tuple[int, int], Part] = OrderedDict()
        self._by_id: dict[str, Part] = {}
        self._by_reference: dict[tuple[int, str], Part] = {}
        self._in_order: dict[str, dict[tuple[int, int], Part]] = {}
        """Parts whose id is useless, by the number that they went to."""
        self._useless: set[str] = {""}
        self._given: OrderedDict[str, None] = OrderedDict()
        """The ids that were given last, also of what is over."""

    def __len__(self) -> int:
        return len(self._all)

    def tells_nothing(self, message_id: str) -> bool:
        """Whether an id is useless: there is none, or another message had the same."""
        return self.is_useless(message_id) or _plain(message_id) in self._given

    def is_useless(self, message_id: str) -> bool:
        """Whether an id is known to be useless."""
        return self._useless_ids or _plain(message_id) in self._useless

    def submitted(self, part: Part) -> None:
        """The message centre has taken a message."""
        self._let_go(part.at)
        self._all[part.delivery_id, part.number] = part
        self._by_reference[part.reference, part.to] = part
        named = _plain(part.message_id)
        before = self._by_id.get(named)
        # Some give all parts of a text one id: then its receipt is about all of it.
        sister = before is not None and before.delivery_id == part.delivery_id
        if named in self._given and not sister and len(self._useless) < USELESS_MAX:
            # Two messages with one id: it tells nothing about either.
            self._useless.add(named)
            if self._by_id.pop(named, None) is not None and before is not None:
                self._queue(before)
        if self.is_useless(part.message_id):
            self._queue(part)
            return
        self._by_id[named] = part
        self._given[named] = None
        if len(self._given) > GIVEN_MAX:
            self._given.popitem(last=False)

    def _queue(self, part: Part) -> None:
        self._in_order.setdefault(part.to, {})[part.delivery_id, part.number] = part

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
        named = receipt.message_id
        candidates = [self._by_id.get(_plain(named))]
        if receipt.reference is not None:
            candidates.append(self._by_reference.get((receipt.reference, about)))
        if not self.is_useless(named):
            candidates += [self._by_id.get(other) for other in _otherwise(named)]
        for part in candidates:
            if part is not None and part.to == about:
                return part
        if self.is_useless(named) and receipt.reference is None:
            return next(iter(self._in_order.get(about, {}).values()), None)
        return None

    def _close(self, part: Part) -> None:
        key = part.delivery_id, part.number
        self._all.pop(key, None)
        named = _plain(part.message_id)
        if self._by_id.get(named) is part:
            del self._by_id[named]
        if self._by_reference.get((part.reference, part.to)) is part:
            del self._by_reference[part.reference, part.to]
        queue = self._in_order.get(part.to)
        if queue is not None and queue.pop(key, None) is not None and not queue:
            del self._in_order[part.to]

    def _let_go(self, at: Instant) -> None:
        while self._all:
            oldest = next(iter(self._all.values()))
            if len(self._all) < self._open_max and at - oldest.at < WAIT_MS:
                return
            self._close(oldest)


def _plain(message_id: str) -> str:
    """An id without what may differ between an answer and a receipt: zeros before it, capitals."""
    return message_id.lstrip("0").lower()


def _otherwise(message_id: str) -> list[str]:
    """How the answer may have written what a receipt writes so: hexadecimal, or decimal."""
    found = []
    if _is(message_id, DIGITS):
        found.append(f"{int(message_id):x}")
    if _is(message_id, HEX_DIGITS):
        found.append(str(int(message_id, 16)))
    return found


def _is(text: str, digits: frozenset[str]) -> bool:
    return bool(text) and digits.issuperset(text)
