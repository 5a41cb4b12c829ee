"""What a page shows of purposes and of the notice: words, how somebody stands, and what to say."""

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """A purpose beyond the service, and one button."""

    name: str
    language: str
    """Of the three texts."""
    title: str
    text: str
    without: str
    is_open: bool
    """A yes is in force: the button is a no; else it is a yes."""
    by: str = ""
    """The media of the yes; "" for none, and for a purpose that contacts nobody."""
    since: str = ""
    uses: str = ""
    """The kinds of data."""
    given_to: str = ""
    """The classes of recipient; "" for nobody."""
    media: str = ""
    """How it contacts somebody who agrees here; "" for what contacts nobody."""


class Notice(msgspec.Struct, frozen=True):
    """The newest privacy notice, and whether somebody said that they could read it (PRV-UPDATE)."""

    version: str
    language: str
    published: str
    new: str
    """What is new in it, in words."""
    seen: str
    """Since when they acknowledge it; "" for not yet: the button says so."""


class Choices(msgspec.Struct, frozen=True):
    """All purposes of the operator, for one person."""

    visit: str
    """What stands in every form of this visit."""
    language: str
    each: tuple[Choice, ...]
    gpc: bool = False
    """The browser says that data shall not be sold or shared."""
    notice: Notice | None = None

    def __repr__(self) -> str:
        return "Choices(…)"
