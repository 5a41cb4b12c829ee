"""AVPs as RFC 6733 section 4.1 lays them out, read strictly and written exactly."""

import struct
from typing import Final

import msgspec

from tenure.gateways.diameter.wire.dictionary.table import (
    BY_CODE,
    BY_NAME,
    OCTETS_OF,
    Definition,
    Kind,
)
from tenure.gateways.diameter.wire.result import Fault, Result

VENDOR: Final = 0x80
MANDATORY: Final = 0x40
RESERVED: Final = 0x1F
"""The P bit (0x20) is not among them: RFC 3588 gave it a meaning, so old peers may set it."""
HEAD_OCTETS: Final = 8
VENDOR_HEAD_OCTETS: Final = 12
FAILED_AVP: Final = 279
"""What is shown in it was wrong in the first place, so it is not examined."""
DEPTH_MAX: Final = 12
"""Groups within groups; TS 32.299 needs six."""

_HEAD: Final = struct.Struct(">II")
_VENDOR_HEAD: Final = struct.Struct(">III")
_NUMBER: Final = {
    Kind.U32: struct.Struct(">I"),
    Kind.I32: struct.Struct(">i"),
    Kind.U64: struct.Struct(">Q"),
    Kind.I64: struct.Struct(">q"),
    Kind.F32: struct.Struct(">f"),
    Kind.F64: struct.Struct(">d"),
    Kind.TIME: struct.Struct(">I"),
    Kind.ENUMERATED: struct.Struct(">i"),
}

Value = int | float | str | bytes


class Avp(msgspec.Struct, frozen=True):
    """One AVP as it came: its data is not looked into until it is asked for."""

    code: int
    vendor: int
    flags: int
    data: bytes

    @property
    def definition(self) -> Definition | None:
        """What the standards say about it; None if we know of none."""
        return BY_CODE.get((self.vendor, self.code))

    def __repr__(self) -> str:
        """Without its data, which may be a subscriber's."""
        return f"Avp({self.code}, {self.vendor}, {len(self.data)} octets)"

    def members(self) -> "list[Avp] | Fault":
        """The AVPs in a grouped one."""
        return avps_of(self.data)


def packed(code: int, vendor: int, flags: int, data: bytes) -> bytes:
    """The AVP as bytes, padded."""
    if vendor:
        size = VENDOR_HEAD_OCTETS + len(data)
        head = _VENDOR_HEAD.pack(code, (flags | VENDOR) << 24 | size, vendor)
    else:
        size = HEAD_OCTETS + len(data)
        head = _HEAD.pack(code, flags << 24 | size)
    return head + data + b"\0" * (-size % 4)


def encoded(avp: Avp) -> bytes:
    """The AVP as it came, padded with zeros."""
    return packed(avp.code, avp.vendor, avp.flags & ~VENDOR, avp.data)


def avp(name: str, value: Value) -> bytes:
    """The named AVP with a value of its kind: a number, text, or bytes (of a group: its AVPs)."""
    definition = BY_NAME[name]
    if isinstance(value, bytes):
        data = value
    elif isinstance(value, str):
        data = value.encode()
    else:
        data = _NUMBER[definition.kind].pack(value)
    flags = MANDATORY if definition.mandatory else 0
    return packed(definition.code, definition.vendor, flags, data)


def group(name: str, *members: bytes) -> bytes:
    """The named grouped AVP around AVPs that are bytes already."""
    return avp(name, b"".join(members))


def number_of(found: Avp) -> int | float:
    """The number in an AVP of a numeric kind whose length was checked by ``examined``."""
    definition = found.definition
    assert definition is not None
    value: int | float = _NUMBER[definition.kind].unpack(found.data)[0]
    return value


def avps_of(data: bytes) -> list[Avp] | Fault:
    """The AVPs in these bytes, or the fault of the first that does not fit (5014).

    The bytes may lack the padding of the last AVP: some peers leave it out in a group.
    """
    found = []
    at, end = 0, len(data)
    while at < end:
        if end - at < HEAD_OCTETS:
            return _too_long(data[at:])
        code, word = _HEAD.unpack_from(data, at)
        flags, size = word >> 24, word & 0xFFFFFF
        head = VENDOR_HEAD_OCTETS if flags & VENDOR else HEAD_OCTETS
        if size < head or at + size > end:
            return _too_long(data[at:])
        vendor = int.from_bytes(data[at + 8 : at + 12]) if flags & VENDOR else 0
        found.append(Avp(code, vendor, flags, data[at + head : at + size]))
        at += size + (-size % 4)
    return found


def _too_long(rest: bytes) -> Fault:
    # RFC 6733 section 7.1.5: the header of the offending AVP with its payload zero-filled to the
    # least length of its kind; a header that is cut short is itself filled up.
    code = int.from_bytes(rest[:4].ljust(4, b"\0"))
    flags = rest[4] if len(rest) > HEAD_OCTETS - 4 else 0
    vendor = int.from_bytes(rest[8:12].ljust(4, b"\0")) if flags & VENDOR else 0
    definition = BY_CODE.get((vendor, code))
    least = OCTETS_OF.get(definition.kind, 0) if definition is not None else 0
    failed = packed(code, vendor, flags & ~VENDOR, bytes(least))
    return Fault(Result.INVALID_AVP_LENGTH, f"the length of AVP {code} does not fit", failed)


def examined(avps: list[Avp], depth: int = 0) -> Fault | None:
    """The first fault in AVPs and all their groups: bits, lengths, unknown mandatory ones."""
    for found in avps:
        if fault := _examined_one(found, depth):
            return fault
    return None


def _examined_one(found: Avp, depth: int) -> Fault | None:
    if found.flags & RESERVED:
        reason = f"AVP {found.code} has a reserved flag bit set"
        return Fault(Result.INVALID_AVP_BITS, reason, encoded(found))
    definition = found.definition
    if definition is None:
        if found.flags & MANDATORY:
            reason = f"AVP {found.code} of vendor {found.vendor} is not known here"
            return Fault(Result.AVP_UNSUPPORTED, reason, encoded(found))
        return None
    octets = OCTETS_OF.get(definition.kind)
    if octets is not None and len(found.data) != octets:
        reason = f"{definition.name} must have {octets} octets of data"
        flags = found.flags & ~VENDOR
        failed = packed(found.code, found.vendor, flags, bytes(octets))
        return Fault(Result.INVALID_AVP_LENGTH, reason, failed)
    if definition.kind is Kind.GROUPED and definition.code != FAILED_AVP:
        return _examined_group(found, definition, depth)
    return None


def _examined_group(found: Avp, definition: Definition, depth: int) -> Fault | None:
    if depth == DEPTH_MAX:
        head = packed(found.code, found.vendor, found.flags & ~VENDOR, b"")
        reason = f"{definition.name} is nested deeper than {DEPTH_MAX} groups"
        return Fault(Result.INVALID_AVP_VALUE, reason, head)
    members = found.members()
    fault = members if isinstance(members, Fault) else examined(members, depth + 1)
    if fault is None:
        return None
    # RFC 6733 section 7.5: the offending AVP is shown inside the groups it stands in.
    wrapped = packed(found.code, found.vendor, found.flags & ~VENDOR, fault.failed)
    return Fault(fault.result, fault.reason, wrapped)
