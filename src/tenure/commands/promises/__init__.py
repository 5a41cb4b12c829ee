"""The command ``tenure promises``: each clause, what keeps it, and whether it is kept."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from tenure.commands import connect
from tenure.commands.connect import AsJson, Data, Dsn, Operator
from tenure.commands.promises import audit, register
from tenure.commands.promises.audit import Figure
from tenure.commands.promises.register import Check, Keeper
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.terms import pack
from tenure.terms.pricelist import Pack
from tenure.terms.problems import UnusablePackError

app = typer.Typer()

NAME = "promises"


@app.command()
def promises(
    everything: Annotated[
        bool,
        typer.Option("--audit", help="Look at all live data; exit with 1 if a promise is broken."),
    ] = False,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show each clause: the rules and constraints that keep it, the tests that prove it.

    With a database there are live figures: how often what was looked at was kept, and broken, which
    must be 0.  Without --audit only what is quick to look at is.  The audit is SQL and plain
    integers; it knows none of the rules.

    Example: tenure promises --audit --operator smart-kh
    """
    try:
        published = pack.load(operator)
    except UnusablePackError as unusable:
        connect.fail(NAME, str(unusable))
    figures: list[Figure] = []
    if dsn is not None or _is_there(data):
        figures = _figures(published, data, dsn, everything=everything)
    elif everything:
        connect.fail(NAME, f"there is no database in {data}; name it with --data or --dsn")
    keepers = register.keepers()
    if as_json:
        told = [_told(keeper, figures) for keeper in keepers]
        connect.say("", {"clauses": told, "audited": everything}, as_json=True)
    else:
        lines = [line for keeper in keepers for line in _lines(keeper, figures)]
        connect.say("\n".join([*lines, _verdict(figures)]), None, as_json=False)
    if any(figure.broken for figure in figures):
        raise typer.Exit(connect.FAILED)


def _is_there(data: Path) -> bool:
    """Whether the folder has a database: looking at promises never makes one."""
    return (data / "cluster").exists()


def _figures(published: Pack, data: Path, dsn: str | None, *, everything: bool) -> list[Figure]:
    """The answers of live data, each check in a transaction of its own."""
    every = [*register.checks(), audit.GRANTS]
    asked = [check for check in every if everything or check.quick]
    settings = audit.settings(published)

    async def work(pool: Pool) -> list[Figure]:
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
            task = progress.add_task("checks", total=len(asked))
            found = []
            for check in asked:
                found.append(await perform(pool, audit.figure, check, settings))
                progress.advance(task)
            return found

    return connect.run(NAME, data, dsn, work)


def _of(keeper: Keeper, figures: list[Figure]) -> list[Figure]:
    return [figure for figure in figures if keeper.clause in figure.check.clauses]


def _lines(keeper: Keeper, figures: list[Figure]) -> list[str]:
    """A clause as a person reads it."""
    looked = _of(keeper, figures)
    kept, broken = sum(one.kept for one in looked), sum(one.broken for one in looked)
    live = f"kept {kept:,}  broken {broken:,}" if looked else "not looked at"
    finally_ = ", ".join(keeper.constraints) or f"none: {keeper.why_no_constraint}"
    lines = [
        f"{keeper.clause}  {keeper.says}",
        f"    promise     {keeper.promise}: {keeper.sentence}",
        f"    rules       {', '.join(_short(rule) for rule in keeper.rules)}",
        f"    constraints {finally_}",
        *(f"    test        {test}" for test in keeper.tests),
        f"    live        {live}",
    ]
    lines += [
        f"    BROKEN      {one.check.name}: {one.check.says} {one.broken:,} are not so, "
        f"such as {one.example}"
        for one in looked
        if one.broken
    ]
    return [*lines, ""]


def _short(rule: str) -> str:
    return rule.removeprefix("tenure.").removeprefix("promises.")


def _verdict(figures: list[Figure]) -> str:
    if not figures:
        return "no database was looked at; give --data or --dsn for live figures"
    broken = [figure for figure in figures if figure.broken]
    if broken:
        names = ", ".join(f"{one.check.promise}: {one.check.name}" for one in broken)
        return f"BROKEN: {len(broken)} of {len(figures)} checks ({names})"
    looked = sum(figure.kept for figure in figures)
    return f"every promise is kept: {len(figures)} checks of {looked:,} things, none broken"


def _told(keeper: Keeper, figures: list[Figure]) -> dict[str, object]:
    """A clause as a program reads it."""
    looked = _of(keeper, figures)
    return {
        "clause": keeper.clause,
        "says": keeper.says,
        "promise": keeper.promise,
        "rules": keeper.rules,
        "constraints": keeper.constraints,
        "why_no_constraint": keeper.why_no_constraint,
        "tests": keeper.tests,
        "kept": sum(one.kept for one in looked),
        "broken": sum(one.broken for one in looked),
        "checks": [_check_told(one.check, one) for one in looked],
    }


def _check_told(check: Check, figure: Figure) -> dict[str, object]:
    return {
        "name": check.name,
        "says": check.says,
        "kept": figure.kept,
        "broken": figure.broken,
        "example": figure.example,
    }
