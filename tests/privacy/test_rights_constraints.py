"""The second keeper: what the database refuses about a case, whoever asks."""

import re

import psycopg
import pytest
from psycopg import errors

from tenure.postgres.pool import Pool
from tenure.promises.privacy.model.rights import MOVES, State, Step
from tenure.terms.rights import Right
from tests.privacy.rights_asked import asked, hours, proven, received, settled, worked

STEP = """
INSERT INTO privacy.rights_step (
    case_id, seq, step, state, at, by_login, due_at, proven, paused_ms, extended_ms, outcome,
    ground, reason, leaf_seq, received_at, answer_ms, extension_max_ms, pauses, needs_proof,
    is_reached,
    before_seq, before_state, before_at, before_due_at, before_proven, before_paused_ms,
    before_extended_ms, before_outcome
) SELECT case_id, seq + 1, {step}, {state}, {at}, 'sok', {due_at}, {proven}, {paused_ms},
         {extended_ms}, {outcome}, {ground}, {reason}, leaf_seq, received_at, answer_ms,
         extension_max_ms, pauses, {needs_proof}, is_reached,
         {before_seq}, state, at, due_at, {before_proven}, paused_ms, extended_ms, outcome
FROM privacy.rights_step s ORDER BY seq DESC LIMIT 1
"""
SAME = {
    "step": "'pass'",
    "state": "'proven'",
    "at": "at + interval '1 s'",
    "due_at": "due_at",
    "proven": "proven",
    "paused_ms": "paused_ms",
    "extended_ms": "extended_ms",
    "outcome": "outcome",
    "ground": "''",
    "reason": "''",
    "needs_proof": "needs_proof",
    "before_seq": "seq",
    "before_proven": "proven",
}
DONE = {"step": "'execute'", "state": "'executed'", "outcome": "'done'"}
LATER = {
    "step": "'extend'",
    "state": "'received'",
    "due_at": "due_at + interval '1 h'",
    "extended_ms": "3600000",
    "reason": "'many'",
}
NO = {"step": "'decline'", "state": "'declined'", "outcome": "'refused'", "ground": "'hold'"}
PAUSE = {"step": "'ask-proof'", "state": "'proving'"}

# Of a request to know, which has been received and has to be proven.
REFUSED = [
    ({}, "rights_step_proven_by_a_proof"),
    (DONE, "rights_step_done_is_proven"),
    ({"step": "'tell'", "state": "'told'", "reason": "'notice 1'"}, "rights_step_is_a_move"),
    ({"step": "'prove'", "proven": "true"}, "rights_step_has_its_proof"),
    ({"step": "'prove'"}, "rights_step_proven_by_a_proof"),
    (NO | {"outcome": "'referred'", "ground": "''"}, "rights_step_done_is_proven"),
    (NO | {"outcome": "'done'", "ground": "''"}, "rights_step_declines_what_is_not_done"),
    (NO | {"ground": "''"}, "rights_step_no_without_a_ground"),
    (NO | {"ground": "'unfounded'"}, "rights_step_refused_by_two"),
    (NO | {"at": "at - interval '1 s'"}, "rights_step_is_not_before_the_last"),
    (NO | {"due_at": "due_at + interval '1 s'"}, "rights_step_due_from_receipt"),
    (PAUSE | {"paused_ms": "1000"}, "rights_step_due_from_receipt"),
    (PAUSE | {"outcome": "'refused'", "ground": "'hold'"}, "rights_step_ends_once"),
    (LATER | {"reason": "' '"}, "rights_step_extends_in_time_with_a_reason"),
    (LATER | {"at": "due_at"}, "rights_step_extends_in_time_with_a_reason"),
    (
        LATER | {"due_at": "due_at + interval '73 h'", "extended_ms": "262800000"},
        "rights_step_extends_in_time_with_a_reason",
    ),
    (PAUSE | {"needs_proof": "false"}, "rights_step_pauses_for_a_proof_only"),
    ({"needs_proof": "false"}, "rights_step_of_a_case"),
    (PAUSE | {"before_seq": "seq + 5"}, "rights_step_counts_up"),
    (LATER | {"before_proven": "true", "proven": "true"}, "rights_step_follows_the_one_before"),
    (PAUSE, ""),
    (LATER, ""),
    (NO, ""),
]


def refused(dsn: str, statement: str) -> str:
    """The constraint that refuses a statement; "" when it is done."""
    with psycopg.connect(dsn) as connection:
        try:
            connection.execute(statement.encode())
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except errors.IntegrityError as error:
            return error.diag.constraint_name or "?"
        finally:
            connection.rollback()
    return ""


async def test_no_step_that_the_rules_would_not_make(pool: Pool, database: str, owner: str) -> None:
    await settled(pool)
    await received(pool, asked(right=Right.KNOW))
    said = [refused(database, STEP.format(**SAME | changed)) for changed, _ in REFUSED]
    assert said == [name for _, name in REFUSED]
    assert moves_of(owner) == {
        ("" if before is None else before.value, step.value, state.value)
        for (before, step), state in MOVES.items()
    }
    assert set(State) == set(MOVES.values())
    assert set(Step) == {step for _, step in MOVES}


def moves_of(owner: str) -> set[tuple[str, str, str]]:
    """The moves that the database knows."""
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = 'rights_step_is_a_move'"
        ).fetchone()
    assert row is not None
    found = re.findall(r"before_state, ''::text\) = '([^']*)'.*?'([^']*)'.*?'([^']*)'", str(row[0]))
    return {(before, step, state) for before, step, state in found}


VOLUNTEERED = """
SELECT privacy.rights_delete_volunteered(
    '00000000-0000-4000-8000-000000000002', ARRAY['social'], now())
"""
STAYS = [
    ("UPDATE privacy.rights_step SET late = DEFAULT", "rights_step_stays"),
    ("UPDATE privacy.rights_step SET at = received_at", "rights_step_stays"),
    ("UPDATE privacy.rights_case SET answer_ms = answer_ms + 1", "rights_case_stays"),
    ("UPDATE privacy.rights_proof SET way = 'login'", "rights_proof_stays"),
    ("UPDATE privacy.rights_result SET done = false", "rights_result_stays"),
]


async def test_what_was_done_stays_even_for_the_owner(
    pool: Pool, database: str, owner: str
) -> None:
    await settled(pool)
    await received(pool, asked(2, right=Right.DELETE))
    await proven(pool, await received(pool, asked(right=Right.COPY)))
    await proven(pool, await received(pool, asked(3, right=Right.RESTRICT)))
    await worked(pool, 3, at=hours(73))

    assert [refused(owner, statement) for statement, _ in STAYS] == [name for _, name in STAYS]
    assert refused(database, VOLUNTEERED) == "rights_deletes_by_a_request"
    for table in ("case", "step", "proof", "result", "alert"):
        with psycopg.connect(database) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"TRUNCATE privacy.rights_{table}".encode())
    with psycopg.connect(database) as connection:
        late = connection.execute("SELECT step FROM privacy.rights_step WHERE late").fetchall()
        told = connection.execute(
            "SELECT body::jsonb -> 'said' ->> 'late' FROM record.leaf"
            " WHERE kind = 'privacy.rights_tell'"
        ).fetchall()
    assert late == [("tell",)]
    assert len(told) == 1
