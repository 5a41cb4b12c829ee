"""Migrations are applied once, wholly or not at all, and are never edited afterwards."""

from pathlib import Path

import psycopg
import pytest

from tenure.postgres.migrations import (
    CannotMigrateError,
    Migration,
    folder,
    migrate,
    pending,
    read,
)
from tenure.values.instant import Instant

AT = Instant(1_790_000_000_000)
FIRST = Migration(1, "schema", "", "", "")
"""What the database of a test was made with."""


def step(number: int, up: str, after: str = "", sha256: str = "a") -> Migration:
    """A migration that is only in memory."""
    return Migration(number, f"step_{number}", up, after, sha256)


def made(path: Path, *names: str) -> Path:
    """A folder with migrations of these names."""
    for name in names:
        (path / name).mkdir()
        (path / name / "up.sql").write_text("SELECT 1;")
        (path / name / "notes.md").write_text("# why\n")
    return path


def tables(dsn: str) -> set[str]:
    """The tables in the schema of this test."""
    with psycopg.connect(dsn) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'trial'"
        return {str(name) for (name,) in connection.execute(query)}


def test_each_is_applied_once_and_belongs_to_the_owner(owner: str) -> None:
    steps = [FIRST, step(2, "CREATE SCHEMA trial; CREATE TABLE trial.one (a int);")]

    assert pending(owner, steps) == (steps[1],)
    assert migrate(owner, steps, at=AT) == (steps[1],)
    assert migrate(owner, steps, at=AT) == ()
    assert pending(owner, steps) == ()

    with psycopg.connect(owner) as connection:
        query = "SELECT tableowner FROM pg_tables WHERE schemaname = 'trial'"
        assert connection.execute(query).fetchone() == ("tenure_owner",)


def test_one_that_fails_leaves_nothing_and_names_its_line(owner: str) -> None:
    broken = step(2, "CREATE SCHEMA trial;\nCREATE TABLE trial.one (a int);\nSELEKT 1;")
    with pytest.raises(CannotMigrateError, match=r"0002_step_2/up.sql line 3: syntax error"):
        migrate(owner, [FIRST, broken], at=AT)
    assert tables(owner) == set()


def test_what_is_wrong_afterwards_undoes_it(owner: str) -> None:
    doubted = step(2, "CREATE SCHEMA trial; CREATE TABLE trial.one (a int);", "SELECT 1 / 0;")
    with pytest.raises(CannotMigrateError, match="division by zero; nothing of it"):
        migrate(owner, [FIRST, doubted], at=AT)
    assert tables(owner) == set()


def test_an_edited_one_is_refused(owner: str) -> None:
    migrate(owner, [FIRST, step(2, "SELECT 1;")], at=AT)
    with pytest.raises(CannotMigrateError, match="0002_step_2 was applied with other content"):
        migrate(owner, [FIRST, step(2, "SELECT 2;", sha256="b")], at=AT)


def test_a_database_of_a_newer_tenure_is_refused(owner: str) -> None:
    migrate(owner, [FIRST, step(2, "SELECT 1;")], at=AT)
    with pytest.raises(CannotMigrateError, match="a newer one made it"):
        migrate(owner, [FIRST], at=AT)


def test_the_application_may_not_migrate(database: str) -> None:
    with pytest.raises(CannotMigrateError, match=r"roles cannot be made.*connect as a superuser"):
        migrate(database, [FIRST, step(2, "SELECT 1;")], at=AT)


def test_no_connection_is_said_in_words() -> None:
    with pytest.raises(CannotMigrateError, match=r"no connection to the database.*check --dsn"):
        migrate("host=/nowhere", [FIRST], at=AT)


@pytest.mark.parametrize(
    ("names", "remedy"),
    [
        (["0001_first", "0003_third"], "without gap or repeat"),
        (["0001_first", "0001_again"], "without gap or repeat"),
        (["0001_first", "2_second"], "name it like 0002_what_it_does"),
        ([], "is the checkout complete"),
    ],
)
def test_a_wrong_path_is_refused(tmp_path: Path, names: list[str], remedy: str) -> None:
    with pytest.raises(CannotMigrateError, match=remedy):
        read(made(tmp_path, *names))


def test_one_without_notes_is_refused(tmp_path: Path) -> None:
    (made(tmp_path, "0001_first") / "0001_first" / "notes.md").unlink()
    with pytest.raises(CannotMigrateError, match=r"notes\.md is missing"):
        read(tmp_path)


def test_its_hash_changes_with_either_file(tmp_path: Path) -> None:
    path = made(tmp_path, "0001_first")
    before = read(path)[0].sha256
    (path / "0001_first" / "after.sql").write_text("SELECT 1;")
    assert read(path)[0].sha256 != before


def test_ours_are_found_and_whole() -> None:
    assert read(folder())[0].title == "0001_first"
