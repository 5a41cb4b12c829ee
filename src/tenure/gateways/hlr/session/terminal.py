"""A conversation on the VTY: get the right to change things, then one command at a time."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.hlr.wire.terminal import (
    PasswordAsked,
    Prompt,
    Terminal,
    TooMuch,
    line_of,
    without_echo,
)

ENABLE: Final = "enable"
NO_PAGES: Final = "terminal length 0"
GUEST, CHANGER = ">", "#"


class State(Enum):
    """Where the conversation stands."""

    GREETED = auto()
    """Connected; the first prompt has not come."""
    ENABLING = auto()
    SETTING = auto()
    READY = auto()
    BUSY = auto()
    CLOSED = auto()


class Event(Enum):
    """What can happen to the conversation."""

    GUEST_PROMPT = auto()
    CHANGER_PROMPT = auto()
    COMMAND = auto()
    UNREADABLE = auto()
    SILENT = auto()
    LEFT = auto()


_ENDS: Final[Mapping[Event, State]] = {
    Event.UNREADABLE: State.CLOSED,
    Event.SILENT: State.CLOSED,
    Event.LEFT: State.CLOSED,
}
NEXT: Final[Mapping[State, Mapping[Event, State]]] = {
    State.GREETED: {Event.GUEST_PROMPT: State.ENABLING, **_ENDS},
    State.ENABLING: {Event.CHANGER_PROMPT: State.SETTING, **_ENDS},
    State.SETTING: {Event.CHANGER_PROMPT: State.READY, **_ENDS},
    State.READY: {Event.COMMAND: State.BUSY, **_ENDS},
    State.BUSY: {Event.CHANGER_PROMPT: State.READY, **_ENDS},
    State.CLOSED: {Event.SILENT: State.CLOSED, Event.LEFT: State.CLOSED},
}
"""What is not here may not happen: with another prompt we are not where we think."""

SENT_BY: Final[Mapping[State, str]] = {State.ENABLING: ENABLE, State.SETTING: NO_PAGES}
"""What is said by itself on the way to READY."""

_SIGNS: Final[Mapping[str, Event]] = {GUEST: Event.GUEST_PROMPT, CHANGER: Event.CHANGER_PROMPT}


class Send(msgspec.Struct, frozen=True):
    """Send this, and wait."""

    octets: bytes


class Ready(msgspec.Struct, frozen=True):
    """A command may be given."""


class Said(msgspec.Struct, frozen=True):
    """What the element said to the command; nothing is its way to agree."""

    words: str

    def __repr__(self) -> str:
        return f"Said({len(self.words)} characters)"


class Ended(msgspec.Struct, frozen=True):
    """The conversation is over: close the connection; a command under way may have been done."""

    why: str


Outcome: TypeAlias = Send | Ready | Said | Ended


class Vty:
    """The conversation with one element."""

    def __init__(self) -> None:
        self.state = State.GREETED
        self._terminal = Terminal()
        self._command = ""

    def command(self, command: str) -> bytes:
        """Give a command: what to send."""
        assert Event.COMMAND in NEXT[self.state], "who commands has looked whether it is ready"
        self.state = NEXT[self.state][Event.COMMAND]
        self._command = command
        return line_of(command)

    def received(self, data: bytes) -> Outcome | None:
        """Octets have come; None while the element is still speaking."""
        if self.state is State.CLOSED:
            return None
        heard = self._terminal.feed(data)
        match heard:
            case None:
                return None
            case PasswordAsked():
                return self._end(Event.UNREADABLE, "it asks for a password; bind it to loopback")
            case TooMuch():
                return self._end(Event.UNREADABLE, "it says more than anybody can use")
            case Prompt(said=said, sign=sign):
                return self._prompted(said, sign)

    def silent(self) -> Ended:
        """A prompt took too long; a late answer could be taken for another's: this is the end."""
        return self._end(Event.SILENT, "it does not answer")

    def left(self) -> Ended:
        """The connection is gone."""
        return self._end(Event.LEFT, "it closed the connection")

    def _prompted(self, said: str, sign: str) -> Outcome:
        before = self.state
        following = NEXT[before].get(_SIGNS.get(sign, Event.UNREADABLE), State.CLOSED)
        words = said if before is State.GREETED else without_echo(said, self._command)
        if following is State.CLOSED or words is None:
            return self._end(Event.UNREADABLE, f"it is not where we think (prompt {sign})")
        self.state = following
        if following in SENT_BY:
            self._command = SENT_BY[following]
            return Send(line_of(self._command))
        self._command = ""
        return Ready() if before is State.SETTING else Said(words)

    def _end(self, event: Event, why: str) -> Ended:
        self.state = NEXT[self.state][event]
        return Ended(why)
