"""The command ``tenure charge``: charges the offline usage records of a file, each exactly once."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Final, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tenure.commands import collector, connect
from tenure.commands.connect import AsJson, At, Data, Dsn, Operator
from tenure.gateways.files.server import Run, Totals
from tenure.gateways.files.wire import Unreadable
from tenure.postgres.connection import connector
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import perform
from tenure.promises.charging import operations as charging
from tenure.promises.money import operations as money
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs.rules import compile_book
from tenure.terms import pack
from tenure.terms.pricelist import Pack
from tenure.terms.problems import UnusablePackError
from tenure.values.instant import Instant, instant_of
from tenure.values.money import words
from tenure.values.refused import Refused

app = typer.Typer()

NAME: Final = "charge"
SOME_REJECTED: Final = 1
CANNOT_RUN: Final = 2
LANES: Final = 3
"""One that PostgreSQL works for, one that is decided, and one that waits for the disk."""
BATCH_MAX: Final = 250
"""Records of one transaction: an offline record waits for no one, so batches may be large."""


@app.command()
def charge(
    file: Annotated[Path, typer.Argument(help="Usage records: CSV or NDJSON, gzip allowed.")],
    rejects: Annotated[
        Path | None, typer.Option(help="Where rejected lines go; else FILE.rejects.csv.")
    ] = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Charge the usage records of a file.

    Each record is charged once, by its record_id, however often it comes and in whatever file: a
    run that was stopped is resumed by running it again.  A line that cannot be charged goes to the
    reject file with its field, the reason and what to do; the rest is charged.  Columns of a CSV
    header, or members of NDJSON objects: record_id, service, direction, msisdn or imsi,
    other_party, at, seconds | octets | messages | amount, rating_group, visited_plmn, description.

    Exits with 0 when everything is charged, 1 when something was rejected, 2 when it cannot run.

    Example: tenure charge usage-2026-11-21.csv.gz --operator smart-kh
    """
    target = rejects or file.with_name(f"{file.name}.rejects.csv")
    _check(file, target)
    try:
        published = pack.load(operator)
    except UnusablePackError as unusable:
        _cannot(str(unusable))
    now = _clock(at)
    collector.settle()

    async def work(reached_dsn: str) -> tuple[Totals, Unreadable | None]:
        return await _charged(reached_dsn, published, file, target, now)

    try:
        totals, stopped = connect.run_on(NAME, data, dsn, work)
    except typer.Exit:
        raise typer.Exit(CANNOT_RUN) from None
    except KeyboardInterrupt:
        _cannot("stopped; run it again to go on where it was: nothing is charged twice")
    except OSError as error:
        _cannot(f"{error.filename or file}: {error.strerror or error}")
    _tell(file, target, totals, stopped, published.terms.currency, as_json=as_json)


def _check(file: Path, target: Path) -> None:
    """Say what keeps us from reading the file or from writing beside it."""
    if not file.is_file():
        _cannot(f"{file}: no such file; correct its name")
    if target.resolve() == file.resolve():
        _cannot(f"{target}: the reject file would replace the input; give another --rejects")
    if not target.parent.is_dir():
        _cannot(f"{target.parent}: no such folder; give another --rejects")


def _clock(at: str | None) -> Callable[[], Instant]:
    """The clock of this run: the real one, or one that stands at --at."""
    if at is None:
        return lambda: instant_of(dt.datetime.now(dt.UTC))
    stands = connect.instant_typed(at)
    return lambda: stands


async def _charged(
    dsn: str, published: Pack, file: Path, target: Path, now: Callable[[], Instant]
) -> tuple[Totals, Unreadable | None]:
    """Run the file through lanes of its own, by the prices on record; what became of it."""

    async with pool_of(dsn, size_min=1, size_max=1) as pool:
        await perform(pool, money.open_months, now())
        act = connect.act_of("<tenure>", now())
        in_force = await perform(pool, tariffs.timeline, published, act)
    if isinstance(in_force, Refused):
        connect.fail(NAME, in_force.detail)
    book = compile_book(in_force)
    lanes = charging.lanes(connector(dsn), book, count=LANES, batch_max=BATCH_MAX)
    lanes.start()
    try:
        with _progress() as watch:
            run = Run(lanes.submit, now, watch)
            stopped = await run.charge(file, target)
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(lanes.stop(), timeout=10)
    return run.totals, stopped


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[Totals], None]]:
    """A progress bar on stderr, if that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, disable=not console.is_terminal, transient=True
    ) as progress:
        task = progress.add_task("reading", total=None)

        def watch(totals: Totals) -> None:
            progress.update(
                task,
                total=totals.octets_size,
                completed=totals.octets_read,
                description=f"{totals.charged:,} charged, {totals.rejected:,} rejected",
            )

        yield watch


def _tell(  # what was run, on what, and what came of it
    file: Path,
    target: Path,
    totals: Totals,
    stopped: Unreadable | None,
    currency: str,
    *,
    as_json: bool,
) -> None:
    """Report the totals, and end with the exit code that says how it went."""
    rejected = str(target) if totals.rejected else None
    told = {
        "file": str(file),
        "records": totals.records,
        "charged": totals.charged,
        "repeated": totals.repeated,
        "rejected": totals.rejected,
        "accidents": totals.accidents,
        "amount_micros": totals.amount_micros,
        "currency": currency,
        "rejects": rejected,
        "unreadable": None if stopped is None else msgspec.structs.asdict(stopped),
    }
    said = (
        f"{file.name}: {totals.records:,} records; {totals.charged:,} charged, "
        f"{words(totals.amount_micros, currency)}; {totals.repeated:,} charged before; "
        f"{totals.rejected:,} rejected"
    )
    if rejected:
        said += f", see {rejected}"
    connect.say(said, told, as_json=as_json)
    if stopped is not None:
        _cannot(f"{file}, line {stopped.line}: {stopped.reason}; {stopped.remedy}")
    if totals.rejected:
        raise typer.Exit(SOME_REJECTED)


def _cannot(why: str) -> NoReturn:
    """Say why it cannot run, and exit with 2."""
    try:
        connect.fail(NAME, why)
    except typer.Exit:
        raise typer.Exit(CANNOT_RUN) from None
