"""What the pages of the public website show."""

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Somewhere to go: the end of its address, and its title."""

    path: str
    title: str


class Around(msgspec.Struct, frozen=True):
    """Around every page: whose site it is, in which language, and what is asked about cookies."""

    operator: str
    language: str
    languages: tuple[str, ...]
    path: str
    """Of this page below its language; "" for the first."""
    places: tuple[Place, ...]
    scope: str
    """WEB-SCOPE: what the policy covers."""
    care: str
    outward: tuple[Place, ...] = ()
    """Sites of others, by the page that says that their own notice applies there."""
    ask: str = ""
    """What is asked about cookies; "" once it is answered."""
    gpc: bool = False


class Choice(msgspec.Struct, frozen=True):
    """One of several answers."""

    value: str
    title: str


class Item(msgspec.Struct, frozen=True):
    """A field of a form, as it was typed."""

    name: str
    title: str
    form: str
    choices: tuple[Choice, ...]
    without: str
    """What follows when it is not given; "" for what is voluntary."""
    typed: str = ""
    fault: str = ""

    def __repr__(self) -> str:
        return f"Item({self.name})"


class FormPage(msgspec.Struct, frozen=True):
    """A form with all that is told beside it."""

    name: str
    title: str
    intro: str
    items: tuple[Item, ...]
    code: str
    purpose: str
    kept: str
    given_to: str
    acknowledge: str
    rules: str = ""
    """Of a contest."""
    agree: str = ""
    """What an entrant says yes to; "" for a form without a contest."""
    agreed: bool = False
    agree_fault: str = ""
    contest: str = ""
    """The name of its page."""
    trouble: str = ""
    """Why it was not taken, as a whole."""
    robot: str = ""
    """What was typed where nothing belongs."""
    before: str = ""
    longest: int = 1600

    def __repr__(self) -> str:
        return f"FormPage({self.name})"


class CookieRow(msgspec.Struct, frozen=True):
    """A cookie of the register."""

    name: str
    category: str
    records: str
    lasts: str
    needs: str


class Asked(msgspec.Struct, frozen=True):
    """A category of cookies."""

    name: str
    title: str
    text: str
    yes: bool | None
    """None: essential, so nothing is asked."""


class CookiePage(msgspec.Struct, frozen=True):
    """All about cookies."""

    text: str
    asked: tuple[Asked, ...]
    rows: tuple[CookieRow, ...]
    stands: str
    """What was answered, and when."""


class Prize(msgspec.Struct, frozen=True):
    """A winner, in part."""

    title: str
    shown: str
    claimed: bool


class ContestPage(msgspec.Struct, frozen=True):
    """A contest: its rules, its seed, its results."""

    name: str
    title: str
    rules: str
    state: str
    commitment: str
    form: str
    """The form by which one enters, while it is open; "" else."""
    prizes: tuple[Prize, ...] = ()
    claim: str = ""
    drawn: bool = False
