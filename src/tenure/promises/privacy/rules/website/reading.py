"""A form as it was typed becomes what is kept, or what is wrong with each item; pure and total."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from tenure.promises.numbers import rules as numbers
from tenure.promises.privacy.model.website import Fault, Given
from tenure.terms.website import Field, Form, Limits
from tenure.values.refused import Refused

_EMAIL: Final = re.compile(r'[^\s@<>",;]{1,64}@[^\s@<>",;.]{1,63}(\.[^\s@<>",;.]{1,63})+')
_LINK: Final = re.compile(r"https?://|www\.", re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_ALIKE: Final = ("LATIN", "GREEK", "CYRILLIC")
"""Scripts whose letters look alike: a word of two of them is meant to be taken for another."""


def read(
    form: Form, typed: Mapping[str, str], limits: Limits, country: str, *, agreed: bool
) -> Given | Mapping[str, Fault]:
    """What is kept of a form, or the fault of each item that has one.

    Nothing else that was sent is kept.  ``agreed`` says yes to the notice of a contest, which is
    the item ``agree``; a form without a contest needs none.
    """
    faults: dict[str, Fault] = {}
    items: dict[str, str] = {}
    for asked in form.fields:
        field, text = asked.field, _plain(asked.field, typed.get(asked.field.name, ""))
        if not text:
            if asked.without is not None:
                faults[field.name] = Fault.MISSING
            continue
        found = _value(field, text, limits, country)
        if isinstance(found, Fault):
            faults[field.name] = found
        else:
            items[field.name] = found
    if form.contest and not agreed:
        faults["agree"] = Fault.NOT_AGREED
    return faults or Given(items)


def _plain(field: Field, text: str) -> str:
    """What a person can have typed, in one way of writing, and no spaces around it."""
    kept = "\n" if field.form == "lines" else ""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(one for one in text if one in kept or not _is_control(one)).strip()


def _is_control(one: str) -> bool:
    """Control characters, and marks that turn the direction of what follows."""
    return unicodedata.category(one) in {"Cc", "Cs"} or one in "\u202a\u202b\u202c\u202d\u202e"


def _value(field: Field, text: str, limits: Limits, country: str) -> str | Fault:
    if len(text) > limits.longest:
        return Fault.TOO_LONG
    if field.form == "choice":
        known = [one.name for one in field.choices]
        return text if text in known else Fault.MALFORMED
    if field.form == "phone":
        number = numbers.normalised(text, country)
        return Fault.MALFORMED if isinstance(number, Refused) else str(number)
    if any(mixed(word) for word in _WORD.findall(text)):
        return Fault.MIXED_SCRIPTS
    if field.form == "email":
        return _address(text) or Fault.MALFORMED
    return Fault.TOO_MANY_LINKS if len(_LINK.findall(text)) > limits.links else text


def _address(text: str) -> str:
    local, at, domain = text.rpartition("@")
    address = f"{local}{at}{domain.lower()}"
    return address if _EMAIL.fullmatch(address) else ""


def address_in(text: str, limits: Limits) -> str:
    """An e-mail address as a form would have kept it; "" for what it would not have taken."""
    plain = "".join(
        one for one in unicodedata.normalize("NFC", text) if not _is_control(one)
    ).strip()
    unlike = any(mixed(word) for word in _WORD.findall(plain))
    return "" if unlike or len(plain) > limits.longest else _address(plain)


def mixed(word: str) -> bool:
    """Whether a word has letters of two scripts that look alike.

    Khmer beside Latin is how people write, and no fault.
    """
    if word.isascii():
        return False
    names = {unicodedata.name(one, "").partition(" ")[0] for one in word if one.isalpha()}
    return sum(script in names for script in _ALIKE) > 1


def mark_of(key: bytes, form: Form, given: Given) -> bytes | None:
    """By what an entrant of a contest is known again; None for a form without a contest.

    A hash with a key of this contest: of no use for another, and gone with the entry.
    """
    if not form.contest:
        return None
    known_by = "\n".join(
        given.items[one.field.name]
        for one in form.fields
        if one.field.identifies and one.without is not None
    )
    return hmac.digest(key, f"{form.contest}\n{known_by}".encode(), hashlib.sha256)
