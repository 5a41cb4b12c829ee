"""Which role sees which column of whom: by the register, the database, and others' linter."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tenure.postgres.embedded import Cluster
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Ground, No, Restrict, Whose, Yes
from tenure.promises.privacy.model.disclosures import DISCLOSING, PurposeRole
from tenure.promises.privacy.operations import register
from tenure.promises.privacy.rules import disclosures as rules
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose, Role
from tenure.values.holding import Subject
from tenure.values.instant import MINUTE_MS, Instant
from tenure.values.refused import Refused
from tests.consent.test_constraints import refused
from tests.numbers.stocked import AT, KH, act, person
from tests.privacy.leaving import LATER, SHOP, agreed, says_yes, three
from tests.staff.given import enrolled
from tools import schema

GRANTS: Final = schema.ROOT / "src/tenure/promises/privacy/schema/7_disclosures_grants.sql"
POLICIES: Final = GRANTS.with_name("7_disclosures_policies.sql")
MATRIX: Final = Path(__file__).parent / "purposes.txt"
LOOKED_AT: Final = (
    "numbers.tenure",
    "privacy.attending",
    "record.leaf",
    "staff.case",
    "staff.human",
    "staff.look",
    "staff.role",
)
ROLES: Final = ("tenure_marketing", "tenure_analysis", *PurposeRole)
SOURCES: Final = rules.sources(register.rows())
COLUMNS: Final = """
    SELECT n.nspname || '.' || c.relname || '.' || a.attname, r.rolname,
           array(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS p
                 WHERE has_column_privilege(r.rolname, c.oid, a.attnum, p))
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN pg_roles r
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname = ANY (%s) AND r.rolname = ANY (%s)
"""
VIEWS: Final = """
    SELECT n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND n.nspname = ANY (%s)
      AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)
