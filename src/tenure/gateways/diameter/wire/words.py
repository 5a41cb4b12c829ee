"""AVPs as an array of 32-bit words: what the quick reader steps over, and how.

All AVPs begin at a multiple of four octets: ``w[i]`` is an AVP's code, ``w[i + 1]`` its flags and
length.
"""

from array import array
from typing import Final, TypeAlias

from tenure.gateways.diameter.wire.avp import FAILED_AVP
from tenure.gateways.diameter.wire.credit import (
    ADDRESS_DATA,
    NUMBERS,
    SERVICE_PARAMETER_VALUE,
    TEXTS,
    Facts,
)
from tenure.gateways.diameter.wire.dictionary.table import ALL, OCTETS_OF, TGPP, Kind

Words: TypeAlias = "array[int]"

LENGTH: Final = 0xFFFFFF
PLAIN: Final = 0x9FFFFFFF
"""A second word without M and P: what remains is the length, if no other flag is set."""
ODD_FLAGS: Final = 0x9F000000
"""V, which few AVPs of RFC 8506 have, and the reserved bits, which none should."""
RESERVED: Final = 0x1F000000
MANDATORY: Final = 0x40000000
VENDOR: Final = 0x80000000
EMPTY: Final = 8
U32: Final = 12
U64: Final = 16
DEPTH_MAX: Final = 8

ANY: Final = 0
GROUPED: Final = -1
TEXT: Final = -2
NUMBER: Final = -3
UNKNOWN: Final = -4


def _rules(vendor: int) -> dict[int, int]:
    """What to do with an AVP: check its length, step into it, or keep it."""
    rules = {}
    for definition in ALL:
        if definition.vendor != vendor:
            continue
        if definition.code == FAILED_AVP:
            rule = ANY
        elif definition.kind is Kind.GROUPED:
            rule = GROUPED
        elif vendor == TGPP and definition.code in TEXTS:
            rule = TEXT
        elif vendor == TGPP and definition.code in NUMBERS:
            rule = NUMBER
        else:
            octets = OCTETS_OF.get(definition.kind)
            rule = ANY if octets is None else octets + (12 if vendor else 8)
        rules[definition.code] = rule
    return rules


_TGPP: Final = _rules(TGPP)
_PLAIN: Final = _rules(0) | {SERVICE_PARAMETER_VALUE: TEXT}


def skim(  # noqa: C901, PLR0911, PLR0912, PLR0913, PLR0917
    w: Words, raw: bytes, i: int, end: int, facts: Facts, within: int = 0, depth: int = 0
) -> bool:
    """Check AVPs and their groups, and keep the few that ``credit`` names."""
    while i < end:
        code = w[i]
        word = w[i + 1]
        octets = word & LENGTH
        j = i + ((octets + 3) >> 2)
        if word & VENDOR:
            first = i + 3
            vendor = w[i + 2]
            rule = _TGPP.get(code, UNKNOWN) if vendor == TGPP else UNKNOWN
            # Vendor 0 is another way to write the AVPs of the IETF (RFC 6733 section 4.1.1).
            if octets < U32 or not vendor:
                return False
        else:
            first = i + 2
            rule = _PLAIN.get(code, UNKNOWN)
        if j > end or octets < EMPTY or word & RESERVED:
            return False
        if rule >= ANY:
            if rule and octets != rule:
                return False
        elif rule == GROUPED:
            if octets & 3 or depth == DEPTH_MAX:
                return False
            if not skim(w, raw, first, j, facts, code, depth + 1):
                return False
        elif rule == TEXT:
            key = within if code == ADDRESS_DATA else code
            if key not in facts:
                facts[key] = raw[4 * first : 4 * i + octets]
        elif rule == NUMBER:
            if octets != 16:  # noqa: PLR2004 (head of 12 and a number of 4)
                return False
            facts.setdefault(code, w[i + 3])
        elif word & MANDATORY:
            return False
        i = j
    return True
