"""The page by which a holder sees the whole tenure of their own number."""

from collections.abc import Sequence
from html import escape
from typing import Final

from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import Frame, hidden, passkey_form
from tenure.gateways.web.wire.pages.line import tenure
from tenure.gateways.web.wire.stories import Signing, Story

TITLE: Final = "My number"
WHY: Final = (
    "See what is held about your own numbers, and the proof of it. You show who you are with the"
    " passkey that you registered in a shop; nothing is kept of your visit."
)
USE: Final = "Show my numbers"
NONE: Final = "You hold no number here."
NOT_YOURS: Final = (
    "This passkey is nobody's here, or it took too long. Try again, or bring it to a shop with your"
    " document."
)


def ask(frame: Frame, signing: Signing, words: str = "") -> str:
    """Who are you?"""
    form = passkey_form("/mine", signing, USE, hidden(challenge=signing.challenge))
    body = (
        f"{parts.said(words) if words else ''}<section class='card narrow'><h2>{TITLE}</h2>"
        f"<p>{WHY}</p>{form}</section>"
    )
    return parts.page(frame, TITLE, body, scripts=("passkey.js",))


def numbers(frame: Frame, held: Sequence[tuple[str, Story]], agreed: str = "") -> str:
    """The numbers of who was proven to hold them, and what they agreed to."""
    shown = "".join(
        f"<section class='own'><h2 class='number'>{escape(number)}</h2>{tenure(story)}</section>"
        for number, story in held
    )
    return parts.page(frame, TITLE, (shown or parts.said(NONE)) + agreed)
