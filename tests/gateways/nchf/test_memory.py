"""What is remembered for a short while is bounded, and numbers never go back."""

from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.nchf.server.memory import Counting, Recent
from tenure.gateways.nchf.server.tally import BOUNDS_MS, Tally
from tenure.values.instant import Instant


def test_the_oldest_goes_when_there_are_too_many() -> None:
    recent: Recent[int] = Recent(entries_max=2)
    for number in range(3):
        recent.put(str(number), number, Instant(0))
    assert [recent.get(str(number), Instant(0)) for number in range(3)] == [None, 1, 2]


def test_what_is_old_is_forgotten() -> None:
    recent: Recent[int] = Recent(kept_ms=10)
    recent.put("a", 1, Instant(0))
    assert recent.get("a", Instant(9)) == 1
    assert recent.get("a", Instant(10)) is None
    recent.put("b", 2, Instant(10))
    assert len(recent) == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 100)), max_size=30))
def test_numbers_rise_and_a_repetition_keeps_its_own(requests: list[tuple[int, int]]) -> None:
    counting = Counting()
    last: tuple[int, int] | None = None
    for content, by_clock in requests:
        number = counting.number("s", str(content), by_clock, Instant(0))
        if last is not None:
            assert number == last[1] if content == last[0] else number > last[1]
        last = content, number


def test_percentiles_are_upper_bounds_of_classes() -> None:
    tally = Tally()
    assert tally.percentile_ms(50) == 0.0
    for took_ms in (0.4, 0.4, 7.0, 9000.0):
        tally.count("create", "201", took_ms / 1000)
    assert [tally.percentile_ms(percent) for percent in (50, 75, 100)] == [0.5, 8, float("inf")]
    assert len(tally.latencies) == len(BOUNDS_MS) + 1
