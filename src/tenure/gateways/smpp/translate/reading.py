"""A message becomes words: from its coding, its header, and the parts that belong to it."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import msgspec

from tenure.gateways.smpp.wire import ucs2
from tenure.gateways.smpp.wire.bodies import Message
from tenure.gateways.smpp.wire.names import Coding, Esm, Tag
from tenure.gateways.smpp.wire.parts import Content, Place, content_of, place_of
from tenure.values.gsm7 import text_of
from tenure.values.instant import HOUR_MS, Instant


def _by(codec: str) -> Callable[[bytes], str]:
    return partial(str, encoding=codec, errors="replace")


_NO_TEXT: Final = frozenset(range(0x20)) - frozenset(b"\t\n\r")


def _ia5(octets: bytes) -> str:
    """IA5, or what some call so (npm's smpp): with codes that are no text, it is GSM 03.38."""
    return text_of(octets) if _NO_TEXT.intersection(octets) else str(octets, "ascii", "replace")


# TS 23.038 section 4: classes and groups of data_coding that name the same two alphabets.
_GSM7_GROUPS: Final = (*range(0x10, 0x14), *range(0xF0, 0xF4))
_UCS2_GROUPS: Final = range(0x18, 0x1C)
READERS: Final[Mapping[int, Callable[[bytes], str]]] = {
    Coding.DEFAULT: text_of,
    Coding.IA5: _ia5,
    Coding.LATIN_1: _by("latin-1"),
    6: _by("iso8859-5"),
    7: _by("iso8859-8"),
    Coding.UCS2: ucs2.decoded,
    **dict.fromkeys(_GSM7_GROUPS, text_of),
    **dict.fromkeys(_UCS2_GROUPS, ucs2.decoded),
}
"""How each data_coding is read; what is not here is no text (section 5.2.19)."""

ASSEMBLIES_MAX: Final = 10_000
PART_WAIT_MS: Final = 24 * HOUR_MS


class Spoken(msgspec.Struct, frozen=True):
    """What one message carries, before its parts are joined."""

    octets: bytes
    coding: int
    place: Place | None

    def __repr__(self) -> str:
        return f"Spoken({len(self.octets)} octets)"

    @property
    def text(self) -> str:
        """The words."""
        return READERS[self.coding](self.octets)


def spoken(message: Message) -> Spoken | None:
    """What a message carries; None when it is no text, or its header is none."""
    if message.data_coding not in READERS:
        return None
    content: Content | None = Content(message.octets, _segment(message))
    if message.esm_class & Esm.UDHI:
        content = content_of(message.octets)
    if content is None:
        return None
    return Spoken(content.octets, message.data_coding, content.place)


def _segment(message: Message) -> Place | None:
    """The place of a part that parameters tell instead of a header (5.3.2.22 to 5.3.2.24)."""
    tags = (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)
    if any(tag not in message.tlvs for tag in tags):
        return None
    reference, total, number = (int.from_bytes(message.tlvs[tag]) for tag in tags)
    return place_of(reference, total, number)


class _Assembly(msgspec.Struct):
    """The parts of a text that have come."""

    since: Instant
    parts: dict[int, Spoken]


class Assemblies:
    """Texts of which not all parts have come; the oldest are let go when there are too many."""

    def __init__(self, wait_ms: int = PART_WAIT_MS) -> None:
        self._open: OrderedDict[tuple[str, str, int, int], _Assembly] = OrderedDict()
        self._wait_ms = wait_ms

    def __len__(self) -> int:
        return len(self._open)

    def add(self, message: Message, part: Spoken, at: Instant) -> str | None:
        """The whole text once its last part has come; a part that comes twice changes nothing."""
        place = part.place
        if place is None or place.total == 1:
            return part.text
        self._let_go(at)
        key = (message.source.text, message.destination.text, place.reference, place.total)
        assembly = self._open.setdefault(key, _Assembly(at, {}))
        assembly.parts.setdefault(place.number, part)
        if len(assembly.parts) < place.total:
            return None
        del self._open[key]
        return _joined([assembly.parts[number] for number in range(1, place.total + 1)])

    def _let_go(self, at: Instant) -> None:
        while self._open:
            oldest = next(iter(self._open.values()))
            if len(self._open) <= ASSEMBLIES_MAX and at - oldest.since < self._wait_ms:
                return
            self._open.popitem(last=False)


def _joined(parts: list[Spoken]) -> str:
    """Joined before they are read, where it can be: a pair or an escape may have been cut."""
    if len({part.coding for part in parts}) > 1:
        return "".join(part.text for part in parts)
    return READERS[parts[0].coding](b"".join(part.octets for part in parts))