"""
FUNCTIONS: Final = """
    SELECT n.nspname || '.' || p.proname
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY (%s) AND has_schema_privilege(%s, n.oid, 'USAGE')
      AND has_function_privilege(%s, p.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


def live(owner: str) -> dict[str, dict[str, list[str]]]:
    """What each role may do with each column; left out are those with which none may do a thing."""
    found: dict[str, dict[str, list[str]]] = {}
    with psycopg.connect(owner) as connection:
        rows = connection.execute(COLUMNS, [schema.promises(), list(ROLES)]).fetchall()
    for column, role, may in rows:
        if may:
            found.setdefault(column, {})[role] = may
    return found


def drawn(found: dict[str, dict[str, list[str]]]) -> str:
    """The matrix as people read it."""
    names = [role.removeprefix("tenure_") for role in ROLES]
    lines = [f"{'column':<34}" + "".join(f"{name:<11}" for name in names)]
    for column in sorted(found):
        cells = ["+".join(found[column].get(role, ["-"])).lower() for role in ROLES]
        lines.append(f"{column:<34}" + "".join(f"{cell:<11}" for cell in cells))
    lines += ["", "Whatever is not named here, none of them sees; none of them writes anything."]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def test_the_matrix_is_what_the_register_says_and_what_people_read(owner: str) -> None:
    found = live(owner)
    assert drawn(found) == MATRIX.read_text(encoding="utf-8")
    for role in PurposeRole:
        by_register = rules.visible(role, register.holdings(), register.rows())
        assert {one for one, may in found.items() if role in may} == by_register
    written = GRANTS.read_text(encoding="utf-8")
    assert written.endswith(rules.grants(register.holdings(), register.rows()))
    written = POLICIES.read_text(encoding="utf-8")
    assert written.endswith(rules.policies(register.rows()))


def test_a_grant_that_nobody_declared_is_seen(owner: str) -> None:
    written = MATRIX.read_text(encoding="utf-8")
    for grant, end in (
        ("GRANT SELECT (name) ON people.person TO", "REVOKE SELECT (name) ON people.person FROM"),
        ("GRANT SELECT ON consent.event TO", "REVOKE SELECT ON consent.event FROM"),
        ("GRANT UPDATE (msisdn) ON numbers.line TO", "REVOKE UPDATE (msisdn) ON numbers.line FROM"),
    ):
        with psycopg.connect(owner) as connection:
            connection.execute(f"{grant} tenure_marketing".encode())
        assert drawn(live(owner)) != written
        with psycopg.connect(owner) as connection:
            connection.execute(f"{end} tenure_marketing".encode())
        assert drawn(live(owner)) == written


def test_every_view_reads_with_the_rights_of_who_asks(owner: str) -> None:
    with psycopg.connect(owner) as connection:
        assert connection.execute(VIEWS, [schema.promises()]).fetchall() == []
        connection.execute("CREATE VIEW people.everybody AS SELECT name FROM people.person")
        connection.execute(
            "CREATE VIEW people.own WITH (security_invoker = true)"
            " AS SELECT name FROM people.person"
        )
        assert connection.execute(VIEWS, [schema.promises()]).fetchall() == [("people.everybody",)]


def test_what_the_roles_may_call(owner: str) -> None:
    expected = {
        "tenure_marketing": {"consent.may"},
        PurposeRole.SERVICE: {"privacy.is_picked", "privacy.picked", "privacy.is_at_rest"},
        PurposeRole.PARTNER: {
            "privacy.is_picked",
            "privacy.picked",
            "privacy.is_at_rest",
            "privacy.agrees",
        },
        PurposeRole.AUTHORITY: {"privacy.is_picked", "privacy.picked"},
        PurposeRole.CARE: {"privacy.open_session", "privacy.is_attended"},
        "tenure_analysis": set(),
    }
    with psycopg.connect(owner) as connection:
        found = {
            role: {
                row[0]
                for row in connection.execute(FUNCTIONS, [schema.promises(), role, role]).fetchall()
            }
            for role in ROLES
        }
    assert found == expected


async def test_marketing_cannot_tell_why_it_may_not(
    pool: Pool, cluster: Cluster, database_name: str
) -> None:
    """Opted out, restricted, a minor, never asked, or nobody: the answer is one and the same."""
    await three(pool)

    async def offered(person_id: int) -> None:
        whose = Whose(person_id, person(person_id).born_on)
        yes = Yes(whose, person_id, ("offers",), SHOP)
        await perform(pool, consent.give, KH, yes, act("sok", AT))

    for one in (1, 2, 3):
        await offered(one)
    await perform(pool, consent.withdraw, KH, No(2, 2, SHOP), act("sok", AT))
    await perform(pool, consent.restrict, Restrict(3, Ground.CLAIM, "case 1"), act("sok", AT))
    dsn = cluster.dsn_of("tenure_marketing", database_name)
    with psycopg.connect(dsn) as connection:
        said = connection.execute(
            "SELECT one, consent.may(one, 'offers', 'sms', '2028-01-01')"
            " FROM generate_series(1, 5) AS one"
        ).fetchall()
    assert said == [(1, True), (2, False), (3, False), (4, False), (5, False)]
    for statement in (
        "SELECT consent.is_restricted(3)",
        "SELECT privacy.is_picked(3)",
        "SELECT consent.restricts_looks_at('person 3')",
        "SELECT people.of_age(3, '2028-01-01')",
        "SELECT count(*) FROM consent.restriction",
        "SELECT count(*) FROM people.person",
        "INSERT INTO consent.event (person_id) VALUES (2)",
        "SET ROLE tenure_service",
        "SET ROLE tenure_app",
    ):
        assert refused(dsn, statement) == "no right to do it", statement


CASE: Final = "11111111-1111-4111-8111-111111111111"
PICK: Final = "SELECT privacy.pick(%s, %s, '2026-01', %s, '', '2027-02-01')"
DISCLOSURE: Final = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("recipient", "role", "seen"),
    [
        ("group-care", PurposeRole.SERVICE, [2]),
        ("film-club", PurposeRole.PARTNER, [2]),
        ("investigators", PurposeRole.AUTHORITY, [1, 2]),
    ],
)
async def test_a_role_sees_those_picked_and_nobody_whose_data_rests(
    pool: Pool, owner: str, recipient: str, role: PurposeRole, seen: list[int]
) -> None:
    """Of three people two are picked; one of them was restricted behind the back of the door."""
    await three(pool)
    await agreed(owner)
    for one in (1, 2, 3):
        await says_yes(pool, one)
    with psycopg.connect(owner) as connection:
        connection.execute(PICK, [DISCLOSURE, recipient, [1, 2]])
        connection.execute(
            "INSERT INTO consent.restriction (restriction_id, person_id, ground, case_ref, since,"
            " leaf_seq) VALUES (%s, 1, 'claim', 'case', '2027-01-15', 1)",
            [DISCLOSURE],
        )
        connection.execute(f"SET LOCAL ROLE {role.value}".encode())
        people = connection.execute("SELECT person_id FROM people.person").fetchall()
        assert sorted(row[0] for row in people) == seen
        held = connection.execute("SELECT holder_id FROM numbers.tenure").fetchall()
        assert sorted(row[0] for row in held) == seen
        bound = connection.execute("SELECT msisdn FROM numbers.binding").fetchall()
        assert len(bound) == len(seen)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM numbers.tenure")
        connection.rollback()


