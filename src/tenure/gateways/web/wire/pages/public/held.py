"""The page on which who sent a form sees what is held of it, by a link to their address."""

from collections.abc import Sequence
from html import escape
from typing import Final

import msgspec

from tenure.gateways.web.wire.pages.public.frame import address, card, page
from tenure.gateways.web.wire.pages.public.shapes import Around
from tenure.gateways.web.wire.pages.public.words import WORDS

PATH: Final = "held"
SUBSCRIBER: Final = "/mine"


class SentForm(msgspec.Struct, frozen=True):
    """One form, as who sent it sees it again."""

    title: str
    facts: tuple[tuple[str, str], ...]
    written: tuple[tuple[str, str], ...]
    """What was asked, and what they wrote; nothing when its key is gone."""
    answers: tuple[tuple[str, str], ...]
    """When it was answered, and the words."""

    def __repr__(self) -> str:
        return "SentForm(…)"


def ask(around: Around, typed: str, fault: str, trouble: str, *, mails: bool) -> str:
    """To which address shall the link go?"""
    words = WORDS[around.language]
    alert = f"<p class='trouble' role='alert'>{escape(trouble)}</p>" if trouble else ""
    wrong, invalid, said = "", "", ""
    if fault:
        wrong, invalid = " wrong", " aria-invalid='true' aria-describedby='email-fault'"
        said = f"<p class='fault' id='email-fault'>{escape(fault)}</p>"
    form = (
        f"<form class='card form' method='post' action='{address(around, PATH)}' novalidate>"
        f"<div class='field{wrong}'><label for='email'>{words['held-email']}</label>"
        f"<input id='email' name='email' type='email' autocomplete='email' maxlength='400'"
        f" aria-required='true'{invalid} value='{escape(typed)}'>{said}</div>"
        f"<button>{words['held-send']}</button></form>"
    )
    body = (
        f"<h1>{words['held']}</h1><p class='lead'>{words['held-why']}</p>{alert}"
        f"{form if mails else ''}<p class='note'>{words['held-others']}</p>"
        f"<p class='note'>{words['held-subscriber']} <a href='{SUBSCRIBER}"
        f"?language={around.language}'>{words['held-mine']}</a></p>"
    )
    return page(around, words["held"], body)


def said(around: Around, text: str) -> str:
    """One sentence that answers what somebody did."""
    words = WORDS[around.language]
    body = (
        f"<h1>{words['held']}</h1><section class='card' role='status'><p>{escape(text)}</p>"
        f"<p><a href='{address(around)}'>{words['back']}</a></p></section>"
    )
    return page(around, words["held"], body)


def ready(around: Around, code: str, until: str) -> str:
    """The link is whole: what is held is shown to who presses the button, and to no program."""
    words = WORDS[around.language]
    body = (
        f"<h1>{words['held']}</h1><form class='card form' method='post'"
        f" action='{address(around, PATH)}'>"
        f"<p>{escape(words['held-ready'].format(until=until))}</p>"
        f"<input type='hidden' name='code' value='{escape(code)}'>"
        f"<button>{words['held-show']}</button></form>"
    )
    return page(around, words["held"], body)


def shown(around: Around, sent: Sequence[SentForm]) -> str:
    """All forms of the address, newest first."""
    words = WORDS[around.language]
    forms = "".join(_form(around, one) for one in sent)
    none = f"<section class='card'><p>{words['held-none']}</p></section>"
    body = (
        f"<h1>{words['held']}</h1>{forms or none}<p class='note'>{words['held-delete']}</p>"
        f"<p class='note'>{words['held-others']}</p>"
    )
    return page(around, words["held"], body)


def _form(around: Around, one: SentForm) -> str:
    words = WORDS[around.language]
    answers = "".join(
        f"<h3>{escape(words['held-answer'].format(at=at))}</h3>"
        f"<p class='written'>{escape(text)}</p>"
        for at, text in one.answers
    )
    written = _facts(one.written) if one.written else f"<p>{words['held-gone']}</p>"
    return card(one.title, f"{written}{answers}{_facts(one.facts, 'about')}")


def _facts(rows: Sequence[tuple[str, str]], style: str = "given") -> str:
    shown_rows = "".join(
        f"<dt>{escape(name)}</dt><dd class='written'>{escape(text)}</dd>" for name, text in rows
    )
    return f"<dl class='{style}'>{shown_rows}</dl>"
