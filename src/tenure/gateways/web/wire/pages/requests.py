"""The pages of requests: what waits for an approval, and what the holder is asked to agree to."""

from collections.abc import Sequence
from html import escape
from typing import Final

from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import (
    Frame,
    card,
    facts,
    field,
    hidden,
    none,
    passkey_form,
)
from tenure.gateways.web.wire.stories import Content, Signing, Waiting

TITLE: Final = "Requests"
WAITING: Final = "Requests that are open"
NOTHING_WAITS: Final = "Nothing is asked for."
SHOW: Final = "Show"
WHAT: Final = "What is asked for"
CONTENT: Final = "Exactly what is asked"
WAITS: Final = "What it waits for"
WAITS_FOR_NOTHING: Final = "Nothing more: it takes effect by itself."
GIVEN: Final = "Who has approved"
NOBODY: Final = "Nobody yet."
SIGNED: Final = "This is what your passkey signs, to the letter:"
HASH: Final = "Its SHA-256:"
APPROVE: Final = "Approve with your passkey"
APPROVE_WHY: Final = (
    "Approve only what you have checked yourself. Who asked, saw a consent or is a party cannot"
    " approve, under any login."
)
LINK: Final = "Link for"
LINK_WHY: Final = (
    "Hand it to the person it is for. It shows this request and nothing else, and agreeing needs"
    " their own passkey."
)
SIGN_IN_FIRST: Final = "Sign in to see requests."
CONSENT_TITLE: Final = "A request about your number"
CODE: Final = "The code of your link"
CODE_WHY: Final = "The link that you were given puts it here by itself."
GO_ON: Final = "Go on"
CONSENT: Final = "I agree to exactly this"
CONSENT_WHY: Final = (
    "You sign with your passkey. Nothing happens at once: the time that it still waits is for you"
    " to change your mind."
)
STOP: Final = "Stop this"
STOP_WHY: Final = "Did you not ask for this? Stop it: nothing of it will happen."
IN_SHOP: Final = (
    "Without a passkey, come to a shop with your document; there you can agree or stop it."
)
UNKNOWN: Final = "There is no such request."
NO_LINK: Final = "This link is not one of ours; open it as it was given to you."
NO_KEY: Final = "The passkey signed nothing; try again."
APPROVED: Final = "You have approved exactly this."
AGREED: Final = "You have agreed to exactly this. You can still stop it until it takes effect."
STOPPED: Final = "You have stopped this; nothing of it will happen."
WHOM: Final = {
    "from": "the holder",
    "to": "whoever is to have the number",
    "from-guardian": "the holder's guardian",
    "to-guardian": "the guardian of whoever is to have the number",
}
ENDED: Final = "How it ended"
CODE_MAX: Final = 60


def listed(frame: Frame, waiting: Sequence[Waiting], words: str = "") -> str:
    """What is open."""
    return parts.page(frame, TITLE, _answer(words) + card(WAITING, _table(frame, waiting)))


def _table(frame: Frame, waiting: Sequence[Waiting]) -> str:
    if not waiting:
        return none(NOTHING_WAITS)
    rows = "".join(
        f"<tr><td>{escape(one.what)} <b class='whole'>{escape(one.number)}</b><br>"
        f"<span class='note'>{escape(one.asked)}</span></td><td>{escape(one.waits)}</td>"
        f"<td class='n'><form method='post' action='/requests'>"
        f"{hidden(form=frame.form, request=one.request_id)}<button class='plain'>{SHOW}"
        f"<span class='unseen'> {escape(one.what)} {escape(one.number)}</span></button></form></td>"
        "</tr>"
        for one in waiting
    )
    return (
        "<div class='scroll'><table><thead><tr>"
        f"<th scope='col'>{WHAT}</th><th scope='col'>{WAITS}</th><th scope='col'>"
        f"<span class='unseen'>{SHOW}</span></th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def sign_in_first(frame: Frame) -> str:
    """Nobody is signed in."""
    body = f"<section class='card'><p><a href='/sign-in'>{SIGN_IN_FIRST}</a></p></section>"
    return parts.page(frame, TITLE, body)


def shown(
    frame: Frame,
    content: Content,
    signing: Signing | None,
    links: Sequence[tuple[str, str]] = (),
    words: str = "",
) -> str:
    """One request, for those of us who may approve it."""
    approve = ""
    if signing is not None:
        fields = hidden(form=frame.form, request=content.request_id)
        form = passkey_form("/requests/approval", signing, APPROVE, fields)
        approve = card(APPROVE, f"{form}<p class='note'>{APPROVE_WHY}</p>")
    body = (
        _answer(words)
        + _content(content)
        + "<div class='two'><div>"
        + _how_far(content)
        + "</div><div>"
        + card(GIVEN, _list(content.given, NOBODY))
        + "</div></div>"
        + approve
        + "".join(_link(whom, link) for whom, link in links)
    )
    return parts.page(frame, TITLE, body, scripts=("passkey.js",))


def _link(whom: str, link: str) -> str:
    return card(
        f"{LINK} {whom}", f"<p><code>{escape(link)}</code></p><p class='note'>{LINK_WHY}</p>"
    )


def _content(content: Content) -> str:
    return card(
        content.title,
        facts(content.rows, "")
        + f"<details><summary>{CONTENT}</summary><p class='note'>{SIGNED}</p>"
        f"<pre>{escape(content.body)}</pre><p class='note'>{HASH} "
        f"<code>{escape(content.fingerprint)}</code></p></details>",
    )


def _how_far(content: Content) -> str:
    if content.ended:
        return card(ENDED, f"<p>{escape(content.ended)}</p>")
    return card(WAITS, _list(content.waits, WAITS_FOR_NOTHING))


def _list(words: Sequence[str], nothing: str) -> str:
    if not words:
        return none(nothing)
    return "<ul>" + "".join(f"<li>{escape(each)}</li>" for each in words) + "</ul>"


def code(frame: Frame, words: str = "") -> str:
    """Enter the code of a link."""
    body = (
        f"{_answer(words)}<section class='card narrow'><h2>{CONSENT_TITLE}</h2>"
        "<form method='post' action='/request'>"
        f"{field('code', CODE, longest=CODE_MAX)}<button>{GO_ON}</button></form>"
        f"<p class='note'>{CODE_WHY}</p></section>"
    )
    return parts.page(frame, CONSENT_TITLE, body, scripts=("passkey.js",))


def consent(
    frame: Frame,
    content: Content,
    code_text: str,
    agree: Signing | None,
    stop: Signing | None,
    words: str = "",
) -> str:
    """One request, for the person it is asked of."""
    acts = ""
    fields = hidden(code=code_text)
    if agree is not None:
        form = passkey_form("/request/consent", agree, CONSENT, fields)
        acts += card(CONSENT, f"{form}<p class='note'>{CONSENT_WHY}</p>")
    if stop is not None:
        form = passkey_form("/request/stop", stop, STOP, fields, warn=True)
        acts += card(STOP, f"<p class='note'>{STOP_WHY}</p>{form}")
    body = (
        f"{_answer(words)}{_content(content)}{_how_far(content)}{acts}<p class='note'>{IN_SHOP}</p>"
    )
    return parts.page(frame, CONSENT_TITLE, body, scripts=("passkey.js",))


def _answer(words: str) -> str:
    return parts.said(words) if words else ""