async def attending(pool: Pool, owner: str, at: Instant = LATER) -> int:
    """A look of Dara, who is of care, at person 1 for an open case."""
    await three(pool)
    await enrolled(pool, "dara", Role.CARE)
    about, looks = "person 1", Act("dara", at, bytes(32), "a bill that is not understood")
    case = await perform(pool, staff.open_case, CASE, Purpose.CARE, about, looks)
    assert not isinstance(case, Refused), case
    looked = await perform(pool, staff.look, "dara", Purpose.CARE, CASE, about, looks, "a bill")
    assert not isinstance(looked, Refused), looked
    with psycopg.connect(owner) as connection:
        row = connection.execute("SELECT max(look_id) FROM staff.look").fetchone()
    assert row is not None
    return int(row[0])


async def test_care_sees_whom_a_look_for_an_open_case_is_about_and_only_then(
    pool: Pool, owner: str, cluster: Cluster, database_name: str
) -> None:
    look = await attending(pool, owner)
    dsn = cluster.dsn_of("tenure_care", database_name)
    opened = f"SELECT privacy.open_session({look}, {{}})"
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT language FROM people.person").fetchall() == []
        connection.execute(opened.format(1).encode())
        assert connection.execute("SELECT person_id FROM people.person").fetchall() == [(1,)]
        held = connection.execute("SELECT holder_id FROM numbers.tenure").fetchall()
        assert held == [(1,)]
        purses = connection.execute("SELECT DISTINCT purse_id FROM money.entry").fetchall()
        assert len(purses) <= 1
        connection.commit()
        assert connection.execute("SELECT language FROM people.person").fetchall() == []
    for statement in (
        "SELECT document_number FROM people.person",
        "SELECT party FROM money.entry",
        "SELECT * FROM privacy.attending",
        "INSERT INTO privacy.attending SELECT pg_current_xact_id(), 1, 2",
        "UPDATE people.person SET language = 'en'",
        "SET ROLE tenure_authority",
    ):
        assert refused(dsn, statement) == "no right to do it", statement
    with psycopg.connect(owner) as connection:
        assert connection.execute("SELECT count(*) FROM privacy.attending").fetchone() == (0,)
    no_look = "attending_by_a_look_for_an_open_case"
    assert refused(dsn, opened.format(2)) == no_look, "the case is about person 1"
    assert refused(dsn, "SELECT privacy.open_session(0, 1)") == no_look
    for change, undone in (
        (
            "UPDATE staff.human SET suspended_at = now()",
            "UPDATE staff.human SET suspended_at = NULL",
        ),
        ("UPDATE staff.case SET closed_at = opened_at", "UPDATE staff.case SET closed_at = NULL"),
        ("UPDATE staff.role SET role = 'engineer' WHERE login = 'dara'", ""),
    ):
        with psycopg.connect(owner) as connection:
            connection.execute(change.encode())
        assert refused(dsn, opened.format(1)) == no_look, change
        with psycopg.connect(owner) as connection:
            connection.execute((undone or change.replace("engineer", "care")).encode())
    assert refused(dsn, opened.format(1)) == "", "as it was"
    await perform(pool, consent.restrict, Restrict(1, Ground.CLAIM, "case 1"), act("sok", LATER))
    assert refused(dsn, opened.format(1)) == "attending_nobody_at_rest"


async def test_a_look_grows_old_by_the_records_own_time(
    pool: Pool, owner: str, cluster: Cluster, database_name: str
) -> None:
    look = await attending(pool, owner)
    dsn = cluster.dsn_of("tenure_care", database_name)
    opened = f"SELECT privacy.open_session({look}, 1)"
    assert refused(dsn, opened) == ""
    later = Instant(LATER + 15 * MINUTE_MS)
    await perform(pool, consent.restrict, Restrict(2, Ground.CLAIM, "case 2"), act("sok", later))
    assert refused(dsn, opened) == "attending_by_a_look_for_an_open_case"


def test_analysis_sees_what_was_released_and_nobody(
    owner: str, cluster: Cluster, database_name: str
) -> None:
    personal = {
        f"{promise}.{one.table}.{one.column}"
        for promise, one in register.holdings()
        if one.whose is not Subject.NOBODY
    }
    seen = {column for column, may in live(owner).items() if "tenure_analysis" in may}
    assert "privacy.release.answer" in seen
    assert not seen & personal
    dsn = cluster.dsn_of("tenure_analysis", database_name)
    with psycopg.connect(dsn) as connection:
        connection.execute("SELECT question, answer FROM privacy.release")
        connection.execute("SELECT month, entries, purses FROM money.usage_total")
    for statement in (
        "SELECT purse_id FROM money.entry",
        "SELECT language FROM people.person",
        "SELECT * FROM privacy.spending",
        "SELECT privacy.open_session(1, 1)",
    ):
        assert refused(dsn, statement) == "no right to do it", statement


