"""The command ``tenure privacy register``: what is held, why, how long, and for whom."""

from typing import Annotated, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, Data, Dsn, Operator
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.terms.model import Terms

NAME: Final = "privacy register"

Form = Annotated[
    str, typer.Option("--as", metavar="FORM", help=f"One of {', '.join(privacy.register.FORMS)}.")
]
Language = Annotated[
    str | None, typer.Option("--language", help="One of the operator's; its first without this.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Hold it against the database; 1 if something is missing.")
]


def add(parent: typer.Typer) -> None:
    """Make this command part of ``tenure privacy``."""
    parent.command(name="register")(show)


def show(
    form: Form = "ropa",
    language: Language = None,
    check: Check = False,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show the register: the record of processing, the notice's tables, or a manifest for others.

    Everything is made of what the code declares and the pack says; no database is needed.  With
    --check whatever a database has and nobody declares is named.

    Example: tenure privacy register --as notice --language km
    """
    terms = connect.pack_of(NAME, operator).terms
    spoken = terms.languages[0] if language is None else language
    if spoken not in terms.languages:
        connect.fail(NAME, f"{operator} speaks {', '.join(terms.languages)}")
    if form not in privacy.register.FORMS:
        raise typer.BadParameter(f"--as is one of {', '.join(privacy.register.FORMS)}")
    if check:
        found = connect.run(NAME, data, dsn, lambda pool: _missing(pool, terms))
        words = "\n".join(found) or "whole: every column, view, index and file is declared"
        connect.say(words, {"missing": list(found)}, as_json=as_json)
        if found:
            raise typer.Exit(connect.FAILED)
    elif as_json:
        connect.say("", privacy.register.book(terms, spoken), as_json=True)
    else:
        connect.say(privacy.register.written(terms, spoken, form).rstrip("\n"), None, as_json=False)


async def _missing(pool: Pool, terms: Terms) -> tuple[str, ...]:
    return await perform(pool, privacy.register.faults, terms)
