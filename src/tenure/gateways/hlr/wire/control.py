"""The CTRL interface: GET and SET with a number, their answers, and traps, each a text."""

import re
from typing import Final, TypeAlias

import msgspec

from tenure.values.ipa import OSMO, Frame, framed

CTRL: Final = 0x00
"""The extension of the CTRL interface."""
NUMBER_MAX: Final = 2**31 - 1
"""osmo-hlr gives any digits back, others read a C integer."""

_WORD: Final = re.compile(r"[!-~]+")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,9}")


class Answer(msgspec.Struct, frozen=True):
    """A GET or SET was carried out."""

    number: int
    variable: str
    value: str

    def __repr__(self) -> str:
        return f"Answer({self.number})"


class Refusal(msgspec.Struct, frozen=True):
    """A GET or SET was not carried out; without a number nobody can tell which one."""

    number: int | None
    why: str
    """In the words of the element: they name no subscriber."""


class Trap(msgspec.Struct, frozen=True):
    """The element says something that nobody asked for."""

    variable: str
    value: str

    def __repr__(self) -> str:
        return "Trap()"


class Malformed(msgspec.Struct, frozen=True):
    """A frame that is no message of this interface."""

    reason: str


Message: TypeAlias = Answer | Refusal | Trap | Malformed


def get(number: int, variable: str) -> bytes:
    """The octets that ask for a variable."""
    return _asked(f"GET {_checked(number)} {_word(variable)}")


def set_(number: int, variable: str, value: str) -> bytes:
    """The octets that set a variable; a value is one word, so that nothing can hide behind it."""
    return _asked(f"SET {_checked(number)} {_word(variable)} {_word(value)}")


def message_of(frame: Frame) -> Message | None:
    """What a frame says; None for one of another protocol, which is passed over."""
    if frame.protocol != OSMO or frame.payload[:1] != bytes([CTRL]):
        return None
    try:
        text = frame.payload[1:].decode("ascii")
    except UnicodeDecodeError:
        return Malformed("a message holds octets that are no ASCII")
    verb, _, rest = text.partition(" ")
    first, _, rest = rest.partition(" ")
    if verb == "ERROR":
        return Refusal(_number(first), rest)
    if verb == "TRAP":
        variable, _, value = rest.partition(" ")
        return Trap(variable, value)
    number = _number(first)
    if verb not in ("GET_REPLY", "SET_REPLY") or number is None:
        return Malformed("a message is neither GET_REPLY, SET_REPLY, ERROR nor TRAP")
    variable, _, value = rest.partition(" ")
    return Answer(number, variable, value)


def _asked(text: str) -> bytes:
    return framed(OSMO, bytes([CTRL]) + text.encode("ascii"))


def _checked(number: int) -> int:
    assert 0 < number <= NUMBER_MAX
    return number


def _word(text: str) -> str:
    """A word without spaces or control characters; anything else is our own mistake."""
    assert _WORD.fullmatch(text), "a variable or value is one word"
    return text


def _number(text: str) -> int | None:
    """The number of a request, or None for what is none (``ERROR err ...``)."""
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if number <= NUMBER_MAX else None
