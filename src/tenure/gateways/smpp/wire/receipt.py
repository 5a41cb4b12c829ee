"""Delivery receipts (section 5.2.12, appendix B): their text, and the parameters beside it."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.gateways.smpp.wire.bodies import Message
from tenure.gateways.smpp.wire.names import Esm, State, Tag

WORD_OF: Final[Mapping[State, str]] = {
    State.ENROUTE: "ENROUTE",
    State.DELIVERED: "DELIVRD",
    State.EXPIRED: "EXPIRED",
    State.DELETED: "DELETED",
    State.UNDELIVERABLE: "UNDELIV",
    State.ACCEPTED: "ACCEPTD",
    State.UNKNOWN: "UNKNOWN",
    State.REJECTED: "REJECTD",
}
"""How appendix B writes what became of a message."""
_STATE_OF: Final = {word: state for state, word in WORD_OF.items()}
_FIELD: Final = re.compile(rb"\b(id|stat|err):\s*([^\s\x00]*)", re.IGNORECASE)
TIME: Final = "%y%m%d%H%M"


class Receipt(msgspec.Struct, frozen=True):
    """What a message centre says became of a message."""

    message_id: str
    """As it writes it; "" when it names none."""
    reference: int | None
    """user_message_reference of the message, where it comes back (5.3.2.17)."""
    state: State
    error: str = ""

    def __repr__(self) -> str:
        return f"Receipt({self.state.name})"


def is_receipt(message: Message) -> bool:
    """Whether a deliver_sm tells about a message, instead of being one."""
    return bool(message.esm_class & Esm.TYPES & (Esm.RECEIPT | Esm.INTERMEDIATE))


def receipt_of(message: Message) -> Receipt:
    """What a receipt says; where its text and its parameters differ, the parameters (5.3.2.35)."""
    found: dict[bytes, str] = {}
    for name, value in _FIELD.findall(message.octets):
        found.setdefault(name.lower(), value.decode("latin-1"))
    tlvs = message.tlvs
    named = tlvs.get(Tag.RECEIPTED_MESSAGE_ID)
    given = tlvs.get(Tag.USER_MESSAGE_REFERENCE)
    stated = tlvs.get(Tag.MESSAGE_STATE)
    state = State(stated[0]) if stated and stated[0] in set(State) else None
    if state is None:
        state = _STATE_OF.get(found.get(b"stat", "").upper()[:7], State.UNKNOWN)
    return Receipt(
        named.rstrip(b"\0").decode("latin-1") if named else found.get(b"id", ""),
        None if given is None else int.from_bytes(given),
        state,
        found.get(b"err", ""),
    )


def written(message_id: str, state: State, times: tuple[str, str]) -> bytes:
    """The text of a receipt: when it was submitted and done, as ``TIME`` writes it.

    The text of the message is not repeated: appendix B allows it, and nobody needs it.
    """
    delivered = int(state is State.DELIVERED)
    return (
        f"id:{message_id} sub:001 dlvrd:{delivered:03d} submit date:{times[0]} done date:{times[1]}"
        f" stat:{WORD_OF[state]} err:000 text:"
    ).encode("latin-1")


def parameters(message_id: str, state: State) -> Mapping[int, bytes]:
    """The optional parameters of a receipt."""
    return {
        Tag.RECEIPTED_MESSAGE_ID: message_id.encode("latin-1") + b"\0",
        Tag.MESSAGE_STATE: bytes((state,)),
    }
