"""Visitors of the public website: their answer about cookies, codes of forms, how often they send.

A visitor has no session: nothing that is sent with a form needs a cookie.
"""

import hashlib
import hmac
import struct
import uuid
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from tenure.gateways.web.session.cookies import octets_of, text_of
from tenure.values.instant import HOUR_MS, SECOND_MS, Instant

SESSION: Final = "tenure"
"""Of who of ours is signed in; see cookies."""
CHOICE: Final = "tenure-choice"
MEMORY: Final = "tenure-memory"
VISIT: Final = "tenure-visit"
MAC_OCTETS: Final = 16
UUID_OCTETS: Final = 16
KEY_OCTETS: Final = 32
ESSENTIAL: Final = "essential"
CONVENIENCE: Final = "convenience"
VISITS: Final = "visits"
REMEMBERED_MAX: Final = 12
WORD_MAX: Final = 40
_CHOICE: Final = struct.Struct("!16sq??8s")
_FORM: Final = struct.Struct("!16sq16s16s")


class Choice(msgspec.Struct, frozen=True):
    """What a browser answered about cookies, as it was kept here before it got the cookie."""

    consent_id: uuid.UUID
    at: Instant
    convenience: bool
    visits: bool

    @property
    def allowed(self) -> frozenset[str]:
        """The categories of cookies that may be set."""
        chosen = {CONVENIENCE: self.convenience, VISITS: self.visits}
        return frozenset({ESSENTIAL, *(name for name, yes in chosen.items() if yes)})


NO_CHOICE: Final = frozenset({ESSENTIAL})


def value_in(cookies: str, name: str, *, secure: bool) -> str:
    """The value of a cookie in a Cookie header; "" for none."""
    full = f"__Host-{name}" if secure else name
    for each in cookies.split(";"):
        found, _, value = each.strip().partition("=")
        if found == full:
            return value
    return ""


def choice_value(secret: bytes, choice: Choice, version: str) -> str:
    """What the browser keeps of its answer; nobody else can make it."""
    said = _CHOICE.pack(
        choice.consent_id.bytes, choice.at, choice.convenience, choice.visits, _short(version)
    )
    return text_of(said + _mac(secret, b"an answer about cookies", said))


def choice_in(secret: bytes, value: str, version: str, at: Instant, valid_ms: int) -> Choice | None:
    """The answer that counts now; None for none, for an older question, and for a forged one."""
    octets = octets_of(value)
    if octets is None or len(octets) != _CHOICE.size + MAC_OCTETS:
        return None
    said, shown = octets[: _CHOICE.size], octets[_CHOICE.size :]
    if not hmac.compare_digest(_mac(secret, b"an answer about cookies", said), shown):
        return None
    consent_id, answered_at, convenience, visits, asked = _CHOICE.unpack(said)
    begun = answered_at <= at + SECOND_MS  # a second answer in the same instant is put after it
    if asked != _short(version) or not begun or at >= answered_at + valid_ms:
        return None
    return Choice(uuid.UUID(bytes=consent_id), Instant(answered_at), convenience, visits)


class FormCode(msgspec.Struct, frozen=True):
    """What stands hidden in a form: which one it is, and when it was shown beside which notice."""

    entry_id: uuid.UUID
    shown_at: Instant


def form_code(secret: bytes, form: str, code: FormCode, notice: str) -> str:
    """The code of a form that was shown: only ours are taken, each once."""
    said = _FORM.pack(code.entry_id.bytes, code.shown_at, _short16(form), _short16(notice))
    return text_of(said + _mac(secret, b"a form of the website", said))


def form_of(secret: bytes, text: str, form: str, notice: str) -> FormCode | None:
    """The code, if it is of this form and was shown beside this notice; its age others judge."""
    octets = octets_of(text)
    if octets is None or len(octets) != _FORM.size + MAC_OCTETS:
        return None
    said, shown = octets[: _FORM.size], octets[_FORM.size :]
    if not hmac.compare_digest(_mac(secret, b"a form of the website", said), shown):
        return None
    entry_id, shown_at, of_form, of_notice = _FORM.unpack(said)
    if (of_form, of_notice) != (_short16(form), _short16(notice)):
        return None
    return FormCode(uuid.UUID(bytes=entry_id), Instant(shown_at))


def mark_key(secret: bytes, contest: str) -> bytes:
    """The key by which entrants of one contest are known again; of no use for another."""
    return hmac.digest(secret, f"entrants of {contest}".encode(), hashlib.sha256)


def memory_value(language: str, sent: tuple[str, ...]) -> str:
    """What is remembered for somebody who agreed: a language, and names of forms."""
    return ".".join([language, *dict.fromkeys(sent)][: REMEMBERED_MAX + 1])


def memory_in(value: str) -> tuple[str, tuple[str, ...]]:
    """The language and the names of forms; anything else is nothing."""
    words = [
        one
        for one in value.split(".")
        if len(one) <= WORD_MAX and one.replace("-", "").isalnum() and one.isascii()
    ]
    return (words[0], tuple(words[1 : REMEMBERED_MAX + 1])) if words else ("", ())


def visit_value(visit_id: uuid.UUID) -> str:
    """The number of a visit, as its cookie has it."""
    return text_of(visit_id.bytes)


def visit_in(value: str) -> uuid.UUID | None:
    """The number of a visit; None for any other text."""
    octets = octets_of(value)
    return uuid.UUID(bytes=octets) if octets is not None and len(octets) == UUID_OCTETS else None


def seconds_of(milliseconds: int) -> int:
    """As Max-Age counts."""
    return milliseconds // SECOND_MS


class Register:
    """WEB-COOKIE: which cookies there are, and what each needs; there is no other."""

    def __init__(self, categories: Mapping[str, str]) -> None:
        """``categories`` has the category of each cookie by its name."""
        self._categories = dict(categories)

    def wrong(self, header: str, allowed: frozenset[str], *, secure: bool) -> str:
        """Why a Set-Cookie header must not leave; "" when it may.  A value is not repeated.

        One that only makes a browser forget needs nobody's yes.
        """
        name = header.partition("=")[0].strip()
        plain = name.removeprefix("__Host-") if secure else name
        category = self._categories.get(plain)
        if category is None:
            return "a cookie that is not registered"
        if category not in allowed and "Max-Age=0" not in header:
            return f"{plain}, without a yes to {category}"
        return ""


class Arrivals:
    """How many forms came from an address in this hour.

    Of the address a hash is kept with a key that is drawn anew every hour, in memory only: when the
    hour ends, nothing leads to it any more.
    """

    def __init__(self) -> None:
        """Nobody has sent anything."""
        self._hour = -1
        self._key = b""
        self._count: dict[bytes, int] = {}

    def may(self, address: str, at: Instant, most: int, fresh: Callable[[int], bytes]) -> bool:
        """Whether one more form may come from this address; it counts."""
        hour = at // HOUR_MS
        if hour != self._hour:
            self._hour, self._key, self._count = hour, fresh(KEY_OCTETS), {}
        mark = hmac.digest(self._key, address.encode(), hashlib.sha256)
        self._count[mark] = self._count.get(mark, 0) + 1
        return self._count[mark] <= most


def _mac(secret: bytes, what: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, what + said, hashlib.sha256)[:MAC_OCTETS]


def _short(version: str) -> bytes:
    return hashlib.sha256(version.encode()).digest()[:8]


def _short16(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
