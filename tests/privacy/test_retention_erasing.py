"""What ends when somebody asks for it, what stays until when, and keeps nothing else."""

from pathlib import Path

import psycopg
import pytest

from tenure.commands import ending
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy.model.retention import Ground, Refusal
from tenure.promises.privacy.operations import retention
from tenure.promises.privacy.operations.retention import Ledger
from tenure.values.refused import Refused
from tenure.values.sealing import Whose
from tests.numbers.stocked import act
from tests.privacy.ended import GONE, THERE, after, entry_id, erased, left


def rows(owner: str, statement: str) -> list[tuple[object, ...]]:
    """What the owner sees."""
    with psycopg.connect(owner) as connection:
        return connection.execute(statement.encode()).fetchall()


async def test_what_must_stay_stays_and_says_until_when(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    made = await erased(pool, tmp_path / "ledger", after(10))
    stays = {(one.store, one.keep): one for one in made.left}
    assert stays["people.person", "identity"].ground is Ground.MINIMUM
    assert stays["numbers.tenure", "evidence"].ground is Ground.MINIMUM
    assert rows(owner, "SELECT name FROM people.person WHERE person_id = 1") == [("Person 1",)]
    assert made.again is not None


async def test_each_class_goes_with_its_own_minimum(pool: Pool, owner: str, tmp_path: Path) -> None:
    await left(pool, owner)
    made = await erased(pool, tmp_path / "ledger", after(10))
    # A year after they left the name goes; what proves the transfer stays.
    await ending.go_on(pool, Ledger(tmp_path / "ledger"), after(370 + 31))
    seen = rows(
        owner, "SELECT name, born_on, document_number FROM people.person WHERE person_id = 1"
    )
    assert seen == [("", None, None)]
    assert rows(owner, "SELECT count(*) FROM numbers.tenure WHERE holder_id = 1") == [(1,)]
    # After five years nothing of theirs is left but what somebody else still needs.
    await ending.go_on(pool, Ledger(tmp_path / "ledger"), after(1825 + 31))
    found = await perform(pool, retention.certificate, made.entry.entry_id)
    assert not isinstance(found, Refused)
    # Person 2 holds the number by what person 1 signed: it names a number without a name.
    assert [(one.store, one.ground, one.rows) for one in found.left] == [
        ("numbers.consent", Ground.NEEDED, 1),
        ("numbers.request", Ground.LASTS, 1),
        ("people.passkey", Ground.NEEDED, 1),
        ("people.person", Ground.NEEDED, 1),
        ("record.opening", Ground.NEEDED, 3),
    ]
    assert rows(owner, "SELECT count(*) FROM numbers.tenure WHERE holder_id = 1") == [(0,)]
    assert rows(owner, "SELECT count(*) FROM people.person WHERE person_id = 2") == [(1,)]


async def test_who_is_with_us_keeps_what_the_contract_needs(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    made = await erased(pool, tmp_path / "ledger", after(4000), whose=THERE)
    lasting = {one.store for one in made.left if one.ground is Ground.LASTS}
    assert {"people.person", "numbers.tenure", "numbers.line"} <= lasting
    assert rows(owner, "SELECT name FROM people.person WHERE person_id = 2") == [("Person 2",)]


async def test_nobody_is_erased_twice_at_once_and_nobody_unknown(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    await erased(pool, tmp_path / "ledger", after(10))
    twice = await perform(pool, retention.erase, GONE, entry_id(2), act("<holder>", after(11)))
    nobody = Whose("subject", 4711)
    unknown = await perform(pool, retention.erase, nobody, entry_id(3), act("<holder>", after(11)))
    assert isinstance(twice, Refused)
    assert twice.refusal is Refusal.ERASED_ALREADY
    assert isinstance(unknown, Refused)
    assert unknown.refusal is Refusal.SUBJECT_UNKNOWN


async def test_nothing_ends_without_a_line_of_the_ledger_before(pool: Pool, owner: str) -> None:
    await left(pool, owner)

    async def at_once(tx: Transaction) -> None:
        await retention.erase(tx, GONE, entry_id(1), act("<holder>", after(4000)))
        for step in await retention.steps(tx):
            await retention.end_some(tx, entry_id(1), step.nth, after(4000))

    with pytest.raises(psycopg.errors.CheckViolation) as broken:
        await perform(pool, at_once)
    assert broken.value.diag.constraint_name == "erasure_is_in_the_ledger_before"


async def test_the_application_ends_nothing_by_itself(pool: Pool, owner: str) -> None:
    await left(pool, owner)
    for statement in (
        "DELETE FROM people.person",
        "DELETE FROM consent.event",
        "DELETE FROM numbers.tenure",
        "DELETE FROM privacy.erasure",
        "UPDATE privacy.erasure SET whom = 2",
        "UPDATE privacy.hold SET released_at = asked_at",
        "SELECT privacy.publish_plan('{}')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with pool.connection() as connection:
                await connection.execute(statement.encode())
