"""The live view of the terminal, drawn from the same figures as the page."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tenure.gateways.web.wire.shapes import Happening, Live, Refused, Traffic

BARS: Final = "▁▂▃▄▅▆▇█"
HEAD_LINES: Final = 8
"""Lines of the view that are neither gateways nor charges: head, frames, state, and a spare one."""
SIDE_BY_SIDE_COLUMNS_MIN: Final = 110
LAST_MINUTE_COLUMNS_MIN: Final = 100


def view(live: Live, *, width: int, height: int) -> RenderableType:
    """The whole view, fitted to a terminal of this size."""
    lines = max(4, height - HEAD_LINES - bool(live.alarm) - len(live.traffic))
    charges = Panel(
        _happenings(live.charges, lines),
        title="Latest charges, explained",
        title_align="left",
        border_style="dim",
    )
    side = Group(
        Panel(
            _happenings(live.topups, max(2, lines // 3), short=True),
            title="Top-ups and plans",
            title_align="left",
            border_style="dim",
        ),
        Panel(
            _refusals(live.refusals, max(2, lines - max(2, lines // 3) - 2)),
            title="Refused, by name",
            title_align="left",
            border_style="dim",
        ),
    )
    return Group(
        _head(live),
        _gateways(live.traffic, live.history if width >= LAST_MINUTE_COLUMNS_MIN else None),
        _beside(charges, side, width),
        _foot(live),
    )


def _beside(left: RenderableType, right: RenderableType, width: int) -> RenderableType:
    if width < SIDE_BY_SIDE_COLUMNS_MIN:
        return left
    grid = Table.grid(expand=True)
    grid.add_column(ratio=5)
    grid.add_column(ratio=3)
    grid.add_row(left, right)
    return grid


def _head(live: Live) -> Text:
    clock = " (simulated clock)" if live.simulated else ""
    return Text.assemble(
        (f" {live.operator} ", "bold"),
        ("on Tenure  ", "dim"),
        f"{live.time}{clock}",
        ("  up ", "dim"),
        live.uptime,
        no_wrap=True,
        overflow="ellipsis",
    )


def _gateways(traffic: Sequence[Traffic], history: Sequence[int] | None) -> Table:
    """A row for each; the last minute, where there is room for it."""
    table = Table(expand=True, box=None, padding=(0, 1), header_style="dim")
    table.add_column("gateway", no_wrap=True)
    table.add_column("listens on", no_wrap=True)
    for name in ("requests/s", "p50 ms", "p95 ms", "p99 ms", "in all"):
        table.add_column(name, justify="right", no_wrap=True)
    if history is not None:
        table.add_column("the last minute", no_wrap=True, ratio=1)
    for index, each in enumerate(traffic):
        last = () if history is None or index else (Text(spark(history[-60:]), style="green"),)
        table.add_row(
            each.name,
            each.address or "closed",
            f"{each.per_second:,}",
            _ms(each.p50_micros),
            _ms(each.p95_micros),
            _ms(each.p99_micros),
            f"{each.total:,}",
            *last,
        )
    return table


def spark(values: Sequence[int]) -> str:
    """The values as a row of bars, the highest of them full."""
    top = max((*values, 1))
    return "".join(BARS[value * (len(BARS) - 1) // top] for value in values)


def _ms(micros: int) -> str:
    return f"{micros / 1000:.1f}" if micros else "–"


def _happenings(events: Sequence[Happening], lines: int, *, short: bool = False) -> RenderableType:
    if not events:
        return Text("nothing yet", style="dim")
    table = Table.grid(expand=True, padding=(0, 1))
    if not short:
        table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True, style="bold")
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column(justify="right", no_wrap=True)
    if not short:
        table.add_column(justify="right", no_wrap=True, style="dim")
    for event in events[:lines]:
        told = Text(event.sentence)
        if event.detail and not short:
            told.append(f"  {event.detail}", style="dim")
        cells = (event.number, told, event.amount)
        table.add_row(*(cells if short else (event.time, *cells, event.after)))
    return table


def _refusals(refusals: Sequence[Refused], lines: int) -> RenderableType:
    if not refusals:
        return Text("nothing has been refused", style="dim")
    table = Table.grid(expand=True, padding=(0, 1))
    table.add_column(justify="right", style="yellow", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis", style="dim")
    for each in refusals[:lines]:
        table.add_row(f"{each.count:,}", each.name, each.words)
    return table


def _foot(live: Live) -> Group:
    about = Text.assemble(
        (" page ", "dim"),
        (live.page, "bold underline"),
        (" phones " if live.phones else "", "dim"),
        (live.phones, "bold underline"),
        (" try +855 12 345 678  " if live.demo else "  ", "dim"),
        ("Ctrl-C", "bold"),
        (" stops; data stays", "dim"),
        no_wrap=True,
        overflow="ellipsis",
    )
    state = [_state(live.store, well=live.store_well), _state(live.record, well=live.record_well)]
    alarm = [_state(live.alarm, well=False)] if live.alarm else []
    return Group(*state, *alarm, about)


def _state(words: str, *, well: bool) -> Text:
    style = "" if well else "bold red"
    return Text(f" {words}", style=style, no_wrap=True, overflow="ellipsis")


def plain(live: Live) -> str:
    """One line for a log or a pipe: what happened lately, without anybody in it."""
    busy = "; ".join(
        f"{each.name} {each.per_second}/s p50 {_ms(each.p50_micros)} p95 {_ms(each.p95_micros)} ms,"
        f" {each.total} in all"
        for each in live.traffic
    )
    refused = ", ".join(f"{each.name} {each.count}" for each in live.refusals[:4])
    trouble = "" if live.record_well else f"; {live.record}"
    trouble += f"; {live.alarm}" if live.alarm else ""
    return f"{live.time}  {busy}" + (f"; refused: {refused}" if refused else "") + trouble
