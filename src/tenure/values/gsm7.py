"""The GSM 7-bit alphabet (TS 23.038): texts as septets, and septets packed into octets.

A septet is kept as one octet of a ``bytes`` below 128: an unpacked text is what SMPP carries under
data coding 0, a packed one what TPDUs and USSD carry.
"""

from typing import Final

ESCAPE: Final = 0x1B
CARRIAGE_RETURN: Final = 0x0D
SEPTET_BITS: Final = 7
OCTET_BITS: Final = 8

DEFAULT: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""TS 23.038 section 6.2.1: the character of each septet; at 0x1B the escape."""

EXTENSION: Final = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""TS 23.038 section 6.2.1.1: what a septet means after an escape."""

_SEPTETS_OF: Final = {
    **{char: bytes([code]) for code, char in enumerate(DEFAULT) if code != ESCAPE},
    **{char: bytes([ESCAPE, code]) for code, char in EXTENSION.items()},
}


def septets(text: str) -> bytes | None:
    """A text as septets, one an octet; None if a character of it is not in the alphabet."""
    try:
        return b"".join([_SEPTETS_OF[char] for char in text])
    except KeyError:
        return None


def septet_count(text: str) -> int | None:
    """How many septets a text takes; None if a character of it is not in the alphabet."""
    found = septets(text)
    return None if found is None else len(found)


def text_of(codes: bytes) -> str:
    """The text of septets, one an octet; total over all octets, whose highest bit is ignored.

    A pair that the extension table does not know shows the character of the default table, an
    escape after an escape a space (TS 23.038 section 6.2.1.1), and so does one at the end.
    """
    chars: list[str] = []
    escaped = False
    for octet in codes:
        code = octet & 0x7F
        if escaped:
            escaped = False
            chars.append(" " if code == ESCAPE else EXTENSION.get(code, DEFAULT[code]))
        elif code == ESCAPE:
            escaped = True
        else:
            chars.append(DEFAULT[code])
    if escaped:
        chars.append(" ")
    return "".join(chars)


def packed(codes: bytes, fill_bits: int = 0) -> bytes:
    """Septets as octets, the first at the lowest bits (TS 23.038 section 6.1.2.1.1).

    ``fill_bits`` zero bits go before the first, so that a text after a user data header begins
    at a septet (TS 23.040 section 9.2.3.24).  Bits that are over at the end are zero.
    """
    whole = 0
    for code in reversed(codes):
        whole = whole << SEPTET_BITS | code
    bits = fill_bits + len(codes) * SEPTET_BITS
    return (whole << fill_bits).to_bytes(-(-bits // OCTET_BITS), "little")


def unpacked(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """The first ``count`` septets of packed octets; fewer if the octets hold fewer."""
    whole = int.from_bytes(octets, "little") >> fill_bits
    there = max(0, len(octets) * OCTET_BITS - fill_bits) // SEPTET_BITS
    count = max(0, min(count, there))
    return bytes([whole >> SEPTET_BITS * place & 0x7F for place in range(count)])


def packed_ussd(codes: bytes) -> bytes:
    """Septets as the octets of a USSD string, whose count travels nowhere.

    Seven bits that are over hold a carriage return, or the other side would read an ``@``; and a
    text that itself ends so on an octet boundary gets one more (TS 23.038 section 6.1.2.3.1).
    """
    over = len(codes) % OCTET_BITS
    if over == OCTET_BITS - 1 or (over == 0 and codes[-1:] == bytes([CARRIAGE_RETURN])):
        codes += bytes([CARRIAGE_RETURN])
    return packed(codes)


def unpacked_ussd(octets: bytes) -> bytes:
    """The septets of a USSD string, without a carriage return that only filled the last octet."""
    codes = unpacked(octets, len(octets) * OCTET_BITS // SEPTET_BITS)
    if codes and not len(codes) % OCTET_BITS and codes[-1] == CARRIAGE_RETURN:
        return codes[:-1]
    return codes
