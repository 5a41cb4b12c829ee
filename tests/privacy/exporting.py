"""A desk that exports what a test holds, entries by the thousand, and packages opened again."""

import json
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg

from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.desk import Desk
from tenure.postgres.pool import Pool
from tenure.promises.privacy.model.exports import Job, Kind, Scope, Whose
from tenure.terms.rights import Right
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.numbers.asked import LATER, NEW, OLD, complete, effect, later, populated
from tests.numbers.stocked import KH
from tests.privacy.rights_asked import asked, case_id, proven, received, whose
from tools import open_export

SECRET: Final = bytes(range(32))
CASE: Final = str(case_id(OLD))
"""To know; theirs for a copy has this number and so many more."""
COPIES: Final = 100
PARTY: Final = "85512345678"

FILL: Final = """
INSERT INTO money.entry (purse_id, seq, at, kind, account, funds_micros, grants_micros, owed_micros,
    tax_micros, overrun_micros, contra_micros, funds_after_micros, reference, party, explanation)
SELECT %(purse)s, %(first)s + n, timestamptz '2026-03-01T00:00:00Z' + n * interval '1 minute', 1, 1,
       -37500, 0, 0, 3409, 0, 34091, 5000000, 'session ' || n, %(party)s, '{}'
FROM generate_series(1, %(count)s) n
"""


class Time(msgspec.Struct):
    """The time of a test."""

    at: Instant

    def now(self) -> Instant:
        return self.at


def desk_over(pool: Pool, folder: Path, time: Time) -> Desk:
    """A desk that writes into a folder."""
    return Desk(pool, KH, SECRET, folder, time.now)


def person(whom: int) -> Whose:
    return Whose(Kind.PERSON, whom)


async def exported(desk: Desk, whose: Whose, scope: Scope = Scope.KNOW) -> tuple[Job, str]:
    """A package that is complete, and its passphrase."""
    case = str(case_id(whose.whom + COPIES * (scope is Scope.COPY)))
    begun = await exporting.ask(desk, whose, scope, "km", "rith", case)
    assert not isinstance(begun, Refused), begun
    job = await exporting.run(desk, begun.job, "rith")
    assert not isinstance(job, Refused), job
    return job, begun.passphrase


def opened(job: Job, passphrase: str, out: Path) -> dict[str, Any]:
    """The document of a package, opened by the tool that people are given."""
    open_export.opened(Path(job.file), passphrase, out)
    found: dict[str, Any] = json.loads((out / "held.json").read_bytes())
    return found


def section(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The records of one section; none when there is no such section."""
    return [row for one in told["sections"] if one["id"] == name for row in one["records"]]


def used(owner: str, purse: int, count: int, first: int = 100) -> None:
    """So many calls of a purse, in its books."""
    with psycopg.connect(owner) as connection:
        given = {"purse": purse, "first": first, "count": count, "party": PARTY}
        connection.execute(FILL, given)


async def transferred(pool: Pool) -> None:
    """A number goes from person 1 to person 2."""
    await populated(pool)
    await complete(pool)
    await effect(pool, 1, later(days=2))
    await cases_of(pool, OLD, NEW, at=later(days=2))


async def settled(pool: Pool) -> None:
    """People with numbers, and two of them who asked and showed who they are."""
    await populated(pool)
    await cases_of(pool, OLD, NEW)


async def cases_of(pool: Pool, *people: int, at: Instant = LATER) -> None:
    """Each of them asked, and signed it."""
    for person_id in people:
        for number, right in ((person_id, Right.KNOW), (person_id + COPIES, Right.COPY)):
            new = asked(number, right, whose=whose(person_id), received_at=at)
            await proven(pool, await received(pool, new, at), at)
