"""What is due when: as a table, through ten years, and by every clock hypothesis thinks of."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.privacy.model.retention import Facts, Ground, Left, State, Window
from tenure.promises.privacy.operations import register
from tenure.promises.privacy.rules.retention import again, due, further, on_request
from tenure.terms import pack
from tenure.terms.retention import RELATION, ROW, Keeping, Period
from tenure.values.instant import DAY_MS, Instant

PACKS: Final = ("smart-kh", "smartfren-id")


def keeping(starts: str, minimum: int, maximum: int, **kinds: Period) -> Keeping:
    """A period of so many days."""
    return Keeping(
        "evidence", starts, Period(minimum, maximum), kinds, disputed=False, authority="", action={}
    )


def day(count: int) -> Instant:
    """A day of the table."""
    return Instant(count * DAY_MS)


# from   minimum maximum | row over, relation over, held | day: how it stands …
TABLE: Final = """
row        365     730   |    0      -    no  | 0 minimum  364 minimum  365 may-go  730 due
row        365     730   |    -      -    no  | 0 lasts     9999 lasts
row        365     730   |    0      -    yes | 0 held      3650 held
row          0      60   |   10      -    no  | 10 may-go   69 may-go    70 due
relation  1825    3650   |    0      -    no  | 0 lasts     3650 lasts
relation  1825    3650   |    0    100    no  | 1924 minimum  1925 may-go  3749 may-go  3750 due
relation  1825    3650   |  200    100    no  | 2024 minimum  2025 may-go  3850 due
relation  1825    3650   |    -    100    no  | 1925 may-go   3750 due
relation  1825    3650   |    0    100    yes | 9999 held
row          0       0   |    5      -    no  | 5 due
"""


def cases() -> list[tuple[Keeping, Facts, int, str]]:
    """Every day of the table."""
    found = []
    for line in TABLE.strip().splitlines():
        period, facts, days = (part.split() for part in line.split("|"))
        rule = keeping(period[0], int(period[1]), int(period[2]))
        since, relation = (None if word == "-" else day(int(word)) for word in facts[:2])
        given_ = Facts(since, relation, facts[2] == "yes")
        pairs = zip(days[::2], days[1::2], strict=True)
        found += [(rule, given_, int(at), state.replace("-", " ")) for at, state in pairs]
    return found


@pytest.mark.parametrize(("rule", "facts", "at", "state"), cases())
def test_how_it_stands(rule: Keeping, facts: Facts, at: int, state: str) -> None:
    assert due(rule, facts, day(at)).state.value == state


def test_ten_years_of_days_lead_from_lasting_to_due_and_never_back() -> None:
    retention = pack.load("smart-kh").terms.privacy.retention
    for rule in retention.keeps.values():
        order: list[State] = []
        for at in range(3_660 + 366):
            over = day(366) if at >= 366 else None
            state = due(rule, Facts(over, over), day(at)).state
            if not order or order[-1] is not state:
                order.append(state)
        ways = [State.LASTS, State.MUST_STAY, State.MAY_GO, State.DUE]
        assert [state for state in ways if state in order] == order, rule.name
        assert order[0] is State.LASTS
        assert (order[-1] is State.DUE) == (rule.period.maximum_days <= 3_659), rule.name


def test_a_kind_of_people_has_days_of_its_own() -> None:
    rule = keeping(ROW, 0, 730, visitor=Period(0, 60))
    facts = Facts(day(0), None)
    assert due(rule, facts, day(60), "visitor").state is State.DUE
    assert due(rule, facts, day(60), "candidate").state is State.MAY_GO


INSTANTS: Final = st.integers(0, 20_000).map(day)


RULES: Final = st.builds(
    lambda starts, least, more: keeping(starts, least, least + more),
    st.sampled_from((ROW, RELATION)),
    st.integers(0, 4000),
    st.integers(0, 4000),
)
FACTS: Final = st.builds(Facts, st.none() | INSTANTS, st.none() | INSTANTS, st.booleans())


@given(RULES, FACTS, INSTANTS, INSTANTS)
def test_time_only_goes_forward_and_what_must_stay_never_goes(
    rule: Keeping, facts: Facts, first: Instant, second: Instant
) -> None:
    early, late = sorted((first, second))
    order = [State.HELD, State.LASTS, State.MUST_STAY, State.MAY_GO, State.DUE]
    before, after = due(rule, facts, early), due(rule, facts, late)
    assert order.index(before.state) <= order.index(after.state)
    if before.until is not None:
        assert due(rule, facts, before.until).state is not before.state
        assert due(rule, facts, Instant(before.until - 1)).state is before.state
    if after.state in (State.HELD, State.MUST_STAY) and rule.period.minimum_days:
        assert not on_request(rule, facts, late)
    if facts.held:
        assert not on_request(rule, facts, late)


def test_what_is_held_is_looked_at_tomorrow_and_what_must_stay_in_its_month() -> None:
    one = Left("people.person", "identity", Ground.MINIMUM, 1, day(400))
    other = Left("numbers.tenure", "evidence", Ground.HELD, 1, None)
    assert again([], day(1)) is None
    assert again([one], day(1)) == day(400)
    assert again([one, other], day(1)) == day(2)


@given(st.lists(st.integers(0, 300), max_size=400), st.integers(1, 1000))
def test_every_page_is_looked_at_and_every_row_ends_once(
    due_rows: list[int], rows_max: int
) -> None:
    """A table as rows due of each page: what a full window leaves ends at its next look."""
    left, pages = list(due_rows), len(due_rows)
    window: Window | None = Window(rows_max=rows_max)
    seen: set[int] = set()
    while window is not None:
        room = window.rows_max
        for page in range(window.page, min(window.until_page, pages)):
            ending = min(room, left[page])
            left[page] -= ending
            room -= ending
            seen.add(page)
        window = further(window, window.rows_max - room, pages)
    assert seen == set(range(pages))
    assert not any(left)


def test_a_table_of_which_nothing_is_due_is_gone_through_in_a_few_statements() -> None:
    window: Window | None = Window()
    looks = 0
    while window is not None:
        window = further(window, 0, 1_000_000)
        looks += 1
    assert looks < 30


@pytest.mark.parametrize("name", PACKS)
def test_every_class_of_the_register_has_a_period(name: str) -> None:
    keeps = pack.load(name).terms.privacy.retention.keeps
    wanted = {one.keep for _, one in register.holdings() if one.keep}
    assert wanted - keeps.keys() == set(), f"add these to operators/{name}/retention.toml"


@pytest.mark.parametrize("name", PACKS)
def test_a_minimum_is_never_after_the_maximum(name: str) -> None:
    for one in pack.load(name).terms.privacy.retention.keeps.values():
        for period in (one.period, *one.kinds.values()):
            assert 0 <= period.minimum_days <= period.maximum_days
