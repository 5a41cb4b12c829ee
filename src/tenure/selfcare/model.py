"""A text from a phone, a dialogue on its screen, and what is answered."""

from enum import IntEnum

import msgspec

from tenure.promises.numbers.model import Line
from tenure.terms.menus import Deed, Opens
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.screens import OCTETS_MAX


class Text(msgspec.Struct, frozen=True):
    """A text that somebody wrote to a short number."""

    msisdn: Msisdn
    """Who wrote it, as the network says."""
    short_code: str
    text: str
    """All its parts joined; anything, also nothing."""
    message_id: str = ""
    """The same whenever the same message comes again; "" when the network gives none."""

    def __repr__(self) -> str:
        return f"Text({self.msisdn!r}, to {self.short_code})"


class Reply(msgspec.Struct, frozen=True):
    """What was told to who wrote; it leaves as a notice, so that there is proof of it."""

    text: str
    language: str
    notice_id: int | None
    """None when what was done was told by a notice of its own."""
    repeated: bool = False
    """The same message came before: nothing was done or told again."""

    def __repr__(self) -> str:
        return f"Reply({self.notice_id})"


class Refusal(IntEnum):
    """Why nothing is shown at all; in descending precedence."""

    UNKNOWN_NUMBER = 1
    """No line has this number or SIM."""


class Caller(msgspec.Struct, frozen=True):
    """Who is at the phone, as far as its SIM says."""

    line: Line
    holder_id: int | None
    """Who holds the number; None for a line that nobody holds."""
    language: str

    def __repr__(self) -> str:
        return f"Caller({self.line.msisdn!r})"


class Place(msgspec.Struct, frozen=True):
    """Where somebody is, or may go next: a menu or a deed, and how far in it."""

    opens: Opens
    argument: str = ""
    """What was chosen or typed there: a purpose, a language, a PIN; its repr shows nothing."""

    def __repr__(self) -> str:
        return f"Place({self.opens.name})"


class Option(msgspec.Struct, frozen=True):
    """A line to choose."""

    label: str
    place: Place


class Screen(msgspec.Struct, frozen=True):
    """What a place shows.  Without options, and taking nothing, it is the end of a dialogue."""

    lines: tuple[str, ...]
    options: tuple[Option, ...] = ()
    takes: Opens | None = None
    """The deed that whatever is typed belongs to."""
    language: str = ""
    """Another than the caller had; "" for the same."""
    to_be_read: bool = False
    """What is chosen here counts only if it was shown: no short cut leads past it."""
    told: bool = False
    """The same was told by text already: who asked by text needs no other answer."""

    def __repr__(self) -> str:
        return f"Screen({len(self.options)} options)"


class Session(msgspec.Struct, frozen=True):
    """A dialogue between two inputs: small, whole, and worth nothing to anybody else.

    What was done is in the database; who loses this dials again.
    """

    msisdn: Msisdn
    who: tuple[int | None, Imsi]
    """Who held the number when it began, and on which SIM."""
    path: tuple[Place, ...]
    """From the first screen to this one."""
    pages: tuple[str, ...]
    """This screen, cut so that each part fits a phone."""
    page: int
    options: tuple[Place, ...]
    takes: Opens | None
    language: str
    reference: str
    """The gateway's own name for the dialogue, kept as evidence of what was agreed to."""
    octets: int = OCTETS_MAX
    """What a screen may have on this way to the phone."""

    def __repr__(self) -> str:
        return f"Session({self.msisdn!r}, {len(self.path)} deep)"


class Shown(msgspec.Struct, frozen=True):
    """What stands on the screen now."""

    text: str
    session: Session | None
    """None: the dialogue is over."""
    language: str

    def __repr__(self) -> str:
        return f"Shown(ends={self.session is None})"


def opens(deed: Deed) -> Opens:
    """The way to a deed."""
    return Opens(deed)
