"""IPA frames (Osmocom's IP.access multiplex): a length, a protocol, and what is said in it."""

from typing import Final

import msgspec

HEAD_OCTETS: Final = 3
PAYLOAD_OCTETS_MAX: Final = 0xFFFF
OSMO: Final = 0xEE
"""The protocol whose first octet of payload says which extension it is."""


class Frame(msgspec.Struct, frozen=True):
    """One frame: the protocol of the multiplex, and its payload."""

    protocol: int
    payload: bytes

    def __repr__(self) -> str:
        return f"Frame({self.protocol:#04x}, {len(self.payload)} octets)"


class Frames:
    """Puts frames together from octets as they come."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def waiting(self) -> int:
        """How many octets of an unfinished frame are there."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now, in their order; every octet of the stream belongs to one.

        Any octets are frames of some protocol: what is not for us is left to who reads them.
        """
        data = self._rest + data
        found: list[Frame] = []
        begin = 0
        while len(data) - begin >= HEAD_OCTETS:
            end = begin + HEAD_OCTETS + int.from_bytes(data[begin : begin + 2])
            if end > len(data):
                break
            found.append(Frame(data[begin + 2], data[begin + HEAD_OCTETS : end]))
            begin = end
        self._rest = data[begin:]
        return found


def framed(protocol: int, payload: bytes) -> bytes:
    """A frame as octets."""
    assert len(payload) <= PAYLOAD_OCTETS_MAX
    return len(payload).to_bytes(2) + bytes([protocol]) + payload
