"""All SQL of holding the record against the tables."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.register import Alarm, Base, Difference, Seen, Wrong
from tenure.values.instant import Instant, moment_of

# Record and tables as they were at one instant: what is committed meanwhile is the next look's.
_ONE_INSTANT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
_HORIZON: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_ROWS: Final = """
SELECT msisdn, t.holder_id, b.iccid, b.imsi, l.imsi
FROM (SELECT msisdn, holder_id, xmin FROM numbers.tenure WHERE upper_inf(during)) t
FULL JOIN (SELECT msisdn, iccid, imsi, xmin FROM numbers.binding WHERE upper_inf(during)) b
    USING (msisdn)
FULL JOIN (SELECT msisdn, imsi, xmin FROM numbers.line) l USING (msisdn)
WHERE {which}
"""
_ALL: Final = _ROWS.format(which="t.msisdn IS NOT NULL OR b.msisdn IS NOT NULL")
_OF_NUMBERS: Final = _ROWS.format(which="msisdn = ANY(%s)")
# A row that was written since has a younger transaction, whoever wrote it.
_WRITTEN: Final = """
SELECT msisdn FROM numbers.tenure
WHERE upper_inf(during) AND age(xmin) <= %(age)s
UNION
SELECT msisdn FROM numbers.binding
WHERE upper_inf(during) AND age(xmin) <= %(age)s
UNION
SELECT msisdn FROM numbers.line WHERE age(xmin) <= %(age)s
"""
_NOW: Final = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_COUNTS: Final = """
SELECT (SELECT count(*) FROM numbers.tenure WHERE upper_inf(during)),
       (SELECT count(*) FROM numbers.binding WHERE upper_inf(during)),
       (SELECT count(*) FROM numbers.line)
"""
_BASE: Final = """
SELECT t.leaf_seq, t.msisdn, t.holder_id, b.iccid, b.imsi
FROM numbers.tenure t JOIN numbers.binding b
    ON b.leaf_seq = t.leaf_seq AND b.msisdn = t.msisdn
WHERE t.leaf_seq = ANY(%s)
"""
_OPEN_ALARMS: Final = """
SELECT alarm_id, msisdn, wrong, found_at, ended_at FROM numbers.alarm
WHERE ended_at IS NULL ORDER BY alarm_id
"""
_ALARMS: Final = """
SELECT alarm_id, msisdn, wrong, found_at, ended_at FROM numbers.alarm
ORDER BY alarm_id DESC LIMIT %s
"""
_RAISE: Final = """
INSERT INTO numbers.alarm (msisdn, wrong, found_at, leaf_seq) VALUES (%s, %s, %s, %s)
"""
_END: Final = """
UPDATE numbers.alarm SET ended_at = greatest(found_at, %s) WHERE alarm_id = ANY(%s)
"""
_LANGUAGE: Final = """
SELECT language FROM numbers.line WHERE msisdn = %s
UNION ALL SELECT language FROM people.person WHERE person_id = %s LIMIT 1
"""


async def at_one_instant(tx: Transaction) -> None:
    """Let all that this transaction reads be of one instant; the first thing it does."""
    await tx.execute(_ONE_INSTANT)


async def horizon(tx: Transaction) -> int:
    """The oldest transaction that was under way: rows of older ones are in this snapshot."""
    return await _number(tx, _HORIZON)


async def rows(tx: Transaction) -> list[Seen]:
    """Every number that somebody holds or that is bound to a SIM."""
    cursor = await tx.execute(_ALL)
    return [Seen(*row) for row in await cursor.fetchall()]


async def written_since(tx: Transaction, horizon: int) -> list[str]:
    """The numbers whose tenure, binding or line was written by a transaction since the horizon."""
    age = await _number(tx, _NOW) - horizon + 1
    cursor = await tx.execute(_WRITTEN, {"age": age})
    return [msisdn for (msisdn,) in await cursor.fetchall()]


async def rows_of(tx: Transaction, msisdns: Sequence[str]) -> list[Seen]:
    """These numbers, as far as the tables know them."""
    cursor = await tx.execute(_OF_NUMBERS, [list(msisdns)])
    return [Seen(*row) for row in await cursor.fetchall()]


async def counts(tx: Transaction) -> tuple[int, int, int]:
    """How many numbers are held, how many are bound to a SIM, and how many lines there are."""
    cursor = await tx.execute(_COUNTS)
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]


async def bases(tx: Transaction, leaf_seqs: Sequence[int]) -> dict[int, Base]:
    """What these leaves took over, whatever became of it since."""
    found: dict[int, list[tuple[str, int, str, str]]] = {seq: [] for seq in leaf_seqs}
    if found:
        cursor = await tx.execute(_BASE, [int8s(list(found))])
        for leaf_seq, *number in await cursor.fetchall():
            found[leaf_seq].append((number[0], number[1], number[2], number[3]))
    return {seq: Base(tuple(numbers)) for seq, numbers in found.items()}


def _alarm(row: Sequence[Any]) -> Alarm:
    alarm_id, msisdn, wrong, found_at, ended_at = row
    return Alarm(alarm_id, Difference(msisdn, Wrong[wrong]), found_at, ended_at)


async def open_alarms(tx: Transaction) -> list[Alarm]:
    """The alarms that have not ended."""
    cursor = await tx.execute(_OPEN_ALARMS)
    return [_alarm(row) for row in await cursor.fetchall()]


async def alarms(tx: Transaction, limit: int) -> list[Alarm]:
    """The newest alarms, newest first."""
    cursor = await tx.execute(_ALARMS, [limit])
    return [_alarm(row) for row in await cursor.fetchall()]


async def raise_alarm(tx: Transaction, difference: Difference, leaf_seq: int, at: Instant) -> None:
    """Keep an alarm; contested when another auditor was first."""
    asked = [difference.msisdn, difference.wrong.name, moment_of(at), leaf_seq]
    await tx.execute(_RAISE, asked)


async def end_alarms(tx: Transaction, alarm_ids: Sequence[int], at: Instant) -> None:
    """Their difference is gone."""
    await tx.execute(_END, [moment_of(at), int8s(alarm_ids)])


async def language(tx: Transaction, msisdn: str, person_id: int | None) -> str:
    """In which language the holder of a number is told something; "" when nobody knows."""
    cursor = await tx.execute(_LANGUAGE, [msisdn, person_id])
    row = await cursor.fetchone()
    return "" if row is None else str(row[0])


async def _number(tx: Transaction, statement: str) -> int:
    cursor = await tx.execute(statement)
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
