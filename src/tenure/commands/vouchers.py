"""The commands ``tenure vouchers``: cards are issued and printed once, blocked, and reported."""

import csv
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tenure.commands import connect, voucher_key
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import BatchReport, Issue, Printing, Refusal, VoucherKey
from tenure.terms.model import Terms
from tenure.values.instant import iso
from tenure.values.money import words
from tenure.values.refused import Refused

app = typer.Typer(help="Issue, block and report top-up cards.", no_args_is_help=True)

NAME = "vouchers"


@app.command()
def issue(
    amount: Annotated[str, typer.Option(help="The denomination, in units of the currency: 5.00.")],
    count: Annotated[int, typer.Option(help="How many cards.", min=1)],
    output: Annotated[
        Path, typer.Option(help="Where the cards are printed, as CSV, once; - for stdout.")
    ],
    key_file: voucher_key.KeyFile = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Issue a batch of cards, and print serials and PINs once.

    The file is made readable by its owner alone, and must not exist.  PINs are nowhere else: the
    database has only hashes under the key in --key-file, which is made with the first batch.

    Example: tenure vouchers issue --amount 5.00 --count 1000 --output cards.csv
    """
    terms = connect.terms_of(NAME, operator)
    asked = Issue(connect.amount_of(amount), count)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    key = voucher_key.read_or_make(NAME, key_file, data, dsn)

    async def work(pool: Pool) -> Printing | Refused[Refusal] | Refused[StaffRefusal]:
        if not await perform(pool, topups.fits_key, key):
            connect.fail(NAME, voucher_key.WRONG)
        printing = await perform(pool, _prepare, terms, asked, key, act)
        if isinstance(printing, Printing):
            with _printed(printing, output, terms), _progress(count) as told:
                await perform(pool, topups.issue, printing, key, act, told)
        return printing

    printing = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(printing, Refused):
        connect.refused(NAME, printing, as_json=as_json)
    if str(output) == "-":
        return
    batch = printing.batch
    told = {
        "batch": batch.batch_id,
        "vouchers": batch.vouchers,
        "first_serial": f"{printing.cards[0].serial:0{terms.vouchers.serial_digits}d}",
        "expires_at": iso(batch.expires_at),
        "output": str(output),
    }
    each = words(batch.amount_micros, terms.currency)
    said = f"batch {batch.batch_id}: {batch.vouchers} cards of {each}, in {output}"
    connect.say(f"{said}, usable until {iso(batch.expires_at)}", told, as_json=as_json)


async def _prepare(
    tx: Transaction, terms: Terms, asked: Issue, key: VoucherKey, act: Act
) -> Printing | Refused[Refusal] | Refused[StaffRefusal]:
    member = await staff.allowed(tx, act.by, Task.ISSUE_VOUCHERS, act.at)
    if isinstance(member, Refused):
        return member
    return await topups.prepare(tx, terms, asked, key, os.urandom, act.at)


@contextmanager
def _printed(printing: Printing, output: Path, terms: Terms) -> Iterator[None]:
    """The cards on paper before they are worth money; if that fails, or this does, they are not."""
    if str(output) == "-":
        yield
        _print(printing, sys.stdout, terms)
        return
    try:
        handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        connect.fail(NAME, f"{output}: cannot be made: {error.strerror}; name another file")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            _print(printing, file, terms)
            file.flush()
            os.fsync(file.fileno())
        yield
    except BaseException:
        output.unlink()
        raise


def _print(printing: Printing, file: IO[str], terms: Terms) -> None:
    writer = csv.writer(file)
    writer.writerow(("serial", "pin", "amount", "active_days", "expires_at"))
    batch = printing.batch
    amount = words(batch.amount_micros, terms.currency)
    shared = (amount, batch.active_days, iso(batch.expires_at))
    for card in printing.cards:
        serial = f"{card.serial:0{terms.vouchers.serial_digits}d}"
        writer.writerow((serial, str(card.pin), *shared))


@contextmanager
def _progress(count: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, if that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("cards", total=count)
        yield lambda cards: progress.advance(task, cards)


@app.command()
def block(
    batch: Annotated[int | None, typer.Option(help="Block what is left of this batch.")] = None,
    serial: Annotated[int | None, typer.Option(help="Block the card with this serial.")] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Block cards that are not used yet: a batch that was lost, or one card.

    Example: tenure vouchers block --batch 7 --reason "lost in transport"
    """
    if (batch is None) == (serial is None):
        raise typer.BadParameter("give one of --batch and --serial")
    act = connect.act_of(by, connect.instant_typed(at), reason)

    async def work(pool: Pool) -> int | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, _block, batch, serial, act)

    blocked = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(blocked, Refused):
        connect.refused(NAME, blocked, as_json=as_json)
    connect.say(f"blocked {blocked} cards", {"blocked": blocked}, as_json=as_json)


async def _block(
    tx: Transaction, batch: int | None, serial: int | None, act: Act
) -> int | Refused[Refusal] | Refused[StaffRefusal]:
    member = await staff.allowed(tx, act.by, Task.BLOCK_VOUCHERS, act.at)
    if isinstance(member, Refused):
        return member
    if batch is not None:
        return await topups.block_batch(tx, batch, act)
    assert serial is not None
    return await topups.block_card(tx, serial, act)


@app.command()
def report(
    batch: Annotated[int | None, typer.Option(help="Only this batch.")] = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Report each batch: cards issued, used, blocked, expired, and the value outstanding.

    Example: tenure vouchers report --json
    """
    terms = connect.terms_of(NAME, operator)
    now = connect.instant_typed(at)

    async def work(pool: Pool) -> list[BatchReport]:
        return await perform(pool, topups.reports, now, batch)

    reports = connect.run(NAME, data, dsn, work)
    if as_json:
        connect.say("", [_told(one) for one in reports], as_json=True)
    elif reports:
        Console().print(_table(reports, terms))
    else:
        connect.say("no cards were issued", [], as_json=False)


def _told(one: BatchReport) -> dict[str, object]:
    batch = one.batch
    return {
        "batch": batch.batch_id,
        "amount_micros": batch.amount_micros,
        "issued_at": iso(batch.issued_at),
        "expires_at": iso(batch.expires_at),
        "issued": batch.vouchers,
        "used": one.used,
        "blocked": one.blocked,
        "expired": one.expired,
        "outstanding": one.outstanding,
        "outstanding_micros": one.outstanding_micros,
    }


def _table(reports: list[BatchReport], terms: Terms) -> Table:
    table = Table(box=None, header_style="bold")
    table.add_column("batch")
    table.add_column("card")
    for name in ("issued", "used", "blocked", "expired", "outstanding", "value outstanding"):
        table.add_column(name, justify="right")
    for one in reports:
        counts = (one.batch.vouchers, one.used, one.blocked, one.expired, one.outstanding)
        table.add_row(
            str(one.batch.batch_id),
            words(one.batch.amount_micros, terms.currency),
            *(f"{count:,}" for count in counts),
            words(one.outstanding_micros, terms.currency),
        )
    return table
