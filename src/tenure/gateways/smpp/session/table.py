"""The states of a session and what each allows, as tables (sections 2.2 and 2.3)."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from tenure.gateways.smpp.wire.names import Command


class Side(Enum):
    """Which end of the session we are."""

    ESME = auto()
    """We send through somebody's message centre."""
    SMSC = auto()
    """Somebody sends through us."""


class State(Enum):
    """Where a session stands (section 2.2)."""

    OPEN = auto()
    BINDING = auto()
    """A bind was sent, or came, and is not answered."""
    BOUND_TX = auto()
    BOUND_RX = auto()
    BOUND_TRX = auto()
    UNBINDING = auto()
    CLOSED = auto()


class Event(Enum):
    """What can happen to a session."""

    BIND = auto()
    BOUND_TX = auto()
    BOUND_RX = auto()
    BOUND_TRX = auto()
    TURNED_AWAY = auto()
    WE_UNBIND = auto()
    PEER_UNBINDS = auto()
    UNBOUND = auto()
    SILENT = auto()
    BROKEN = auto()
    LEFT = auto()


_ENDS: Final[Mapping[Event, State]] = {
    Event.SILENT: State.CLOSED,
    Event.BROKEN: State.CLOSED,
    Event.LEFT: State.CLOSED,
}
_BOUND: Final[Mapping[Event, State]] = {
    Event.WE_UNBIND: State.UNBINDING,
    Event.PEER_UNBINDS: State.CLOSED,
    **_ENDS,
}
NEXT: Final[Mapping[State, Mapping[Event, State]]] = {
    State.OPEN: {Event.BIND: State.BINDING, Event.WE_UNBIND: State.CLOSED, **_ENDS},
    State.BINDING: {
        Event.BOUND_TX: State.BOUND_TX,
        Event.BOUND_RX: State.BOUND_RX,
        Event.BOUND_TRX: State.BOUND_TRX,
        Event.TURNED_AWAY: State.CLOSED,
        Event.WE_UNBIND: State.CLOSED,
        **_ENDS,
    },
    State.BOUND_TX: _BOUND,
    State.BOUND_RX: _BOUND,
    State.BOUND_TRX: _BOUND,
    State.UNBINDING: {Event.UNBOUND: State.CLOSED, Event.PEER_UNBINDS: State.CLOSED, **_ENDS},
    State.CLOSED: {Event.LEFT: State.CLOSED, Event.SILENT: State.CLOSED},
}
"""What is not here may not happen."""

BOUND_BY: Final[Mapping[Command, Event]] = {
    Command.BIND_TRANSMITTER: Event.BOUND_TX,
    Command.BIND_RECEIVER: Event.BOUND_RX,
    Command.BIND_TRANSCEIVER: Event.BOUND_TRX,
}
BOUND: Final = frozenset({State.BOUND_TX, State.BOUND_RX, State.BOUND_TRX})
SENDING: Final = frozenset({State.BOUND_TX, State.BOUND_TRX})
RECEIVING: Final = frozenset({State.BOUND_RX, State.BOUND_TRX})
_LEAVING: Final = BOUND | {State.UNBINDING}
_ANY: Final = frozenset(State) - {State.CLOSED}

MAY_COME: Final[Mapping[Side, Mapping[Command, frozenset[State]]]] = {
    Side.ESME: {
        Command.DELIVER_SM: RECEIVING | {State.UNBINDING},
        Command.DATA_SM: RECEIVING | {State.UNBINDING},
        Command.ALERT_NOTIFICATION: RECEIVING,
        Command.ENQUIRE_LINK: _ANY,
        Command.UNBIND: _LEAVING,
    },
    Side.SMSC: {
        Command.BIND_TRANSMITTER: frozenset({State.OPEN}),
        Command.BIND_RECEIVER: frozenset({State.OPEN}),
        Command.BIND_TRANSCEIVER: frozenset({State.OPEN}),
        Command.SUBMIT_SM: SENDING,
        Command.DATA_SM: SENDING,
        Command.SUBMIT_MULTI: SENDING,
        Command.QUERY_SM: SENDING,
        Command.CANCEL_SM: SENDING,
        Command.REPLACE_SM: SENDING,
        Command.ENQUIRE_LINK: _ANY,
        Command.UNBIND: _LEAVING,
    },
}
"""Which requests of the peer are in order (section 2.3); what is not here is of the other side."""
