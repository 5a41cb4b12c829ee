"""What one message centre is to get: in a window, at a pace, and kept while it has too much."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.smpp.translate.sending import Verdict, status_name, verdict_of
from tenure.gateways.smpp.wire.bodies import Message
from tenure.gateways.smpp.wire.names import Tag
from tenure.gateways.smpp.wire.writing import message_body
from tenure.values.instant import SECOND_MS, Instant

BACK_OFF_MS: Final = 100
BACK_OFF_MAX_MS: Final = 5_000
KEPT_MS: Final = 60_000
"""After which a message that was always throttled goes back, so that another way may be tried."""

Token: TypeAlias = tuple[int, int]
"""A delivery, and which part of it, counted from one."""


class Submitted(msgspec.Struct, frozen=True):
    """A part that was taken."""

    number: int
    reference: int
    message_id: str


class Handed(msgspec.Struct, frozen=True):
    """All parts of a delivery were taken."""

    delivery_id: int
    to: str
    parts: tuple[Submitted, ...]

    def __repr__(self) -> str:
        return f"Handed({self.delivery_id})"


class Refused(msgspec.Struct, frozen=True):
    """A delivery was not taken."""

    delivery_id: int
    reason: str
    permanent: bool


class Returned(msgspec.Struct, frozen=True):
    """A delivery of which nothing went: it may go another way at once."""

    delivery_id: int


Event: TypeAlias = Handed | Refused | Returned


class _Sending(msgspec.Struct):
    """A delivery under way."""

    delivery_id: int
    to: str
    bodies: tuple[bytes, ...]
    references: tuple[int, ...]
    since: Instant
    begun: int = 0
    """How many parts were written at least once."""
    taken: dict[int, str] = {}
    under_way: int = 0

    def __repr__(self) -> str:
        return f"_Sending({self.delivery_id})"


class Outbox:
    """The deliveries of one session with one message centre."""

    def __init__(self, window: int, per_second: int = 0) -> None:
        """``window``: how many may be unanswered.  ``per_second``: 0 for as fast as it goes."""
        self._window, self._per_second = window, per_second
        self._fresh: deque[_Sending] = deque()
        self._again: deque[Token] = deque()
        self._known: dict[int, _Sending] = {}
        self._under_way = 0
        self._quiet_until = Instant(0)
        self._back_off_ms = BACK_OFF_MS
        self._second, self._in_second = 0, 0
        self.throttled = 0
        """How often the other side had too much."""

    @property
    def waiting(self) -> int:
        """How many deliveries have not begun."""
        return len(self._fresh)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to send or to be answered."""
        return not self._known

    def add(self, delivery_id: int, messages: tuple[Message, ...], at: Instant) -> None:
        """A delivery is to go: its parts, in their order."""
        tag = Tag.USER_MESSAGE_REFERENCE
        sending = _Sending(
            delivery_id,
            messages[0].destination.text,
            tuple(message_body(message) for message in messages),
            tuple(int.from_bytes(message.tlvs[tag]) for message in messages),
            at,
        )
        self._known[delivery_id] = sending
        self._fresh.append(sending)

    def due(self, at: Instant) -> Iterator[tuple[Token, bytes]]:
        """What may be written now: whose part it is, and the body."""
        while self._under_way < self._window and at >= self._quiet_until:
            token = self._next()
            if token is None or not self._paced(at):
                return
            delivery_id, number = token
            sending = self._known[delivery_id]
            if self._again and self._again[0] == token:
                self._again.popleft()
            else:
                sending.begun = number
                if number == len(sending.bodies):
                    self._fresh.popleft()
            sending.under_way += 1
            self._under_way += 1
            yield token, sending.bodies[number - 1]

    def _next(self) -> Token | None:
        if self._again:
            return self._again[0]
        if self._fresh:
            return self._fresh[0].delivery_id, self._fresh[0].begun + 1
        return None

    def _paced(self, at: Instant) -> bool:
        """Whether one more may go in this second; else it is quiet until the next."""
        if not self._per_second:
            return True
        second = at // SECOND_MS
        if second != self._second:
            self._second, self._in_second = second, 0
        if self._in_second >= self._per_second:
            self._quiet_until = Instant((second + 1) * SECOND_MS)
            return False
        self._in_second += 1
        return True

    def wakes_at(self) -> Instant | None:
        """When something may go that may not go now; None when only an answer can change it."""
        if self._under_way >= self._window or self._next() is None:
            return None
        return self._quiet_until

    def answered(self, token: Token, status: int, message_id: str, at: Instant) -> Event | None:
        """The other side has said what becomes of a part; what that means for the delivery."""
        self._under_way -= 1
        delivery_id, number = token
        sending = self._known.get(delivery_id)
        if sending is None:
            return None
        sending.under_way -= 1
        verdict = verdict_of(status)
        if verdict is Verdict.WAIT:
            return self._throttled(sending, number, at)
        if verdict is not Verdict.TAKEN:
            return self._refused(sending, status_name(status), permanent=verdict is Verdict.NEVER)
        self._back_off_ms = BACK_OFF_MS
        sending.taken = {**sending.taken, number: message_id}
        if len(sending.taken) < len(sending.bodies):
            return None
        del self._known[delivery_id]
        parts = (
            Submitted(number, reference, sending.taken[number])
            for number, reference in enumerate(sending.references, 1)
        )
        return Handed(delivery_id, sending.to, tuple(parts))

    def _throttled(self, sending: _Sending, number: int, at: Instant) -> Event | None:
        self.throttled += 1
        if at >= self._quiet_until:
            # The rest of a window that was refused together is one sign, not fifty.
            self._quiet_until = Instant(at + self._back_off_ms)
            self._back_off_ms = min(2 * self._back_off_ms, BACK_OFF_MAX_MS)
        if at - sending.since < KEPT_MS:
            self._again.append((sending.delivery_id, number))
            return None
        if sending.taken or sending.under_way:
            return self._refused(sending, "throttled", permanent=False)
        self._forget(sending)
        return Returned(sending.delivery_id)

    def _refused(self, sending: _Sending, reason: str, *, permanent: bool) -> Refused:
        self._forget(sending)
        return Refused(sending.delivery_id, reason, permanent)

    def _forget(self, sending: _Sending) -> None:
        del self._known[sending.delivery_id]
        if self._fresh and self._fresh[0] is sending:
            self._fresh.popleft()
        mine = sending.delivery_id
        if any(delivery_id == mine for delivery_id, _ in self._again):
            self._again = deque(token for token in self._again if token[0] != mine)

    def ended(self, unanswered: Iterable[Token]) -> list[Returned]:
        """The session is over: what surely did not go.  Nobody knows about the others."""
        asked = {delivery_id for delivery_id, _ in unanswered}
        back = [
            Returned(delivery_id)
            for delivery_id, sending in self._known.items()
            if delivery_id not in asked and not sending.taken
        ]
        self._fresh.clear()
        self._again.clear()
        self._known.clear()
        self._under_way = 0
        return back
