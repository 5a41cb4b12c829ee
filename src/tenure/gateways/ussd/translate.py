"""From GSUP messages to a dialogue, and from its screens to GSUP messages."""

from typing import Final, TypeAlias

import msgspec

from tenure.gateways.ussd.wire import components, gsup, strings
from tenure.gateways.ussd.wire.components import Error, Operation, Problem
from tenure.gateways.ussd.wire.gsup import Kind, Message, State
from tenure.values.msisdn import Imsi

OURS: Final = 1
"""The identity of what we ask the phone: one question is open at a time."""
_DIALLABLE: Final = frozenset("0123456789*#")


class Key(msgspec.Struct, frozen=True):
    """A dialogue of a register: the phone, and the number that its network gave to it."""

    imsi: Imsi
    session_id: int

    def __repr__(self) -> str:
        return f"Key({self.session_id:08x})"


class Dial(msgspec.Struct, frozen=True):
    """Somebody dialled a code."""

    key: Key
    invoke_id: int
    """Of the phone; the last screen answers it."""
    code: str

    def __repr__(self) -> str:
        return f"Dial({self.key!r})"


class Say(msgspec.Struct, frozen=True):
    """Somebody answered a screen."""

    key: Key
    text: str

    def __repr__(self) -> str:
        return f"Say({self.key!r})"


class Leave(msgspec.Struct, frozen=True):
    """Somebody ended the dialogue, or their network did."""

    key: Key


class Refuse(msgspec.Struct, frozen=True):
    """Nothing that a dialogue could begin with; this is the answer."""

    octets: bytes


class Ignore(msgspec.Struct, frozen=True):
    """Nothing to answer, and why."""

    reason: str


Asked: TypeAlias = Dial | Say | Leave | Refuse | Ignore


def asked(octets: bytes) -> Asked:
    """What a GSUP message asks for; total."""
    message = gsup.decoded(octets)
    if not isinstance(message, Message):
        reason = message.reason if isinstance(message, gsup.Malformed) else "about something else"
        return Ignore(reason)
    key = Key(message.imsi, message.session_id)
    if message.kind is Kind.ERROR:
        return Leave(key)
    component = components.decoded(message.info) if message.info else None
    if message.state is State.BEGIN:
        return _begun(key, component)
    match component:
        case components.Result(string=string) if string is not None:
            text = strings.decoded(string)
            return Say(key, _typed(text or ""))
        case _:
            # A dialogue ends with whatever is not an answer: a refusal, a rejection, nothing.
            return Leave(key)


def _begun(key: Key, component: components.Component | None) -> Asked:
    if not isinstance(component, components.Invoke):
        return Ignore("a dialogue begins without an invoke")
    invoke_id = component.invoke_id
    if component.operation != Operation.PROCESS_REQUEST:
        return _refuse(key, components.reject(invoke_id, Problem.UNRECOGNIZED_OPERATION))
    if component.string is None:
        return _refuse(key, components.reject(invoke_id, Problem.MISTYPED_PARAMETER))
    text = strings.decoded(component.string)
    if text is None:
        return _refuse(key, components.error(invoke_id, Error.UNKNOWN_ALPHABET))
    return Dial(key, invoke_id, _typed(text))


def _typed(text: str) -> str:
    """What was typed.  Some phones fill seven characters up with zero bits, which is an ``@``."""
    bare = text.rstrip("\r\n")
    without = bare.removesuffix("@")
    return without if without and set(without) <= _DIALLABLE else bare


def _refuse(key: Key, info: bytes) -> Refuse:
    message = Message(Kind.RESULT, key.imsi, key.session_id, State.END, info)
    return Refuse(gsup.encoded(message))


def asking(key: Key, text: str) -> bytes:
    """A screen that takes an answer: the dialogue stays open."""
    info = components.invoke(OURS, Operation.REQUEST, strings.encoded(text))
    return gsup.encoded(Message(Kind.REQUEST, key.imsi, key.session_id, State.CONTINUE, info))


def last(key: Key, invoke_id: int, text: str) -> bytes:
    """The last screen of a dialogue: it answers what was dialled."""
    info = components.result(invoke_id, Operation.PROCESS_REQUEST, strings.encoded(text))
    return gsup.encoded(Message(Kind.RESULT, key.imsi, key.session_id, State.END, info))


def refused(key: Key, invoke_id: int | None, error: Error) -> bytes:
    """A dialogue that is not held: nobody has this SIM, or nothing is known of the dialogue.

    An error component in a result that ends the dialogue: osmo-hlr 1.5 keeps the GSUP error of an
    entity to itself, and the phone would wait.
    """
    info = components.error(OURS if invoke_id is None else invoke_id, error)
    return gsup.encoded(Message(Kind.RESULT, key.imsi, key.session_id, State.END, info))
