"""The migrations lead to what the schema.sql files say, and every table says who may use it."""

import psycopg
import pytest
from psycopg import sql

from tenure.postgres import migrations
from tenure.postgres.embedded import SUPERUSER, Cluster
from tenure.values.instant import Instant
from tests.tidy.catalogue import catalogue
from tools import schema

AT = Instant(1_790_000_000_000)

# Each a way in which two databases may differ; tried on purpose, each must be seen.
DIFFERENCES = [
    "ALTER TABLE money.purse ADD COLUMN a int",
    "ALTER TABLE money.purse ALTER COLUMN seq TYPE numeric",
    "ALTER TABLE money.purse ALTER COLUMN seq DROP NOT NULL",
    "ALTER TABLE money.purse ALTER COLUMN funds_micros SET DEFAULT 1",
    "ALTER TABLE money.purse DROP CONSTRAINT purse_never_below_zero",
    "ALTER TABLE money.purse SET (fillfactor = 90)",
    "ALTER TABLE money.purse ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE money.purse OWNER TO tenure_app",
    "CREATE INDEX ON money.purse (funds_end)",
    "GRANT DELETE ON money.entry TO tenure_app",
    "GRANT UPDATE (funds_micros) ON money.entry TO tenure_app",
    "GRANT CREATE ON SCHEMA money TO tenure_regulator",
    "GRANT EXECUTE ON FUNCTION money.open_month TO tenure_regulator",
    "ALTER FUNCTION money.open_month SECURITY INVOKER",
    "CREATE VIEW money.v AS SELECT 1 AS one",
    "CREATE SEQUENCE money.s",
    "DROP TABLE money.entry_other",
    "COMMENT ON TABLE money.purse IS 'something else'",
    "CREATE POLICY p ON money.purse USING (true)",
    "CREATE DOMAIN money.d AS int",
]


def test_the_migrations_lead_to_what_the_schemas_say(cluster: Cluster, template: str) -> None:
    name = "migrated"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    dsn = cluster.dsn_of(SUPERUSER, name)
    migrations.migrate(dsn, migrations.read(migrations.folder()), at=AT)

    with psycopg.connect(dsn) as migrated:
        path = catalogue(migrated)
    with psycopg.connect(cluster.dsn_of(SUPERUSER, template)) as written:
        truth = catalogue(written)
    assert sorted(path - truth) == []
    assert sorted(truth - path) == [], "make migration (or, after a release, write a new one)"


def test_the_first_migration_is_the_schemas_until_the_first_release() -> None:
    if len(migrations.read(migrations.folder())) == 1:
        assert schema.FIRST.read_text(encoding="utf-8") == schema.gathered(), "make migration"


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_a_difference_is_seen(owner: str, difference: str) -> None:
    with psycopg.connect(owner) as connection:
        before = catalogue(connection)
        connection.execute(difference.encode())
        assert catalogue(connection) != before


def test_every_promise_with_tables_is_gathered() -> None:
    written = {
        path.relative_to(schema.ROOT / "src/tenure/promises").parts[0]
        for path in schema.ROOT.glob("src/tenure/promises/**/*.sql")
        if "schema" in str(path)
    }
    assert written <= set(schema.promises())
    assert all(f"CREATE SCHEMA {promise};" in schema.gathered() for promise in written)


def test_everything_belongs_to_the_owner_who_cannot_log_in(owner: str) -> None:
    with psycopg.connect(owner) as connection:
        stray = connection.execute(
            """
            SELECT n.nspname, c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ANY (%s) AND pg_get_userbyid(c.relowner) <> 'tenure_owner'
            """,
            [schema.promises()],
        ).fetchall()
        login = connection.execute(
            "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'tenure_owner'"
        ).fetchone()
    assert stray == []
    assert login == (False, False)


def test_every_table_says_who_may_use_it(owner: str) -> None:
    with psycopg.connect(owner) as connection:
        silent = connection.execute(
            """
            SELECT n.nspname, c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
              AND NOT c.relispartition AND c.relacl IS NULL
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
            """,
            [schema.promises()],
        ).fetchall()
    assert silent == [], "GRANT at the end of its schema.sql what the application needs"


def test_nobody_but_the_owner_may_do_everything(owner: str) -> None:
    """The application neither defines anything nor empties a table; readers only read."""
    with psycopg.connect(owner) as connection:
        forbidden = connection.execute(
            """
            SELECT c.oid::regclass::text, r.rolname, p.privilege
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            CROSS JOIN pg_roles r
            CROSS JOIN unnest(ARRAY['TRUNCATE', 'TRIGGER', 'REFERENCES', 'INSERT', 'UPDATE',
                                    'DELETE']) AS p (privilege)
            WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p')
              AND (r.rolname = 'tenure_app' AND p.privilege IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')
                   OR r.rolname IN ('tenure_privacy', 'tenure_regulator'))
              AND has_table_privilege(r.rolname, c.oid, p.privilege)
            """,
            [schema.promises()],
        ).fetchall()
        makes = connection.execute(
            """
            SELECT n.nspname, r.rolname FROM pg_namespace n CROSS JOIN pg_roles r
            WHERE r.rolname IN ('tenure_app', 'tenure_privacy', 'tenure_regulator')
              AND (n.nspname = ANY (%s) OR n.nspname = 'public')
              AND has_schema_privilege(r.rolname, n.oid, 'CREATE')
            """,
            [schema.promises()],
        ).fetchall()
    assert forbidden == []
    assert makes == []


def test_what_is_recorded_cannot_be_unsaid_by_the_application(database: str) -> None:
    for statement in (
        "UPDATE record.leaf SET body = ''",
        "DELETE FROM record.leaf",
        "UPDATE money.entry SET funds_micros = 0",
        "DELETE FROM money.entry",
        "UPDATE topups.voucher SET amount_micros = 1",
        "UPDATE staff.approval SET approved_by = 1",
        "DROP TABLE money.purse",
    ):
        with (
            psycopg.connect(database) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())
