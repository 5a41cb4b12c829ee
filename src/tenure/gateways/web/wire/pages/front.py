"""The first page: a number to look up, the state of the record, and what is happening now."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from tenure.gateways.web.wire.pages import frame as parts
from tenure.gateways.web.wire.pages.frame import Frame, card, choice, facts, field, hidden
from tenure.gateways.web.wire.shapes import Happening, Live, Refused, Traffic
from tenure.gateways.web.wire.stories import Record

NUMBER_LENGTH_MAX: Final = 40
CASE_LENGTH_MAX: Final = 40
CHARGES_SHOWN: Final = 8
TOPUPS_SHOWN: Final = 5
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_POINTS_MIN = 240, 40, 2

TITLE: Final = ""
ANY_FORM: Final = "In any usual form. It is neither put in the address nor written to a log."
LOOK_UP: Final = "Look up a number"
BUTTON: Final = "Look up"
PURPOSE: Final = "What for"
CASE: Final = "Case"
CASE_HINT: Final = "the number of an open case"
SIGN_IN_FIRST: Final = "Sign in to look somebody up."
NO_CASE: Final = "No case about this number yet?"
OPEN_CASE: Final = "Open a case"
CASE_NUMBER: Final = "Number it is about"
CASE_KIND: Final = "What the case is"
CASE_WHY: Final = "Why there is one"
DANGER: Final = "Somebody is in danger, and there is no case?"
GLASS: Final = "Break the glass"
GLASS_WHY: Final = "Why it cannot wait"
GLASS_WORDS: Final = (
    "For a quarter of an hour you may look without a case. Every supervisor and reviewer is told at"
    " once, and whoever you look at is told a day later."
)
RECORD: Final = "The record"
RECORD_NOTE: Final = "what was done, where nobody can unsay it"
NO_RECORD: Final = "Nothing is in the record yet."
ALARM: Final = "Somebody should look at this"
NOBODY: Final = "Nobody here has this number."
NOT_SIGNED_IN: Final = "Sign in first: a look-up needs a passkey, a purpose and an open case."
NO_PURPOSE: Final = "Choose what the look is for."
OPENED: Final = "The case {case} is open. You may look at this number because of it."
BROKEN: Final = (
    "You have broken the glass. Until {until} you may look without a case; every supervisor and"
    " reviewer has been told."
)
PER_SECOND: Final = "Requests a second"
WITHIN: Final = "Answered within, 95 of 100"
IN_SERVICE: Final = "Numbers in service"
CHARGES: Final = "Latest charges, explained"
NO_CHARGES: Final = "Nobody has been charged yet."
TOPUPS: Final = "Top-ups and plans"
NO_TOPUPS: Final = "Nobody has topped up yet."
GATEWAYS: Final = "Gateways"
GATEWAYS_NOTE: Final = "time from request to committed answer"
GATEWAY_HEADS: Final = ("a second", "p50 ms", "p95 ms", "p99 ms", "in all")
GATEWAY: Final = "Gateway"
CLOSED: Final = "closed"
REFUSED: Final = "Refused, by name"
REFUSED_NOTE: Final = "since the start"
NOTHING_REFUSED: Final = "Nothing has been refused."
NAME: Final = "Name"
TIMES: Final = "Times"
TROUBLE: Final = "in trouble"
SIMULATED: Final = " (simulated clock)"
RUNNING: Final = "running for"
_TAG: Final = f"<span class='tag no'>{TROUBLE}</span> "


def home(frame: Frame, live: Live, purposes: Mapping[str, str], record: Record) -> str:
    """A number to look up, and what is happening."""
    body = look_up(frame, purposes) + f"<div id='live'>{moving(live, record)}</div>"
    return parts.page(frame, TITLE, body, scripts=("live.js",), pause=True)


def look_up(
    frame: Frame, purposes: Mapping[str, str], typed: str = "", case: str = "", purpose: str = ""
) -> str:
    """The form by which a number is looked up, as whoever is there may do it."""
    if not frame.login and not frame.demo:
        return (
            "<section class='card ask'>"
            f"<h2>{LOOK_UP}</h2><p class='note'><a href='/sign-in'>{SIGN_IN_FIRST}</a></p>"
            "</section>"
        )
    plain = (
        f"<label for='number'>{LOOK_UP}</label>"
        f"<input id='number' name='number' type='tel' maxlength='{NUMBER_LENGTH_MAX}' required"
        " autocomplete='off' spellcheck='false' placeholder='+855 12 345 678'"
        f" value='{escape(typed)}'>"
    )
    if not frame.login:
        return (
            f"<form class='card ask' method='post' action='/number'>{plain}"
            f"<button>{BUTTON}</button><p class='note'>{ANY_FORM}</p></form>"
        )
    number = field(
        "number",
        LOOK_UP,
        kind="tel",
        value=typed,
        hint="+855 12 345 678",
        longest=NUMBER_LENGTH_MAX,
    )
    why = choice("purpose", PURPOSE, purposes, purpose) + field(
        "case", CASE, value=case, hint=CASE_HINT, longest=CASE_LENGTH_MAX, required=False
    )
    return (
        "<section class='card'>"
        "<form class='ask fields' method='post' action='/number'>"
        f"{hidden(form=frame.form)}{number}{why}"
        f"<button>{BUTTON}</button><p class='note'>{ANY_FORM}</p></form>"
        f"{_open_case(frame, purposes)}{_glass(frame)}</section>"
    )


def _open_case(frame: Frame, purposes: Mapping[str, str]) -> str:
    kinds = {value: words for value, words in purposes.items() if value != "break-glass"}
    return (
        f"<details><summary>{NO_CASE}</summary>"
        "<form class='ask fields' method='post' action='/case'>"
        f"{hidden(form=frame.form)}{field('about', CASE_NUMBER, kind='tel', longest=40)}"
        f"{choice('kind', CASE_KIND, kinds)}{field('why', CASE_WHY)}"
        f"<button>{OPEN_CASE}</button></form></details>"
    )


def _glass(frame: Frame) -> str:
    return (
        f"<details><summary>{DANGER}</summary>"
        "<form class='ask fields' method='post' action='/glass'>"
        f"{hidden(form=frame.form)}{field('danger', GLASS_WHY)}"
        f"<button class='warn'>{GLASS}</button><p class='note'>{GLASS_WORDS}</p></form></details>"
    )


def moving(live: Live, record: Record) -> str:
    """The part of the first page that changes every second."""
    total = sum(each.per_second for each in live.traffic)
    busiest = max(live.traffic, key=lambda each: each.per_second, default=None)
    p95 = _ms(busiest.p95_micros) if busiest and busiest.per_second else "–"
    return (
        f"<p class='note' id='when'>{when(live)}</p>{_alarms(record)}"
        "<div class='figures'>"
        + _figure(PER_SECOND, f"{total:,}", "", live.history)
        + _figure(WITHIN, p95, "ms", live.latency)
        + _figure(IN_SERVICE, f"{live.lines:,}", "", ())
        + "</div><div class='two'><div>"
        + card(
            CHARGES,
            events(live.charges[:CHARGES_SHOWN], NO_CHARGES),
        )
        + card(GATEWAYS, _gateways(live.traffic), GATEWAYS_NOTE)
        + "</div><div>"
        + card(RECORD, facts(record.rows, NO_RECORD), RECORD_NOTE)
        + card(TOPUPS, events(live.topups[:TOPUPS_SHOWN], NO_TOPUPS))
        + card(REFUSED, _refusals(live.refusals), REFUSED_NOTE)
        + "</div></div>"
        + _foot(live)
    )


def _alarms(record: Record) -> str:
    if not record.alarms:
        return ""
    shown = "".join(f"<li>{escape(words)}</li>" for words in record.alarms)
    return f"<section class='card alarm'><h2>{ALARM}</h2><ul>{shown}</ul></section>"


def when(live: Live) -> str:
    """The operator's clock, and since when this runs; escaped."""
    clock = SIMULATED if live.simulated else ""
    return f"{escape(live.time)}{clock} · {RUNNING} {escape(live.uptime)}"


