"""What no rule would do and somebody might type: the database refuses it by name."""

# ruff: noqa: S608 -- statements of the tables below only

from pathlib import Path

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.access import operations as access
from tenure.promises.access.model import Chosen, Clause, Measure
from tests.access.given import (
    ADA,
    FIGURES,
    OVERLOAD,
    SUSPEND,
    act,
    approved,
    lines,
    ours,
    requested,
    restrict,
    terminated,
)

SCHEMA = Path(__file__).resolve().parents[2] / "src/tenure/promises/access/schema.sql"

# Which measure, what somebody sets of it, and what refuses.  All of these are checks or indexes: no
# superuser switches them off with the triggers.
CHECKED = r"""
    restriction | kind = 'silence'                              | measure_kind_is_known
    restriction | clause = 'whim'                           | measure_clause_is_named
    restriction | clause = 'GTC-TRAFFIC'                        | measure_traffic_has_its_ground
    restriction | ground = 'overload'                           | measure_traffic_has_its_ground
    restriction | clause = 'GTC-TRAFFIC', ground = 'whim'       | measure_traffic_has_its_ground
    suspension  | clause = 'GTC-TRAFFIC', ground = 'law'        | measure_traffic_only_restricts
    restriction | services = 0                                  | measure_restriction_names_services
    restriction | services = 32                                 | measure_restriction_names_services
    suspension  | services = 1                                  | measure_restriction_names_services
    restriction | ends_at = NULL                                | measure_restriction_ends
    restriction | ends_at = decided_at                          | measure_restriction_ends
    restriction | ends_at = decided_at + interval '367 days'    | measure_restriction_ends
    suspension  | ends_at = decided_at + interval '1 day'       | measure_restriction_ends
    overload    | ends_at = decided_at + interval '32 days'     | measure_overload_passes
    overload    | ends_at = NULL                                | measure_restriction_ends
    restriction | reason = ' '                                  | measure_says_why
    restriction | evidence = ''                                 | measure_says_why
    suspension | kind = 'termination', clause = 'GTC-ABUSE'| measure_termination_for_abuse_is_proven
    termination | proof = NULL                      | measure_is_what_was_asked
    termination | approved_by = NULL                | measure_termination_is_approved
    termination | asked = NULL                      | measure_termination_is_approved
    suspension  | asked = '{}', request_hash = sha256('{}') | measure_is_what_was_asked
    termination | asked = asked \|\| ' '            | measure_approval_is_of_what_was_asked
    termination | request_hash = sha256('x')        | measure_approval_is_of_what_was_asked
    termination | reason = 'another'                | measure_is_what_was_asked
    termination | msisdn = '85512345679'            | measure_is_what_was_asked
    termination | purse_id = 2                      | measure_is_what_was_asked
    termination | clause = 'GTC-ILLEGAL'            | measure_is_what_was_asked
    termination | proof = 'decision 8'              | measure_is_what_was_asked
    restriction | notice_id = NULL                  | notice_id
    restriction | leaf_seq = NULL                   | leaf_seq
    restriction | notice_id = other                 | measure_has_a_notice_of_its_own
    restriction | lifted_at = decided_at            | measure_is_lifted_by_somebody_for_a_reason
    termination | lifted_at = decided_at, LIFTED = 1 | measure_termination_is_final
    restriction | lifted_at = 'epoch', LIFTED = 1  | measure_is_lifted_by_somebody_for_a_reason
"""
REFERRING = """
    restriction | notice_id = 99                    | measure_is_told
    restriction | leaf_seq = 99                     | measure_has_its_leaf
    overload    | services = 1                      | measure_is_as_its_group
    overload    | ground = 'law'                    | measure_is_as_its_group
    termination | approved_by = 99                  | measure_approved_by_another_human
    restriction | lifted_at = decided_at, LIFTED = 99 | measure_end_is_told
"""
GROUPS = """
    ground = 'whim'                                 | traffic_group_ground_is_published
    services = 0                                    | traffic_group_names_services
    ends_at = decided_at + interval '32 days'       | traffic_group_overload_passes
    ends_at = decided_at                            | traffic_group_ends
    chosen = 'somebody'                             | traffic_group_is_of_an_offer_or_a_list
    chosen = 'offer:'                               | traffic_group_is_of_an_offer_or_a_list
    lines = 0                                       | traffic_group_means_somebody
    reason = ''                                     | traffic_group_says_why
"""
LINES = """
    restricted_until = '{}'                                         | line_restricted_by_service
    restricted_until = array_fill(NULL::timestamptz, ARRAY[5]) | line_restricted_by_service
    restricted_until = ARRAY[since]                                 | line_restricted_by_service
    restricted_until = ARRAY[[since, since, since, since, since]]   | line_restricted_by_service
"""


def table(text: str) -> list[list[str]]:
    """Rows of cells; LIFTED stands for by whom, why and with which notice."""
    lifted = "lifted_by = 'x', lifted_because = 'x', lifted_notice_id"
    held = text.replace(r"\|\|", "CONCAT").replace("LIFTED", lifted)
    rows = [[cell.strip() for cell in row.split("|")] for row in held.strip().splitlines()]
    return [[cell.replace("CONCAT", "||") for cell in row] for row in rows]


async def one_of_each(pool: Pool) -> dict[str, int]:
    """A restriction, a suspension, a group for an overload and a termination; their measures."""
    await lines(pool, ADA)
    await ours(pool)
    short = await perform(pool, access.restrict, FIGURES, ADA, restrict(), act())
    cut = await perform(pool, access.suspend, ADA, SUSPEND, act())
    chosen = Chosen(offer="prepaid")
    await perform(pool, access.restrict_group, FIGURES, chosen, OVERLOAD, act())
    over = await terminated(pool)
    assert isinstance(short, Measure)
    assert isinstance(cut, Measure)
    return {
        "restriction": short.measure_id,
        "suspension": cut.measure_id,
        "overload": cut.measure_id + 1,
        "termination": over.measure_id,
    }


