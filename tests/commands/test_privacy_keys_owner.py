"""Copies as somebody makes them who owns the database, and is no superuser."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner, Result

from tenure.main import build
from tenure.postgres.embedded import SUPERUSER, Cluster

KEEPER, NEXT = "keys_keeper", "keys_of_a_keeper"
OURS = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'tenure%'"


@pytest.fixture
def own(cluster: Cluster) -> Iterator[str]:
    """An empty database of a role that may make roles, as databases that one rents are."""
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {KEEPER} LOGIN CREATEROLE".encode())
        # Elsewhere this role made ours; here somebody else did, for all tests.
        for (role,) in connection.execute(OURS).fetchall():
            connection.execute(f"GRANT {role} TO {KEEPER} WITH ADMIN OPTION".encode())
        connection.execute(f"CREATE DATABASE {NEXT} OWNER {KEEPER}".encode())
        yield cluster.dsn_of(KEEPER, NEXT)
        connection.execute(f"DROP DATABASE {NEXT} WITH (FORCE)".encode())
        connection.execute(f"DROP OWNED BY {KEEPER} CASCADE".encode())
        connection.execute(f"DROP ROLE {KEEPER}".encode())


def typed(*words: str) -> Result:
    """What a command answers."""
    return CliRunner().invoke(build(["privacy"], {}), ["privacy", *words])


def said(*words: str) -> dict[str, object]:
    """What a command answers a program."""
    answer = typed(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return dict(msgspec.json.decode(answer.stdout))


def test_who_owns_the_tables_puts_a_copy_back_and_makes_the_next(
    owner: str, own: str, tmp_path: Path
) -> None:
    keys, copy, again = (str(tmp_path / one) for one in ("keys", "copy", "again"))
    made = said("backup", "--dsn", owner, "--keys", keys, "--out", copy)
    # The tables show their rows to nobody by default, and to who owns them neither.
    refused = typed("restore", "--dsn", own, "--keys", keys, "--from", copy)
    assert (refused.exit_code, "has BYPASSRLS" in refused.output) == (1, True), refused.output

    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {KEEPER} BYPASSRLS".encode())

    back = said("restore", "--dsn", own, "--keys", keys, "--from", copy)
    assert back["rows"] == made["rows"]
    # One row more: the leaf that says that it was put back.
    assert int(str(said("backup", "--dsn", own, "--keys", keys, "--out", again)["rows"])) > 0
