"""The pages by which somebody of ours registers a passkey, and signs in with it."""

from html import escape
from typing import Final

from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import Frame, field, hidden, passkey_form
from tenure.gateways.web.wire.stories import Signing

SIGN_IN: Final = "Sign in"
LOGIN: Final = "Your login"
GO_ON: Final = "Go on"
WHY: Final = (
    "You prove who you are with a passkey of your own: a fingerprint, a face or a PIN on your"
    " device. There is no password."
)
USE: Final = "Use your passkey"
NOW: Final = "Sign in as"
INVITED: Final = "Register a passkey"
CODE: Final = "The code you were given"
CODE_WHY: Final = (
    "A supervisor gave you a link or a code. It can be used once, within a day, and makes one"
    " passkey of this device yours."
)
MAKE: Final = "Make a passkey"
MAKE_WHY: Final = "Your device asks for your fingerprint, face or PIN, and keeps the key to itself."
REGISTERED: Final = "The passkey is registered for {login}. Sign in with it."
LOGIN_MAX: Final = 40
CODE_MAX: Final = 60


def sign_in(frame: Frame, words: str = "") -> str:
    """Who are you?"""
    body = (
        f"{_answer(words)}<section class='card narrow'><h2>{SIGN_IN}</h2>"
        f"<form method='post' action='/sign-in'>{field('login', LOGIN, longest=LOGIN_MAX)}"
        f"<button>{GO_ON}</button></form><p class='note'>{WHY}</p></section>"
    )
    return parts.page(frame, SIGN_IN, body)


def prove(frame: Frame, login: str, signing: Signing) -> str:
    """Show that it is you."""
    form = passkey_form(
        "/sign-in/proof", signing, USE, hidden(login=login, challenge=signing.challenge)
    )
    body = (
        f"<section class='card narrow'><h2>{NOW} {escape(login)}</h2>{form}"
        f"<p class='note'>{WHY}</p></section>"
    )
    return parts.page(frame, SIGN_IN, body, scripts=("passkey.js",))


def invitation(frame: Frame, words: str = "") -> str:
    """Enter the code of an invitation."""
    fields = field("login", LOGIN, longest=LOGIN_MAX) + field("code", CODE, longest=CODE_MAX)
    body = (
        f"{_answer(words)}<section class='card narrow'><h2>{INVITED}</h2>"
        f"<form method='post' action='/invitation'>{fields}<button>{GO_ON}</button></form>"
        f"<p class='note'>{CODE_WHY}</p></section>"
    )
    return parts.page(frame, INVITED, body, scripts=("passkey.js",))


def make(frame: Frame, login: str, code: str, user: str, signing: Signing) -> str:
    """Make the passkey."""
    more = {"passkey": "make", "login": login, "user": user, "operator": frame.operator}
    fields = hidden(login=login, code=code)
    form = passkey_form("/invitation/key", signing, MAKE, fields, more=more)
    body = (
        f"<section class='card narrow'><h2>{INVITED}: {escape(login)}</h2>{form}"
        f"<p class='note'>{MAKE_WHY}</p></section>"
    )
    return parts.page(frame, INVITED, body, scripts=("passkey.js",))


def _answer(words: str) -> str:
    return parts.said(words) if words else ""