def refused(owner: str, statement: str, *, triggers: bool) -> str:
    """What refuses a statement of somebody with every right: the constraint, or the column."""
    with psycopg.connect(owner) as connection:
        if not triggers:
            connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.IntegrityError) as caught:
            connection.execute(statement.encode())
        diag = caught.value.diag
        return diag.constraint_name or diag.column_name or ""


async def test_the_database_refuses_what_no_rule_would_do(pool: Pool, owner: str) -> None:
    """By checks and indexes, which stay when all triggers are off."""
    measures = await one_of_each(pool)
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT notice_id FROM access.measure WHERE measure_id = %s", [measures["suspension"]]
        ).fetchone()
    assert row is not None
    found = []
    for which, setting, _ in table(CHECKED):
        new = setting.replace("= other", f"= {row[0]}")
        statement = f"UPDATE access.measure SET {new} WHERE measure_id = {measures[which]}"
        found.append([which, setting, refused(owner, statement, triggers=False)])
    assert found == table(CHECKED)


async def test_nothing_refers_to_what_is_not_there(pool: Pool, owner: str) -> None:
    measures = await one_of_each(pool)
    for which, setting, constraint in table(REFERRING):
        statement = f"UPDATE access.measure SET {setting} WHERE measure_id = {measures[which]}"
        assert refused(owner, statement, triggers=True) == constraint, setting


async def test_a_group_and_a_line_keep_their_form(pool: Pool, owner: str) -> None:
    await one_of_each(pool)
    for setting, constraint in table(GROUPS):
        statement = f"UPDATE access.traffic_group SET {setting}"
        assert refused(owner, statement, triggers=False) == constraint, setting
    for setting, constraint in table(LINES):
        statement = f"UPDATE numbers.line SET {setting}"
        assert refused(owner, statement, triggers=False) == constraint, setting


async def test_a_contract_ends_once(pool: Pool, owner: str) -> None:
    """Even with the approval of another request, and with triggers off."""
    await one_of_each(pool)
    statement = (
        "INSERT INTO access.measure (msisdn, purse_id, kind, clause, services, reason, evidence,"
        " proof, decided_by, decided_at, notice_id, leaf_seq, asked, request_hash, approved_by)"
        " SELECT msisdn, purse_id, kind, clause, services, reason, evidence, proof, decided_by,"
        " decided_at, notice_id + 100, leaf_seq, asked, request_hash, approved_by"
        " FROM access.measure WHERE kind = 'termination'"
    )
    used_once = {"measure_approval_is_used_once", "measure_terminated_once"}
    assert refused(owner, statement, triggers=False) in used_once


async def test_the_approval_of_one_contract_ends_no_other(pool: Pool, owner: str) -> None:
    """Another reason is another text, and another text has another hash, which nobody approved."""
    await lines(pool, ADA)
    await ours(pool)
    await approved(pool, await requested(pool))
    cut = await perform(pool, access.suspend, ADA, SUSPEND, act())
    assert isinstance(cut, Measure)
    body = (
        "jsonb_build_object('kind', 'access.terminate', 'msisdn', msisdn, 'purse', purse_id,"
        " 'clause', clause, 'reason', reason, 'evidence', evidence)::text"
    )
    statement = (
        f"UPDATE access.measure SET kind = 'termination', asked = {body},"
        f" request_hash = sha256(convert_to({body}, 'UTF8')), approved_by = 1"
    )
    assert refused(owner, statement, triggers=True) == "measure_approved_by_another_human"


async def test_the_application_can_only_add_and_lift(pool: Pool, database: str) -> None:
    measures = await one_of_each(pool)
    for statement in (
        "UPDATE access.measure SET reason = 'another'",
        "UPDATE access.measure SET ends_at = NULL",
        "UPDATE access.measure SET notice_id = 1",
        "DELETE FROM access.measure",
        "UPDATE access.traffic_group SET ends_at = decided_at",
        "DELETE FROM access.traffic_group",
    ):
        with (
            psycopg.connect(database) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())
    await perform(pool, access.lift, measures["suspension"], "wrong", act())
    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.CheckViolation) as caught,
    ):
        connection.execute(
            "UPDATE access.measure SET lifted_at = NULL, lifted_by = NULL, lifted_because = NULL,"
            " lifted_notice_id = NULL WHERE lifted_at IS NOT NULL"
        )
    assert caught.value.diag.constraint_name == "measure_is_lifted_once"


def test_every_check_of_a_measure_is_tried() -> None:
    """A constraint that no row of these tables breaks would be one that nobody has seen work."""
    text = (CHECKED + REFERRING + GROUPS).split()
    schema = SCHEMA.read_text(encoding="utf-8")
    named = {word for word in schema.split() if word.startswith(("measure_", "traffic_group_"))}
    tried = set(text) | {
        "measure_pkey",
        "measure_approval_is_used_once",
        "measure_once_in_a_group",
        "measure_of_line",
        "measure_terminated_once",
        "measure_is_lifted_once",
        "traffic_group_pkey",
        "traffic_group_as_its_measures",
        "traffic_group_has_its_leaf",
        "traffic_group_is_lifted_once",
    }
    assert named - {"measure_id", "measure_id,"} - tried == set()


def test_the_clauses_of_the_model_are_those_of_the_database() -> None:
    schema = SCHEMA.read_text(encoding="utf-8")
    assert all(f"'{clause.value}'" in schema for clause in Clause)
