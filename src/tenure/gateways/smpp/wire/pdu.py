"""A PDU of SMPP 3.4: its header, the limits of its fields, and how it is refused (section 3.2)."""

import struct
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.smpp.wire.bodies import Body
from tenure.gateways.smpp.wire.names import RESPONSE, UNANSWERED, Command, Status

HEADER_OCTETS: Final = 16
SHORT_MESSAGE_OCTETS_MAX: Final = 254
SEQUENCE_MAX: Final = 0x7FFF_FFFF
_HEADER: Final = struct.Struct("!IIII")

# Sizes with the closing zero octet (section 4).
SYSTEM_ID, PASSWORD, SYSTEM_TYPE, ADDRESS_RANGE = 16, 9, 13, 41
SERVICE_TYPE, ADDRESS, TIME, MESSAGE_ID = 6, 21, 17, 65

KNOWN: Final = frozenset(Command) - {Command.GENERIC_NACK}


class Header(msgspec.Struct, frozen=True):
    """The first 16 octets of every PDU."""

    command: int
    status: int
    sequence: int

    @property
    def is_answer(self) -> bool:
        """Whether it answers something; an answer is never answered."""
        return bool(self.command & RESPONSE)


class Pdu(msgspec.Struct, frozen=True):
    """A PDU that was understood."""

    header: Header
    body: Body


class Malformed(msgspec.Struct, frozen=True):
    """A PDU that was not understood, and what the standard has its sender told."""

    header: Header
    status: Status
    reason: str
    fatal: bool = False
    """Where the next PDU begins is not known: the connection cannot be read on."""

    @property
    def answer(self) -> bytes:
        """The answer, or nothing: answers, and requests without an answer, get none."""
        if self.fatal and not self.header.is_answer:
            return encoded(Command.GENERIC_NACK, self.header.sequence, b"", self.status)
        return refusal(self.header, self.status)


Read: TypeAlias = Pdu | Malformed


def header_of(raw: bytes) -> Header:
    """The header of a PDU of at least 16 octets."""
    return Header(*_HEADER.unpack_from(raw)[1:])


def encoded(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """A whole PDU."""
    return _HEADER.pack(HEADER_OCTETS + len(body), command, status, sequence) + body


def refusal(header: Header, status: int) -> bytes:
    """The answer of a header only that refuses a request; nothing to what has no answer.

    generic_nack where the command, or where it ends, is not known (section 4.3).
    """
    if header.is_answer or header.command in UNANSWERED:
        return b""
    command = header.command | RESPONSE if header.command in KNOWN else Command.GENERIC_NACK
    return encoded(command, header.sequence, b"", status)
