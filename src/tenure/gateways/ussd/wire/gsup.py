"""GSUP messages of supplementary services: a type, then fields of tag, length and value."""

from enum import IntEnum
from typing import Final

import msgspec

from tenure.values.msisdn import Imsi

IMSI_DIGITS: Final = range(6, 16)
SESSION_OCTETS: Final = 4
FIELD_OCTETS_MAX: Final = 0xFF
_FILLER: Final = 0xF


class Kind(IntEnum):
    """The messages of a USSD dialogue."""

    REQUEST = 0x20
    ERROR = 0x21
    RESULT = 0x22


class Tag(IntEnum):
    """The fields that are read or written here; others are passed over."""

    IMSI = 0x01
    CAUSE = 0x02
    SESSION_ID = 0x30
    SESSION_STATE = 0x31
    SS_INFO = 0x35


class State(IntEnum):
    """Where in its dialogue a message stands."""

    BEGIN = 1
    CONTINUE = 2
    END = 3


class Cause(IntEnum):
    """Why a dialogue is refused (TS 24.008 table 10.5.95 and section 10.5.5.14)."""

    UNKNOWN_SUBSCRIBER = 0x02
    CONGESTION = 0x16
    WRONG_MESSAGE = 0x5F


class Message(msgspec.Struct, frozen=True):
    """One message of a dialogue."""

    kind: Kind
    imsi: Imsi
    session_id: int
    state: State
    info: bytes = b""
    """Components of TS 24.080; none in an error."""
    cause: Cause | None = None

    def __repr__(self) -> str:
        return f"Message({self.kind.name}, {self.state.name}, {len(self.info)} octets)"


class Malformed(msgspec.Struct, frozen=True):
    """Octets that are no such message, and why; names no subscriber."""

    reason: str


class Foreign(msgspec.Struct, frozen=True):
    """A GSUP message about something else; it is passed over."""

    kind: int


def encoded(message: Message) -> bytes:
    """A message as octets."""
    fields = [
        (Tag.IMSI, _swapped(message.imsi)),
        (Tag.SESSION_ID, message.session_id.to_bytes(SESSION_OCTETS)),
        (Tag.SESSION_STATE, bytes([message.state])),
    ]
    if message.cause is not None:
        fields.append((Tag.CAUSE, bytes([message.cause])))
    if message.info:
        fields.append((Tag.SS_INFO, message.info))
    parts = [bytes([tag, len(value)]) + value for tag, value in fields]
    return bytes([message.kind]) + b"".join(parts)


def decoded(octets: bytes) -> Message | Foreign | Malformed:
    """The message in octets; total."""
    if not octets:
        return Malformed("a message without a type")
    if octets[0] not in list(Kind):
        return Foreign(octets[0])
    fields = _fields(octets[1:])
    if fields is None:
        return Malformed("a field is longer than its message")
    return _message(Kind(octets[0]), fields)


def _message(kind: Kind, fields: dict[int, bytes]) -> Message | Malformed:
    imsi = _digits(fields.get(Tag.IMSI, b""))
    if imsi is None:
        return Malformed("a message names no IMSI")
    session_id = fields.get(Tag.SESSION_ID, b"")
    if len(session_id) != SESSION_OCTETS:
        return Malformed("a message names no session")
    state = fields.get(Tag.SESSION_STATE, b"")
    if len(state) != 1 or state[0] not in list(State):
        return Malformed("a message does not say where in its dialogue it stands")
    cause = fields.get(Tag.CAUSE, b"")
    return Message(
        kind=kind,
        imsi=imsi,
        session_id=int.from_bytes(session_id),
        state=State(state[0]),
        info=fields.get(Tag.SS_INFO, b""),
        cause=Cause(cause[0]) if len(cause) == 1 and cause[0] in list(Cause) else None,
    )


def _fields(octets: bytes) -> dict[int, bytes] | None:
    """The fields by tag, the first of each; None when one is cut off."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(octets):
        end = at + 2 + (octets[at + 1] if at + 1 < len(octets) else len(octets))
        if end > len(octets):
            return None
        found.setdefault(octets[at], octets[at + 2 : end])
        at = end
    return found


def _swapped(digits: str) -> bytes:
    """Digits as nibbles, the first one low, filled with F (TS 29.002 TBCD)."""
    nibbles = [int(digit) for digit in digits] + [_FILLER] * (len(digits) % 2)
    return bytes(high << 4 | low for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def _digits(octets: bytes) -> Imsi | None:
    nibbles = [nibble for octet in octets for nibble in (octet & 0xF, octet >> 4)]
    if nibbles and nibbles[-1] == _FILLER:
        nibbles.pop()
    if len(nibbles) not in IMSI_DIGITS or max(nibbles) > 9:  # noqa: PLR2004 -- a decimal digit
        return None
    return Imsi("".join(map(str, nibbles)))
