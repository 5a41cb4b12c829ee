"""Around every page of the public website: languages, places, and what is asked about cookies."""

from html import escape
from typing import Final

from tenure.gateways.web.wire.pages.public.shapes import Around, Place
from tenure.gateways.web.wire.pages.public.words import NAMES, WORDS

ROOT: Final = "/site"
ALL, NONE = "all", "none"


def address(around: Around, path: str = "", language: str = "") -> str:
    """Where a page of this site is."""
    return f"{ROOT}/{language or around.language}{'/' + path if path else ''}"


def page(around: Around, title: str, body: str) -> str:
    """A whole page; ``title`` names it among the tabs of a browser."""
    words = WORDS[around.language]
    named = " · ".join(part for part in (escape(title), escape(around.operator)) if part)
    return (
        f"<!doctype html><html lang='{around.language}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{named}</title><link rel='icon' href='/icon.svg' type='image/svg+xml'>"
        "<link rel='stylesheet' href='/site.css'></head><body>"
        f"<a class='skip' href='#main'>{words['skip']}</a>"
        f"<header><div class='wide'><a class='brand' href='{address(around)}'>"
        f"{escape(around.operator)}</a>{_languages(around)}</div>{_places(around)}</header>"
        f"<main class='wide' id='main'>{body}</main>{_foot(around)}{_banner(around)}</body></html>"
    )


def _languages(around: Around) -> str:
    shown = "".join(
        f"<b lang='{one}' aria-current='true'>{NAMES[one]}</b>"
        if one == around.language
        else f"<a lang='{one}' hreflang='{one}' href='{address(around, around.path, one)}'>"
        f"{NAMES[one]}</a>"
        for one in around.languages
    )
    label = WORDS[around.language]["languages"]
    return f"<nav class='languages' aria-label='{label}'>{shown}</nav>"


def _places(around: Around) -> str:
    words = WORDS[around.language]
    places = (Place("", words["home"]), *around.places)
    links = "".join(
        f"<a href='{address(around, one.path)}'{_current(around, one)}>{escape(one.title)}</a>"
        for one in places
    )
    return f"<nav class='places wide' aria-label='{words['pages']}'>{links}</nav>"


def _current(around: Around, one: Place) -> str:
    return " aria-current='page'" if one.path == around.path else ""


def _foot(around: Around) -> str:
    words = WORDS[around.language]
    care = escape(words["care"].format(number=around.care))
    outward = "".join(
        f"<a href='/partner/{one.path}?language={around.language}'>{escape(one.title)}</a>"
        for one in around.outward
    )
    others = f"<p>{outward}</p>" if outward else ""
    return (
        f"<footer><div class='wide'><p>{escape(around.scope)}</p>{others}"
        f"<p><a href='{address(around, 'policy')}'>{words['policy']}</a>"
        f"<a href='{address(around, 'cookies')}'>{words['cookies']}</a>"
        f"<a href='{address(around, 'held')}'>{words['held']}</a>"
        f"<span>{care}</span><a href='/'>{words['staff']}</a></p></div></footer>"
    )


def _banner(around: Around) -> str:
    """A plain form with two buttons of the same weight; nothing of it needs a script."""
    if not around.ask:
        return ""
    words = WORDS[around.language]
    gpc = f"<p class='gpc'>{words['gpc']}</p>" if around.gpc else ""
    back = escape(around.path)
    return (
        f"<section id='cookie-banner' class='banner' role='dialog' aria-modal='false'"
        f" aria-label='{words['banner']}'><form class='wide' method='post'"
        f" action='{address(around, 'cookies')}'><input type='hidden' name='back' value='{back}'>"
        f"<p>{escape(around.ask)}</p>{gpc}<div class='answers'>"
        f"<button id='cookie-reject' name='answer' value='{NONE}'>{words['reject']}</button>"
        f"<button id='cookie-accept' name='answer' value='{ALL}'>{words['accept']}</button>"
        f"<a href='{address(around, 'cookies')}'>{words['each']}</a></div></form></section>"
    )


def card(title: str, body: str) -> str:
    """A part of a page with a heading."""
    return f"<section class='card'><h2>{escape(title)}</h2>{body}</section>"


def problem(around: Around) -> str:
    """A page that is not there."""
    words = WORDS[around.language]
    back = f"<p><a href='{address(around)}'>{words['back']}</a></p>"
    return page(around, words["not-found"], f"<h1>{words['not-found']}</h1>{back}")
