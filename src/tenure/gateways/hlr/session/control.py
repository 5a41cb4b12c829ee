"""A conversation on the CTRL interface: numbered questions, answers in any order; no sockets."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.hlr.wire import control
from tenure.values.ipa import Frames

OUTSTANDING_MAX: Final = 64


class State(Enum):
    """Whether the element can be asked."""

    OPEN = auto()
    CLOSED = auto()


class Event(Enum):
    """What can happen to the conversation."""

    ASKED = auto()
    ANSWERED = auto()
    UNASKED = auto()
    """A trap, or an answer that nobody waits for any more."""
    UNREADABLE = auto()
    SILENT = auto()
    LEFT = auto()


NEXT: Final[Mapping[State, Mapping[Event, State]]] = {
    State.OPEN: {
        Event.ASKED: State.OPEN,
        Event.ANSWERED: State.OPEN,
        Event.UNASKED: State.OPEN,
        Event.UNREADABLE: State.CLOSED,
        Event.SILENT: State.CLOSED,
        Event.LEFT: State.CLOSED,
    },
    State.CLOSED: {Event.LEFT: State.CLOSED, Event.SILENT: State.CLOSED},
}
"""What is not here may not happen."""


class Told(msgspec.Struct, frozen=True):
    """The element's word on one question: its value, or why not."""

    number: int
    value: str | None
    why: str = ""

    def __repr__(self) -> str:
        return f"Told({self.number}, {'value' if self.value is not None else self.why!r})"


class Noticed(msgspec.Struct, frozen=True):
    """Something nobody asked for; for the log, without its content."""

    words: str


class Ended(msgspec.Struct, frozen=True):
    """The conversation is over: close the connection; what was asked stays unanswered."""

    why: str
    unanswered: tuple[int, ...]


Outcome: TypeAlias = Told | Noticed | Ended


class Control:
    """The conversation with one element."""

    def __init__(self) -> None:
        self.state = State.OPEN
        self._frames = Frames()
        self._asked: dict[int, str] = {}
        self._last = 0

    @property
    def waits(self) -> bool:
        """Whether a question is unanswered."""
        return bool(self._asked)

    def get(self, variable: str) -> tuple[int, bytes]:
        """Ask for a variable: the number of the question, and what to send."""
        number = self._new(variable)
        return number, control.get(number, variable)

    def set(self, variable: str, value: str) -> tuple[int, bytes]:
        """Ask to set a variable: the number of the question, and what to send."""
        number = self._new(variable)
        return number, control.set_(number, variable, value)

    def received(self, data: bytes) -> list[Outcome]:
        """Octets have come; after Ended nothing more is heard."""
        outcomes: list[Outcome] = []
        for frame in self._frames.feed(data):
            if self.state is State.CLOSED:
                break
            message = control.message_of(frame)
            if message is not None:
                outcomes.append(self._heard(message))
        return outcomes

    def silent(self) -> Ended:
        """An answer took too long.  A late one could be taken for another's, so this is the end."""
        return self._end(Event.SILENT, "it does not answer")

    def left(self) -> Ended:
        """The connection is gone."""
        return self._end(Event.LEFT, "it closed the connection")

    def _new(self, variable: str) -> int:
        assert Event.ASKED in NEXT[self.state], "who asks has looked whether it is open"
        assert len(self._asked) < OUTSTANDING_MAX
        self._last = self._last % control.NUMBER_MAX + 1
        self._asked[self._last] = variable
        return self._last

    def _heard(self, message: control.Message) -> Outcome:
        match message:
            case control.Answer():
                return self._answered(message)
            case control.Refusal():
                return self._refused(message)
            case control.Trap():
                return self._noticed("a trap")
            case control.Malformed(reason=reason):
                return self._end(Event.UNREADABLE, reason)

    def _answered(self, answer: control.Answer) -> Outcome:
        asked = self._asked.get(answer.number, answer.variable)
        if asked != answer.variable:
            return self._end(Event.UNREADABLE, "it answers what was not asked")
        return self._told(Told(answer.number, answer.value))

    def _refused(self, refusal: control.Refusal) -> Outcome:
        if refusal.number is None:
            # Nobody can tell which question it means, so none of the answers is certain.
            return self._end(Event.UNREADABLE, f"it could not read a question ({refusal.why[:80]})")
        return self._told(Told(refusal.number, None, refusal.why))

    def _told(self, told: Told) -> Outcome:
        if self._asked.pop(told.number, None) is None:
            return self._noticed("an answer to what nobody asked")
        self.state = NEXT[self.state][Event.ANSWERED]
        return told

    def _noticed(self, words: str) -> Noticed:
        self.state = NEXT[self.state][Event.UNASKED]
        return Noticed(words)

    def _end(self, event: Event, why: str) -> Ended:
        self.state = NEXT[self.state][event]
        unanswered = tuple(self._asked)
        self._asked.clear()
        return Ended(why, unanswered)
