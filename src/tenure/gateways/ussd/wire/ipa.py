"""What IPA frames carry for a USSD entity: connection control, and GSUP."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from tenure.values.ipa import OSMO, Frame, framed

CCM: Final = 0xFE
"""Connection control: who is there, and is anybody."""
GSUP: Final = 0x05

_IDENTITIES: Final = (0x08, 0x07, 0x02, 0x03, 0x04, 0x05, 0x01, 0x00)
"""Serial number, unit name, location and so on: the register looks for our name in one of them."""


class Control(IntEnum):
    """Messages of connection control."""

    PING = 0x00
    PONG = 0x01
    ID_GET = 0x04
    ID_RESP = 0x05
    ID_ACK = 0x06


def control(message: Control) -> bytes:
    """A message of connection control that says nothing but itself."""
    return framed(CCM, bytes([message]))


def identity(name: str, tags: Sequence[int] = _IDENTITIES) -> bytes:
    """Who we are, in every field in which a peer may look for it."""
    text = name.encode("ascii") + b"\x00"
    fields = [(len(text) + 1).to_bytes(2) + bytes([tag]) + text for tag in tags]
    return framed(CCM, bytes([Control.ID_RESP]) + b"".join(fields))


def gsup(message: bytes) -> bytes:
    """A GSUP message as a frame."""
    return framed(OSMO, bytes([GSUP]) + message)


def gsup_of(frame: Frame) -> bytes | None:
    """The GSUP message in a frame; None for a frame of another protocol."""
    if frame.protocol == OSMO and frame.payload[:1] == bytes([GSUP]):
        return frame.payload[1:]
    return None


def control_of(frame: Frame) -> Control | None:
    """What a frame of connection control says; None for another, or for one we do not know."""
    if frame.protocol != CCM or not frame.payload:
        return None
    known = frame.payload[0] in list(Control)
    return Control(frame.payload[0]) if known else None
