"""Whom the network believes: keys and figures that are configured with it, in a file of its own."""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from tenure.promises.record import rules as record
from tenure.promises.record.model import Trust
from tenure.values.instant import DAY_MS, HOUR_MS, SECOND_MS
from tenure.values.passkey import PARTY, RelyingParty

APPROVALS_MIN: Final = 2
"""INC-STAFF: whatever the file says, no employee can do it alone."""


class Trusted(msgspec.Struct, frozen=True):
    """Whom the network believes, and what it insists on, whatever the rest of Tenure is told."""

    record: Trust
    party: RelyingParty = PARTY
    """For whom passkeys must have signed."""
    networks: tuple[str, ...] = ()
    """How the IMSIs of our own SIMs begin; none: any."""
    cooling_off: int = DAY_MS // SECOND_MS
    """Seconds between what was asked and what was done, as the witnesses saw them."""
    key_age: int = 7 * DAY_MS // SECOND_MS
    """Seconds for which the key must have been public that gives a number away."""
    rest: int = 90 * DAY_MS // SECOND_MS
    """Seconds for which a number is nobody's before it is sold again."""
    approvals: int = APPROVALS_MIN


class UnusableTrustError(Exception):
    """The file cannot be used; the message says what is wrong and how to put it right."""


_HOURS: Final = re.compile(r"([0-9]{1,8}) (s|h|days)")
_SECONDS: Final = {"s": 1, "h": HOUR_MS // SECOND_MS, "days": DAY_MS // SECOND_MS}


def trusted_of(text: str) -> Trusted:
    """Read the file (TOML); UnusableTrustError says what is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableTrustError(f"it is not TOML: {error}") from error
    unknown = set(table) - set(_FIELDS)
    if unknown:
        raise UnusableTrustError(
            f"nothing is called {min(unknown)}; there are {', '.join(_FIELDS)}"
        )
    found = {name: read(name, table) for name, read in _FIELDS.items() if name in table}
    logs, witnesses = found.pop("logs", ()), found.pop("witnesses", ())
    quorum = found.pop("quorum", 2)
    if not logs or quorum < 1 or len(set(witnesses)) < quorum:
        raise UnusableTrustError(
            "it needs logs, a quorum of at least 1, and as many witnesses as the quorum; copy the"
            " keys that tenure record and each witness show"
        )
    rp_id, origins = found.pop("rp_id", PARTY.rp_id), found.pop("origins", PARTY.origins)
    if found.get("approvals", APPROVALS_MIN) < APPROVALS_MIN:
        raise UnusableTrustError(f"approvals are at least {APPROVALS_MIN}: nobody acts alone")
    return Trusted(Trust(logs, witnesses, quorum), RelyingParty(rp_id, origins), **found)


def _texts(name: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    value = table[name]
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise UnusableTrustError(f'{name} is a list of text, such as ["45606"]')
    return tuple(value)


def _keys(name: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    vkeys = _texts(name, table)
    for vkey in vkeys:
        try:
            record.key_of(vkey)
        except record.MalformedError as wrong:
            raise UnusableTrustError(f"{name}: {wrong}") from wrong
    return vkeys


def _text(name: str, table: Mapping[str, Any]) -> str:
    value = table[name]
    if not isinstance(value, str) or not value:
        raise UnusableTrustError(f"{name} is a text in quotes")
    return value


def _whole(name: str, table: Mapping[str, Any]) -> int:
    value = table[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnusableTrustError(f"{name} is a whole number")
    return value


def _span(name: str, table: Mapping[str, Any]) -> int:
    found = _HOURS.fullmatch(_text(name, table))
    if found is None:
        raise UnusableTrustError(f'{name} is a span such as "24 h" or "7 days"')
    return int(found[1]) * _SECONDS[found[2]]


_FIELDS: Final[Mapping[str, Callable[[str, Mapping[str, Any]], Any]]] = {
    "logs": _keys,
    "witnesses": _keys,
    "quorum": _whole,
    "rp_id": _text,
    "origins": _texts,
    "networks": _texts,
    "cooling_off": _span,
    "key_age": _span,
    "rest": _span,
    "approvals": _whole,
}
