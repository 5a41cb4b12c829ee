"""The forms that an item can have: read as typed, kept in one way of writing; pure and total."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from tenure.terms.subjects import Item
from tenure.values.instant import Instant, iso, parse_instant

TEXT_MAX: Final = 2000
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_EMAIL: Final = re.compile(r'[^\s@<>",;]{1,64}@[^\s@<>",;]{1,255}')
_PHONE: Final = re.compile(r"[1-9][0-9]{6,14}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DOCUMENT: Final = re.compile(r"[a-z][a-z-]{1,29}:[0-9A-Za-z][0-9A-Za-z /.-]{0,39}", re.ASCII)
_FILE: Final = re.compile(r"[^\s/]{1,200} [0-9a-f]{64}")
_DOOR: Final = re.compile(r"[0-9a-z-]{1,40}", re.ASCII)

EXAMPLES: Final[Mapping[str, str]] = {
    "text": "some words",
    "date": "1990-01-31",
    "instant": "2026-11-22T08:00:00+07:00",
    "whole": "42",
    "email": "dara@example.com",
    "phone": "+855 12 345 678",
    "country": "KH",
    "choice": "one of its choices",
    "yes-no": "yes",
    "document": "passport:N1234567",
    "file": "cv.pdf and its SHA-256",
    "passage": "2026-11-22T08:00:00+07:00 gate-2",
}
"""How each form is typed."""


def read(item: Item, typed: str) -> str | None:
    """The value as it is kept; None when it has not the form that was declared."""
    typed = typed.strip()
    if item.form == "choice":
        return typed if typed in item.choices else None
    return _READERS[item.form](typed)


def _text(typed: str) -> str | None:
    return typed if 0 < len(typed) <= TEXT_MAX and not _CONTROL.search(typed) else None


def _date(typed: str) -> str | None:
    try:
        return date.fromisoformat(typed).isoformat() if _DATE.fullmatch(typed) else None
    except ValueError:
        return None


def _instant(typed: str) -> str | None:
    try:
        at = parse_instant(typed)
    except ValueError:
        return None
    return iso(at) if at >= 0 else None


def _phone(typed: str) -> str | None:
    digits = re.sub(r"[ ()-]", "", typed.removeprefix("+"))
    return digits if _PHONE.fullmatch(digits) else None


def _passage(typed: str) -> str | None:
    moment, _, door = typed.partition(" ")
    at = _instant(moment)
    return f"{at} {door}" if at is not None and _DOOR.fullmatch(door) else None


def email(typed: str) -> str | None:
    """An address, whose domain is written small; what comes before the @ is its owner's."""
    local, at, domain = typed.strip().rpartition("@")
    found = f"{local}{at}{domain.lower()}"
    return found if _EMAIL.fullmatch(found) and not _CONTROL.search(found) else None


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda typed: typed if pattern.fullmatch(typed) else None


_READERS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "text": _text,
    "date": _date,
    "instant": _instant,
    "whole": _matching(_WHOLE),
    "email": email,
    "phone": _phone,
    "country": _matching(_COUNTRY),
    "yes-no": lambda typed: typed if typed in {"yes", "no"} else None,
    "document": _matching(_DOCUMENT),
    "file": _matching(_FILE),
    "passage": _passage,
}


def instant_in(value: str) -> Instant:
    """The instant of a kept value of the form instant or passage."""
    return parse_instant(value.partition(" ")[0])
