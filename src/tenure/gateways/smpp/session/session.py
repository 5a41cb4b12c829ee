"""A session: requests and answers find each other, silence is noticed, and the table is kept."""

from collections.abc import Hashable
from typing import Generic, TypeAlias, TypeVar

import msgspec

from tenure.gateways.smpp.session.table import (
    BOUND,
    BOUND_BY,
    MAY_COME,
    NEXT,
    Event,
    Side,
    State,
)
from tenure.gateways.smpp.wire.bodies import Bind, Body, MessageAnswer
from tenure.gateways.smpp.wire.names import BINDS, RESPONSE, Command, Status
from tenure.gateways.smpp.wire.pdu import (
    SEQUENCE_MAX,
    Header,
    Malformed,
    Pdu,
    Read,
    encoded,
    refusal,
)
from tenure.gateways.smpp.wire.reading import Frames
from tenure.gateways.smpp.wire.writing import bind_body

Token = TypeVar("Token", bound=Hashable)


class Timers(msgspec.Struct, frozen=True):
    """How long silence may last (section 7.2)."""

    enquire_ms: int = 30_000
    """enquire_link_timer: silence after which the peer is asked whether it lives."""
    response_ms: int = 15_000
    """response_timer: an answer that takes longer does not come any more."""
    begin_ms: int = 10_000
    """session_init_timer, and how long a PDU may take to arrive whole."""


class Send(msgspec.Struct, frozen=True):
    """Send this."""

    octets: bytes

    def __repr__(self) -> str:
        return f"Send({len(self.octets)} octets)"


class Asked(msgspec.Struct, frozen=True):
    """A request of the peer that is to be answered with ``Session.answer``."""

    header: Header
    body: Body


class Answered(msgspec.Struct, Generic[Token], frozen=True):
    """The answer to a request of ours."""

    token: Token
    status: int
    message_id: str = ""


class Bound(msgspec.Struct, frozen=True):
    """The peer has let us in."""


class TurnedAway(msgspec.Struct, frozen=True):
    """The peer has not let us in; ``Ended`` follows."""

    status: int


class Noticed(msgspec.Struct, frozen=True):
    """Something that a person may want to know; about nobody."""

    words: str


class Ended(msgspec.Struct, Generic[Token], frozen=True):
    """The session is over: close the connection.  Nobody knows what became of the unanswered."""

    why: str
    unanswered: tuple[Token, ...]


Outcome: TypeAlias = Send | Asked | Answered[Token] | Bound | TurnedAway | Noticed | Ended[Token]


class _Own(msgspec.Struct, frozen=True):
    """A request of the session itself."""

    command: Command


