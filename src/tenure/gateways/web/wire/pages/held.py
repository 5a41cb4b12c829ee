"""The page on which somebody sees what is held about them, asks for it, and gets it."""

from html import escape
from typing import Final

from tenure.gateways.web.wire.held import Held, Kept, Package
from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import Frame, hidden

TITLE: Final = "What we hold about you"
SHOW: Final = "Show it"
WHY: Final = "Every kind of data, why it is held, how it ends, and who got it."
OVER: Final = (
    "This visit is over, or the link is not whole. Show who you are again on the page My number."
)
GONE: Final = "This package was handed over, or its time is over. You can ask again."


def link(visit: str) -> str:
    """The part of the page of one's numbers that leads here."""
    return (
        f"<section class='card' id='held'><h2>{TITLE}</h2><p>{WHY}</p>"
        f"{_form('/held', SHOW, visit=visit)}</section>"
    )


def page(frame: Frame, held: Held) -> str:
    """All of it, in the language of whom it is about."""
    words = {name: escape(word) for name, word in held.words.items()}
    kept = "".join(_kept(one, words) for one in held.kept)
    given = "".join(f"<li>{escape(one)}</li>" for one in held.given)
    got = f"<ul>{given}</ul>" if given else f"<p>{words['nobody-got']}</p>"
    empty = escape(" · ".join(held.empty))
    body = (
        f"<div lang='{escape(held.language)}'>"
        f"<section class='card'><h2>{words['title']}</h2><p>{words['page-why']}</p>"
        f"<p class='note'>{words['others']}</p><p class='note'>{words['never']}</p></section>"
        f"{_shown_once(held, words)}{_asking(held, words)}"
        f"{kept}<section class='card'><h2>{words['got-it']}</h2>{got}</section>"
        f"<section class='card'><h2>{words['also-empty']}</h2><p class='note'>{empty}</p></section>"
        "</div>"
    )
    return parts.page(frame, TITLE, body)


def _shown_once(held: Held, words: dict[str, str]) -> str:
    if not held.passphrase:
        return ""
    return (
        f"<section class='card' role='status'><p>{words['passphrase']}</p>"
        f"<p class='number' id='passphrase'>{escape(held.passphrase)}</p>"
        f"<p class='note'>{words['how-to-open']}</p></section>"
    )


def _asking(held: Held, words: dict[str, str]) -> str:
    """A button for each scope, and what was asked for before."""
    packages = "".join(_package(one, held.visit, words) for one in held.packages)
    if not held.can_ask:
        return packages
    forms = "".join(
        _form("/held/ask", words[f"ask-{scope}"], visit=held.visit, scope=scope)
        for scope in ("know", "copy")
    )
    return f"<section class='card'>{forms}</section>{packages}"


def _package(one: Package, visit: str, words: dict[str, str]) -> str:
    form = ""
    if one.ready:
        form = _form("/held/fetch", words["download"], visit=visit, package=one.export_id)
    return (
        f"<section class='card'><p>{words['asked']}: {escape(one.asked)}</p>"
        f"<p class='note'>{escape(one.state)}</p>{form}</section>"
    )


def _kept(one: Kept, words: dict[str, str]) -> str:
    facts = [
        (words["why"], one.why),
        (words["since-when"], one.since),
        (words["ends"], one.ends),
    ]
    lines = "".join(
        f"<p class='note'>{name}: {escape(value)}</p>" for name, value in facts if value
    )
    return (
        f"<section class='card'><h2>{escape(one.title)}</h2><p>{escape(one.count)}</p>{lines}"
        "</section>"
    )


def _form(path: str, button: str, **fields: str) -> str:
    return f"<form method='post' action='{path}'>{hidden(**fields)}<button>{button}</button></form>"


def over(frame: Frame) -> str:
    """That nobody can be told who it is."""
    return parts.page(frame, TITLE, parts.said(OVER))


def gone(frame: Frame) -> str:
    """That there is no such package any more."""
    return parts.page(frame, TITLE, parts.said(GONE))
