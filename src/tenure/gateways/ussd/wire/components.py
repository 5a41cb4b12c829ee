"""Components of supplementary services (TS 24.080 section 3.6): invoke, result, error, reject."""

from enum import IntEnum
from typing import Final, TypeAlias

import msgspec

INVOKE, RETURN_RESULT, RETURN_ERROR, REJECT = 0xA1, 0xA2, 0xA3, 0xA4
_INTEGER, _OCTETS, _NULL, _SEQUENCE = 0x02, 0x04, 0x05, 0x30
_LONG: Final = 0x80
_LENGTH_OCTETS_MAX: Final = 2
_INVOKE_PROBLEM: Final = 0x81


class Operation(IntEnum):
    """Operations of unstructured supplementary services (TS 24.080 section 4.5)."""

    PROCESS_REQUEST = 59
    """What a phone dials."""
    REQUEST = 60
    """A screen that takes an answer."""
    NOTIFY = 61
    """A screen that is only read."""


class Error(IntEnum):
    """Errors of TS 24.080 section 3.6.6 that are sent from here."""

    UNKNOWN_SUBSCRIBER = 1
    SYSTEM_FAILURE = 34
    UNEXPECTED_DATA = 36
    UNKNOWN_ALPHABET = 71


class Problem(IntEnum):
    """Problems of an invoke (TS 24.080 section 3.6.7) that are sent from here."""

    UNRECOGNIZED_OPERATION = 0x01
    MISTYPED_PARAMETER = 0x02


class String(msgspec.Struct, frozen=True):
    """A USSD string as it travels: its data coding scheme and its octets."""

    dcs: int
    octets: bytes

    def __repr__(self) -> str:
        return f"String({self.dcs:#04x}, {len(self.octets)} octets)"


class Invoke(msgspec.Struct, frozen=True):
    """Something is asked for."""

    invoke_id: int
    operation: int
    string: String | None
    """None when it has none that can be read."""


class Result(msgspec.Struct, frozen=True):
    """What was asked for."""

    invoke_id: int
    operation: int | None
    string: String | None


class Failed(msgspec.Struct, frozen=True):
    """What was asked for did not happen: an error, or a rejection."""

    invoke_id: int | None


class Malformed(msgspec.Struct, frozen=True):
    """Octets that are no component, and why."""

    reason: str


Component: TypeAlias = Invoke | Result | Failed | Malformed
_Element: TypeAlias = tuple[int, bytes]


def invoke(invoke_id: int, operation: Operation, string: String) -> bytes:
    """Ask for something with a string."""
    head = _integer(invoke_id) + _integer(operation)
    return _element(INVOKE, head + _argument(string))


def result(invoke_id: int, operation: Operation, string: String) -> bytes:
    """Answer an invoke with a string."""
    inside = _element(_SEQUENCE, _integer(operation) + _argument(string))
    return _element(RETURN_RESULT, _integer(invoke_id) + inside)


def error(invoke_id: int, code: Error) -> bytes:
    """Answer an invoke with an error."""
    return _element(RETURN_ERROR, _integer(invoke_id) + _integer(code))


def reject(invoke_id: int, problem: Problem) -> bytes:
    """Reject an invoke that cannot be understood."""
    return _element(REJECT, _integer(invoke_id) + _element(_INVOKE_PROBLEM, bytes([problem])))


def decoded(octets: bytes) -> Component:
    """The first component in octets; total.  Others behind it are passed over."""
    first = _elements(octets, at_most=1)
    if not first:
        return Malformed("there is no whole component")
    tag, inside = first[0]
    parts = _elements(inside)
    if parts is None:
        return Malformed("a part of a component is cut off")
    match tag:
        case 0xA1:
            return _invoke(parts)
        case 0xA2:
            return _result(parts)
        case 0xA3 | 0xA4:
            return Failed(_number(parts[0]) if parts else None)
        case _:
            return Malformed(f"no component begins with {tag:#04x}")


def _invoke(parts: list[_Element]) -> Component:
    """An identity, perhaps a linked one, an operation, and its argument."""
    invoke_id = _number(parts[0]) if parts else None
    if invoke_id is None:
        return Malformed("an invoke has no identity")
    rest = [part for part in parts[1:] if part[0] != _LONG]
    operation = _number(rest[0]) if rest else None
    if operation is None:
        return Malformed("an invoke names no operation")
    return Invoke(invoke_id, operation, _string(rest[1]) if len(rest) > 1 else None)


def _result(parts: list[_Element]) -> Component:
    invoke_id = _number(parts[0]) if parts else None
    if invoke_id is None:
        return Malformed("a result has no identity")
    inside = _elements(parts[1][1]) if len(parts) > 1 and parts[1][0] == _SEQUENCE else None
    if not inside:
        return Result(invoke_id, None, None)
    string = _string(inside[1]) if len(inside) > 1 else None
    return Result(invoke_id, _number(inside[0]), string)


def _string(element: _Element) -> String | None:
    """USSD-Arg and USSD-Res are alike: a coding scheme, a string, and what may follow."""
    parts = _elements(element[1]) if element[0] == _SEQUENCE else None
    if parts is None or len(parts) < 2:  # noqa: PLR2004 -- the scheme and the string
        return None
    (dcs_tag, dcs), (string_tag, octets) = parts[:2]
    if dcs_tag != _OCTETS or len(dcs) != 1 or string_tag != _OCTETS:
        return None
    return String(dcs[0], octets)


def _number(element: _Element) -> int | None:
    tag, value = element
    return value[0] if tag == _INTEGER and len(value) == 1 else None


def _elements(octets: bytes, at_most: int = 16) -> list[_Element] | None:
    """Tags and values in their order; None when one is cut off, or of indefinite length."""
    found: list[_Element] = []
    at = 0
    while at < len(octets) and len(found) < at_most:
        if at + 1 >= len(octets):
            return None
        tag, length, at = octets[at], octets[at + 1], at + 2
        if length >= _LONG:
            size = length - _LONG
            if not 1 <= size <= _LENGTH_OCTETS_MAX or at + size > len(octets):
                return None
            length, at = int.from_bytes(octets[at : at + size]), at + size
        if at + length > len(octets):
            return None
        found.append((tag, octets[at : at + length]))
        at += length
    return found


def _element(tag: int, value: bytes) -> bytes:
    length = len(value)
    if length < _LONG:
        return bytes([tag, length]) + value
    return bytes([tag, _LONG | 1, length]) + value


def _integer(value: int) -> bytes:
    return _element(_INTEGER, value.to_bytes(1))


def _argument(string: String) -> bytes:
    parts = _element(_OCTETS, bytes([string.dcs])) + _element(_OCTETS, string.octets)
    return _element(_SEQUENCE, parts)
