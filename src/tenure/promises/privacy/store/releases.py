"""All SQL of releases: who is counted, how much of each counts, and what it cost."""

import datetime as dt
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.releases import Budget, Group, Release, Spending, Told
from tenure.terms.analysis import AGE_FROM, AGES, CHARGES, LINES, NOISE, Question
from tenure.values.instant import Instant, moment_of

_COLUMN: Final = {
    "service": "(ARRAY['voice', 'sms', 'mms', 'data', 'content'])[e.account]",
    "offer": "l.offer",
    "language": "l.language",
    "kind": "CASE WHEN l.postpaid THEN 'postpaid' ELSE 'prepaid' END",
    "age": "(%(ages)s::text[])[1 + width_bucket("
    "date_part('year', age(%(at)s, p.born_on)), %(age_from)s::float8[])]",
}
_ROWS: Final = {
    LINES: """
        SELECT p.person_id, {columns} AS cell, 0::bigint AS micros, l.purse_id, 0 AS seq
        FROM privacy.counted(%(at)s) AS one (person_id)
        JOIN people.person p USING (person_id)
        JOIN numbers.tenure h ON h.holder_id = p.person_id AND upper_inf(h.during)
        JOIN numbers.line l ON l.msisdn = h.msisdn
    """,
    # A charge is of whoever held the number of the purse then, which is one person's in its life.
    CHARGES: """
        SELECT p.person_id, {columns} AS cell,
               -(e.funds_micros + e.grants_micros + e.owed_micros) AS micros,
               e.purse_id, e.seq
        FROM privacy.counted(%(at)s) AS one (person_id)
        JOIN people.person p USING (person_id)
        JOIN numbers.tenure h ON h.holder_id = p.person_id
        JOIN numbers.line l ON l.purse_id = h.purse_id
        JOIN money.entry e ON e.purse_id = h.purse_id AND e.at >= %(since)s AND e.at < %(until)s
             AND e.kind IN (1, 2, 8) AND e.account BETWEEN 1 AND 5
    """,
}
# Whatever somebody did, their rows beyond the bound do not count, and each for so much at most:
# this is what makes noise of that bound enough.
_FIGURES: Final = {
    "people": """
        SELECT cell, count(*) FROM (
            SELECT person_id, cell,
                   row_number() OVER (PARTITION BY person_id ORDER BY cell) AS nth
            FROM (SELECT DISTINCT person_id, cell FROM ({rows}) AS every) AS one
        ) AS few WHERE %(rows_max)s = 0 OR nth <= %(rows_max)s GROUP BY cell
    """,
    "micros": """
        SELECT cell, sum(least(greatest(micros, 0), %(row_max)s))::bigint FROM (
            SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY purse_id, seq) AS nth
            FROM ({rows}) AS every
        ) AS few WHERE nth <= %(rows_max)s GROUP BY cell
    """,
}
_IS_THERE: Final = """
SELECT EXISTS (
    SELECT FROM money.entry WHERE at >= %(since)s AND at < %(until)s AND kind IN (1, 2, 8)
)
"""
_SPENT: Final = """
SELECT seq, spent_millionths, budget_millionths FROM privacy.spending
WHERE dataset = %s AND year = %s ORDER BY seq DESC LIMIT 1
"""
_SPEND: Final = """
INSERT INTO privacy.spending (dataset, year, seq, after_seq, spent_before_millionths,
    epsilon_millionths, spent_millionths, budget_millionths, at, leaf_seq)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_GIVEN: Final = """
SELECT r.measure, r.by_columns, coalesce(s.epsilon_millionths, 0), r.answer
FROM privacy.release r
LEFT JOIN privacy.spending s
       ON s.dataset = r.dataset AND s.year = r.year AND s.seq = r.spending_seq
WHERE r.question = %s AND r.month = %s
"""
_KEEP: Final = """
INSERT INTO privacy.release (question, month, dataset, method, measure, by_columns, people_min,
    least_people, bound, year, spending_seq, answer, at, leaf_seq)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_told = msgspec.json.Decoder(tuple[Told, ...]).decode
encoded = msgspec.json.Encoder().encode


def _month(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    begins = dt.datetime(month.year, month.month, 1, tzinfo=dt.UTC)
    return begins, (begins + dt.timedelta(days=31)).replace(day=1)


async def has_charges(tx: Transaction, month: dt.date) -> bool:
    """Whether there is usage of the month that has not become totals."""
    since, until = _month(month)
    cursor = await tx.execute(_IS_THERE, {"since": since, "until": until})
    row = await cursor.fetchone()
    assert row is not None
    return bool(row[0])


async def figures(
    tx: Transaction, question: Question, month: dt.date, at: Instant
) -> dict[Group, int]:
    """The exact figures of groups that have any, of those who may be counted, within the bounds.

    Nobody sees them but the rule that makes groups of them, or the mechanism that adds the noise.
    """
    since, until = _month(month)
    columns = f"ARRAY[{', '.join(_COLUMN[column] for column in question.by)}]::text[]"
    rows = _ROWS[question.dataset].format(columns=columns)
    asked = {
        "at": moment_of(at),
        "since": since,
        "until": until,
        "ages": list(AGES),
        "age_from": [float(years) for years in AGE_FROM],
        "rows_max": question.rows_max,
        "row_max": question.row_micros_max,
    }
    cursor = await tx.execute(_FIGURES[question.measure].format(rows=rows).encode(), asked)
    return {tuple(cell): int(figure) for cell, figure in await cursor.fetchall()}


async def budget(tx: Transaction, dataset: str, year: int, published: int) -> Budget:
    """What was spent of a year's budget, which is the published one until the first spending."""
    cursor = await tx.execute(_SPENT, [dataset, year])
    row = await cursor.fetchone()
    return Budget(0, 0, published) if row is None else Budget(*row)


async def spend(tx: Transaction, cost: Spending, leaf_seq: int, at: Instant) -> None:
    """Write down what an answer costs; contested when somebody else spent meanwhile."""
    before = cost.before
    row = (
        cost.dataset,
        cost.year,
        before.seq + 1,
        before.seq or None,
        before.spent_millionths,
        cost.epsilon_millionths,
        before.spent_millionths + cost.epsilon_millionths,
        before.budget_millionths,
        moment_of(at),
        leaf_seq,
    )
    await tx.execute(_SPEND, row)


async def given(tx: Transaction, question: str, month: dt.date) -> Release | None:
    """The answer that was given before, or None."""
    cursor = await tx.execute(_GIVEN, [question, month])
    row = await cursor.fetchone()
    if row is None:
        return None
    return Release(
        question=question,
        month=month,
        measure=row[0],
        by=tuple(row[1]),
        epsilon_millionths=row[2],
        told=_told(row[3]),
        again=True,
    )


async def keep(
    tx: Transaction,
    question: Question,
    made: Release,
    cost: Spending | None,
    leaf: tuple[int, Instant],
) -> None:
    """Keep an answer as it is given; contested when it was given meanwhile."""
    noisy = question.method == NOISE
    assert noisy == (cost is not None)
    leaf_seq, at = leaf
    row = (
        question.name,
        made.month,
        question.dataset,
        question.method,
        question.measure,
        list(question.by),
        question.people_min,
        None if noisy else min(one.figure for one in made.told),
        question.bound,
        None if cost is None else cost.year,
        None if cost is None else cost.before.seq + 1,
        encoded(made.told).decode(),
        moment_of(at),
        leaf_seq,
    )
    await tx.execute(_KEEP, row)
