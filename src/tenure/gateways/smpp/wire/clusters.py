"""Where a text may be cut without hurting what a reader sees as one character (UAX 29, GB rules).

Extended grapheme clusters from the general categories that Python knows, and short lists of what
categories do not tell.  Where UAX 29 has only some scripts, we have Khmer and its sisters as well:
a coeng takes the letter after it along.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum, auto
from functools import lru_cache
from typing import Final


class Kind(Enum):
    """What a character does to the border before or after it (Grapheme_Cluster_Break)."""

    OTHER = auto()
    CR = auto()
    LF = auto()
    CONTROL = auto()
    EXTEND = auto()
    STACKER = auto()
    """An extender that binds the letter after it as well: coeng, and viramas that stack."""
    JOINER = auto()
    PREPEND = auto()
    REGION = auto()
    PICTURE = auto()
    LETTER = auto()
    """A letter of a script that stacks."""
    HANGUL_L = auto()
    HANGUL_V = auto()
    HANGUL_T = auto()
    HANGUL_LV = auto()
    HANGUL_LVT = auto()


COENG: Final = "\u17d2"
# Khmer, Myanmar, Devanagari, Bengali, Gujarati, Oriya, Telugu, Malayalam, Javanese, Balinese.
_STACKERS: Final = frozenset("\u17d2\u1039\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d\ua9c0\u1b44")
_STACKING: Final = (
    (0x0904, 0x0939), (0x0958, 0x0961), (0x0985, 0x09B9), (0x09DC, 0x09F1), (0x0A85, 0x0AB9),
    (0x0B05, 0x0B39), (0x0C05, 0x0C39), (0x0D05, 0x0D3A), (0x1000, 0x102A), (0x1780, 0x17B3),
    (0x1B05, 0x1B33), (0xA984, 0xA9B2),
)  # fmt: skip
_PREPENDED: Final = (
    (0x0600, 0x0605), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891), (0x08E2, 0x08E2),
    (0x0D4E, 0x0D4E), (0x110BD, 0x110BD), (0x110CD, 0x110CD),
)  # fmt: skip
_EXTENDING: Final = (
    (0x200C, 0x200C), (0xFF9E, 0xFF9F), (0x1F3FB, 0x1F3FF), (0xE0020, 0xE007F),
    (0x0E33, 0x0E33), (0x0EB3, 0x0EB3),
)  # fmt: skip
_PICTURES: Final = (
    (0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122),
    (0x2139, 0x2139), (0x2194, 0x2199), (0x21A9, 0x21AA), (0x231A, 0x231B), (0x2328, 0x2328),
    (0x2388, 0x2388), (0x23CF, 0x23CF), (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x24C2, 0x24C2),
    (0x25AA, 0x25AB), (0x25B6, 0x25B6), (0x25C0, 0x25C0), (0x25FB, 0x25FE), (0x2600, 0x2605),
    (0x2607, 0x2612), (0x2614, 0x2685), (0x2690, 0x2705), (0x2708, 0x2712), (0x2714, 0x2714),
    (0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728), (0x2733, 0x2734),
    (0x2744, 0x2744), (0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755),
    (0x2757, 0x2757), (0x2763, 0x2767), (0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0),
    (0x27BF, 0x27BF), (0x2934, 0x2935), (0x2B05, 0x2B07), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50),
    (0x2B55, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3297), (0x3299, 0x3299),
    (0x1F000, 0x1F0FF), (0x1F10D, 0x1F10F), (0x1F12F, 0x1F12F), (0x1F16C, 0x1F171),
    (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F1AD, 0x1F1E5),
    (0x1F201, 0x1F20F), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F), (0x1F232, 0x1F23A),
    (0x1F23C, 0x1F23F), (0x1F249, 0x1F3FA), (0x1F400, 0x1F53D), (0x1F546, 0x1F64F),
    (0x1F680, 0x1F6FF), (0x1F774, 0x1F77F), (0x1F7D5, 0x1F7FF), (0x1F80C, 0x1F80F),
    (0x1F848, 0x1F84F), (0x1F85A, 0x1F85F), (0x1F888, 0x1F88F), (0x1F8AE, 0x1F8FF),
    (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1FAFF), (0x1FC00, 0x1FFFD),
)  # fmt: skip
_RANGES: Final = sorted(
    [(first, last, Kind.PREPEND) for first, last in _PREPENDED]
    + [(first, last, Kind.EXTEND) for first, last in _EXTENDING]
    + [(first, last, Kind.PICTURE) for first, last in _PICTURES]
    + [
        (0x1100, 0x115F, Kind.HANGUL_L),
        (0x1160, 0x11A7, Kind.HANGUL_V),
        (0x11A8, 0x11FF, Kind.HANGUL_T),
        (0xA960, 0xA97C, Kind.HANGUL_L),
        (0xD7B0, 0xD7C6, Kind.HANGUL_V),
        (0xD7CB, 0xD7FB, Kind.HANGUL_T),
        (0x1F1E6, 0x1F1FF, Kind.REGION),
    ],
    key=lambda one: one[0],
)
_FIRSTS: Final = [first for first, _, _ in _RANGES]
_SINGLE: Final = {"\r": Kind.CR, "\n": Kind.LF, "\u200d": Kind.JOINER}
_OF_CATEGORY: Final = {
    "Mn": Kind.EXTEND, "Me": Kind.EXTEND, "Mc": Kind.EXTEND,
    "Cc": Kind.CONTROL, "Cf": Kind.CONTROL, "Zl": Kind.CONTROL, "Zp": Kind.CONTROL,
    "Cs": Kind.CONTROL,
}  # fmt: skip
_SYLLABLES: Final = range(0xAC00, 0xD7A4)
_FINALS: Final = 28
_ALONE: Final = frozenset({Kind.CR, Kind.LF, Kind.CONTROL})
_CLINGING: Final = frozenset({Kind.EXTEND, Kind.STACKER, Kind.JOINER})
_HANGUL: Final = {
    Kind.HANGUL_L: frozenset({Kind.HANGUL_L, Kind.HANGUL_V, Kind.HANGUL_LV, Kind.HANGUL_LVT}),
    Kind.HANGUL_LV: frozenset({Kind.HANGUL_V, Kind.HANGUL_T}),
    Kind.HANGUL_V: frozenset({Kind.HANGUL_V, Kind.HANGUL_T}),
    Kind.HANGUL_LVT: frozenset({Kind.HANGUL_T}),
    Kind.HANGUL_T: frozenset({Kind.HANGUL_T}),
}


@lru_cache(maxsize=4_096)
def kind_of(char: str) -> Kind:
    """What a character is to its neighbours."""
    if char in _SINGLE:
        return _SINGLE[char]
    if char in _STACKERS:
        return Kind.STACKER
    code = ord(char)
    place = bisect_right(_FIRSTS, code) - 1
    if place >= 0 and code <= _RANGES[place][1]:
        return _RANGES[place][2]
    if code in _SYLLABLES:
        return Kind.HANGUL_LVT if (code - _SYLLABLES.start) % _FINALS else Kind.HANGUL_LV
    if any(first <= code <= last for first, last in _STACKING):
        return Kind.LETTER if unicodedata.category(char)[0] == "L" else _by_category(char)
    return _by_category(char)


def _by_category(char: str) -> Kind:
    return _OF_CATEGORY.get(unicodedata.category(char), Kind.OTHER)


class _Border:
    """Walks over a text and says of each character whether it begins a cluster."""

    def __init__(self) -> None:
        self._before: Kind | None = None
        self._regions = 0
        self._picture = False
        """A picture, with what clings to it, stands before."""
        self._stacked = False
        """A letter and a stacker stand before, with only what clings between them."""
        self._letter = False

    def begins(self, kind: Kind) -> bool:
        before, joined = self._before, self._joins(kind)
        self._before = kind
        self._regions = self._regions + 1 if kind is Kind.REGION else 0
        self._picture = kind is Kind.PICTURE or (self._picture and kind in _CLINGING)
        self._stacked = self._letter and (kind is Kind.STACKER or self._stacked)
        if kind not in _CLINGING:
            self._letter = kind is Kind.LETTER
            self._stacked = False
        return before is None or not joined

    def _joins(self, kind: Kind) -> bool:
        before = self._before
        if before is None or before in _ALONE or kind in _ALONE:  # GB1 to GB5
            return before is Kind.CR and kind is Kind.LF
        if kind in _CLINGING or before is Kind.PREPEND:  # GB9, GB9a, GB9b
            return True
        if kind is Kind.PICTURE:  # GB11
            return self._picture and before is Kind.JOINER
        if kind is Kind.REGION:  # GB12, GB13
            return self._regions % 2 == 1
        if kind is Kind.LETTER:  # GB9c, and coeng
            return self._stacked
        return kind in _HANGUL.get(before, ())  # GB6 to GB8


def clusters(text: str) -> Iterator[str]:
    """The text in pieces that should stay whole; together they are the text."""
    border = _Border()
    begin = 0
    for at, char in enumerate(text):
        if border.begins(kind_of(char)) and at:
            yield text[begin:at]
            begin = at
    if text:
        yield text[begin:]
