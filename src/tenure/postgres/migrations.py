"""Brings a database to the shape this version needs: numbered folders, each applied once.

A migration is a folder ``0007_what_it_does`` with ``up.sql``, ``notes.md`` (why, and what an
operator must know) and, where the new shape can be wrong for data that is there, ``after.sql``:
statements that fail if it is.  Each is one transaction, as the owner that nobody can log in as.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
import psycopg

from tenure.values.instant import Instant, moment_of

Connection: TypeAlias = psycopg.Connection[Any]

FOLDER_NAME: Final = re.compile(r"(?P<number>[0-9]{4})_(?P<name>[a-z0-9_]+)")
LOCK_KEY: Final = 0x54_45_4E_55_52_45
"""The advisory lock of migrations: the letters TENURE."""


class CannotMigrateError(Exception):
    """The database cannot be brought to the shape; the message says why and the remedy."""


class Migration(msgspec.Struct, frozen=True):
    """One step of the path."""

    number: int
    name: str
    up: str
    after: str
    sha256: str
    """Of up.sql and after.sql: what was applied is never edited."""

    @property
    def title(self) -> str:
        """The name of its folder."""
        return f"{self.number:04}_{self.name}"


def folder() -> Path:
    """Where the migrations are: in the package when it is installed, else beside src."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parents[1] / "migrations"


def read(path: Path) -> tuple[Migration, ...]:
    """The migrations of a folder, in order; CannotMigrateError if one is missing or incomplete."""
    found = []
    for step in sorted(path.iterdir() if path.is_dir() else ()):
        if not step.is_dir():
            continue
        match = FOLDER_NAME.fullmatch(step.name)
        if match is None:
            raise CannotMigrateError(f"{step}: name it like 0002_what_it_does")
        for needed in ("up.sql", "notes.md"):
            if not (step / needed).is_file():
                raise CannotMigrateError(f"{step}: {needed} is missing")
        up = (step / "up.sql").read_text(encoding="utf-8")
        later = step / "after.sql"
        after = later.read_text(encoding="utf-8") if later.is_file() else ""
        digest = hashlib.sha256(f"{up}\0{after}".encode()).hexdigest()
        found.append(Migration(int(match["number"]), match["name"], up, after, digest))
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise CannotMigrateError(f"{path}: the numbers must be 0001, 0002, … without gap or repeat")
    if not found:
        raise CannotMigrateError(f"{path}: there are no migrations here; is the checkout complete?")
    return tuple(found)


def migrate(dsn: str, steps: Sequence[Migration], *, at: Instant) -> tuple[Migration, ...]:
    """Apply what is not applied yet, and return it.  ``dsn`` may act as tenure_owner.

    One at a time over all processes; a second one waits and then finds nothing to do.
    """
    with _connected(dsn) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        _make_roles(connection)
        missing = _missing(connection, steps)
        for step in missing:
            _apply(connection, step, at=at)
    return missing


def pending(dsn: str, steps: Sequence[Migration]) -> tuple[Migration, ...]:
    """What migrate would apply now; needs no more than the application's role."""
    with _connected(dsn) as connection:
        there = connection.execute("SELECT to_regclass('migrations.applied')").fetchone()
        if there is None or there[0] is None:
            return tuple(steps)
        return _missing(connection, steps)


@contextmanager
def _connected(dsn: str) -> Iterator[Connection]:
    """A connection, or an error that names what to look at."""
    try:
        connection = psycopg.connect(dsn, autocommit=True, application_name="tenure migrate")
    except psycopg.OperationalError as error:
        raise CannotMigrateError(
            f"no connection to the database: {' '.join(str(error).split())} See that it runs, and "
            "check --dsn"
        ) from error
    with connection:
        yield connection


def _make_roles(connection: Connection) -> None:
    """Make the roles and the list of what was applied, when they are not there."""
    try:
        with connection.transaction():
            connection.execute(Path(__file__).with_name("roles.sql").read_bytes())
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotMigrateError(
            f"the roles cannot be made: {error.diag.message_primary}; connect as a superuser, or "
            "as a role that has CREATEROLE and owns the database"
        ) from error


def _missing(connection: Connection, steps: Sequence[Migration]) -> tuple[Migration, ...]:
    """The steps that were not applied; an error if the database went another path."""
    applied: dict[int, tuple[str, str]] = {
        number: (name, sha256)
        for number, name, sha256 in connection.execute(
            "SELECT number, name, sha256 FROM migrations.applied"
        )
    }
    known = {step.number: step for step in steps}
    for number, (name, sha256) in sorted(applied.items()):
        if number not in known:
            raise CannotMigrateError(
                f"the database has {number:04}_{name}, which this Tenure does not know: "
                "a newer one made it; run that one"
            )
        if known[number].sha256 != sha256:
            raise CannotMigrateError(
                f"{known[number].title} was applied with other content; restore its files and put "
                "the change into a new migration (or, if the data is only a trial, remove it)"
            )
    return tuple(step for step in steps if step.number not in applied)


def _apply(connection: Connection, step: Migration, *, at: Instant) -> None:
    """One migration, wholly or not at all."""
    try:
        with connection.transaction():
            connection.execute("SET LOCAL ROLE tenure_owner")
            connection.execute("SET LOCAL search_path = pg_catalog")
            connection.execute(step.up.encode())
            if step.after:
                connection.execute(step.after.encode())
            connection.execute("RESET ROLE")
            connection.execute(
                "INSERT INTO migrations.applied VALUES (%s, %s, %s, %s)",
                [step.number, step.name, step.sha256, moment_of(at)],
            )
    except psycopg.Error as error:
        line = step.up.count("\n", 0, int(error.diag.statement_position or 1) - 1) + 1
        place = f"{step.title}/up.sql line {line}"
        raise CannotMigrateError(
            f"{place}: {error.diag.message_primary}; nothing of it was applied"
        ) from error
