"""What a subscriber does for themselves from a phone, as a pack says it: codes, words and menus."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

OPTIONS_MAX: Final = 8
"""Of a screen: 9 is for what follows, 0 for what was before."""
MORE_KEY: Final = "9"
BACK_KEY: Final = "0"
PAGES_MAX: Final = 8
"""Who needs more screens than this for one text has lost its beginning."""


class Deed(StrEnum):
    """What can be done; a menu is none of them, it only leads there."""

    BALANCE = "balance"
    """Funds, validity, stage and allowances."""
    TOP_UP = "top-up"
    """With the PIN of a card (GTC-TOPUP)."""
    CONSENT = "consent"
    """Give and withdraw, a purpose at a time, in as many steps (PRV-RIGHTS)."""
    END_MARKETING = "end-marketing"
    """All direct marketing at once (GTC-MKT)."""
    LOCK = "lock"
    """The number stays where it is until its holder unlocks it otherwise (INC-CONSENT)."""
    STOP_REQUEST = "stop-request"
    """What is asked about the number, say its transfer, is stopped (INC-CONSENT)."""
    STOP = "stop"
    """Both of the above: who writes STOP says not what, and each harms nobody."""
    LANGUAGE = "language"
    """In which we write and answer (GTC-LANG)."""
    HELP = "help"
    """What can be written and dialled."""


class Opens(msgspec.Struct, frozen=True):
    """Where a code, a word or an item leads: a menu by its name, or a deed."""

    deed: Deed | None
    menu: str = ""

    @property
    def name(self) -> str:
        """As it is written in the pack, and as its label is called."""
        return f"menu-{self.menu}" if self.deed is None else self.deed.value


class Code(msgspec.Struct, frozen=True):
    """What is dialled: ``*888#``."""

    dial: str
    opens: Opens

    @property
    def stem(self) -> str:
        """Without the number sign at its end: what ``*888*1#`` begins with."""
        return self.dial[:-1]


class ShortCode(msgspec.Struct, frozen=True):
    """A number that texts are written to."""

    number: str
    anything: Deed | None
    """What any text to it means, whatever it says; None where the words decide."""


class Keyword(msgspec.Struct, frozen=True):
    """Words that mean a deed, in any language, whatever language their writer has chosen."""

    deed: Deed
    words: tuple[str, ...]
    """As ``values.spoken.heard`` hears them; the longest come first."""


class Menu(msgspec.Struct, frozen=True):
    """A screen with items to choose from."""

    name: str
    items: tuple[Opens, ...]


class Menus(msgspec.Struct, frozen=True):
    """menus.toml, with the texts of texts/menus.LANGUAGE.ftl."""

    codes: tuple[Code, ...]
    """The first is the one that people are told to dial."""
    short_codes: tuple[ShortCode, ...]
    keywords: tuple[Keyword, ...]
    menus: Mapping[str, Menu]
    unknown_per_hour: int
    """So many texts of a number that nobody understands are answered within an hour."""
    replies_per_hour: int
    """So many texts of a number are answered within an hour at all; what they ask is done."""
    dialogue_ms: int
    """Who says nothing for so long has to dial again."""
    texts: Mapping[str, Mapping[str, str]]
    """By language and name of the text."""
