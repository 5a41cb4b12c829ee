"""The command ``tenure migrate``: brings a database to the shape this version needs."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tenure.commands import figures
from tenure.commands.figures import CannotKeepError
from tenure.postgres import migrations
from tenure.postgres.migrations import CannotMigrateError, Migration
from tenure.postgres.programs import CannotStartError
from tenure.postgres.reach import reached
from tenure.terms import pack
from tenure.terms.problems import UnusablePackError
from tenure.values.instant import instant_of

app = typer.Typer()

FAILED = 1


@app.command()
def migrate(
    data: Annotated[
        Path, typer.Option(help="The data folder, with an embedded PostgreSQL in it.")
    ] = Path(".tenure"),
    dsn: Annotated[
        str | None, typer.Option(help="A PostgreSQL 16 or newer of your own, instead of --data.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if something is missing.")
    ] = False,
    operator: Annotated[
        str | None,
        typer.Option(help="A pack whose figures the database is to enforce from now on."),
    ] = None,
    json_lines: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Bring a database to the shape this version needs.

    Each migration is applied once, in order, in a transaction of its own; a second run finds
    nothing to do.  With --dsn, connect as a superuser or as a role with CREATEROLE that owns the
    database.  With --operator, the database enforces the figures of that pack from then on.

    Example: tenure migrate --data .tenure

    Example: tenure migrate --dsn postgresql://admin@db/tenure --operator smart-kh
    """
    try:
        steps = migrations.read(migrations.folder())
        with reached(data=data, dsn=dsn, make=not check) as database:
            if check:
                found = migrations.pending(database.owner_dsn, steps)
            else:
                now = instant_of(datetime.now(UTC))
                found = migrations.migrate(database.owner_dsn, steps, at=now)
                if operator is not None:
                    figures.keep(database.owner_dsn, pack.load(operator).terms, now)
    except (CannotMigrateError, CannotStartError, CannotKeepError, UnusablePackError) as error:
        sys.stderr.write(f"tenure migrate: {error}\n")
        raise typer.Exit(FAILED) from None
    sys.stdout.write(_answer(found, checked=check, as_json=json_lines))
    if check and found:
        raise typer.Exit(FAILED)


def _answer(found: tuple[Migration, ...], *, checked: bool, as_json: bool) -> str:
    """What was applied, or is missing, for a person or a program."""
    if as_json:
        verb = "missing" if checked else "applied"
        return json.dumps({verb: [step.title for step in found]}) + "\n"
    verb = "missing: " if checked else "applied: "
    lines = [f"{verb}{step.title}" for step in found]
    return "\n".join(lines or ["the database has the shape this version needs"]) + "\n"
