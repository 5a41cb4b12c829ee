"""What a SIM's numbers and keys look like when they are right."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from tenure.promises.numbers.model.holding import HoldingRefusal, SimCard, SimKeys
from tenure.values.msisdn import Iccid, Imsi
from tenure.values.refused import Refused

Refusal = HoldingRefusal

_ICCID: Final = re.compile(r"89\d{17,18}", re.ASCII)
_IMSI: Final = re.compile(r"\d{14,15}", re.ASCII)
_KEY: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
ALGORITHMS: Final[Mapping[str, bool]] = {"milenage": True, "comp128v3": False, "xor": False}
"""What a SIM may compute with (TS 35.206 and older), and whether it needs an OPc."""


def luhn_fits(digits: str) -> bool:
    """ITU-T E.118: the last digit makes the Luhn sum a multiple of ten."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        tens, ones = divmod(int(character) << (place & 1), 10)
        total += tens + ones
    return total % 10 == 0


def check_digit(digits: str) -> str:
    """The digit that completes a card number."""
    return next(last for last in "0123456789" if luhn_fits(digits + last))


def iccid(typed: str) -> Iccid | Refused[Refusal]:
    """A card number as people write it: with spaces or dashes, and an F as its filler."""
    digits = re.sub(r"[\s-]", "", typed).upper().removesuffix("F")
    if not _ICCID.fullmatch(digits):
        detail = "a card number has 19 or 20 digits and begins with 89; copy it from the card"
        return Refused(Refusal.ICCID_MALFORMED, detail)
    if not luhn_fits(digits):
        return Refused(Refusal.ICCID_CHECK_DIGIT, "a digit is wrong; read the card again")
    return Iccid(digits)


def imsi(typed: str, home_plmns: Sequence[str]) -> Imsi | Refused[Refusal]:
    """An IMSI of one of our networks (TS 23.003 section 2.2)."""
    digits = typed.strip()
    if not _IMSI.fullmatch(digits):
        return Refused(Refusal.IMSI_MALFORMED, "an IMSI has 15 digits; copy it from the SIM file")
    if not is_home(digits, home_plmns):
        detail = f"our networks are {', '.join(home_plmns)}; ask whose SIM this is"
        return Refused(Refusal.IMSI_OF_ANOTHER_NETWORK, detail)
    return Imsi(digits)


def is_home(digits: str, home_plmns: Sequence[str]) -> bool:
    """GTC-SIM: whether the IMSI begins with one of our networks."""
    return digits.startswith(tuple(home_plmns))


def sim_card(row: Mapping[str, str], home_plmns: Sequence[str]) -> SimCard | Refused[Refusal]:
    """A row of a SIM file: iccid, imsi, ki, opc, algorithm.  A refusal shows nothing of it."""
    missing = [name for name in ("iccid", "imsi", "ki", "algorithm") if not row.get(name)]
    if missing:
        return Refused(Refusal.FIELD_MISSING, f"{missing[0]} is empty; fill it in")
    card = iccid(row["iccid"])
    if isinstance(card, Refused):
        return card
    network = imsi(row["imsi"], home_plmns)
    if isinstance(network, Refused):
        return network
    keys = _keys(row)
    return keys if isinstance(keys, Refused) else SimCard(card, network, keys)


def _keys(row: Mapping[str, str]) -> SimKeys | Refused[Refusal]:
    ki, opc = row["ki"].strip().lower(), (row.get("opc") or "").strip().lower()
    algorithm = row["algorithm"].strip().lower()
    if algorithm not in ALGORITHMS:
        detail = f"the algorithms are {', '.join(ALGORITHMS)}; correct the file"
        return Refused(Refusal.ALGORITHM_UNKNOWN, detail)
    fits = bool(_KEY.fullmatch(opc)) if ALGORITHMS[algorithm] else not opc
    if not _KEY.fullmatch(ki) or not fits:
        detail = "ki, and opc for milenage, have 32 hexadecimal digits; ask the maker of the file"
        return Refused(Refusal.KEYS_MALFORMED, detail)
    return SimKeys(ki, opc, algorithm)


FIELD_OF: Final[Mapping[Refusal, str]] = {
    Refusal.FIELD_MISSING: "",
    Refusal.ICCID_MALFORMED: "iccid",
    Refusal.ICCID_CHECK_DIGIT: "iccid",
    Refusal.IMSI_MALFORMED: "imsi",
    Refusal.IMSI_OF_ANOTHER_NETWORK: "imsi",
    Refusal.KEYS_MALFORMED: "ki, opc",
    Refusal.ALGORITHM_UNKNOWN: "algorithm",
    Refusal.SIM_DIFFERS: "iccid, imsi",
    Refusal.NUMBER_MALFORMED: "first",
    Refusal.RANGE_MALFORMED: "last",
    Refusal.CLASS_MALFORMED: "class",
    Refusal.RANGE_OVERLAPS: "first, last",
}
"""The field of an imported row that a refusal is about."""
