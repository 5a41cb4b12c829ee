"""All SQL of the end of usage: which months there are, and the doors that rewrite one."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from tenure.postgres.arrays import int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.usage import Ended, Figures, Months, Stage
from tenure.values.instant import Instant, moment_of

_MONTHS: Final = "SELECT month, entries, octets, details, totals FROM privacy.usage_months()"
_DAYS: Final = """
SELECT u.minimum_ms / 86400000, u.maximum_ms / 86400000, a.maximum_ms / 86400000
FROM privacy.keeping u, privacy.keeping a
WHERE (u.keep, u.kind) = ('usage', '') AND (a.keep, a.kind) = ('accounts', '')
"""
_WAITS: Final = "SELECT privacy.usage_waits(%s, %s, %s)"
_END: Final = "SELECT privacy.end_usage(%s, %s, %s::smallint, %s::smallint, %s, %s)"
_ENDED: Final = """
SELECT e.month, e.run, e.stage, e.ended, e.held, e.legs_after, e.totals_sha256,
       (SELECT count(*) FROM money.usage_total t WHERE t.month = e.month AND t.run = e.run)
FROM money.usage_ended e WHERE e.month = %s AND e.run = %s
"""
_REPLACE: Final = "SELECT privacy.replace_month(%s, %s::smallint, %s, %s)"
_FORGET: Final = "SELECT privacy.forget_party(%s, %s, %s)"


async def months(tx: Transaction) -> list[Months]:
    """The months there are entries of, the oldest first."""
    cursor = await tx.execute(_MONTHS)
    return [Months(*row) for row in await cursor.fetchall()]


async def days(tx: Transaction) -> tuple[int, int, int] | None:
    """The least and most of ``usage`` and the most of ``accounts``, as the database has them."""
    row = await (await tx.execute(_DAYS)).fetchone()
    return None if row is None else (int(row[0]), int(row[1]), int(row[2]))


async def waits(tx: Transaction, month: dt.date, stage: Stage, at: Instant) -> bool:
    """Whether there is something to end that no hold keeps."""
    cursor = await tx.execute(_WAITS, [month, stage.value, moment_of(at)])
    row = await cursor.fetchone()
    assert row is not None
    return bool(row[0])


async def end(
    tx: Transaction, month: dt.date, stage: Stage, figures: Figures, at: Instant
) -> Ended:
    """Write the month anew beside itself; the database compares, and nothing is replaced yet."""
    least, few = figures.least_of(stage), figures.purses_min
    asked = [month, stage.value, least, few, figures.time_zone, moment_of(at)]
    cursor = await tx.execute(_END, asked)
    row = await cursor.fetchone()
    assert row is not None
    cursor = await tx.execute(_ENDED, [month, row[0]])
    row = await cursor.fetchone()
    assert row is not None
    return Ended(
        month=row[0],
        run=row[1],
        stage=Stage(row[2]),
        ended=row[3],
        held=row[4],
        legs=tuple(row[5]),
        totals_sha256=row[6],
        totals=row[7],
    )


async def replace(tx: Transaction, made: Ended, leaf_seq: int, at: Instant) -> None:
    """Put the month in its place; whoever writes entries waits until the commit."""
    await tx.execute(_REPLACE, [made.month, made.run, leaf_seq, moment_of(at)])


async def forget_party(
    tx: Transaction, people: Sequence[int], leaves: Sequence[int], at: Instant
) -> int:
    """Empty the other party in the entries of others where it was one of these people."""
    cursor = await tx.execute(_FORGET, [int8s(people), int8s(leaves), moment_of(at)])
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
