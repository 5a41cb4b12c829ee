"""The clock: how it is asked for, that it never goes back, and that its duties are done."""

import asyncio
import contextlib

import pytest

from tenure.gateways.clock.server import Duty, RealClock, SimulatedClock, clock_of, keep
from tenure.gateways.clock.wire import Asked, parse
from tenure.values.instant import DAY_MS, Instant, parse_instant

START = parse_instant("2026-01-31T08:00:00+07:00")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("real", Asked()),
        ("2026-01-31T08:00:00+07:00", Asked(START, 1)),
        ("2026-01-31T08:00:00+07:00x60", Asked(START, 60)),
        ("2026-01-31T01:00:00Zx86400", Asked(START, 86_400)),
    ],
)
def test_a_clock_is_asked_for_in_words(text: str, asked: Asked) -> None:
    assert parse(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "x60", "2026-01-31", "2026-01-31T08:00:00", "2026-01-31T08:00:00Zx0"),
        *("2026-01-31T08:00:00Zx99999999", "2026-01-31T08:00:00Zx-5", "2026-01-31T08:00:00Zx1.5"),
    ],
)
def test_anything_else_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(ValueError, match=r"real|runs 1 to"):
        parse(text)


def test_real_time_is_no_simulation() -> None:
    assert isinstance(clock_of(Asked()), RealClock)
    before, after = RealClock().now(), RealClock().now()
    assert START < before <= after


def test_a_simulated_clock_starts_where_it_was_told_and_never_goes_back() -> None:
    clock = clock_of(Asked(START, 86_400))
    seen = [clock.now() for _ in range(1_000)]
    assert seen[0] >= START
    assert seen == sorted(seen)
    assert seen[-1] < START + DAY_MS


class Told:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> Instant:
        return self.at


async def kept(clock: Told, duties: list[Duty], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock keep its duties for ten looks, a minute of its own time apart."""
    looks = 0

    async def pass_time(_seconds: float) -> None:
        nonlocal looks
        looks += 1
        clock.at = Instant(clock.at + 60_000)
        if looks == 10:
            raise asyncio.CancelledError

    monkeypatch.setattr("tenure.gateways.clock.server.asyncio.sleep", pass_time)
    with contextlib.suppress(asyncio.CancelledError):
        await keep(clock, duties)


async def test_a_duty_is_done_at_once_and_then_each_time_it_is_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[Instant] = []

    async def note(at: Instant) -> None:
        done.append(at)

    await kept(Told(), [Duty("note", 180_000, note)], monkeypatch)
    assert [at - START for at in done] == [0, 180_000, 360_000, 540_000]


async def test_a_duty_that_fails_is_tried_again_soon_and_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    async def fail(_at: Instant) -> None:
        done.append("tried")
        if done.count("tried") == 1:
            raise ConnectionError

    async def note(_at: Instant) -> None:
        done.append("noted")

    duties = [Duty("fail", 600_000, fail), Duty("note", 600_000, note)]
    await kept(Told(), duties, monkeypatch)
    assert done == ["tried", "noted", "tried"]
    assert "could not fail; it tries again" in caplog.text


def test_speed_is_kept() -> None:
    slow, fast = SimulatedClock(START, 1), SimulatedClock(START, 1_000)
    assert fast.now() - START >= slow.now() - START
