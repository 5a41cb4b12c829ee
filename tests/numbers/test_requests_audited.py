"""What the audit says of numbers that changed hands, and of what was done to the evidence since."""

import psycopg
import pytest

from tenure.commands.promises import register
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Party, Progress
from tests.numbers.asked import (
    LATER,
    NEW,
    OLD,
    approved,
    asked,
    complete,
    effect,
    in_shop,
    later,
    populated,
)
from tests.numbers.stocked import KH, act

SQL_OF = {check.name: check.query for check in register.checks() if check.promise == "numbers"}


def broken(owner: str, check: str, before: str = "") -> int:
    """How many rows a check finds broken, after this was done by somebody with every right."""
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        if before:
            connection.execute(before.encode())
        rows = connection.execute(SQL_OF[check].encode()).fetchall()
    assert rows, "there was nothing to check"
    return sum(not ok for ok, _ in rows)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM numbers.consent WHERE party = 'from'",
        "DELETE FROM staff.approval a USING staff.approval b WHERE a.approved_by < b.approved_by",
        "UPDATE numbers.tenure SET holder_id = 3 WHERE request_id IS NOT NULL",
        "UPDATE numbers.request SET outcome = 'stopped'",
        "UPDATE numbers.request SET ended_at = ended_at + interval '1 second'",
        "DELETE FROM numbers.request",
    ],
)
async def test_a_transfer_without_its_evidence_is_found(
    pool: Pool, owner: str, change: str
) -> None:
    await populated(pool)
    await complete(pool)
    await effect(pool, 1, later(days=3))
    assert broken(owner, "transfers") == 0

    assert broken(owner, "transfers", change) == 1


async def test_a_witness_who_approves_is_found(pool: Pool, owner: str) -> None:
    await populated(pool)
    made = await asked(pool)
    for party, person_id in ((Party.FROM, OLD), (Party.TO, NEW)):
        proof = in_shop(person_id, "dara", made.request_hash, party=party)
        asked_of = (KH, made.request.request_id, party, proof, act("dara", LATER))
        found = await perform(pool, numbers.requests.consent, *asked_of)
        assert isinstance(found, Progress)
        made = found
    await approved(pool, made)
    assert broken(owner, "presence") == 0

    change = "UPDATE numbers.consent SET witness = (SELECT min(approved_by) FROM staff.approval)"
    assert broken(owner, "presence", change) == 2
