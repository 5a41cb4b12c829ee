"""A text as what goes into messages: its alphabet, and parts that are joined again (TS 23.040).

Parts carry the header 05 00 03 (8-bit reference, total, number: 9.2.3.24.1), and are cut between
clusters, so that whoever gets only some of them can read those.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import msgspec

from tenure.gateways.smpp.wire import ucs2
from tenure.gateways.smpp.wire.clusters import clusters
from tenure.gateways.smpp.wire.names import Coding
from tenure.values.gsm7 import septets as septets_of

SEPTETS_MAX: Final = 160
PART_SEPTETS_MAX: Final = 153
OCTETS_MAX: Final = 140
PART_OCTETS_MAX: Final = 134
"""67 units of UCS-2: 140 octets without the header's six."""
PARTS_MAX: Final = 255

CONCATENATED: Final = 0x00
CONCATENATED_16: Final = 0x08
_SIZE_8: Final = 3
_SIZE_16: Final = 4

Encoder: TypeAlias = Callable[[str], bytes]


class Place(msgspec.Struct, frozen=True):
    """Which part of which text a message is."""

    reference: int
    total: int
    number: int
    """Counted from one."""


class Parts(msgspec.Struct, frozen=True):
    """What to send for a text."""

    coding: Coding
    contents: tuple[bytes, ...]
    """One, or several that each begin with a header."""

    def __repr__(self) -> str:
        return f"Parts({self.coding.name}, {len(self.contents)})"


def parts_of(text: str, reference: int) -> Parts | None:
    """A text in the fewest octets: GSM 7-bit where it has all characters, else UCS-2.

    None when it needs more than 255 parts.  ``reference`` tells one text from the next to the same
    number; its lowest 8 bits count.
    """
    septets = septets_of(text)
    if septets is not None and len(septets) <= SEPTETS_MAX:
        return Parts(Coding.DEFAULT, (septets,))
    if septets is not None:
        pieces = list(_pieces(text, PART_SEPTETS_MAX, _septets))
        return _headed(Coding.DEFAULT, pieces, reference)
    octets = ucs2.encoded(text)
    if len(octets) <= OCTETS_MAX:
        return Parts(Coding.UCS2, (octets,))
    return _headed(Coding.UCS2, list(_pieces(text, PART_OCTETS_MAX, ucs2.encoded)), reference)


def _septets(piece: str) -> bytes:
    found = septets_of(piece)
    assert found is not None, "the whole text is in the alphabet"
    return found


def _headed(coding: Coding, pieces: list[bytes], reference: int) -> Parts | None:
    total = len(pieces)
    if total > PARTS_MAX:
        return None
    head = bytes((_SIZE_8 + 2, CONCATENATED, _SIZE_8, reference & 0xFF, total))
    contents = (head + bytes((number,)) + piece for number, piece in enumerate(pieces, 1))
    return Parts(coding, tuple(contents))


def _pieces(text: str, room: int, encoded: Encoder) -> Iterator[bytes]:
    """As many clusters as there is room for, again and again."""
    piece = b""
    for cluster in clusters(text):
        octets = encoded(cluster)
        if len(piece) + len(octets) <= room:
            piece += octets
            continue
        if piece:
            yield piece
            piece = b""
        # Nothing but its characters can be kept whole of a cluster that no part has room for.
        for char in cluster if len(octets) > room else (cluster,):
            octets = encoded(char)
            if len(piece) + len(octets) > room:
                yield piece
                piece = b""
            piece += octets
    if piece:
        yield piece


class Content(msgspec.Struct, frozen=True):
    """What a message carries, without its header."""

    octets: bytes
    place: Place | None

    def __repr__(self) -> str:
        return f"Content({len(self.octets)} octets)"


def content_of(octets: bytes) -> Content | None:
    """Octets that begin with a header (esm_class says so); None when the header is none."""
    if not octets or len(octets) < 1 + octets[0]:
        return None
    end = 1 + octets[0]
    place, at = None, 1
    while at < end:
        if at + 2 > end or at + 2 + octets[at + 1] > end:
            return None
        element, value = octets[at], octets[at + 2 : at + 2 + octets[at + 1]]
        at += 2 + len(value)
        if element in (CONCATENATED, CONCATENATED_16) and place is None:
            size = _SIZE_8 if element == CONCATENATED else _SIZE_16
            if len(value) != size:
                return None
            place = place_of(int.from_bytes(value[:-2]), value[-2], value[-1])
    return Content(octets[end:], place)


def place_of(reference: int, total: int, number: int) -> Place | None:
    """The place of a part; None when it is none: such a message stands for itself (9.2.3.24.1)."""
    return Place(reference, total, number) if 0 < number <= total else None
