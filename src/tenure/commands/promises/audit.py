"""Asks live data whether each promise is kept: plain SQL and plain integers, no rules."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from tenure.commands.promises.register import Check
from tenure.postgres.transaction import Transaction
from tenure.terms.pricelist import Pack
from tenure.values.instant import moment_of

PURSES_AT_ONCE: Final = 20_000
MONEY_UNIT: Final = 4
"""The number of the unit of promotional money in a stored grant."""


class Figure(msgspec.Struct, frozen=True):
    """The answer of live data to a check."""

    check: Check
    kept: int
    broken: int
    example: str
    """One thing that is broken, by numbers that are nobody's name; "" when none is."""


_COUNTED: Final = """
SELECT count(*) FILTER (WHERE ok), count(*) FILTER (WHERE ok IS NOT TRUE),
       coalesce(min(which) FILTER (WHERE ok IS NOT TRUE), '')
FROM ({}) AS checked
"""

# Grants are packed, so SQL cannot add them up; a page of purses and their sums is one snapshot.
_GRANTS: Final = """
SELECT p.purse_id, p.grants, coalesce((
    SELECT sum(e.grants_micros) FROM money.entry e WHERE e.purse_id = p.purse_id
), 0)::bigint
FROM money.purse p WHERE p.purse_id > %s ORDER BY p.purse_id LIMIT %s
"""

GRANTS: Final = Check(
    "money",
    "grants",
    ("GTC-PROMO", "GTC-POSITIVE"),
    "The promotional money in every purse is the sum of its entries, and no grant is below zero.",
    quick=False,
    query=_GRANTS,
)


def settings(pack: Pack) -> dict[str, Any]:
    """The published figures that the checks compare with."""
    terms = pack.terms
    promo_days = [promo.days or 0 for promo in terms.promos]
    return {
        "longest": terms.topups.active_period == "longest",
        "restore_days": terms.topups.restore_days,
        "promo_days_max": max([terms.topups.promo_days, *promo_days]),
        "notice_days": terms.change.notice_days,
        "versions": [version.version_id for version in pack.versions],
        "effective": [moment_of(version.effective_from) for version in pack.versions],
        "published": [moment_of(version.published_at) for version in pack.versions],
    }


async def figure(tx: Transaction, check: Check, published: Mapping[str, Any]) -> Figure:
    """The answer to one check."""
    if check is GRANTS:
        return await _grants(tx)
    query = _COUNTED.format(_with_placeholders(check.query, published))
    cursor = await tx.execute(query.encode(), published)
    row = await cursor.fetchone()
    assert row is not None
    return Figure(check, *row)


def _with_placeholders(query: str, published: Mapping[str, Any]) -> str:
    """The query with its variables, written as in psql (``:restore_days``), as parameters."""
    names = "|".join(published)
    return re.sub(rf"(?<!:):({names})\b", r"%(\1)s", query.replace("%", "%%"))


async def _grants(tx: Transaction) -> Figure:
    kept, broken, example = 0, 0, ""
    async for page in _pages(tx):
        for purse_id, packed, entries_micros in page:
            grants = msgspec.msgpack.decode(packed)
            held = sum(remaining for _, unit, remaining, *_ in grants if unit == MONEY_UNIT)
            if held == entries_micros and all(grant[2] >= 0 for grant in grants):
                kept += 1
            else:
                broken += 1
                example = example or f"purse {purse_id}"
    return Figure(GRANTS, kept, broken, example)


async def _pages(tx: Transaction) -> AsyncIterator[Sequence[tuple[int, bytes, int]]]:
    """All purses, a page at a time."""
    last = -1
    while True:
        cursor = await tx.execute(_GRANTS, [last, PURSES_AT_ONCE])
        page = await cursor.fetchall()
        if not page:
            return
        yield page
        last = page[-1][0]
