"""When an address is somebody's: once they typed the code that was sent there; pure."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

from tenure.promises.people.model import (
    CODE_DIGITS,
    CODE_MS,
    CODES_A_DAY,
    POSTAL_CODE_MS,
    WRONG_TRIES_MAX,
    Channel,
    Code,
    Person,
    Refusal,
)
from tenure.promises.people.rules.forms import email
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused

ADDRESS_MIN: Final = 3
ADDRESS_MAX: Final = 500
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
LASTS_MS: Final = {Channel.EMAIL: CODE_MS, Channel.POSTAL: POSTAL_CODE_MS}


def keyed_hash(key: bytes, person_id: int, channel: Channel, address: str, code: str) -> bytes:
    """What is kept of a code: bound to whom and where it was sent, and useless without the key."""
    parts = (str(person_id), channel.value, address, code)
    body = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.digest(key, body, hashlib.sha256)


def address_of(channel: Channel, typed: str) -> str | None:
    """The address as it is kept; None when it has not the form of one."""
    if channel is Channel.EMAIL:
        return email(typed)
    found = ", ".join(line.strip() for line in typed.splitlines() if line.strip())
    return (
        found if ADDRESS_MIN <= len(found) <= ADDRESS_MAX and not _CONTROL.search(found) else None
    )


def proposed(person: Person | None, new: Code, before: Sequence[Code]) -> Code | Refused[Refusal]:
    """The code that is sent, or why none is.  ``before`` are those of the person and channel."""
    if person is None:
        return Refused(Refusal.UNKNOWN_PERSON, "nobody has this number; see: tenure person enter")
    if person.merged_into is not None:
        return Refused(Refusal.IS_A_DUPLICATE, f"they are person {person.merged_into} now")
    recent = [one for one in before if new.asked_at < one.asked_at + DAY_MS]
    if len(recent) >= CODES_A_DAY:
        detail = f"{CODES_A_DAY} codes were sent in a day; wait until tomorrow"
        return Refused(Refusal.TOO_MANY_CODES, detail)
    return new


def confirmed(newest: Code | None, typed: str, key: bytes, at: Instant) -> Code | Refused[Refusal]:
    """The code, if this is what was sent.  Only the newest of a channel counts."""
    if (
        newest is None
        or newest.confirmed_at is not None
        or at >= newest.until
        or at < newest.asked_at
    ):
        detail = "no code waits for them; send one with: tenure person contact"
        return Refused(Refusal.CODE_UNKNOWN, detail)
    if newest.wrong_tries >= WRONG_TRIES_MAX:
        return Refused(Refusal.CODE_LOCKED, "five wrong codes were tried; send another one")
    code = re.sub(r"[ -]", "", typed)
    said = keyed_hash(key, newest.person_id, newest.channel, newest.address, code)
    if len(code) != CODE_DIGITS or not hmac.compare_digest(said, newest.keyed_hash):
        left = WRONG_TRIES_MAX - newest.wrong_tries - 1
        return Refused(Refusal.CODE_WRONG, f"this is not the code; {left} more tries")
    return newest
