"""The request and answers of C2SP tlog-witness, as bytes."""

import base64
import binascii
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec

PATH: Final = "/add-checkpoint"
PROOF_LINES_MAX: Final = 63
BODY_OCTETS_MAX: Final = 131_072
"""Twice what the longest note and proof need."""
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
HASH_OCTETS: Final = 32
DIGITS_MAX: Final = 19
BAD: Final = HTTPStatus.BAD_REQUEST


class UnreadableError(Exception):
    """A body that is no request; the message says what is wrong."""


class AddCheckpoint(msgspec.Struct, frozen=True):
    """A log asks a witness to cosign."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str
    """The checkpoint with the log's signatures."""


def encoded(request: AddCheckpoint) -> bytes:
    """A request as it is sent."""
    lines = [f"old {request.old_size}\n"]
    lines += [base64.b64encode(value).decode() + "\n" for value in request.proof]
    return ("".join(lines) + "\n" + request.note).encode()


def decoded(body: bytes) -> AddCheckpoint:
    """Read a request; UnreadableError says what is wrong."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise UnreadableError("the request is not UTF-8") from None
    head, blank, note = text.partition("\n\n")
    if not blank or not note:
        raise UnreadableError("a request is an old size, a proof, an empty line, and a checkpoint")
    first, *rest = head.split("\n")
    word, _, digits = first.partition(" ")
    if word != "old":
        raise UnreadableError("a request begins with the old size: old 12")
    if len(rest) > PROOF_LINES_MAX:
        raise UnreadableError(f"a proof has at most {PROOF_LINES_MAX} lines")
    return AddCheckpoint(size_of(digits), _proof(rest), note)


def size_of(digits: str) -> int:
    """A size as it is written: ASCII digits, no leading zeroes."""
    plain = digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS_MAX
    if not plain or (digits[0] == "0" and digits != "0"):
        raise UnreadableError("a size is decimal, without leading zeroes")
    return int(digits)


def _proof(lines: Sequence[str]) -> tuple[bytes, ...]:
    try:
        values = tuple(base64.b64decode(line, validate=True) for line in lines)
    except (binascii.Error, ValueError):
        raise UnreadableError("a proof line is base64") from None
    if any(len(value) != HASH_OCTETS for value in values):
        raise UnreadableError("a proof line is a hash of 32 octets")
    return values