async def test_an_oracle_finds_out_nothing_of_those_who_were_not_picked(
    pool: Pool, owner: str
) -> None:
    await three(pool)
    await agreed(owner)
    await perform(pool, consent.restrict, Restrict(3, Ground.CLAIM, "case 1"), act("sok", AT))
    await says_yes(pool, 1)
    await says_yes(pool, 2)
    with psycopg.connect(owner) as connection:
        connection.execute(PICK, [DISCLOSURE, "film-club", [1, 3]])
        connection.execute("SET LOCAL ROLE tenure_partner")
        answers = connection.execute(
            "SELECT one, privacy.is_picked(one), privacy.is_at_rest(one), privacy.agrees(one)"
            " FROM generate_series(1, 5) AS one"
        ).fetchall()
        connection.rollback()
    nothing = [(one, False, False, False) for one in (2, 3, 4, 5)]
    assert answers == [(1, True, False, True), *nothing]


def pgrls(owner: str, config: Path, *asked: str) -> subprocess.CompletedProcess[str]:
    """The linter of others, on the live database."""
    program = str(Path(sys.executable).parent / "pgrls")
    where = ["--database-url", owner, "--config", str(config)]
    return subprocess.run([program, *asked, *where], capture_output=True, text=True, check=False)


def configured(folder: Path, owner: str) -> Path:
    """Tables that no purpose reads need no policies; ``own_work`` is said to be for ourselves."""
    with psycopg.connect(owner) as connection:
        tables = {
            row[0]
            for row in connection.execute(
                "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = ANY (%s)",
                [schema.promises()],
            ).fetchall()
        }
    read = set(SOURCES)
    ours = [f"{table}.own_work" for table in sorted(read)]
    schemas = sorted({table.partition(".")[0] for table in tables})
    config = folder / "pgrls.toml"
    config.write_text(
        f"[database]\nschemas = {json.dumps(schemas)}\n[lint]\nfail_on = 'error'\n"
        f"[lint.rules.SEC001]\nallowlist = {json.dumps(sorted(tables - read))}\n"
        f"[lint.rules.SEC038]\nallowlist = {json.dumps(ours)}\n"
    )
    return config


def test_a_linter_of_others_finds_no_error_and_would(owner: str, tmp_path: Path) -> None:
    config = configured(tmp_path, owner)
    linted = pgrls(owner, config, "lint", "--min-severity", "error")
    assert linted.returncode == 0, linted.stdout

    matrix = json.loads(
        pgrls(owner, config, "matrix", "--format", "json", "--roles", ",".join(ROLES)).stdout
    )
    reached = {
        (role, row["table"], row["command"], one["verdict"])
        for row in matrix["rows"]
        for role, one in row["access"].items()
        if one["verdict"] != "denied"
    }
    granted = live(owner)
    some = {
        (role.value, table, "SELECT", "conditional")
        for role in PurposeRole
        for table in SOURCES
        if any(one.startswith(f"{table}.") and role in may for one, may in granted.items())
    }
    # A partition is read through its table, by the policies of that.
    some |= {
        (role, "money.entry_other", does, how)
        for role, table, does, how in some
        if table == "money.entry"
    }
    # The door of care looks for itself who holds the number of a case, and says nothing of it.
    some -= {(PurposeRole.CARE.value, "numbers.tenure", "SELECT", "conditional")}
    assert {one for one in reached if one[3] == "conditional"} == some
    # Through functions that answer yes, no, or who was picked just now, and nothing else.
    assert {(role, table, command) for role, table, command, _ in reached - some} == {
        ("tenure_marketing", "consent.event", "SELECT"),
        ("tenure_marketing", "consent.text", "SELECT"),
    } | {
        (role.value, f"privacy.{table}", "SELECT")
        for role in DISCLOSING
        for table in ("disclosed", "disclosing")
    } | {
        ("tenure_analysis", table, "SELECT") for table in ("money.usage_total", "privacy.release")
    } | {("tenure_care", table, "SELECT") for table in LOOKED_AT} | {
        ("tenure_care", "privacy.attending", command) for command in ("INSERT", "DELETE")
    }
    for mode in ("anon", "reachability", "escalation"):
        proven = pgrls(owner, config, "verify", "--mode", mode)
        assert proven.returncode == 0, proven.stdout

    with psycopg.connect(owner) as connection:
        connection.execute("ALTER TABLE people.person NO FORCE ROW LEVEL SECURITY")
        connection.execute("CREATE VIEW people.names AS SELECT name FROM people.person")
        connection.execute("GRANT SELECT ON people.names TO tenure_marketing")
    assert pgrls(owner, config, "lint", "--min-severity", "error").returncode != 0
