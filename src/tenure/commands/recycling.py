"""Recycles the numbers that are due, a page at a time: for the clock, and for a person who asks."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Judged, Kept
from tenure.promises.record.model import Act
from tenure.terms.model import Terms

FIRST: Final = -(1 << 63)
"""Before every purse."""


class Page(msgspec.Struct, frozen=True):
    """What was found due among one page of purses."""

    last: int | None
    judged: tuple[Judged, ...]


class Tally(msgspec.Struct):
    """How many went, and how many were kept for which reason."""

    recycled: int = 0
    kept: Counter[Kept] = msgspec.field(default_factory=Counter)

    def add(self, page: Page) -> None:
        """Count a page."""
        for one in page.judged:
            if one.kept is None:
                self.recycled += 1
            else:
                self.kept[one.kept] += 1


async def pages(
    pool: Pool, terms: Terms, act: Callable[[], Act], *, do: bool
) -> AsyncIterator[Page]:
    """Every page, one transaction each; with ``do`` what is judged to go is gone by then."""
    last: int | None = FIRST
    while last is not None:
        page = await perform(pool, _page, terms, last, act(), do=do)
        yield page
        last = page.last


async def _page(tx: Transaction, terms: Terms, after: int, act: Act, *, do: bool) -> Page:
    """Look and recycle in one transaction: if something comes between, it looks again."""
    due = await numbers.lifecycle.due(tx, terms, after, act.at)
    quiet = await charging.quiet(tx, [one.purse_id for one in due.found], act.at)
    judged = numbers.lifecycle.judged(due.found, quiet, terms)
    if do:
        going = [one.evidence for one in judged if one.kept is None]
        await numbers.lifecycle.recycle(tx, going, act)
    return Page(due.last, tuple(judged))
