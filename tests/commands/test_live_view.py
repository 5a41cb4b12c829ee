"""The live view: what is watched, and how it looks from a fixed state."""

import asyncio
from collections.abc import Callable

import msgspec
from rich.console import Console

from tenure.commands.up.showing import ALARM, uptime
from tenure.commands.up.terminal import plain, spark, view
from tenure.commands.up.watching import WORDS, Watch, percentile
from tenure.gateways.web.wire.shapes import Live
from tenure.promises.charging.model import (
    Answer,
    Ask,
    Granted,
    GroupAsk,
    Refusal,
    Request,
    Used,
)
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import Instant
from tests.gateways.web.state import LIVE

ASK = Ask(Request.UPDATE, "s", 1, Instant(0), Service.DATA, Direction.OUT, "85512345678")


class Answering:
    """Lanes that know one answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def submit(self, command: Ask, reply: Callable[[Answer], None]) -> None:
        del command
        reply(self.answer)

    async def ask(self, command: Ask) -> Answer:
        del command
        return self.answer


def watched(answer: Answer, ask: Ask = ASK) -> Watch:
    watch = Watch()
    seen: list[Answer] = []
    watch.before(Answering(answer), "Gy", "127.0.0.1:1").submit(ask, seen.append)
    assert seen == [answer]
    return watch


def drawn(width: int, height: int, live: Live = LIVE) -> str:
    console = Console(width=width, height=height, force_terminal=False)
    with console.capture() as said:
        console.print(view(live, width=width, height=height))
    return said.get()


def test_every_refusal_of_charging_has_words() -> None:
    assert set(WORDS) == set(Refusal)


def test_refusals_are_counted_by_name_wherever_they_stand() -> None:
    whole = watched(Answer(Refusal.BARRED))
    part = watched(Answer(None, groups=(Granted(1, 0, Refusal.CREDIT_EXHAUSTED, None),)))
    assert [(one.name, one.count) for one in whole.most_refused(9)] == [("BARRED", 1)]
    assert [one.name for one in part.most_refused(9)] == ["CREDIT_EXHAUSTED"]


def test_who_could_not_pay_may_want_to_top_up() -> None:
    watch = Watch()
    told: list[str] = []
    watch.penniless = told.append
    watch.answered(ASK, Answer(None, groups=(Granted(1, 0, Refusal.CREDIT_EXHAUSTED, None),)))
    assert told == ["85512345678"]


def test_only_what_was_charged_now_is_explained() -> None:
    used = msgspec.structs.replace(ASK, groups=(GroupAsk(1, used=Used(5)),))
    assert list(watched(Answer(None, cost_micros=5)).charged) == [ASK]
    assert list(watched(Answer(None), used).charged) == [used]
    assert not watched(Answer(None)).charged
    assert not watched(Answer(None, cost_micros=5, repeated=True)).charged
    assert not watched(Answer(Refusal.BARRED)).charged


def test_rates_are_those_of_the_last_second_and_totals_grow() -> None:
    watch = watched(Answer(None))
    lanes = watch.before(Answering(Answer(None)), "Nchf", "")
    asyncio.run(lanes.ask(ASK))
    watch.tick()
    assert [(one.per_second, one.total) for one in (m.traffic() for m in watch.meters)] == [
        (1, 1)
    ] * 2
    watch.tick()
    assert [(one.per_second, one.total) for one in (m.traffic() for m in watch.meters)] == [
        (0, 1)
    ] * 2
    assert list(watch.history) == [2, 0]


def test_a_percentile_is_a_value_that_occurred() -> None:
    assert percentile([], 95) == 0
    assert percentile([7], 99) == 7
    assert percentile(list(range(100)), 95) == 95


def test_the_view_says_what_happens_to_whoever_looks() -> None:
    text = drawn(150, 40)
    for said in (
        "Smart Axiata",
        "127.0.0.1:3868",
        "Called …21, 2 min",
        "USD 4.32 left",
        "CREDIT_EXHAUSTED",
        "PostgreSQL 18.6",
        "http://127.0.0.1:8080/",
        "Ctrl-C",
    ):
        assert said in text


def test_the_view_fits_the_terminal() -> None:
    for width, height in ((80, 24), (100, 30), (150, 40), (220, 60)):
        lines = drawn(width, height).rstrip("\n").splitlines()
        assert len(lines) <= height
        assert max(map(len, lines)) <= width


def test_the_record_and_an_alarm_stand_in_every_view() -> None:
    record = "the record: 448 leaves, cosigned by independent.tenure, regulator.tenure"
    alarm = ALARM.format(count=2)
    live = msgspec.structs.replace(LIVE, record=record, alarm=alarm)
    for width, height in ((80, 24), (120, 40)):
        lines = drawn(width, height, live).rstrip("\n").splitlines()
        assert f" {record}" in [line.rstrip() for line in lines]
        assert f" {alarm}" in [line.rstrip() for line in lines]
        assert len(lines) <= height
    assert alarm in plain(live)


def test_a_line_for_a_pipe_has_nobody_in_it() -> None:
    line = plain(LIVE)
    assert "Diameter Gy/Ro 184/s p50 2.3 p95 4.1 ms, 28114 in all" in line
    assert "CREDIT_EXHAUSTED 41" in line
    assert "…" not in line


def test_bars_are_as_high_as_their_values() -> None:
    assert spark([0, 50, 100]) == "▁▄█"
    assert spark([0, 0]) == "▁▁"


def test_uptime_in_words() -> None:
    assert [uptime(seconds) for seconds in (5, 65, 3_700, 90_000)] == [
        "5 s",
        "1 min 5 s",
        "1 h 1 min",
        "1 d 1 h",
    ]