def _figure(title: str, value: str, unit: str, history: Sequence[int]) -> str:
    small = f" <small>{unit}</small>" if unit else ""
    return (
        f"<section class='card'><h2>{escape(title)}</h2>"
        f"<div class='figure'>{value}{small}</div>{_spark(history)}</section>"
    )


def _spark(history: Sequence[int]) -> str:
    """A line of the last seconds; decoration, since the figure above it says the newest value."""
    if len(history) < _SPARK_POINTS_MIN:
        return ""
    top = max(*history, 1)
    step = _SPARK_WIDTH / (len(history) - 1)
    points = [
        f"{index * step:.1f} {_SPARK_HEIGHT - 1 - value * (_SPARK_HEIGHT - 3) / top:.1f}"
        for index, value in enumerate(history)
    ]
    path = "L".join(points)
    return (
        f"<svg class='spark' viewBox='0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}'"
        " preserveAspectRatio='none' aria-hidden='true'>"
        f"<path class='under' d='M0 {_SPARK_HEIGHT}L{path}L{_SPARK_WIDTH} {_SPARK_HEIGHT}Z'/>"
        f"<path d='M{path}'/></svg>"
    )


def events(happened: Sequence[Happening], nothing: str) -> str:
    """What happened to purses, a line each."""
    if not happened:
        return parts.none(nothing)
    return "<ol class='events'>" + "".join(map(_event, happened)) + "</ol>"


