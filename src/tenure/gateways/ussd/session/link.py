"""The connection to a register: it asks who we are, and from then on dialogues come; no sockets."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.ussd.wire import ipa
from tenure.gateways.ussd.wire.ipa import Control
from tenure.values.ipa import Frame, Frames


class State(Enum):
    """How far the connection is."""

    NEW = auto()
    """The register has not asked who we are; it sends no dialogue before."""
    KNOWN = auto()
    CLOSED = auto()


class Event(Enum):
    """What can happen to the connection."""

    ASKED = auto()
    """The register asks who we are; it may do so again."""
    HEARD = auto()
    """Anything else has come."""
    QUIET = auto()
    """Nothing came for a while: ask whether anybody is there."""
    LEFT = auto()


NEXT: Final[Mapping[State, Mapping[Event, State]]] = {
    State.NEW: {
        Event.ASKED: State.KNOWN,
        Event.HEARD: State.NEW,
        Event.QUIET: State.CLOSED,
        Event.LEFT: State.CLOSED,
    },
    State.KNOWN: {
        Event.ASKED: State.KNOWN,
        Event.HEARD: State.KNOWN,
        Event.QUIET: State.KNOWN,
        Event.LEFT: State.CLOSED,
    },
    State.CLOSED: {Event.LEFT: State.CLOSED, Event.QUIET: State.CLOSED},
}
"""What is not here may not happen."""


class Send(msgspec.Struct, frozen=True):
    """Octets for the register."""

    octets: bytes


class Heard(msgspec.Struct, frozen=True):
    """A GSUP message."""

    octets: bytes

    def __repr__(self) -> str:
        return f"Heard({len(self.octets)} octets)"


class Known(msgspec.Struct, frozen=True):
    """The register knows who we are: from now on dialogues come."""


class Ended(msgspec.Struct, frozen=True):
    """The connection is of no use any more: close it and connect again."""

    why: str


Outcome: TypeAlias = Send | Heard | Known | Ended


class Link:
    """One connection."""

    def __init__(self, name: str) -> None:
        """``name`` is ours as the register has it: ``EUSE-tenure``."""
        self.state = State.NEW
        self._name = name
        self._frames = Frames()
        self._asked_who_is_there = False

    def received(self, data: bytes) -> list[Outcome]:
        """Octets have come."""
        outcomes: list[Outcome] = []
        for frame in self._frames.feed(data):
            if self.state is State.CLOSED:
                break
            self._asked_who_is_there = False
            outcomes += self._frame(frame)
        return outcomes

    def quiet(self) -> list[Outcome]:
        """Nothing came for a while: ask, and give up when that was asked before."""
        if self._asked_who_is_there or Event.QUIET not in NEXT[self.state]:
            return [self.left("it does not answer")]
        self.state = NEXT[self.state][Event.QUIET]
        if self.state is State.CLOSED:
            return [Ended("it does not ask who we are")]
        self._asked_who_is_there = True
        return [Send(ipa.control(Control.PING))]

    def left(self, why: str = "it closed the connection") -> Ended:
        """The connection is gone."""
        self.state = NEXT[self.state][Event.LEFT]
        return Ended(why)

    def _frame(self, frame: Frame) -> list[Outcome]:
        message = ipa.gsup_of(frame)
        if message is not None:
            self.state = NEXT[self.state][Event.HEARD]
            return [Heard(message)]
        match ipa.control_of(frame):
            case Control.PING:
                return [Send(ipa.control(Control.PONG))]
            case Control.ID_GET:
                was, self.state = self.state, NEXT[self.state][Event.ASKED]
                known: list[Outcome] = [] if was is State.KNOWN else [Known()]
                return [Send(ipa.identity(self._name)), *known]
            case Control.ID_ACK:
                return [Send(ipa.control(Control.ID_ACK))]
            case _:
                return []
