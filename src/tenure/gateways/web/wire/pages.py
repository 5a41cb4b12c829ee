"""The pages as HTML; every word from outside is escaped."""

from collections.abc import Sequence
from html import escape
from typing import Final

from tenure.gateways.web.wire.shapes import (
    Happening,
    LineView,
    Live,
    NoLine,
    Part,
    Refused,
    Traffic,
)

NUMBER_LENGTH_MAX: Final = 40
CHARGES_SHOWN: Final = 8
TOPUPS_SHOWN: Final = 5
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_POINTS_MIN = 240, 40, 2
_NO_SIGN_IN: Final = (
    "This page listens on this machine only and asks nobody to sign in. Staff sign-in, and a record"
    " of every look-up, come with the staff promise; until then keep it on loopback."
)
_ANY_FORM: Final = "In any usual form. It is neither put in the address nor written to a log."


def home(live: Live) -> str:
    """The first page: a number to look up, and what is happening."""
    return _page(
        live.operator,
        f"{_form('')}<div id='live'>{moving(live)}</div>",
        when=_when(live),
        script=True,
    )


def number(live: Live, found: LineView | NoLine, typed: str) -> str:
    """The page of one number, or of why there is none."""
    body = _nothing(found) if isinstance(found, NoLine) else _line(found)
    return _page(live.operator, _form(typed) + body, when=_when(live), script=False)


def problem(title: str, words: str) -> str:
    """A page for a request that cannot be served."""
    return _page(
        "", f"<section class='card'><h2>{escape(title)}</h2><p>{escape(words)}</p></section>"
    )


def moving(live: Live) -> str:
    """The part of the first page that changes every second."""
    total = sum(each.per_second for each in live.traffic)
    busiest = max(live.traffic, key=lambda each: each.per_second, default=None)
    p95 = _ms(busiest.p95_micros) if busiest and busiest.per_second else "–"
    return (
        f"<p class='note' id='when'>{_when(live)}</p>"
        "<div class='figures'>"
        + _figure("Requests a second", f"{total:,}", "", live.history)
        + _figure("Answered within, 95 of 100", p95, "ms", live.latency)
        + _figure("Numbers in service", f"{live.lines:,}", "", ())
        + "</div><div class='two'><div>"
        + _card(
            "Latest charges, explained",
            _events(live.charges[:CHARGES_SHOWN], "Nobody has been charged yet."),
        )
        + _card("Gateways", _gateways(live.traffic), "time from request to committed answer")
        + "</div><div>"
        + _card(
            "Top-ups and plans", _events(live.topups[:TOPUPS_SHOWN], "Nobody has topped up yet.")
        )
        + _card("Refused, by name", _refusals(live.refusals), "since the start")
        + "</div></div>"
        + _foot(live)
    )


def _when(live: Live) -> str:
    clock = " (simulated clock)" if live.simulated else ""
    return f"{escape(live.time)}{clock} · running for {escape(live.uptime)}"


def _page(title: str, body: str, *, when: str = "", script: bool = False) -> str:
    source = "<script src='/live.js' defer></script>" if script else ""
    pause = (
        "<button class='plain' id='pause' aria-pressed='false' hidden>Pause</button>"
        if script
        else ""
    )
    shown = f"<span class='when'>{when}</span>" if when and not script else ""
    brand = f"{escape(title)} <span>on Tenure</span>" if title else "Tenure"
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta name='robots' content='noindex'>"
        f"<title>{escape(title) or 'Nothing here'} · Tenure</title>"
        f"<link rel='stylesheet' href='/look.css'>{source}</head><body>"
        "<a class='skip' href='#main'>Skip to the content</a>"
        f"<header><div class='wide'><h1><a href='/'>{brand}</a></h1>"
        f"{shown}{pause}</div></header><main class='wide' id='main'>{body}</main>"
        f"<footer class='wide'><p>{_NO_SIGN_IN}</p></footer>"
        "</body></html>"
    )


