"""The laws of money: every unit that came in is somewhere, and came in once."""

from collections import Counter
from typing import Any

from tests.simulator.years.books import FEE, Books
from tests.simulator.years.laws.holding import MS, Rows
from tests.simulator.years.life import Life

ENTRIES = f"""
SELECT purse_id, seq, {MS.format("at")}, kind, funds_micros, grants_micros, owed_micros,
       contra_micros, funds_after_micros, reference
FROM money.entry ORDER BY purse_id, seq
"""  # noqa: S608 -- of this file
PURSES = f"""
SELECT purse_id, seq, funds_micros, {MS.format("funds_end")} FROM money.purse
"""  # noqa: S608 -- of this file
TOPUP, PROMO, BREAKAGE, FEE_PAID, HANDED_OVER = 4, 5, 6, 12, 13
CONSERVED = "every unit that came in is somewhere"
ONCE = "what was paid in is there, once"


def audit(life: Life, rows: Rows) -> None:
    """All of them."""
    books = life.books
    by_purse: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows(ENTRIES):
        by_purse.setdefault(row[0], []).append(row)
    spans = {one.purse: (one.since, one.until) for held in books.tenures.values() for one in held}
    total: Counter[int] = Counter()
    there = 0
    for purse, seq, funds, end in rows(PURSES):
        entries = by_purse.get(purse, [])
        books.must(
            CONSERVED, holds=funds == sum(one[4] for one in entries) and seq == len(entries),
            seen=f"purse {purse}",
        )  # fmt: skip
        _purse(books, purse, entries, spans.get(purse))
        gone = spans.get(purse, (0, None))[1]
        books.must(
            "a validity ends as it was told", holds=gone is not None or end == books.ends[purse],
            seen=f"purse {purse}",
        )  # fmt: skip
        there += funds
        for one in entries:
            total[one[3]] += one[4]
    books.must(
        CONSERVED,
        holds=there == sum(total.values()) and total[HANDED_OVER] == 0
        and total[TOPUP] == sum(amount for some in books.added.values() for amount, _ in some),
        seen=f"{dict(total)}",
    )  # fmt: skip


def _purse(
    books: Books, purse: int, entries: list[tuple[Any, ...]], span: tuple[int, int | None] | None
) -> None:
    seen = f"purse {purse}"
    added = sorted((one[4], one[9]) for one in entries if one[3] == TOPUP)
    books.must(ONCE, holds=added == sorted(books.added.get(purse, [])), seen=seen)
    paid = sorted(one[9] for one in entries if one[3] == FEE_PAID)
    fine = all(one[4] + one[5] + one[6] == -FEE for one in entries if one[3] == FEE_PAID)
    books.must(
        "a fee is paid once, and is what was said",
        holds=fine and paid == sorted(books.fees.get(purse, [])), seen=seen,
    )  # fmt: skip
    books.must("a purse is somebody's", holds=span is not None, seen=seen)
    since, until = span or (0, None)
    for _, _, at, _, funds, grants, owed, contra, after, _ in entries:
        books.must(
            "nothing of the former holder reaches the next",
            holds=since <= at and (until is None or at <= until), seen=seen,
        )  # fmt: skip
        books.must(CONSERVED, holds=funds + grants + owed + contra == 0 and after >= 0, seen=seen)
