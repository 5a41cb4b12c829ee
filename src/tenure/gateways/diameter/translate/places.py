"""Where the subscriber is: the serving network as MCC and MNC, from the AVPs that tell it."""

import re
from typing import Final

from tenure.gateways.diameter.wire.credit import (
    IMS_VISITED_NETWORK,
    SGSN_MCC_MNC,
    USER_LOCATION,
    VISITED_NETWORK,
    Facts,
)

PLMN_DIGITS: Final = range(5, 7)
_DOMAIN: Final = re.compile(rb"mnc(\d{2,3})\.mcc(\d{3})\.", re.IGNORECASE)
_LOCATIONS_WITH_PLMN: Final = frozenset({0, 1, 2, 128, 129, 130})
"""CGI, SAI, RAI, TAI, ECGI, TAI and ECGI (TS 29.061 section 16.4.7.2): all begin with the PLMN."""


def _from_digits(text: bytes) -> str:
    return text.decode() if text.isdigit() and len(text) in PLMN_DIGITS else ""


def _from_location(octets: bytes) -> str:
    if len(octets) < 4 or octets[0] not in _LOCATIONS_WITH_PLMN:  # noqa: PLR2004
        return ""
    first, second, third = octets[1:4]
    digits = [first & 15, first >> 4, second & 15, third & 15, third >> 4]
    if second >> 4 != 15:  # noqa: PLR2004 - 15 fills up a two-digit MNC
        digits.append(second >> 4)
    return "".join(map(str, digits)) if max(digits) <= 9 else ""  # noqa: PLR2004


def _from_domain(name: bytes) -> str:
    found = _DOMAIN.search(name + b".")
    if found is None:
        return ""
    mnc, mcc = found[1].decode(), found[2].decode()
    # A two-digit MNC is written with a leading zero in a domain (TS 23.003 section 2.6.2).
    return mcc + (mnc[1:] if len(mnc) == 3 and mnc[0] == "0" else mnc)  # noqa: PLR2004


_READERS: Final = (
    (SGSN_MCC_MNC, _from_digits),
    (USER_LOCATION, _from_location),
    (IMS_VISITED_NETWORK, _from_domain),
    (VISITED_NETWORK, _from_domain),
)


def visited_plmn(facts: Facts, home: frozenset[str]) -> str:
    """The visited network, such as "45606"; "" at home or where nothing tells."""
    for code, reader in _READERS:
        octets = facts.get(code)
        if isinstance(octets, bytes):
            plmn = reader(octets)
            if plmn:
                return "" if plmn in home else plmn
    return ""
