"""What is held about somebody, as their own page shows it: words only, in their language."""

import msgspec


class Kept(msgspec.Struct, frozen=True):
    """One kind of data."""

    title: str
    count: str
    why: str
    since: str
    ends: str

    def __repr__(self) -> str:
        return "Kept(…)"


class Package(msgspec.Struct, frozen=True):
    """An export that was asked for."""

    export_id: str
    asked: str
    state: str
    """What becomes of it, in words."""
    ready: bool

    def __repr__(self) -> str:
        return f"Package(ready={self.ready})"


class Held(msgspec.Struct, frozen=True):
    """The page."""

    visit: str
    """By which their buttons know them, for a while."""
    language: str
    words: dict[str, str]
    kept: tuple[Kept, ...]
    empty: tuple[str, ...]
    """Kinds of which nothing is held."""
    given: tuple[str, ...]
    """Who got something, when and what for."""
    packages: tuple[Package, ...]
    can_ask: bool
    passphrase: str = ""

    def __repr__(self) -> str:
        return "Held(…)"