class Session(Generic[Token]):
    """One side of a conversation.  A token names a request of ours to whoever made it."""

    def __init__(self, side: Side, timers: Timers, at_ms: int) -> None:
        self.side, self.state, self._timers = side, State.OPEN, timers
        self._frames = Frames()
        self._sequence = 0
        self._waiting: dict[int, tuple[Token | _Own, int]] = {}
        """By sequence number: the token, and when it was asked; the oldest first."""
        self._kind: Command | None = None
        self._opened_at_ms = self._heard_at_ms = self._begun_at_ms = at_ms
        self._asked_whether_alive = False

    @property
    def outstanding(self) -> int:
        """How many requests of ours wait for their answer; the window counts them."""
        return len(self._waiting)

    @property
    def is_bound(self) -> bool:
        """Whether messages may pass."""
        return self.state in BOUND

    @property
    def is_over(self) -> bool:
        """Whether nothing more is said."""
        return self.state is State.CLOSED

    def bind(self, kind: Command, bind: Bind, at_ms: int) -> bytes:
        """Ask to be let in: what to send."""
        self._move(Event.BIND)
        self._kind = kind
        return self._request(kind, bind_body(bind), _Own(kind), at_ms)

    def ask(self, command: Command, body: bytes, token: Token, at_ms: int) -> bytes:
        """Make a request: what to send."""
        assert self.is_bound, "who asks has looked whether it is bound"
        return self._request(command, body, token, at_ms)

    def answer(self, asked: Header, status: int, body: bytes = b"") -> bytes:
        """Answer a request of the peer: what to send; nothing when it is too late."""
        if self.is_over:
            return b""
        if status:
            return refusal(asked, status)
        return encoded(asked.command | RESPONSE, asked.sequence, body)

    def let_in(self, asked: Header, body: bytes) -> bytes:
        """Accept a bind that was ``Asked``: what to send."""
        self._move(BOUND_BY[Command(asked.command)])
        return encoded(asked.command | RESPONSE, asked.sequence, body)

    def turn_away(self, asked: Header, status: Status) -> bytes:
        """Refuse a bind that was ``Asked``: what to send before the connection is closed."""
        self._move(Event.TURNED_AWAY)
        return encoded(asked.command | RESPONSE, asked.sequence, b"", status)

    def unbind(self, at_ms: int) -> list[Outcome[Token]]:
        """We want to leave."""
        was_bound = self.is_bound
        self._move(Event.WE_UNBIND)
        if not was_bound:
            return [self._ended("we left")]
        own = _Own(Command.UNBIND)
        return [Send(self._request(Command.UNBIND, b"", own, at_ms))]

    def received(self, data: bytes, at_ms: int) -> list[Outcome[Token]]:
        """Octets have come; after ``Ended`` nothing more is heard."""
        if self.is_over:
            return []
        self._heard_at_ms = at_ms
        self._asked_whether_alive = False
        if not self._frames.begun:
            self._begun_at_ms = at_ms
        outcomes: list[Outcome[Token]] = []
        for read in self._frames.feed(data):
            self._begun_at_ms = at_ms
            outcomes += self._read(read)
            if self.is_over:
                break
        return outcomes

    def tick(self, at_ms: int) -> list[Outcome[Token]]:
        """Time has passed."""
        if self.is_over:
            return []
        late = self._late(at_ms)
        if late:
            return self._end(Event.SILENT, late)
        silent = at_ms - self._heard_at_ms >= self._timers.enquire_ms
        if not self.is_bound or self._asked_whether_alive or not silent:
            return []
        self._asked_whether_alive = True
        own = _Own(Command.ENQUIRE_LINK)
        return [Send(self._request(Command.ENQUIRE_LINK, b"", own, at_ms))]

    def _late(self, at_ms: int) -> str:
        """What took longer than it may; "" for nothing."""
        timers = self._timers
        oldest = next(iter(self._waiting.values()), None)
        if oldest is not None and at_ms - oldest[1] >= timers.response_ms:
            return "an answer did not come in time"
        if self._frames.begun and at_ms - self._begun_at_ms >= timers.begin_ms:
            return "a PDU began and never ended"
        waits = self.side is Side.SMSC and self.state is State.OPEN
        if waits and at_ms - self._opened_at_ms >= timers.begin_ms:
            return "no bind came"
        return ""

    def left(self) -> list[Outcome[Token]]:
        """The connection is gone."""
        if self.is_over:
            return []
        return self._end(Event.LEFT, "the peer closed the connection")

    def _request(self, command: Command, body: bytes, token: Token | _Own, at_ms: int) -> bytes:
        self._sequence = self._sequence % SEQUENCE_MAX + 1
        self._waiting[self._sequence] = (token, at_ms)
        return encoded(command, self._sequence, body)

    def _read(self, read: Read) -> list[Outcome[Token]]:
        header = read.header
        if isinstance(read, Malformed):
            return self._malformed(read)
        if header.is_answer:
            return self._answer(header, read.body)
        return self._asked(read)

    def _malformed(self, read: Malformed) -> list[Outcome[Token]]:
        said: list[Outcome[Token]] = [Send(read.answer)] if read.answer else []
        said.append(Noticed(read.reason))
        if read.fatal:
            return said + self._end(Event.BROKEN, read.reason)
        if read.header.is_answer:
            # That it came is known, and its status; what else it says is not.
            said += self._answer(read.header, MessageAnswer())
        return said

    def _asked(self, pdu: Pdu) -> list[Outcome[Token]]:
        header = pdu.header
        command = Command(header.command)
        states = MAY_COME[self.side].get(command)
        if states is None or self.state not in states:
            again = command in BINDS and self.state is not State.OPEN and states is not None
            status = Status.RALYBND if again else Status.RINVBNDSTS
            octets = refusal(header, status)
            noticed = Noticed(f"{command.name} came in state {self.state.name}")
            return [Send(octets), noticed] if octets else [noticed]
        if command is Command.ENQUIRE_LINK:
            return [Send(self.answer(header, Status.ROK))]
        if command is Command.UNBIND:
            bye: Outcome[Token] = Send(self.answer(header, Status.ROK))
            return [bye, *self._end(Event.PEER_UNBINDS, "the peer took its leave")]
        if command is Command.ALERT_NOTIFICATION:
            return []
        if command in BINDS:
            self._move(Event.BIND)
        return [Asked(header, pdu.body)]

    def _answer(self, header: Header, body: Body) -> list[Outcome[Token]]:
        found = self._waiting.pop(header.sequence, None)
        if found is None:
            return [Noticed("an answer came to which there is no request")]
        token = found[0]
        if not isinstance(token, _Own):
            # generic_nack with status 0 would be a refusal that says it is none.
            nack = header.command == Command.GENERIC_NACK
            status = header.status or (Status.RUNKNOWNERR if nack else Status.ROK)
            message_id = body.message_id if isinstance(body, MessageAnswer) else ""
            return [Answered(token, status, message_id)]
        if token.command in BINDS:
            return self._bind_answered(header)
        if token.command is Command.UNBIND:
            return self._end(Event.UNBOUND, "we took our leave")
        return []

    def _bind_answered(self, header: Header) -> list[Outcome[Token]]:
        assert self._kind is not None
        if header.command == self._kind | RESPONSE and not header.status:
            self._move(BOUND_BY[self._kind])
            return [Bound()]
        away: Outcome[Token] = TurnedAway(header.status or Status.RBINDFAIL)
        return [away, *self._end(Event.TURNED_AWAY, "the peer did not let us in")]

    def _end(self, event: Event, why: str) -> list[Outcome[Token]]:
        self._move(event)
        return [self._ended(why)]

    def _ended(self, why: str) -> Ended[Token]:
        unanswered = tuple(
            token for token, _ in self._waiting.values() if not isinstance(token, _Own)
        )
        self._waiting.clear()
        return Ended(why, unanswered)

    def _move(self, event: Event) -> None:
        following = NEXT[self.state].get(event)
        assert following is not None, f"{event.name} in state {self.state.name}"
        self.state = following
