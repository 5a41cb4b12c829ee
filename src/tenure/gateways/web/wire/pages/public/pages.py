"""The first page, the notice, cookies, and contests of the public website."""

from collections.abc import Mapping, Sequence
from html import escape

from tenure.gateways.web.wire.pages.public.frame import address, card, page
from tenure.gateways.web.wire.pages.public.shapes import (
    Around,
    Asked,
    ContestPage,
    CookiePage,
    CookieRow,
    Place,
)
from tenure.gateways.web.wire.pages.public.words import WORDS
from tenure.gateways.web.wire.pages.updates import markdown


def home(around: Around, greeting: str, about: str, forms: Sequence[tuple[Place, str]]) -> str:
    """What one can do here."""
    doors = "".join(
        f"<a class='card door' href='{address(around, one.path)}'><h2>{escape(one.title)}</h2>"
        f"<p>{escape(intro)}</p></a>"
        for one, intro in forms
    )
    body = (
        f"<div class='hero'><h1>{escape(greeting)}</h1><p class='lead'>{escape(about)}</p></div>"
        f"<div class='doors'>{doors}</div>"
    )
    return page(around, "", body)


def policy(around: Around, version: str, published: str, text: str) -> str:
    """PRV-UPDATE, WEB-SCOPE: the notice in force, with its version."""
    words = WORDS[around.language]
    told = words["version"].format(version=version, published=published)
    body = (
        f"<h1>{words['policy']}</h1><p class='lead'>{escape(told)} · "
        f"<a href='/updates?language={around.language}'>{words['updates']}</a></p>"
        f"<section class='card text'>{markdown(text)}</section>"
        f"<p class='note'>{escape(around.scope)}</p>"
    )
    return page(around, words["policy"], body)


def cookies(around: Around, shown: CookiePage) -> str:
    """WEB-COOKIE: what there is, what it records, and what this browser answered."""
    words = WORDS[around.language]
    asked = "".join(_asked(words["yes"], words["no"], one) for one in shown.asked)
    heads = "".join(
        f"<th scope='col'>{words[name]}</th>"
        for name in ("what", "category", "records", "lasts", "needs")
    )
    rows = "".join(
        f"<tr><th scope='row'><code>{escape(one.name)}</code></th>{_cells(words, one)}</tr>"
        for one in shown.rows
    )
    choose = (
        f"<form method='post' action='{address(around, 'cookies')}'>"
        f"<input type='hidden' name='back' value='cookies'>{asked}"
        f"<div class='answers'><button name='answer' value='each'>{words['save']}</button></div>"
        "</form>"
    )
    body = (
        f"<h1>{words['cookies']}</h1><p class='lead'>{escape(shown.text)}</p>"
        f"{card(words['your-choice'], f'<p>{escape(shown.stands)}</p>{choose}')}"
        f"<section class='card scroll'><table class='stacks'><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )
    return page(around, words["cookies"], body)


def _cells(words: Mapping[str, str], one: CookieRow) -> str:
    """Each with its heading, which stands beside it where a row is a column (on a phone)."""
    told = zip(
        ("category", "records", "lasts", "needs"),
        (one.category, one.records, one.lasts, one.needs),
        strict=True,
    )
    return "".join(
        f"<td data-head='{escape(words[head])}'>{escape(text)}</td>" for head, text in told
    )


def _asked(yes: str, no: str, one: Asked) -> str:
    told = f"<b>{escape(one.title)}</b><br>{escape(one.text)}"
    if one.yes is None:
        return f"<p>{told}</p>"
    radios = "".join(
        f"<label class='check'><input type='radio' name='{one.name}' value='{value}'"
        f"{' checked' if one.yes is (value == 'yes') else ''}> {word}</label>"
        for value, word in (("yes", yes), ("no", no))
    )
    return f"<fieldset><legend>{told}</legend>{radios}</fieldset>"


def contest(around: Around, shown: ContestPage) -> str:
    """A contest: its rules, the hash of its seed, and its results."""
    words = WORDS[around.language]
    enter = (
        f"<p><a class='button' href='{address(around, shown.form)}'>{words['enter']}</a></p>"
        if shown.form
        else ""
    )
    seed = (
        f"<p>{words['seed-words']}</p><p><code class='long'>{escape(shown.commitment)}</code></p>"
        if shown.commitment
        else ""
    )
    body = (
        f"<h1>{escape(shown.title)}</h1><p class='lead'>{escape(shown.state)}</p>"
        f"{card(words['rules'], f'<p>{escape(shown.rules)}</p>{seed}{enter}')}"
        f"{_results(around, shown) if shown.drawn else ''}"
    )
    return page(around, shown.title, body)


def _results(around: Around, shown: ContestPage) -> str:
    words = WORDS[around.language]
    rows = "".join(
        f"<tr><th scope='row'>{escape(one.title)}</th><td>{escape(one.shown)}</td>"
        f"<td>{words['claimed'] if one.claimed else ''}</td></tr>"
        for one in shown.prizes
    )
    file = f"/draws/{shown.name}"
    body = (
        f"<table><tbody>{rows}</tbody></table><p>{escape(shown.claim)}</p>"
        f"<p>{words['result-words']} <a href='{file}' download='{shown.name}.json'>"
        f"{shown.name}.json</a></p>"
    )
    return card(words["results"], body)
