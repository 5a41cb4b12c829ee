"""A letter as the octets that are submitted (RFC 5322, 2045 to 2047), and what an answer means."""

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import Enum
from typing import Final

import msgspec

POLICY: Final = SMTP.clone(cte_type="7bit", max_line_length=76)
"""Seven bits: no server on the way has to offer anything for a Khmer letter to arrive."""

LINE_OCTETS_MAX: Final = 998
"""RFC 5322 section 2.1.1."""


class Letter(msgspec.Struct, frozen=True):
    """A letter to one reader."""

    message_id: str
    """Without angle brackets; the same for every try, so that a double shows (RFC 5322 3.6.4)."""
    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    language: str
    """Of subject and text (RFC 3282)."""
    written: datetime
    unsubscribe: str = ""
    """The https address that ends letters of this kind by one POST (RFC 8058); "" for none."""

    def __repr__(self) -> str:
        return f"Letter({self.message_id!r})"


def written(letter: Letter) -> bytes:
    """The letter with CRLF line ends and nothing but ASCII, ready for DATA.

    A subject or an address with a line end in it is our own mistake: ValueError.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(letter.sender_name, letter.sender)
    message["To"] = _address("", letter.to)
    message["Subject"] = letter.subject
    message["Date"] = letter.written
    # RFC 3834 section 5: no holiday answer, and no answer by another program.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{letter.text}\n", charset="utf-8")
    message["Content-Language"] = letter.language
    return _unfolded(letter) + message.as_bytes()


def _unfolded(letter: Letter) -> bytes:
    """Headers that stay on one line however long: the library encodes what it cannot fold."""
    lines = [f"Message-ID: <{letter.message_id}>"]
    if letter.unsubscribe:
        lines.append(f"List-Unsubscribe: <{letter.unsubscribe}>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    assert all(line.isprintable() and len(line) <= LINE_OCTETS_MAX for line in lines)
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _address(name: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


_PLAIN: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")


def plain(address: str) -> bool:
    """Whether an address is a dot-atom in ASCII, which every server takes, and nothing else."""
    return _PLAIN.fullmatch(address) is not None


class Part(Enum):
    """What the server was told when it answered."""

    GREETING = "greeting"
    """Connection, EHLO, STARTTLS and AUTH: about us, never about a reader."""
    SENDER = "sender"
    READER = "reader"
    TEXT = "text"
    """DATA, or the end of the letter."""


class Meaning(Enum):
    """What an answer means for a letter."""

    TAKEN = "taken"
    """The server has it, and answers for it from now on (RFC 5321 section 6.1)."""
    LATER = "later"
    """Not now: it is tried again."""
    NEVER = "never"
    """Not to this reader: another way is to be found."""


def meaning(part: Part, code: int) -> Meaning:
    """What an answer of the server means (RFC 5321 section 4.2.1).

    That a server does not want us, or our own address, says nothing about a reader: it is tried
    again, and who runs this is told.
    """
    first = code // 100
    if first == _DONE:
        return Meaning.TAKEN
    about_it = part in (Part.READER, Part.TEXT) and code not in _ABOUT_US
    if first == _FAILED and (about_it or code == _TOO_LONG):
        return Meaning.NEVER
    return Meaning.LATER


def understood(code: int) -> bool:
    """Whether an answer is one that SMTP knows; who says something else is no server of mail."""
    return code // 100 in (_DONE, _MORE, _NOT_NOW, _FAILED)


_DONE, _MORE, _NOT_NOW, _FAILED = 2, 3, 4, 5
"""The first digit of an answer (RFC 5321 section 4.2.1)."""
_TOO_LONG: Final = 552
"""More than the server takes: said to the size in MAIL already (RFC 1870 section 6.1)."""
_ABOUT_US: Final = frozenset({530, 534, 535, 538})
"""Authentication is missing or too weak (RFC 4954 section 6): also in answer to a reader."""

_ENHANCED: Final = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")


def reason(part: Part, code: int, said: bytes) -> str:
    """An answer as it may be kept: its codes (RFC 3463), never its words, which quote addresses."""
    found = _ENHANCED.match(said)
    enhanced = f" {found[1].decode('ascii')}" if found else ""
    return f"{part.value} {code}{enhanced}"


_LINE_START_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


def dotted(octets: bytes) -> bytes:
    """A letter as it goes over the wire after DATA, with its end (RFC 5321 section 4.5.2)."""
    assert octets.endswith(b"\r\n")
    return _LINE_START_DOT.sub(b"..", octets) + b".\r\n"
