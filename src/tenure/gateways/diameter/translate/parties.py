"""Who is meant: numbers in the forms that Subscription-Id and IMS addresses have."""

import re
from typing import Final

DIGITS_MAX: Final = 15
"""E.164 and IMSI."""
IMSI_DIGITS: Final = range(14, 16)
NAI_PREFIXES: Final = "0126"
"""What EAP puts before an IMSI in a network access identifier (TS 23.003 section 19)."""

_SCHEME: Final = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_NOT_THE_NUMBER: Final = re.compile(r"[@;?].*", re.DOTALL)
_SEPARATORS: Final = str.maketrans("", "", "-.()")


def number_of(address: bytes) -> str:
    """The digits of ``sip:+855…@host``, ``tel:+855…`` or ``+855…``; "" if it has no number."""
    if address.isdigit():
        return address.decode()
    text = _SCHEME.sub("", address.decode("ascii", "replace").strip())
    user = _NOT_THE_NUMBER.sub("", text).translate(_SEPARATORS)
    digits = user.removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() else ""


def _from_nai(data: bytes) -> tuple[str, str]:
    digits = number_of(data)
    if data.startswith(b"+"):
        return digits, ""
    if len(digits) == DIGITS_MAX + 1 and digits[0] in NAI_PREFIXES:
        return "", digits[1:]
    if len(digits) in IMSI_DIGITS:
        return "", digits
    return digits, ""


def subscriber(subscriptions: tuple[tuple[int, bytes], ...]) -> tuple[str, str]:
    """The MSISDN or else the IMSI that Subscription-Ids name (RFC 8506 section 8.46 to 8.48).

    E.164 wins over SIP URI, that over a network access identifier, that over the IMSI.
    """
    by_rank: list[tuple[int, str, str]] = []
    for kind, data in subscriptions:
        match kind:
            case 0:
                by_rank.append((0, number_of(data), ""))
            case 1:
                by_rank.append((3, "", number_of(data)))
            case 2:
                by_rank.append((1, number_of(data), ""))
            case 3:
                msisdn, imsi = _from_nai(data)
                by_rank.append((2 if msisdn else 4, msisdn, imsi))
            case _:
                continue
    for _, msisdn, imsi in sorted(by_rank):
        if 0 < len(msisdn or imsi) <= DIGITS_MAX:
            return msisdn, imsi
    return "", ""
