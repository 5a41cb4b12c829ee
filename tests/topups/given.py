"""What the tests of top-ups start from: terms with round figures, purses, and tables to read."""

import hashlib
import itertools
import re
from collections.abc import Callable
from typing import Final

import msgspec

from tenure.promises.money.model import Entry, Grant, Purse
from tenure.terms import pack
from tenure.terms.model import (
    Allowance,
    Bundle,
    Denomination,
    Promo,
    Terms,
    TopUps,
    Vouchers,
)
from tenure.values.instant import DAY_MS, MINUTE_MS, SECOND_MS, Instant
from tenure.values.money import MICROS
from tenure.values.quantity import Unit

END: Final = Instant(1_800_000_000_000)
"""The end of the Active Period of the purses below: ``end`` in the tables."""

_SPAN_MS: Final = {"d": DAY_MS, "m": MINUTE_MS, "s": SECOND_MS}
_SPAN: Final = re.compile(r"([+-]\d+)([dms])")


def terms(*, active_period: str = "replace") -> Terms:
    """The pack of smart-kh, with the figures of top-ups replaced by those of the tables."""
    return msgspec.structs.replace(
        pack.load("smart-kh").terms,
        topups=TopUps(
            denominations=(
                Denomination(1 * MICROS, 7),
                Denomination(5 * MICROS, 30),
                Denomination(10 * MICROS, 60),
            ),
            active_period=active_period,
            restore_days=7,
            promo_days=30,
            positive_balance="funds",
        ),
        vouchers=Vouchers(
            pin_digits=14, serial_digits=12, wrong_pins_max=3, locked_minutes=30, shelf_days=365
        ),
        promos=(
            Promo("Five plus", 5 * MICROS, 100_000, None),
            Promo("Ten plus", 10 * MICROS, 200_000, 10),
        ),
        bundles=(
            Bundle(
                "week",
                "1 GB and 50 minutes for 7 days",
                2 * MICROS,
                7,
                (
                    Allowance("week-data", "octets", 1_000_000_000, ("data/-/*",), 10),
                    Allowance("week-voice", "seconds", 3_000, ("voice/out/*",), 20),
                ),
            ),
        ),
    )


def purse(
    funds: int = 0,
    *,
    end: Instant = END,
    owed: int = 0,
    limit: int = 0,
    promo: int = 0,
    promo_end: Instant = END,
) -> Purse:
    """A purse with whole currency units in it."""
    given = Grant(1, Unit.MICROS, promo * MICROS, Instant(0), promo_end, "")
    return Purse(
        purse_id=1,
        seq=10,
        version=10,
        funds_micros=funds * MICROS,
        funds_end=end,
        owed_micros=owed * MICROS,
        credit_limit_micros=limit * MICROS,
        grants=(given,) if promo else (),
        sessions=b"live sessions, whatever they are",
    )


def rows(table: str) -> list[list[str]]:
    """The cells of a table written with bars, without its first line."""
    lines = [line for line in table.strip().splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines[1:]]


def instant(text: str) -> Instant:
    """``end+7d-1s``: the end of the Active Period, seven days on, one second before."""
    assert text.startswith("end"), text
    return Instant(
        END + sum(int(count) * _SPAN_MS[unit] for count, unit in _SPAN.findall(text[3:]))
    )


def legs(entry: Entry) -> tuple[int, ...]:
    """All legs of an entry; they sum to zero."""
    return (
        entry.funds_micros,
        entry.grants_micros,
        entry.owed_micros,
        entry.tax_micros,
        entry.overrun_micros,
        entry.contra_micros,
    )


def chance(seed: int) -> Callable[[int], bytes]:
    """Bytes that look random and are the same for the same seed."""
    calls = itertools.count()

    def octets(count: int) -> bytes:
        return hashlib.shake_256(f"{seed} {next(calls)}".encode()).digest(count)

    return octets
