"""The part of a holder's page where they say yes and no: one button each, of the same size."""

from html import escape
from typing import Final

from tenure.gateways.web.wire.choices import Choice, Choices
from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import Frame, hidden

TITLE: Final = "What you agreed to"
WHY: Final = (
    "Nothing of this is needed for your service. Each button counts at once, and you can press the"
    " other one whenever you like."
)
CALL: Final = "A call or text to {short_code} ends all advertising as well."
GPC: Final = (
    "Your browser sends the Global Privacy Control signal. Nothing here begins without your own"
    " choice; what you chose yourself stays as you chose it."
)
YES: Final = "Agree"
NO: Final = "Withdraw"
ALL: Final = "End all advertising"
OPEN: Final = "You agreed on {since}."
OPEN_BY: Final = "You agreed on {since}: {by}."
CLOSED: Final = "You have not agreed."
WITHOUT: Final = "If you do not agree:"
USES: Final = "Uses your data of these kinds: {uses}."
GIVEN: Final = "Given to: {given_to}."
NOBODY: Final = "Given to nobody."
REACHES: Final = "Reaches you by: {media}."
OVER: Final = (
    "This visit is over, or the link is not whole. Show who you are again on the page My number."
)
NOT_POSSIBLE: Final = "This was not kept: {detail}"
NOTICE: Final = "Privacy notice"
NOTICE_NEW: Final = "Version {version}, published {published}: {new}"
NOTICE_READ: Final = "Read it, and what differs from the one before"
NOTICE_SEEN: Final = "You acknowledged it on {seen}. That is no consent to anything."
NOTICE_ASK: Final = "To say that you could read it is no consent to anything."
ACKNOWLEDGE: Final = "I could read it"
END: Final = "End these offers"
ENDED: Final = "Offers by e-mail"
ENDED_ASK: Final = "One click, and no more of these offers are sent to you, by mail or otherwise."
ENDED_DONE: Final = "It is over: no more of these offers are sent to you."


def section(shown: Choices, short_code: str, words: str = "") -> str:
    """The purposes, each with its words and one button."""
    signal = f"<p class='note'>{GPC}</p>" if shown.gpc else ""
    said = parts.said(words) if words else ""
    each = "".join(_one(choice, shown.visit) for choice in shown.each)
    end = _form(shown.visit, "", "no", ALL)
    call = CALL.format(short_code=escape(short_code))
    return (
        f"{said}<section class='card' id='consents'><h2>{TITLE}</h2><p>{WHY}</p>{signal}"
        f"<p class='note'>{call}</p>{end}"
        f"</section>{each}{_notice(shown)}"
    )


def _notice(shown: Choices) -> str:
    notice = shown.notice
    if notice is None:
        return ""
    version, language = escape(notice.version), escape(notice.language)
    said = NOTICE_NEW.format(
        version=version,
        published=escape(notice.published),
        new=f"<span lang='{language}'>{escape(notice.new)}</span>",
    )
    where = f"/updates/privacy-notice/{version}?language={language}"
    if notice.seen:
        answer = f"<p class='note'>{NOTICE_SEEN.format(seen=escape(notice.seen))}</p>"
    else:
        fields = hidden(visit=shown.visit, version=notice.version)
        answer = (
            f"<p class='note'>{NOTICE_ASK}</p><form method='post' action='/mine/notice'>{fields}"
            f"<button>{ACKNOWLEDGE}</button></form>"
        )
    return (
        f"<section class='card' id='notice'><h2>{NOTICE}</h2><p>{said}</p>"
        f"<p><a href='{where}'>{NOTICE_READ}</a></p>{answer}</section>"
    )


def _one(choice: Choice, visit: str) -> str:
    stands = CLOSED
    if choice.is_open:
        stands = (OPEN_BY if choice.by else OPEN).format(
            since=escape(choice.since), by=escape(choice.by)
        )
    button = _form(
        visit, choice.name, "no" if choice.is_open else "yes", NO if choice.is_open else YES
    )
    language = escape(choice.language)
    return (
        f"<section class='card'><h2 lang='{language}'>{escape(choice.title)}</h2>"
        f"<p lang='{language}'>{escape(choice.text)}</p>"
        f"<p>{WITHOUT} <span lang='{language}'>{escape(choice.without)}</span></p>"
        f"<p class='note'>{_facts(choice)}</p>"
        f"<p class='note'>{stands}</p>{button}</section>"
    )


def _facts(choice: Choice) -> str:
    """With which data, for whom, and how: what somebody has to know before a yes."""
    given = GIVEN.format(given_to=escape(choice.given_to)) if choice.given_to else NOBODY
    reaches = REACHES.format(media=escape(choice.media)) if choice.media else ""
    return f"{USES.format(uses=escape(choice.uses))} {given} {reaches}".rstrip()


def _form(visit: str, purpose: str, say: str, button: str) -> str:
    fields = hidden(visit=visit, purpose=purpose, say=say)
    return f"<form method='post' action='/mine/consents'>{fields}<button>{button}</button></form>"


def page(frame: Frame, shown: Choices, short_code: str, words: str) -> str:
    """The page after a button was pressed."""
    return parts.page(frame, TITLE, section(shown, short_code, words))


def over(frame: Frame) -> str:
    """That nobody can be told who it is."""
    return parts.page(frame, TITLE, parts.said(OVER))


def unsubscribe(frame: Frame, path: str, title: str, *, done: bool) -> str:
    """The page behind a link in an offer: one button, or that it was done."""
    name = f"<h2>{escape(title or ENDED)}</h2>"
    if done:
        return parts.page(frame, ENDED, parts.said(ENDED_DONE))
    form = f"<form method='post' action='{escape(path)}'><button>{END}</button></form>"
    body = f"<section class='card narrow'>{name}<p>{ENDED_ASK}</p>{form}</section>"
    return parts.page(frame, ENDED, body)
