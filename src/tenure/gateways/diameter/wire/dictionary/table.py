"""Every AVP we know, found by code and vendor or by name."""

from enum import Enum
from typing import Final

import msgspec

from tenure.gateways.diameter.wire.dictionary import bearer, charging, internet, policy

TGPP: Final = 10415
"""The vendor id of 3GPP."""


class Kind(Enum):
    """The data formats of RFC 6733 sections 4.2 to 4.4 that change how bytes are read."""

    OCTETS = "OctetString"
    TEXT = "UTF8String"
    IDENTITY = "DiameterIdentity"
    ADDRESS = "Address"
    U32 = "Unsigned32"
    U64 = "Unsigned64"
    I32 = "Integer32"
    I64 = "Integer64"
    F32 = "Float32"
    F64 = "Float64"
    TIME = "Time"
    ENUMERATED = "Enumerated"
    GROUPED = "Grouped"


OCTETS_OF: Final[dict[Kind, int]] = {
    Kind.U32: 4,
    Kind.I32: 4,
    Kind.F32: 4,
    Kind.TIME: 4,
    Kind.ENUMERATED: 4,
    Kind.U64: 8,
    Kind.I64: 8,
    Kind.F64: 8,
}
"""How long the data of a kind is; kinds that are not here vary."""


class Definition(msgspec.Struct, frozen=True):
    """What a standard says about an AVP."""

    code: int
    vendor: int
    name: str
    kind: Kind
    mandatory: bool
    """Whether we set the M bit when we send it."""


def _parsed(rows: str, vendor: int) -> list[Definition]:
    found = []
    for row in rows.strip().splitlines():
        code, kind, mandatory, name = row.split(" ", 3)
        found.append(Definition(int(code), vendor, name, Kind(kind), mandatory == "M"))
    return found


ALL: Final = (
    *_parsed(internet.ROWS, 0),
    *_parsed(bearer.ROWS, TGPP),
    *_parsed(policy.ROWS, TGPP),
    *_parsed(charging.ROWS, TGPP),
)
BY_CODE: Final = {(definition.vendor, definition.code): definition for definition in ALL}
BY_NAME: Final = {definition.name: definition for definition in ALL}
