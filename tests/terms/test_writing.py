"""How amounts and instants are written: a table for each currency and language."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.terms import writing
from tenure.values.instant import parse_instant

AMOUNTS = [
    (0, "USD", "en", "$0.00"),
    (1_250_000, "USD", "en", "$1.25"),
    (1_250_000, "USD", "km", "$1.25"),
    (999_999, "USD", "en", "$0.99"),
    (1_000_000, "USD", "km", "$1.00"),
    (1_234_567_890_000, "USD", "en", "$1,234,567.89"),
    (10_000_000_000, "IDR", "id", "Rp10.000"),
    (10_000_000_000, "IDR", "en", "Rp10,000"),
    (999_999_999, "IDR", "id", "Rp999"),
    (1_500_000, "IDR", "id", "Rp1"),
    (4_000_000_000, "KHR", "km", "KHR 4,000"),
    (1_500_000, "KWD", "en", "KWD 1.500"),
    (1_500_000, "JPY", "en", "JPY 1"),
    (1_500_000, "EUR", "id", "EUR 1,50"),
]


@pytest.mark.parametrize(("micros", "currency", "language", "wanted"), AMOUNTS)
def test_amounts_are_written_as_people_do(
    micros: int, currency: str, language: str, wanted: str
) -> None:
    assert writing.money(micros, currency, language) == wanted


@given(st.integers(0, 10**18), st.sampled_from(["USD", "IDR", "KWD", "JPY"]))
def test_nobody_is_told_of_more_than_there_is(micros: int, currency: str) -> None:
    written = writing.money(micros, currency, "en").lstrip("$RpKWDJPY ").replace(",", "")
    whole, _, decimals = written.partition(".")
    told = int(whole) * 1_000_000 + int(f"{decimals:0<6}")
    assert 0 <= micros - told < 1_000_000


CLOCKS = [
    ("Asia/Phnom_Penh", "en", "23/11/2026 00:30"),
    ("Asia/Phnom_Penh", "km", "23/11/2026 ម៉ោង 00:30"),
    ("Asia/Jakarta", "id", "23/11/2026 00.30 WIB"),
    ("Asia/Jakarta", "en", "23/11/2026 00:30 WIB"),
    ("Asia/Makassar", "id", "23/11/2026 01.30 WITA"),
    ("Europe/Paris", "en", "22/11/2026 18:30"),
]


@pytest.mark.parametrize(("zone", "language", "wanted"), CLOCKS)
def test_instants_are_written_by_the_operators_clocks(
    zone: str, language: str, wanted: str
) -> None:
    at = parse_instant("2026-11-22T17:30:00Z")
    assert writing.clock(at, ZoneInfo(zone), language) == wanted
    assert writing.day(at, ZoneInfo(zone)) == wanted[:10]
