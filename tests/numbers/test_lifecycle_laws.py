"""Whatever happens in whatever order, no number goes early and no effect comes twice: laws.

One number lives through clock runs, deliveries, top-ups, losses of reach and holds, at random.
A judge who knows nothing of the rules looks at what was caused.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.promises.numbers.model.lifecycle import Evidence, Lapsed
from tenure.promises.numbers.rules import lifecycle as rules
from tenure.terms import pack
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.msisdn import Imsi, Msisdn

KH = pack.load("smart-kh").terms
SCHEDULE_HOURS = [day * 24 for day in KH.keeping.recycling.reminder_days]
RECEIVES_HOURS, RECYCLED_HOURS = 60 * 24, 90 * 24
START = Instant(1_800_000_000_000)


EVIDENCE = Evidence(
    msisdn=Msisdn("85512345678"),
    imsi=Imsi("456060000000001"),
    iccid="8985506000000000019",
    purse_id=1,
    holder_id=1,
    language="km",
    validity_end=START,
    reminders=0,
    held=False,
    locked=False,
    asked=False,
    topped_up=False,
)


class Event(NamedTuple):
    """Something that happens, and after how many hours."""

    what: str
    hours: int


class World:
    """One number, and all that was caused for it."""

    def __init__(self) -> None:
        self.hour = 0
        self.end = 0
        self.receives, self.held, self.barred = True, False, False
        self.reminders: dict[int, list[int]] = defaultdict(list)
        """By validity end, at which hours."""
        self.sent: dict[int, list[int]] = defaultdict(list)
        self.waiting: list[int] = []
        self.bars: list[tuple[int, int]] = []
        """The hour, and the validity end then."""
        self.recycled_at: int | None = None

    def clock(self) -> None:
        """One run."""
        told = self.reminders[self.end]
        lapsed = Lapsed(
            msisdn=Msisdn("85512345678"),
            imsi=Imsi("456060000000001"),
            purse_id=1,
            validity_end=instant(self.end),
            language="km",
            holder_id=1,
            receives=self.receives,
            reminded=len(told),
            reminded_at=instant(told[-1]) if told else None,
            barred=self.barred,
        )
        effect = rules.effect(lapsed, KH, instant(self.hour))
        if effect.step is not None:
            assert effect.step == len(told) + 1
            told.append(self.hour)
            self.waiting.append(self.end)
        if effect.bar:
            self.barred = True
            self.bars.append((self.hour, self.end))
        if self.hour >= self.end + RECYCLED_HOURS:
            in_time = [hour for hour in self.sent[self.end] if hour < self.end + RECEIVES_HOURS]
            evidence = msgspec.structs.replace(
                EVIDENCE, reminders=len(in_time), held=self.held, validity_end=instant(self.end)
            )
            if rules.kept(evidence, KH.keeping.recycling, quiet=True) is None:
                self.recycled_at = self.hour

    def deliver(self) -> None:
        """The texts that wait leave."""
        for end in self.waiting:
            self.sent[end].append(self.hour)
        self.waiting = []

    def happens(self, event: Event) -> None:
        """Time goes on, and then it happens."""
        self.hour += event.hours
        match event.what:
            case "clock":
                self.clock()
            case "deliver":
                self.deliver()
            case "top up":
                self.end = self.hour + 7 * 24
                self.barred = False
            case "reach":
                self.receives = not self.receives
            case "hold":
                self.held = not self.held
            case _:
                raise AssertionError(event.what)


def instant(hour: int) -> Instant:
    return Instant(START + hour * HOUR_MS)


def lived(events: Sequence[Event]) -> World:
    """The number after all of it, or after it was recycled."""
    world = World()
    for event in events:
        world.happens(event)
        if world.recycled_at is not None:
            break
    return world


WHAT = ["clock"] * 6 + ["deliver"] * 3 + ["top up", "reach", "hold"]
EVENTS = st.lists(
    st.builds(Event, st.sampled_from(WHAT), st.sampled_from([0, 1, 5, 23, 24, 25, 120, 700])),
    max_size=120,
)


@settings(max_examples=400)
@given(EVENTS)
def test_no_order_of_events_takes_a_number_early_or_reminds_twice(events: list[Event]) -> None:
    world = lived(events)
    for end, told in world.reminders.items():
        assert len(told) <= len(SCHEDULE_HOURS)
        for hour, due in zip(told, SCHEDULE_HOURS, strict=False):
            assert end + due <= hour < end + RECEIVES_HOURS
        assert all(later - earlier >= 24 for earlier, later in itertools.pairwise(told))
    for hour, end in world.bars:
        assert hour >= end + RECEIVES_HOURS
    assert len(set(world.bars)) == len(world.bars)
    if world.recycled_at is not None:
        assert world.recycled_at >= world.end + RECYCLED_HOURS
        assert not world.held
        in_time = [hour for hour in world.sent[world.end] if hour < world.end + RECEIVES_HOURS]
        assert len(in_time) >= KH.keeping.recycling.reminders_min


@settings(max_examples=200)
@given(EVENTS, st.data())
def test_doubling_any_run_of_the_clock_changes_nothing(
    events: list[Event], data: st.DataObject
) -> None:
    doubled: list[Event] = []
    for event in events:
        doubled.append(event)
        if event.what == "clock":
            doubled += [Event("clock", 0)] * data.draw(st.integers(0, 2))
    once, twice = lived(events), lived(doubled)
    assert (once.reminders, once.sent, once.bars, once.recycled_at, once.barred) == (
        twice.reminders, twice.sent, twice.bars, twice.recycled_at, twice.barred,
    )  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.integers(1, 24), min_size=1, max_size=8), st.integers(0, 23))
def test_a_clock_that_runs_every_day_loses_no_effect(gaps: list[int], offset: int) -> None:
    """Whatever its rhythm, as long as it runs once a day and texts leave."""
    events = [Event("clock", offset), Event("deliver", 0)]
    hours = offset
    while hours < RECYCLED_HOURS + 24:
        gap = gaps[len(events) % len(gaps)]
        hours += gap
        events += [Event("clock", gap), Event("deliver", 0)]
    world = lived(events)
    assert len(world.reminders[0]) == len(SCHEDULE_HOURS)
    assert len(world.bars) == 1
    assert world.recycled_at is not None
    assert world.recycled_at < RECYCLED_HOURS + 24


def test_a_number_that_is_left_alone_is_reminded_once_and_barred() -> None:
    world = lived([Event("clock", 24), Event("clock", RECEIVES_HOURS)])
    assert world.reminders == {0: [24]}
    assert world.bars == [(24 + RECEIVES_HOURS, 0)]
