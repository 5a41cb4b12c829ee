"""The commands ``tenure privacy backup`` and ``restore``: sealed copies of a whole database."""

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from tenure.commands import connect, ending, people_keys
from tenure.commands.connect import AsJson, Data, Dsn, Operator
from tenure.commands.people_keys import KeysAt
from tenure.commands.privacy import copy_ends
from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.keystore.words import WrongKeyStoreError
from tenure.postgres import migrations
from tenure.postgres.connection import connector
from tenure.postgres.migrations import CannotMigrateError
from tenure.postgres.ownership import NotTheOwnerError, owning
from tenure.postgres.pool import pool_of
from tenure.postgres.programs import CannotStartError
from tenure.postgres.reach import reached
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.model import Made, PutBack
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.values.instant import DAY_MS, Instant, iso
from tenure.values.refused import Refused

BY: Final = "<copy>"
COPIED: Final = "privacy.copied"
PUT_BACK: Final = "privacy.put_back"
SAY_SECONDS: Final = 2.0

MANIFEST: Final = "manifest.json"
KeepDays = Annotated[
    int | None,
    typer.Option("--keep-days", min=1, help="After so many days nobody reads it any more."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing while it goes on.")]


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    for command in (backup, restore):
        parent.command()(command)


def backup(
    out: Annotated[Path, typer.Option("--out", help="A folder that is not there yet.")],
    keys: KeysAt = None,
    keep_days: KeepDays = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make a sealed copy of the whole database, of one moment, while everything goes on.

    Every personal value is sealed with the key of whom it is about and of its class of retention:
    whoever is erased later cannot be read in it any more.  It is of no use without the key store,
    which is copied apart (tenure privacy keys copy).  With --dsn, connect as a superuser, or as a
    role that owns the tables and has BYPASSRLS.  With --keep-days, tenure up ends it then.

    Example: tenure privacy backup --out copies/2026-11-22 --keep-days 90
    """
    at, name = connect.instant_typed(None), "privacy backup"
    pack = connect.terms_of(name, operator).operator
    folder = people_keys.folder_of(name, keys, data, dsn)
    with people_keys.opened_or_made(name, folder, at) as shelf, _progress(quiet) as told:

        async def work(owner_dsn: str, app_dsn: str) -> Made | Refused[Any]:
            connection = await connector(owner_dsn)()
            async with connection, connection.transaction():
                made = await privacy.make_copy(
                    connection, shelf, out, operator=pack, at=at, progress=told
                )
            if not isinstance(made, Refused):
                async with pool_of(app_dsn, size_min=1, size_max=1) as pool:
                    said = {"rows": made.rows, "serial": shelf.serial()}
                    await perform(pool, _note, COPIED, said, connect.act_of(BY, at))
            return made

        made = _run(name, data, dsn, work)
    if isinstance(made, Refused):
        connect.refused(name, made, as_json=as_json)
    words = (
        f"{made.rows:,} rows of {made.tables} tables are in {out}, {made.octets:,} octets, sealed\n"
        f"keep the key store apart from it: without {folder} nobody can read it"
    )
    if made.ended:
        words += f"\n{made.ended:,} values ended while it was made, and are not in it"
    copy_id, ends = _ended_by(folder, out, at, keep_days)
    told = {**msgspec.structs.asdict(made), "copy": copy_id, "until": ends}
    words += f"\nits id is {copy_id}; it ends {ends or 'by: tenure privacy keys end-copy'}"
    connect.say(words, told, as_json=as_json)


def _ended_by(folder: Path, out: Path, at: Instant, keep_days: int | None) -> tuple[str, str]:
    """The id of a copy that was made, and when it ends; "" when nobody said so."""
    copy_id = str(msgspec.json.decode((out / MANIFEST).read_bytes())["copy_id"])
    if keep_days is None:
        return copy_id, ""
    until = Instant(at + keep_days * DAY_MS)
    copy_ends.keep(folder, copy_id, until)
    return copy_id, iso(until)


def restore(
    copy: Annotated[Path, typer.Option("--from", help="The folder of a copy.")],
    keys: KeysAt = None,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="The ledger of erasures, if it is elsewhere.")
    ] = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Put a sealed copy back into a new data folder, or into an empty database.

    Whoever was erased since the copy was made does not come back: their keys are gone, and the
    ledger of erasures beside the key store is carried out again before this ends.  It is refused
    whole, and nothing is changed, when a file is missing or was changed, when something is there
    already, or when key store or operator are others.  Start tenure up only afterwards.

    Example: tenure privacy restore --from copies/today --data .new --keys .tenure/keys/people
    """
    name, at = "privacy restore", connect.instant_typed(None)
    pack = connect.terms_of(name, operator).operator
    folder = people_keys.folder_of(name, keys, data, dsn)
    with people_keys.opened(name, folder) as shelf, _progress(quiet) as told:

        async def work(owner_dsn: str, app_dsn: str) -> tuple[PutBack, int, int]:
            book = privacy.Ledger(ledger or folder / opening.LEDGER)
            connection = await connector(owner_dsn)()
            async with connection, connection.transaction():
                back = await privacy.put_copy_back(
                    connection, shelf, copy, operator=pack, progress=told
                )
                fences, erasures = await _settled(connection, shelf, book, back, at)
            async with pool_of(app_dsn, size_min=1, size_max=2) as pool:
                await ending.go_on(pool, book, at, shelf)
            return back, fences, erasures

        try:
            back, fences, erasures = _run(name, data, dsn, work, make=True)
        except privacy.UnfitError as unfit:
            connect.refused(name, unfit.refused, as_json=as_json)
    connect.say(words_of(back, fences, erasures), back, as_json=as_json)


async def _settled(
    tx: Transaction, shelf: Shelf, book: privacy.Ledger, back: PutBack, at: Instant
) -> tuple[int, int]:
    """Write what ended since into what was put back, so that it is there with the first row.

    Whoever dies before it is carried out leaves it to the next ``tenure up``.
    """
    agreed = await privacy.Keys(shelf).agree(tx, connect.act_of(BY, at))
    said = {"rows": back.rows, "omitted": back.omitted, "emptied": back.emptied}
    await _note(tx, PUT_BACK, said, connect.act_of(BY, at))
    return agreed.noted, await privacy.retention.replay(tx, book, connect.act_of(BY, at))


def words_of(back: PutBack, fences: int, erasures: int) -> str:
    """What became of a copy, for a person."""
    words = [f"{back.rows:,} rows of {back.tables} tables were put back"]
    if back.omitted:
        words.append(f"{back.omitted:,} rows were not: the keys of whom they were about are gone")
    if back.emptied:
        words.append(f"{back.emptied:,} came without the columns whose keys are gone")
    if back.hollow:
        words.append(f"{back.hollow:,} came as a bare number, because rows that stay lead to them")
    if back.orphans:
        words.append(f"{back.orphans:,} rows went with what they belonged to")
    words.append(f"{fences:,} ends of keys and {erasures:,} erasures were newer than the copy")
    words.append("the record is older than what witnesses saw: see docs/operating.md, Backups")
    return "\n".join(words)


async def _note(tx: Transaction, kind: str, said: Mapping[str, Plain], act: Act) -> int:
    return await record.append(tx, act, kind, said, {})


def _run(name: str, data: Path, dsn: str | None, work: Any, *, make: bool = False) -> Any:
    """Do the work as the owner, and say what is in the way."""
    try:
        with owning(), reached(data=data, dsn=dsn, make=make) as database:
            steps = migrations.read(migrations.folder())
            if make:
                migrations.migrate(database.owner_dsn, steps, at=connect.instant_typed(None))
            elif missing := migrations.pending(database.dsn, steps):
                connect.fail(name, f"the database lacks {missing[0].title}; run: tenure migrate")
            return asyncio.run(work(database.owner_dsn, database.dsn))
    except NotTheOwnerError as error:
        wanted = "connect as a superuser, or as a role that owns the tables and has BYPASSRLS"
        connect.fail(name, f"this role may not do that ({error}); {wanted}")
    except (CannotMigrateError, CannotStartError, WrongKeyStoreError) as error:
        connect.fail(name, str(error))


@contextmanager
def _progress(quiet: bool) -> Iterator[Any]:
    """Says from time to time how far it is, where somebody watches."""
    said = time.monotonic()
    watched = sys.stderr.isatty() and not quiet

    def told(table: str, rows: int) -> None:
        nonlocal said
        if watched and time.monotonic() - said > SAY_SECONDS:
            said = time.monotonic()
            sys.stderr.write(f"\r{table}: {rows:,} rows        ")

    yield told
    if watched:
        sys.stderr.write("\r" + " " * 60 + "\r")