def _form(typed: str) -> str:
    return (
        "<form class='card ask' method='post' action='/number'>"
        "<label for='number'>Look up a number</label>"
        f"<input id='number' name='number' type='tel' maxlength='{NUMBER_LENGTH_MAX}' required"
        " autocomplete='off' spellcheck='false' placeholder='+855 12 345 678'"
        f" value='{escape(typed)}'><button>Look up</button><p class='note'>{_ANY_FORM}</p></form>"
    )


def _card(title: str, body: str, note: str = "") -> str:
    small = f"<small>{escape(note)}</small>" if note else ""
    return f"<section class='card'><h2>{escape(title)}{small}</h2>{body}</section>"


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


def _events(events: Sequence[Happening], none: str) -> str:
    if not events:
        return f"<p class='none'>{escape(none)}</p>"
    return "<ol class='events'>" + "".join(map(_event, events)) + "</ol>"


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
        return "<p class='none'>Nothing has been refused.</p>"
    rows = "".join(
        f"<tr><td><code>{escape(each.name)}</code><br>"
        f"<span class='note'>{escape(each.words)}</span></td><td class='n'>{each.count:,}</td></tr>"
        for each in refusals
    )
    return (
        "<table><thead><tr><th scope='col'>Name</th><th scope='col' class='n'>Times</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _gateways(traffic: Sequence[Traffic]) -> str:
    rows = "".join(
        f"<tr><td>{escape(each.name)}<br><code class='note'>{escape(each.address) or 'closed'}"
        "</code></td>"
        f"<td class='n'>{each.per_second:,}</td><td class='n'>{_ms(each.p50_micros)}</td>"
        f"<td class='n'>{_ms(each.p95_micros)}</td><td class='n'>{_ms(each.p99_micros)}</td>"
        f"<td class='n'>{each.total:,}</td></tr>"
        for each in traffic
    )
    heads = "".join(
        f"<th scope='col' class='n'>{head}</th>"
        for head in ("a second", "p50 ms", "p95 ms", "p99 ms", "in all")
    )
    return (
        "<div class='scroll'><table><thead><tr><th scope='col'>Gateway</th>"
        f"{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _ms(micros: int) -> str:
    return f"{micros / 1000:.1f}" if micros else "–"


def _foot(live: Live) -> str:
    state = "" if live.store_well else "<span class='tag no'>in trouble</span> "
    demo = f"<p>{escape(live.demo)}</p>" if live.demo else ""
    tag = "" if live.record_well else "<span class='tag no'>in trouble</span> "
    record = f"<p>{tag}{escape(live.record)}</p>" if live.record else ""
    version = f"<p>Tenure {escape(live.version)}</p>"
    return f"<div class='note'><p>{state}{escape(live.store)}</p>{record}{demo}{version}</div>"


def _nothing(found: NoLine) -> str:
    return (
        f"<section class='card' role='status'><p class='none'>{escape(found.words)}</p></section>"
    )


def _line(line: LineView) -> str:
    tag = f"<span class='tag{'' if line.well else ' no'}'>{escape(line.stage)}</span>"
    about = (
        "<section class='card person'><div><div class='head'>"
        f"<h2 class='number'>{escape(line.number)}</h2>{tag}</div>"
        f"<p class='note'>{escape(line.offer)}. {escape(line.stage_words)}</p></div>"
        f"<div class='funds'><div class='figure'>{escape(line.funds)}</div>"
        f"<p class='note'>{escape(line.validity)}</p></div></section>"
    )
    return (
        about
        + "<div class='two'><div>"
        + _card("Last charges and top-ups", _events(line.charges, "Nothing has been charged yet."))
        + "</div><div>"
        + _card("Also usable", _parts(line.parts, "No bundle and no promotional money."))
        + _card("Going on now", _parts(line.sessions, "No call and no data session."))
        + "</div></div>"
    )


def _parts(parts: Sequence[Part], none: str) -> str:
    if not parts:
        return f"<p class='none'>{escape(none)}</p>"
    rows = "".join(
        f"<tr><td>{escape(part.name)}<br><span class='note'>{escape(part.note)}</span></td>"
        f"<td class='n'>{escape(part.value)}</td></tr>"
        for part in parts
    )
    return f"<table><tbody>{rows}</tbody></table>"