def _event(event: Happening) -> str:
    number_ = f"<b>{escape(event.number)}</b> " if event.number else ""
    after = f"<small>{escape(event.after)}</small>" if event.after else ""
    detail = f"<small>{escape(event.detail)}</small>" if event.detail else ""
    return (
        f"<li><time>{escape(event.time)}</time><span>{number_}{escape(event.sentence)}{detail}</span>"
        f"<span class='sum'>{escape(event.amount)}{after}</span></li>"
    )


def _refusals(refusals: Sequence[Refused]) -> str:
    if not refusals:
        return parts.none(NOTHING_REFUSED)
    rows = "".join(
        f"<tr><td><code>{escape(each.name)}</code><br>"
        f"<span class='note'>{escape(each.words)}</span></td><td class='n'>{each.count:,}</td></tr>"
        for each in refusals
    )
    return (
        f"<table><thead><tr><th scope='col'>{NAME}</th><th scope='col' class='n'>{TIMES}</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _gateways(traffic: Sequence[Traffic]) -> str:
    rows = "".join(
        f"<tr><td>{escape(each.name)}<br><code class='note'>{escape(each.address) or CLOSED}"
        "</code></td>"
        f"<td class='n'>{each.per_second:,}</td><td class='n'>{_ms(each.p50_micros)}</td>"
        f"<td class='n'>{_ms(each.p95_micros)}</td><td class='n'>{_ms(each.p99_micros)}</td>"
        f"<td class='n'>{each.total:,}</td></tr>"
        for each in traffic
    )
    heads = "".join(f"<th scope='col' class='n'>{head}</th>" for head in GATEWAY_HEADS)
    return (
        f"<div class='scroll'><table><thead><tr><th scope='col'>{GATEWAY}</th>"
        f"{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _ms(micros: int) -> str:
    return f"{micros / 1000:.1f}" if micros else "–"


def _foot(live: Live) -> str:
    state = "" if live.store_well else _TAG
    demo = f"<p>{escape(live.demo)}</p>" if live.demo else ""
    tag = "" if live.record_well else _TAG
    record = f"<p>{tag}{escape(live.record)}</p>" if live.record else ""
    version = f"<p>Tenure {escape(live.version)}</p>"
    return f"<div class='note'><p>{state}{escape(live.store)}</p>{record}{demo}{version}</div>"
