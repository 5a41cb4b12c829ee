"""USSD strings and their data coding schemes (TS 23.038 section 5)."""

from enum import Enum, auto
from typing import Final

from tenure.gateways.ussd.wire.components import String
from tenure.values import gsm7
from tenure.values.screens import OCTETS_MAX

GSM7_UNSPECIFIED: Final = 0x0F
"""The default alphabet, in no language in particular."""
UCS2: Final = 0x48
_GSM7_WITH_LANGUAGE: Final = 0x10
_UCS2_WITH_LANGUAGE: Final = 0x11
_LANGUAGE_SEPTETS: Final = 3
"""Two letters and a carriage return."""
_LANGUAGE_OCTETS: Final = 2


class Alphabet(Enum):
    """How octets are read."""

    GSM7 = auto()
    GSM7_WITH_LANGUAGE = auto()
    UCS2 = auto()
    UCS2_WITH_LANGUAGE = auto()


def alphabet(dcs: int) -> Alphabet | None:
    """The alphabet of a data coding scheme; None for 8 bit data, compressed or reserved ones."""
    if dcs <= GSM7_UNSPECIFIED or 0x20 <= dcs <= 0x2F:  # noqa: PLR2004 -- groups 0000 and 0010
        return Alphabet.GSM7
    if dcs == _GSM7_WITH_LANGUAGE:
        return Alphabet.GSM7_WITH_LANGUAGE
    if dcs == _UCS2_WITH_LANGUAGE:
        return Alphabet.UCS2_WITH_LANGUAGE
    kind = dcs >> 2 & 0b11
    if dcs & 0xE0 == 0x40:  # noqa: PLR2004 -- group 010x: general, not compressed
        return {0: Alphabet.GSM7, 2: Alphabet.UCS2}.get(kind)
    if dcs & 0xF0 == 0xF0 and not dcs & 0x04:  # noqa: PLR2004 -- group 1111: message class
        return Alphabet.GSM7
    return None


def encoded(text: str) -> String:
    """A text as it travels: in the GSM alphabet if it can be, else in UCS-2.

    A text that fits no screen is our own mistake: whoever makes texts has paged them.
    """
    codes = gsm7.septets(text)
    if codes is not None:
        string = String(GSM7_UNSPECIFIED, gsm7.packed_ussd(codes))
    else:
        string = String(UCS2, text.encode("utf-16-be", "replace"))
    assert len(string.octets) <= OCTETS_MAX, "a screen was not paged"
    return string


def decoded(string: String) -> str | None:
    """The text that somebody dialled or typed; None in an alphabet that is none of text."""
    octets = string.octets
    match alphabet(string.dcs):
        case Alphabet.GSM7:
            return gsm7.text_of(gsm7.unpacked_ussd(octets))
        case Alphabet.GSM7_WITH_LANGUAGE:
            return gsm7.text_of(gsm7.unpacked_ussd(octets)[_LANGUAGE_SEPTETS:])
        case Alphabet.UCS2:
            return octets.decode("utf-16-be", "replace")
        case Alphabet.UCS2_WITH_LANGUAGE:
            return octets[_LANGUAGE_OCTETS:].decode("utf-16-be", "replace")
        case None:
            return None
