"""The desk of the privacy officer: what is due first, what leaked, what ends, what is held."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from tenure.gateways.web.wire.desks import (
    BreachShown,
    CaseShown,
    ClockShown,
    Desk,
    EndingShown,
    Forecast,
    HoldShown,
    LetterShown,
    UnansweredShown,
)
from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import Frame, card, none

ADDRESS: Final = "/desk"
TITLE: Final = "Privacy desk"
CASES: Final = "Requests, the next deadline first"
CASES_NOTE: Final = "{open} open, {late} late, {warned} that officers were warned of"
NO_CASES: Final = "Nobody waits for an answer."
CASE_HEADS: Final = ("Request", "Stands", "Received", "Answer by", "Left")
RESTS: Final = "the clock rests"
UNANSWERED: Final = "Recipients who have not answered in time"
NO_UNANSWERED: Final = "No recipient is late."
UNANSWERED_HEADS: Final = ("Recipient", "Told of", "Expected by", "Late")
LETTERS: Final = "Answers to forms of the website that have not left"
LETTERS_NOTE: Final = "{stuck} need somebody"
NO_LETTERS: Final = "Every answer that was written has left."
LETTER_HEADS: Final = ("Form", "Stands", "Tries", "Since, or next")
LETTERS_HOW: Final = (
    "One that failed, or of which nobody knows whether it left, is sent again by tenure privacy"
    " forms again, with an open case about its form. What waits without a reason and a try waits"
    " for the server of mail: the log says why."
)
BREACHES: Final = "Breaches"
NO_BREACHES: Final = "No breach is known."
HOLDS: Final = "Holds: what may not end yet"
NO_HOLDS: Final = "Nothing is held back."
HOLD_HEADS: Final = ("What", "Because", "Since", "Look again by")
ENDINGS: Final = "What ends in the months to come"
NO_ENDINGS: Final = "Nothing ends."
COUNT: Final = "Count it now: every table is gone through"
BACK: Final = "Back to the desk"
HELD: Final = "held back"
REGISTER: Final = "What is held"
REGISTER_NOTE: Final = "tenure privacy register prints all of it"
REGISTER_HEADS: Final = ("Whose", "What", "Kept", "Columns")
SIGN_IN: Final = "Sign in"
SIGN_IN_FIRST: Final = "Sign in with a login of the privacy officer to see this desk."
NOT_YOURS: Final = "This desk is for the privacy officer; your login has another role."
CLOSED: Final = "closed"
HOW: Final = (
    "Work on a request with tenure privacy case, on a breach with tenure privacy breach, on a hold"
    " with tenure privacy hold."
)


def shown(frame: Frame, desk: Desk) -> str:
    """The whole desk."""
    late = sum(one.late for one in desk.cases)
    warned = sum(bool(one.alert) for one in desk.cases)
    note = CASES_NOTE.format(open=len(desk.cases), late=late, warned=warned)
    body = (
        card(CASES, _cases(desk.cases), note)
        + card(UNANSWERED, _unanswered(desk.unanswered))
        + _letters(desk.letters)
        + card(BREACHES, _breaches(desk.breaches))
        + card(HOLDS, _holds(desk.holds))
        + card(ENDINGS, f"<p><a href='{ADDRESS}/endings'>{COUNT}</a></p>")
        + card(REGISTER, _register(desk.register), REGISTER_NOTE)
        + f"<p class='note'>{HOW}</p>"
    )
    return parts.page(frame, TITLE, body)


def forecast(frame: Frame, found: Forecast) -> str:
    """How much ends in which month."""
    body = card(ENDINGS, _endings(found.months, found.endings))
    back = f"<p><a href='{ADDRESS}'>{BACK}</a></p>"
    return parts.page(frame, ENDINGS, back + body)


def sign_in_first(frame: Frame, words: str = SIGN_IN_FIRST) -> str:
    """That nobody sees this desk who is not signed in for it."""
    link = f"<p><a href='/sign-in'>{SIGN_IN}</a></p>" if words == SIGN_IN_FIRST else ""
    return parts.page(frame, TITLE, parts.said(words) + link)


def _table(heads: Sequence[str], rows: Iterable[str]) -> str:
    shown_heads = "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    told = "".join(_headed(heads, row) for row in rows)
    return (
        f"<div class='scroll'><table class='stacks'><thead><tr>{shown_heads}</tr></thead>"
        f"<tbody>{told}</tbody></table></div>"
    )


def _headed(heads: Sequence[str], row: str) -> str:
    """A row whose cells have their headings: on a phone these stand beside them."""
    first, *cells = row.split("<td")
    named = zip(heads[1:], cells, strict=True)
    return first + "".join(f"<td data-head='{escape(head)}'{cell}" for head, cell in named)


def _cases(cases: Sequence[CaseShown]) -> str:
    return _table(CASE_HEADS, map(_case, cases)) if cases else none(NO_CASES)


def _case(one: CaseShown) -> str:
    rests = f"<br><span class='note'>{RESTS}</span>" if one.rests else ""
    style = " class='bad'" if one.late else ""
    alert = f"<br><span class='tag no'>{escape(one.alert)}</span>" if one.alert else ""
    return (
        f"<tr{style}><th scope='row'>{escape(one.what)}<br>"
        f"<code class='note'>{escape(one.case)}</code></th>"
        f"<td>{escape(one.stands)}{rests}{alert}</td>"
        f"<td>{escape(one.received)}</td><td>{escape(one.due)}</td>"
        f"<td>{escape(one.left)}<br><meter min='0' max='100' high='75' value='{one.percent}'>"
        f"{one.percent} %</meter></td></tr>"
    )


def _unanswered(messages: Sequence[UnansweredShown]) -> str:
    return _table(UNANSWERED_HEADS, map(_message, messages)) if messages else none(NO_UNANSWERED)


def _message(one: UnansweredShown) -> str:
    return (
        f"<tr class='bad'><th scope='row'>{escape(one.recipient)}<br>"
        f"<code class='note'>{escape(one.message)}</code></th><td>{escape(one.change)}<br>"
        f"<code class='note'>{escape(one.case)}</code></td><td>{escape(one.expected)}</td>"
        f"<td>{escape(one.late)}</td></tr>"
    )


def _letters(letters: Sequence[LetterShown]) -> str:
    if not letters:
        return card(LETTERS, none(NO_LETTERS))
    stuck = sum(one.stuck for one in letters)
    how = f"<p class='note'>{LETTERS_HOW}</p>"
    shown_letters = _table(LETTER_HEADS, map(_letter, letters)) + how
    return card(LETTERS, shown_letters, LETTERS_NOTE.format(stuck=stuck))


def _letter(one: LetterShown) -> str:
    style = " class='bad'" if one.stuck else ""
    return (
        f"<tr{style}><th scope='row'>{escape(one.number)}<br>"
        f"<code class='note'>{escape(one.entry)}</code></th><td>{escape(one.stands)}</td>"
        f"<td>{escape(one.tries)}</td><td>{escape(one.since)}</td></tr>"
    )


def _breaches(breaches: Sequence[BreachShown]) -> str:
    return "".join(map(_breach, breaches)) or none(NO_BREACHES)


def _breach(one: BreachShown) -> str:
    state = f" · {CLOSED}" if one.closed else ""
    return (
        f"<h3>{escape(one.data)}</h3><p class='note'><code>{escape(one.breach)}</code> · "
        f"{escape(one.known)} · {escape(one.concerned)}{state}</p>"
        f"<table class='facts'><tbody>{''.join(map(_clock, one.clocks))}</tbody></table>"
    )


def _clock(one: ClockShown) -> str:
    style = " class='bad'" if one.late else ""
    return f"<tr{style}><th scope='row'>{escape(one.whom)}</th><td>{escape(one.stands)}</td></tr>"


def _holds(holds: Sequence[HoldShown]) -> str:
    return _table(HOLD_HEADS, map(_hold, holds)) if holds else none(NO_HOLDS)


def _hold(one: HoldShown) -> str:
    style = " class='bad'" if one.due else ""
    return (
        f"<tr{style}><th scope='row'>{escape(one.what)}<br>"
        f"<code class='note'>{escape(one.hold)}</code></th><td>{escape(one.because)}</td>"
        f"<td>{escape(one.since)}</td><td>{escape(one.review)}</td></tr>"
    )


def _endings(months: Sequence[str], endings: Sequence[EndingShown]) -> str:
    if not endings:
        return none(NO_ENDINGS)
    return _table(("", *months, HELD), map(_ending, endings))


def _ending(one: EndingShown) -> str:
    counts = "".join(f"<td class='n'>{count:,}</td>" for count in (*one.counts, one.held))
    return (
        f"<tr><th scope='row'>{escape(one.name)}<br><span class='note'>{escape(one.rule)}</span>"
        f"</th>{counts}</tr>"
    )


def _register(rows: Sequence[tuple[str, str, str, int]]) -> str:
    return _table(
        REGISTER_HEADS,
        (
            f"<tr><th scope='row'>{escape(whose)}</th><td>{escape(what)}</td>"
            f"<td>{escape(kept)}</td><td class='n'>{columns:,}</td></tr>"
            for whose, what, kept, columns in rows
        ),
    )
