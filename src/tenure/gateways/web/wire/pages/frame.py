"""What every page has: its head, who is signed in, where one can go, and the parts of forms."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

import msgspec

from tenure.gateways.web.wire.stories import Row, Signing

ANONYMOUS: Final = "Nobody is signed in."
OPEN: Final = (
    "This is a demonstration with invented people: whoever is at this machine may look them up."
    " Elsewhere a look-up needs a passkey, a purpose and an open case."
)
CLOSED: Final = (
    "Looking somebody up needs a passkey, a purpose and an open case about that number; each look"
    " is kept in the record."
)
SKIP: Final = "Skip to the content"
PLACES: Final = (
    ("/", "Look up"),
    ("/requests", "Requests"),
    ("/mine", "My number"),
    ("/updates", "Updates"),
    ("/site", "Website"),
)
DESK: Final = ("/desk", "Privacy desk")
SIGN_IN: Final = "Sign in"
SIGN_OUT: Final = "Sign out"
NOTHING: Final = "Nothing here"
ON: Final = "on Tenure"
PASSKEY_FAILED: Final = (
    "The passkey was not used. Try again; if this device has none for this page, use the one that"
    " has."
)
NEEDS_SCRIPT: Final = "A passkey needs JavaScript. Everything else on these pages works without."
ALERT: Final = "Break-glass"
BROKEN: Final = "{login} broke the glass on {at}: {reason}. See: tenure staff report {login}"
FORGED: Final = "This form is not of your session. Go back, load the page again, and send it anew."
NOT_SERVED: Final = {
    403: "Not from here",
    404: "No such page",
    405: "Not in this way",
    413: "Too long",
}
UNREADABLE: Final = "This cannot be read"
BEGIN_AGAIN: Final = "The first page shows what there is."
ACCIDENT: Final = "Something went wrong here"
ACCIDENT_WORDS: Final = "The log says what. Nothing was changed."
PAUSE: Final = "Pause"
PAGES: Final = "Pages"


class Frame(msgspec.Struct, frozen=True):
    """Around the page: whose Tenure it is, and who looks at it."""

    operator: str
    when: str = ""
    login: str = ""
    """Who is signed in; "" for nobody."""
    form: str = ""
    """What stands in every form of their session."""
    demo: bool = False
    """Whoever is at the machine may look up invented people."""
    alerts: tuple[str, ...] = ()
    """What a supervisor or reviewer must know now."""
    party: str = ""
    """The relying party of passkeys."""
    officer: bool = False
    """The privacy officer is there, who has a desk."""

    def __repr__(self) -> str:
        return "Frame(…)"


def page(
    frame: Frame, title: str, body: str, *, scripts: Sequence[str] = (), pause: bool = False
) -> str:
    """A whole page; ``title`` names it among the tabs of a browser."""
    brand = f"{escape(frame.operator)} <span>{ON}</span>" if frame.operator else "Tenure"
    shown = f"<span class='when'>{escape(frame.when)}</span>" if frame.when and not pause else ""
    button = f"<button class='plain' id='pause' aria-pressed='false' hidden>{PAUSE}</button>"
    named = " · ".join(part for part in (escape(title), escape(frame.operator), "Tenure") if part)
    sources = "".join(f"<script src='/{name}' defer></script>" for name in scripts)
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta name='robots' content='noindex'>"
        f"<title>{named}</title>"
        "<link rel='icon' href='/icon.svg' type='image/svg+xml'>"
        f"<link rel='stylesheet' href='/look.css'>{sources}</head><body>"
        f"<a class='skip' href='#main'>{SKIP}</a>"
        f"<header><div class='wide'><h1><a href='/'>{brand}</a></h1>"
        f"{shown}{button if pause else ''}</div>{_places(frame)}</header>"
        f"<main class='wide' id='main'>{_alerts(frame)}{body}</main>"
        f"<footer class='wide'><p>{OPEN if frame.demo else CLOSED}</p></footer>"
        "</body></html>"
    )


def _places(frame: Frame) -> str:
    places = (*PLACES, DESK) if frame.officer else PLACES
    links = "".join(f"<a href='{where}'>{words}</a>" for where, words in places)
    if frame.login:
        out = (
            f"<form method='post' action='/sign-out'>{hidden(form=frame.form)}"
            f"<button class='plain'>{SIGN_OUT}</button></form>"
        )
        who = f"<span class='who'><b>{escape(frame.login)}</b>{out}</span>"
    else:
        who = f"<a class='who' href='/sign-in'>{SIGN_IN}</a>"
    return f"<nav class='wide' aria-label='{PAGES}'>{links}{who}</nav>"


def _alerts(frame: Frame) -> str:
    return "".join(
        f"<section class='card alarm' role='alert'><h2>{ALERT}</h2><p>{escape(words)}</p></section>"
        for words in frame.alerts
    )


def hidden(**values: str) -> str:
    """Fields that nobody sees."""
    return "".join(
        f"<input type='hidden' name='{name}' value='{escape(value)}'>"
        for name, value in values.items()
    )


def field(  # noqa: PLR0913 -- what a field of a form has
    name: str,
    label: str,
    *,
    kind: str = "text",
    value: str = "",
    hint: str = "",
    longest: int = 200,
    required: bool = True,
) -> str:
    """A labelled field of a form."""
    needed = " required" if required else ""
    example = f" placeholder='{escape(hint)}'" if hint else ""
    return (
        f"<div class='field'><label for='{name}'>{label}</label>"
        f"<input id='{name}' name='{name}' type='{kind}' maxlength='{longest}'{needed}"
        f" autocomplete='off' spellcheck='false'{example} value='{escape(value)}'></div>"
    )


def choice(name: str, label: str, options: Mapping[str, str], chosen: str = "") -> str:
    """A labelled choice of a form."""
    shown = "".join(
        f"<option value='{escape(value)}'{' selected' if value == chosen else ''}>"
        f"{escape(words)}</option>"
        for value, words in options.items()
    )
    return (
        f"<div class='field'><label for='{name}'>{label}</label>"
        f"<select id='{name}' name='{name}'>{shown}</select></div>"
    )


def passkey_form(
    action: str,
    signing: Signing,
    button: str,
    fields: str,
    *,
    more: Mapping[str, str] | None = None,
    warn: bool = False,
) -> str:
    """A form that is sent once a passkey has made or signed what it needs."""
    said = {
        "passkey": "sign",
        "challenge": signing.challenge,
        "party": signing.party,
        "keys": " ".join(signing.keys),
        **(more or {}),
    }
    data = "".join(f" data-{name}='{escape(value)}'" for name, value in said.items())
    style = " class='warn'" if warn else ""
    return (
        f"<form method='post' action='{action}'{data}>{fields}{hidden(signed='')}"
        f"<button disabled{style}>{button}</button>"
        f"<p role='alert' class='failed' hidden>{PASSKEY_FAILED}</p>"
        f"<noscript><p class='note'>{NEEDS_SCRIPT}</p></noscript></form>"
    )


def card(title: str, body: str, note: str = "") -> str:
    """A part of a page with a heading."""
    small = f"<small>{escape(note)}</small>" if note else ""
    return f"<section class='card'><h2>{escape(title)}{small}</h2>{body}</section>"


def none(words: str) -> str:
    """That there is nothing of a kind."""
    return f"<p class='none'>{escape(words)}</p>"


def said(words: str, *, alarm: bool = False) -> str:
    """One sentence that answers what somebody did."""
    style = "card alarm" if alarm else "card"
    return f"<section class='{style}' role='status'><p>{escape(words)}</p></section>"


def facts(rows: Iterable[Row], nothing: str) -> str:
    """Facts as a table of two columns."""
    shown = "".join(_fact(row) for row in rows)
    return f"<table class='facts'><tbody>{shown}</tbody></table>" if shown else none(nothing)


def _fact(row: Row) -> str:
    note = f"<br><span class='note'>{escape(row.note)}</span>" if row.note else ""
    style = " class='bad'" if row.alarm else ""
    return (
        f"<tr{style}><th scope='row'>{escape(row.name)}</th><td>{escape(row.value)}{note}</td></tr>"
    )


def problem(title: str, words: str) -> str:
    """A page for a request that cannot be served."""
    body = f"<section class='card'><h2>{escape(title)}</h2><p>{escape(words)}</p></section>"
    return page(Frame(""), NOTHING, body)
