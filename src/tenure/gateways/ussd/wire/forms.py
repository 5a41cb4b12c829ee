"""Forms as aggregators send them over HTTP, and the texts they take for an answer.

The convention of Africa's Talking, which others follow: POST with sessionId, serviceCode,
phoneNumber, networkCode and text, in which everything typed so far is joined by ``*``; the answer
begins with ``CON`` when the dialogue goes on and with ``END`` when it is over.
"""

import re
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from tenure.values.msisdn import Msisdn

BODY_OCTETS_MAX: Final = 8_192
FIELDS_MAX: Final = 20
SESSION_CHARS_MAX: Final = 200
TEXT_CHARS_MAX: Final = 2_000
_NUMBER: Final = re.compile(r"\+?([1-9][0-9]{6,14})")
_CODE: Final = re.compile(r"[*#]{1,2}[0-9*]{1,60}#")


class Form(msgspec.Struct, frozen=True):
    """What an aggregator tells of a dialogue."""

    session_id: str
    service_code: str
    msisdn: Msisdn
    text: str
    """Everything typed so far, joined by ``*``; "" at the beginning."""

    def __repr__(self) -> str:
        return f"Form({self.msisdn!r})"


class Malformed(msgspec.Struct, frozen=True):
    """A body that is no such form; names nobody."""

    reason: str


def read(body: bytes) -> Form | Malformed:
    """The form in a body; total."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            errors="strict",
        )
    except ValueError:
        return Malformed("the body is no form of UTF-8 text")
    fields = dict(pairs)
    if len(fields) < len(pairs):
        return Malformed("a field is there twice")
    return _form(fields)


def _form(fields: dict[str, str]) -> Form | Malformed:
    number = _NUMBER.fullmatch(fields.get("phoneNumber", "").strip())
    if number is None:
        return Malformed("phoneNumber is no number in E.164 form")
    session_id, service_code, text = (
        fields.get(name, "") for name in ("sessionId", "serviceCode", "text")
    )
    if not 0 < len(session_id) <= SESSION_CHARS_MAX:
        return Malformed("sessionId is missing or too long")
    if not _CODE.fullmatch(service_code):
        return Malformed("serviceCode is nothing that is dialled")
    if len(text) > TEXT_CHARS_MAX:
        return Malformed("text is too long")
    return Form(session_id, service_code, Msisdn(number[1]), text)


def written(text: str, *, ends: bool) -> str:
    """A screen as an aggregator takes it."""
    return f"{'END' if ends else 'CON'} {text}"
