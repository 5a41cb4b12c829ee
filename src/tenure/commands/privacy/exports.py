"""The commands ``tenure privacy export, export-schema``: all that is held of somebody, for them."""

import sys
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from tenure.commands import connect, people_keys, secret_file
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.desk import Desk
from tenure.commands.number.acting import by_staff
from tenure.commands.people_keys import KeysAt
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy import model, operations
from tenure.promises.staff.model import Task
from tenure.values.instant import iso
from tenure.values.refused import Refused

held = model.exports
exports = operations.exports

NAME: Final = "privacy export"
SECRET_OCTETS: Final = 32
KEY: Final = "exports"

Whom = Annotated[
    str, typer.Option("--for", metavar="KIND:NUMBER", help="person:4711, subject:12 or human:3.")
]
ScopeTyped = Annotated[
    held.Scope | None,
    typer.Option("--scope", help="copy or know, if you like: it follows from the case."),
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help="Seals packages under way; DATA/keys/exports without it."),
]


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    parent.command()(export)
    parent.command()(export_schema)


def whose_of(typed: str) -> held.Whose:
    """Somebody as KIND:NUMBER."""
    kind, _, number = typed.partition(":")
    if kind not in {one.value for one in held.Kind} or not number.isdecimal():
        raise typer.BadParameter("--for: write KIND:NUMBER, such as person:4711")
    return held.Whose(held.Kind(kind), int(number))


def export(
    whom: Whom,
    case: Annotated[UUID, typer.Option("--case", help="The case that this answers.")],
    language: Annotated[str, typer.Option("--language", help="Of the paper: km, en, id.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the package.")],
    scope: ScopeTyped = None,
    key_file: KeyFile = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    keys: KeysAt = None,
    as_json: AsJson = False,
) -> None:
    """Write the sealed package of all that is held about somebody; goes on where it was killed.

    How much it holds follows from what the case asks.  The passphrase is shown once: tell it by
    another way than the package, which tools/open_export.py opens.

    Example: tenure privacy export --for person:4711 --case 7b0e4c62-5d4e-4f1c-9c59-9f86d081884c
    --language km --out packages
    """
    terms, act = connect.terms_of(NAME, operator), connect.act_of(by, connect.instant_typed(at))
    secret, whose = _secret(key_file, data, dsn), whose_of(whom)
    folder = keys or (None if dsn is not None else data / people_keys.FOLDER)

    async def work(pool: Pool) -> tuple[exporting.Asked, held.Job] | Refused[held.Refusal]:
        await by_staff(pool, (act, Task.ANSWER_RIGHTS), _nothing)
        desk = Desk(pool, terms, secret, out.resolve(), lambda: connect.instant_typed(at), folder)
        await exporting.sweep(desk)
        begun = await _begun(desk, whose, scope, language, (by, str(case)))
        if isinstance(begun, Refused):
            return begun
        # Before the work: whoever kills it has the passphrase of what goes on later.
        _say_passphrase(begun, as_json=as_json)
        done = await _with_bar(desk, begun.job, by)
        return done if isinstance(done, Refused) else (begun, done)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    begun, done = found
    assert done.until_at is not None
    told = {
        "export": done.export_id,
        "file": done.file,
        "passphrase": begun.passphrase,
        "records": done.position.records,
        "until": iso(done.until_at),
    }
    words = (
        f"{done.position.records:,} records are in {done.file}\n"
        f"it is destroyed at {iso(done.until_at)}, or once it was fetched"
    )
    connect.say(words, told, as_json=as_json)


def export_schema(as_json: AsJson = False) -> None:
    """Print the JSON Schema of held.json, the document in a package.

    Example: tenure privacy export-schema > held.schema.json
    """
    del as_json  # a schema is JSON for everybody
    connect.say("", exports.document.schema(), as_json=True)


async def _begun(
    desk: Desk,
    whose: held.Whose,
    scope: held.Scope | None,
    language: str,
    answering: tuple[str, str],
) -> exporting.Asked | Refused[held.Refusal]:
    """Begin the package that the case asks for; ``answering`` is who of ours, and which case."""
    by, case = answering
    owed = await perform(desk.pool, exports.scope_of, case, whose, scope)
    if isinstance(owed, Refused):
        return owed
    return await exporting.ask(desk, whose, owed, language, by, case)


async def _nothing(tx: Transaction) -> None:
    """Only whether they may."""


def _say_passphrase(begun: exporting.Asked, *, as_json: bool) -> None:
    if as_json:
        return
    words = f"passphrase: {begun.passphrase}   (shown once; tell it by another way)"
    if not begun.passphrase:
        words = "goes on where it was; its passphrase was shown when it began"
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def _with_bar(desk: Desk, job: held.Job, by: str) -> held.Job | Refused[held.Refusal]:
    """Do it, with a bar for who waits; how many there will be is known only at the end."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        sections = max(len(job.pins), 1)
        line = bar.add_task("telling", total=sections)

        def progress(now: held.Job) -> None:
            told = f"telling: {now.position.records:,} records"
            bar.update(line, completed=now.position.section, description=told)

        return await exporting.run(desk, job, by, progress)


def _secret(key_file: Path | None, data: Path, dsn: str | None) -> bytes:
    if key_file is None and dsn is not None:
        connect.fail(NAME, "with --dsn, name the file of the key of packages with --key-file")
    path = key_file or data / "keys" / KEY
    secret_file.make(NAME, path, SECRET_OCTETS)
    return secret_file.read(NAME, path, SECRET_OCTETS, "it is made with the first export")
