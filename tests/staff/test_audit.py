"""The auditor of staff finds nothing in what the operations did, and what was planted."""

import hashlib

import psycopg
import pytest

from tenure.commands.promises import audit, register
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose, Role
from tenure.terms import pack
from tests.staff.given import AT, by, enrolled, key_of, proof

ASKED = hashlib.sha256(b"move this number to her").digest()
CASE = "11111111-1111-4111-8111-111111111111"
GLASS = "33333333-3333-4333-8333-333333333333"
HERS = "85512345678"


@pytest.fixture
async def busy(pool: Pool) -> Pool:
    """Some of everything that staff does."""
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "sok", Role.CARE)
    await perform(pool, staff.ask, "transfer", ASKED, by("sok"))
    await perform(pool, staff.approve, ASKED, "chan", key_of("chan").assertion(ASKED), by("chan"))
    await perform(pool, staff.sign_in, await proof(pool, "sok"), b"t" * 32, AT)
    act = by("sok", reason="a letter")
    await perform(pool, staff.open_case, CASE, Purpose.COMPLAINT, HERS, act)
    await perform(pool, staff.look, "sok", Purpose.COMPLAINT, CASE, HERS, by("sok"))
    await perform(pool, staff.break_glass, GLASS, by("sok", reason="danger"))
    await perform(pool, staff.look, "sok", Purpose.BREAK_GLASS, None, HERS, by("sok"))
    return pool


async def found(pool: Pool) -> tuple[dict[str, int], dict[str, int]]:
    """How often each check was kept and, where it was, broken."""
    checks = [check for check in register.checks() if check.promise == "staff"]
    published = audit.settings(pack.load("smart-kh"))

    async def ask(tx: Transaction) -> list[audit.Figure]:
        return [await audit.figure(tx, check, published) for check in checks]

    figures = await perform(pool, ask)
    kept = {one.check.name: one.kept for one in figures}
    return kept, {one.check.name: one.broken for one in figures if one.broken}


async def test_what_the_operations_did_is_as_it_must_be(busy: Pool) -> None:
    kept, broken = await found(busy)
    assert broken == {}
    assert kept == {
        "approvals": 1,
        "approvals in the record": 1,
        "passkeys in the record": 2,
        "looks": 2,
        "broken glass": 1,
        "proofs": 1,
    }


# Whoever is behind the application needs more than the tables' own checks allow: those are off.
PLANTED = [
    ("approvals", "UPDATE staff.approval SET approved_by = 3"),
    ("approvals", "UPDATE staff.request SET requested_by = 1"),
    (
        "approvals in the record",
        "UPDATE record.leaf SET kind = 'a.b' WHERE kind = 'staff.approved'",
    ),
    ("passkeys in the record", "UPDATE staff.passkey SET public_key = 'x' WHERE human_id = 1"),
    ("passkeys in the record", "INSERT INTO staff.passkey VALUES ('x', 1, 'x', 0, '2026-01-01Z')"),
    ("looks", "UPDATE staff.look SET leaf_seq = 1 WHERE glass_id IS NULL"),
    ("looks", "UPDATE staff.case SET closed_at = opened_at"),
    ("looks", "UPDATE staff.look SET purpose = 'demonstration' WHERE glass_id IS NULL"),
    ("broken glass", "UPDATE record.opening SET value = 'x' WHERE field = 'glass'"),
    ("proofs", "UPDATE staff.proof SET login = 'chan'"),
]


@pytest.mark.parametrize(("check", "statement"), PLANTED)
async def test_what_was_planted_is_found(
    busy: Pool, owner: str, check: str, statement: str
) -> None:
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode())

    _, broken = await found(busy)

    assert set(broken) == {check}
