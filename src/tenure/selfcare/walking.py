"""Where an input leads in a dialogue, and what a screen looks like: pure."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from tenure.selfcare.desk import Desk
from tenure.selfcare.model import Caller, Option, Place, Screen, Session, Shown
from tenure.terms.menu_texts import label_of, title_of
from tenure.terms.menus import BACK_KEY, MORE_KEY, Code, Menu
from tenure.values.screens import paged
from tenure.values.spoken import heard

TYPED_MAX: Final = 100
"""So many characters of an input are looked at."""


class Turn(msgspec.Struct, frozen=True):
    """Stay, on this page of the screen."""

    page: int


class Go(msgspec.Struct, frozen=True):
    """Go to this place; ``path`` leads there."""

    path: tuple[Place, ...]


class Wrong(msgspec.Struct, frozen=True):
    """Nothing here is called so."""


Step: TypeAlias = Turn | Go | Wrong


def step(session: Session, said: str) -> Step:
    """Where an input leads.

    Digits of any script choose; a screen that takes what is typed takes anything but the key to go
    back.
    """
    typed = said.strip()[:TYPED_MAX]
    key = heard(typed)
    if key == BACK_KEY and len(session.path) > 1:
        return Go(session.path[:-1])
    if key == MORE_KEY and session.page + 1 < len(session.pages):
        return Turn(session.page + 1)
    if session.takes is not None and typed:
        return Go((*session.path, Place(session.takes, typed)))
    if key.isdecimal() and 1 <= int(key) <= len(session.options):
        return Go((*session.path, session.options[int(key) - 1]))
    return Wrong()


def menu_screen(desk: Desk, menu: Menu, language: str) -> Screen:
    """A menu, in a language."""
    options = tuple(
        Option(desk.say(language, label_of(item.name)), Place(item)) for item in menu.items
    )
    return Screen((desk.say(language, title_of(menu.name)),), options)


def shown(
    desk: Desk, screen: Screen, session: Session, path: Sequence[Place], before: str = ""
) -> Shown:
    """A screen as it stands on the phone, from its first page; ``before`` is said above it."""
    language = screen.language or session.language
    ends = not screen.options and screen.takes is None
    lines = [before, *screen.lines]
    lines += [f"{place} {option.label}" for place, option in enumerate(screen.options, 1)]
    back = "" if ends or len(path) == 1 else desk.say(language, "foot-back")
    pages = paged(lines, desk.say(language, "foot-more"), back, session.octets)
    kept = Session(
        msisdn=session.msisdn,
        who=session.who,
        path=tuple(path),
        pages=tuple(pages),
        page=0,
        options=tuple(option.place for option in screen.options),
        takes=screen.takes,
        language=language,
        reference=session.reference,
        octets=session.octets,
    )
    return on_page(kept, 0)


def on_page(session: Session, page: int) -> Shown:
    """A page of the screen; after the last one of a screen that asks nothing, the end."""
    asks = bool(session.options) or session.takes is not None
    over = not asks and page + 1 == len(session.pages)
    kept = None if over else msgspec.structs.replace(session, page=page)
    return Shown(session.pages[page], kept, session.language)


def begun(caller: Caller, reference: str, octets: int) -> Session:
    """A dialogue in which nothing was shown yet."""
    return Session(
        msisdn=caller.line.msisdn,
        who=(caller.holder_id, caller.line.imsi),
        path=(),
        pages=("",),
        page=0,
        options=(),
        takes=None,
        language=caller.language,
        reference=reference,
        octets=octets,
    )


def dialled(codes: Sequence[Code], dial: str) -> tuple[Code, tuple[str, ...]] | None:
    """The code that is meant, and the inputs that were dialled with it: ``*888*1*2#``.

    None for a code that is not ours.  The longest code that fits is meant.
    """
    typed = "".join(char if char in "*#" else heard(char) for char in dial[:TYPED_MAX])
    fitting = [
        code
        for code in codes
        if typed == code.dial or (typed.startswith(f"{code.stem}*") and typed.endswith("#"))
    ]
    if not fitting:
        return None
    code = max(fitting, key=lambda one: len(one.dial))
    inputs = typed.removeprefix(code.stem).removesuffix("#").strip("*")
    return code, tuple(inputs.split("*")) if inputs else ()
