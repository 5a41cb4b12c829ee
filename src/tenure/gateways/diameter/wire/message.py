"""Diameter messages (RFC 6733 section 3): taken off a stream, read and written."""

import struct
from enum import IntEnum
from typing import Final

import msgspec

from tenure.gateways.diameter.wire.avp import Avp, avps_of, examined
from tenure.gateways.diameter.wire.result import Fault, Result

VERSION: Final = 1
HEADER_OCTETS: Final = 20
MESSAGE_OCTETS_MAX: Final = 64 * 1024
"""What we read of one message unless told otherwise."""

REQUEST: Final = 0x80
PROXIABLE: Final = 0x40
ERROR: Final = 0x20
RETRANSMITTED: Final = 0x10
RESERVED: Final = 0x0F

BASE: Final = 0
CREDIT_CONTROL: Final = 4
RELAY: Final = 0xFFFFFFFF

_HEADER: Final = struct.Struct(">IIIII")


class Command(IntEnum):
    """The commands we speak."""

    CAPABILITIES_EXCHANGE = 257
    RE_AUTH = 258
    CREDIT_CONTROL = 272
    ABORT_SESSION = 274
    DEVICE_WATCHDOG = 280
    DISCONNECT_PEER = 282


class Header(msgspec.Struct, frozen=True):
    """The first 20 octets of a message."""

    version: int
    size: int
    flags: int
    command: int
    application: int
    hop_by_hop: int
    end_to_end: int

    @property
    def request(self) -> bool:
        """Whether the R bit is set."""
        return bool(self.flags & REQUEST)


class Message(msgspec.Struct, frozen=True):
    """A message whose AVPs and groups are all well-formed and, if mandatory, known."""

    header: Header
    avps: tuple[Avp, ...]

    def first(self, code: int, vendor: int = 0) -> Avp | None:
        """The first AVP of that code; None if there is none."""
        return next((avp for avp in self.avps if avp.code == code and avp.vendor == vendor), None)

    def every(self, code: int, vendor: int = 0) -> list[Avp]:
        """All AVPs of that code, in the order they came."""
        return [avp for avp in self.avps if avp.code == code and avp.vendor == vendor]


class Malformed(msgspec.Struct, frozen=True):
    """A message that cannot be accepted, with what could be read of it."""

    header: Header
    fault: Fault
    avps: tuple[Avp, ...] = ()
    """Those before the fault, or all when their bytes can be told apart."""


def header_of(data: bytes) -> Header:
    """The header at the start of at least 20 octets."""
    assert len(data) >= HEADER_OCTETS
    first, second, application, hop_by_hop, end_to_end = _HEADER.unpack_from(data)
    return Header(
        first >> 24,
        first & 0xFFFFFF,
        second >> 24,
        second & 0xFFFFFF,
        application,
        hop_by_hop,
        end_to_end,
    )


def frame_fault(data: bytes, octets_max: int = MESSAGE_OCTETS_MAX) -> Fault | None:
    """What is wrong with where a message ends; after such a fault the stream cannot be read on."""
    header = header_of(data)
    if header.version != VERSION:
        return Fault(Result.UNSUPPORTED_VERSION, f"version must be {VERSION}")
    if header.size < HEADER_OCTETS or header.size % 4:
        return Fault(Result.INVALID_MESSAGE_LENGTH, "the message length must be a multiple of 4")
    if header.size > octets_max:
        return Fault(Result.INVALID_MESSAGE_LENGTH, f"messages have at most {octets_max} octets")
    return None


def decoded(data: bytes) -> Message | Malformed:
    """One whole message; any bytes of at least 20 octets give a message or say what is wrong."""
    header = header_of(data)
    if header.size != len(data) or header.size % 4 or header.version != VERSION:
        fault = frame_fault(data) or Fault(
            Result.INVALID_MESSAGE_LENGTH, "the message length does not fit"
        )
        return Malformed(header, fault)
    if fault_in_bits := _fault_in_bits(header):
        return Malformed(header, fault_in_bits, _readable(data))
    avps = avps_of(data[HEADER_OCTETS:])
    if isinstance(avps, Fault):
        return Malformed(header, avps, _readable(data))
    if fault_in_avps := examined(avps):
        return Malformed(header, fault_in_avps, tuple(avps))
    return Message(header, tuple(avps))


def _fault_in_bits(header: Header) -> Fault | None:
    if header.flags & RESERVED:
        return Fault(Result.INVALID_BIT_IN_HEADER, "a reserved command flag is set")
    if header.flags & REQUEST and header.flags & ERROR:
        return Fault(Result.INVALID_HDR_BITS, "a request cannot have the E bit")
    if not header.flags & REQUEST and header.flags & RETRANSMITTED:
        return Fault(Result.INVALID_HDR_BITS, "an answer cannot have the T bit")
    return None


def _readable(data: bytes) -> tuple[Avp, ...]:
    """The AVPs before the first that does not fit: enough to answer with its Session-Id."""
    rest = data[HEADER_OCTETS:]
    found: list[Avp] = []
    while rest:
        size = int.from_bytes(rest[5:8]) + (-int.from_bytes(rest[5:8]) % 4)
        one = avps_of(rest[: max(size, 1)])
        if isinstance(one, Fault):
            break
        found += one
        rest = rest[size:]
    return tuple(found)


def message(header: Header, avps: bytes) -> bytes:
    """A message with these AVPs; the length in the header is computed."""
    return (
        _HEADER.pack(
            VERSION << 24 | (HEADER_OCTETS + len(avps)),
            header.flags << 24 | header.command,
            header.application,
            header.hop_by_hop,
            header.end_to_end,
        )
        + avps
    )


def request(command: Command, application: int, ids: tuple[int, int], avps: bytes) -> bytes:
    """A request of ours with its hop-by-hop and end-to-end identifiers; P unless base."""
    flags = REQUEST | (PROXIABLE if application != BASE else 0)
    return message(Header(VERSION, 0, flags, command, application, *ids), avps)
