"""Whatever was used: sums stay, nobody is recognised in them, and each has a crowd behind it."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.privacy.used import JANUARY, Use, planted_on

PURSES_MIN = 11
LEGS = """
SELECT sum(CASE WHEN kind = 14 THEN (explanation::jsonb ->> 'entries')::bigint ELSE 1 END)::bigint,
       sum(funds_micros)::bigint, sum(tax_micros)::bigint, sum(contra_micros)::bigint
FROM money.entry
"""
BALANCES = "SELECT purse_id, sum(funds_micros)::bigint FROM money.entry GROUP BY 1 ORDER BY 1"
CHAIN = """
SELECT count(*) FROM (
    SELECT funds_after_micros <> funds_micros
           + coalesce(lag(funds_after_micros) OVER (PARTITION BY purse_id ORDER BY seq), 0)
           OR at < coalesce(lag(at) OVER (PARTITION BY purse_id ORDER BY seq), at) AS broken
    FROM money.entry) e WHERE broken
"""
END = (
    "SELECT privacy.end_usage(%s, %s, 90::smallint, 11::smallint, 'Asia/Phnom_Penh', '2026-06-01Z')"
)

some = st.lists(
    st.builds(
        Use,
        purse=st.integers(1, 16),
        minute=st.integers(1, 44_000),
        micros=st.one_of(st.integers(0, 10**6), st.integers(-(10**6), -1)),
        account=st.sampled_from([1, 2, 4, 5]),
        zone=st.sampled_from(["onnet", "offnet", "intl-1", "internet@roam-2"]),
        party=st.sampled_from(["85512345678", "85599000111", "1204"]),
    ),
    min_size=1,
    max_size=40,
)
everybody = st.builds(
    lambda purses, minutes: [
        Use(purse, minute, purse) for purse in range(1, purses + 1) for minute in minutes
    ],
    st.integers(9, 16),
    st.lists(st.integers(1, 44_000), max_size=3),
)
uses = st.builds(lambda base, more: base + more, everybody, some)
"""Some use much, and often as many as are a crowd use a little."""


@pytest.fixture
def world(owner: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(owner) as connection:
        yield connection
        connection.rollback()


def _all(world: psycopg.Connection[Any], query: str) -> list[Any]:
    return world.execute(query.encode()).fetchall()


@given(uses)
@example([Use(purse, 60 + purse, 5) for purse in range(1, 14)])
@example([Use(purse, 1500 * purse, 5, account=1 + purse % 2) for purse in range(1, 14)])
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_any_usage_becomes_totals_that_add_up(
    world: psycopg.Connection[Any], used: list[Use]
) -> None:
    world.rollback()
    planted_on(world, used)
    before = _all(world, LEGS), _all(world, BALANCES)
    crowd = {use.purse for use in used if use.micros >= 0}
    world.execute(END, [JANUARY, "totals"])
    # What is prepared stands beside the month; here it is looked at in its place.
    world.execute("ALTER TABLE money.entry DETACH PARTITION money.entry_2025_01")
    world.execute("DROP TABLE money.entry_2025_01")
    world.execute(
        "ALTER TABLE money.entry ATTACH PARTITION money.entry_2025_01_next"
        " FOR VALUES FROM ('2025-01-01Z') TO ('2025-02-01Z')"
    )
    assert (_all(world, LEGS), _all(world, BALANCES)) == before
    assert _all(world, CHAIN) == [(0,)]
    _leaves_nobody(world)
    if len(crowd) < PURSES_MIN:
        assert _all(world, "SELECT few, legs_before FROM money.usage_ended") == [(True, [0] * 7)]
        assert _all(world, "SELECT count(*) FROM money.usage_total") == [(0,)]
        return
    _tells_crowds(world, [use for use in used if use.micros >= 0])


def _leaves_nobody(world: psycopg.Connection[Any]) -> None:
    """Nothing of usage is left but sums."""
    assert _all(world, "SELECT DISTINCT party FROM money.entry") == [("",)]
    left = _all(world, "SELECT explanation, reference FROM money.entry WHERE kind <> 4")
    form = re.compile(r'{"ended":"2026-06-01","entries":[0-9]+}')
    assert all(form.fullmatch(told) and reference == "carried" for told, reference in left)


def _tells_crowds(world: psycopg.Connection[Any], used: list[Use]) -> None:
    """The totals are of what was used, and each of enough purses."""
    totals = _all(world, "SELECT account, purses, contra_micros, entries FROM money.usage_total")
    assert all(purses >= PURSES_MIN for _, purses, *_ in totals)
    assert sum(entries for *_, entries in totals) == len(used)
    told, spent = Counter[int](), Counter[int]()
    for account, _, micros, _ in totals:
        told[account] += micros
    for use in used:
        spent[use.account] += use.micros
    assert told.total() == spent.total()
    if 0 not in told:
        assert +told == +spent
    purses: dict[str, set[int]] = {}
    for use in used:
        purses.setdefault(use.zone, set()).add(use.purse)
    for (route,) in _all(world, "SELECT DISTINCT route FROM money.usage_total WHERE route <> ''"):
        assert len(purses[route.split("/")[2]]) >= PURSES_MIN
