"""The database enforces what the pack says, or nothing starts."""

from pathlib import Path

import psycopg
import pytest

from tenure.commands import figures
from tenure.commands.figures import CannotKeepError
from tenure.terms import pack
from tests.commands.database import AT, typed
from tests.commands.test_up import free_ports

KH, ID = (pack.load(name).terms for name in ("smart-kh", "smartfren-id"))


def kept(owner: str) -> tuple[str, int]:
    """Whose figures the database enforces, and how many leaves tell of them."""
    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "SELECT operator, (SELECT count(*) FROM record.leaf WHERE kind = 'numbers.figures') "
            "FROM numbers.figures"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_the_owner_keeps_what_the_pack_says_and_the_record_knows(owner: str) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute("UPDATE numbers.figures SET cooling_off_ms = 0")
    assert figures.keep(owner, KH, AT)
    assert kept(owner) == ("smart-kh", 1)
    assert not figures.keep(owner, KH, AT)
    assert kept(owner) == ("smart-kh", 1)


def test_the_application_cannot_start_with_other_figures(database: str, owner: str) -> None:
    figures.keep(owner, KH, AT)
    assert not figures.keep(database, KH, AT)
    with psycopg.connect(owner) as connection:
        connection.execute("UPDATE numbers.figures SET sim_age_ms = 0")
    with pytest.raises(CannotKeepError, match=r"tenure migrate --dsn … --operator smart-kh"):
        figures.keep(database, KH, AT)


def test_up_refuses_to_start_half_configured(database: str, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    asked = ["up", "--dsn", database, "--operator", "smartfren-id", "--data", data]
    ports = zip(("--diameter", "--http", "--nchf"), free_ports(3), strict=True)
    found = typed([*asked, *(word for name, port in ports for word in (name, f"127.0.0.1:{port}"))])
    assert found.exit_code == 1
    assert "does not enforce what the pack of smartfren-id says" in " ".join(found.stderr.split())


def test_migrate_makes_the_database_enforce_another_pack(owner: str) -> None:
    found = typed(["migrate", "--dsn", owner, "--operator", "smartfren-id"])
    assert found.exit_code == 0, found.stderr
    assert kept(owner) == ("smartfren-id", 1)
    assert not figures.keep(owner, ID, AT)
