"""Imports numbers and SIMs, adds ranges, sets numbers aside, and shows what is free."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect, sim_key
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.number.acting import NAME, by_staff
from tenure.commands.number.importing import WORDS, Import, Report, Row
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers import rules
from tenure.promises.numbers.model import (
    HoldingRefusal,
    Imported,
    NumberRange,
    Reservation,
    SimCard,
)
from tenure.promises.staff.model import Task
from tenure.values.instant import DAY_MS, Instant, iso
from tenure.values.msisdn import Iccid, Msisdn
from tenure.values.refused import Refused

SOME_REJECTED: Final = 1

Rejects = Annotated[
    Path | None, typer.Option(help="Where rejected lines go; else FILE.rejects.csv.")
]
Number = Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure number``."""
    app.command(name="import")(import_)
    app.command(name="import-sims")(import_sims)
    app.command(name="range")(range_)
    app.command()(reserve)
    app.command()(free)


def import_(
    file: Annotated[Path, typer.Argument(help="CSV with the columns first, last, class.")],
    rejects: Rejects = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Import ranges of numbers, or single ones, with their class.

    ``last`` may be empty for a single number, ``class`` for ordinary.  A single number inside a
    range gets a class of its own.  A row that is wrong goes to the reject file with its line, field
    and reason; the rest is imported.  An import can be repeated: what is there is passed over.

    Exits with 0 when everything is in stock, 1 when something was rejected or it cannot run.

    Example: tenure number import numbers.csv
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(None), reason)
    allowed = (act, Task.IMPORT_STOCK)

    async def work(pool: Pool) -> Report:
        async def stored(rows: Sequence[NumberRange]) -> Imported:
            return await by_staff(pool, allowed, numbers.inventory.import_numbers, rows, act)

        def understood(row: Row) -> NumberRange | Refused[HoldingRefusal]:
            return rules.number_range(row, terms)

        columns = ("first", "last", "class")
        return await Import(file, rejects, columns, understood, stored).run()

    report = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    _tell(report, "ranges and numbers", as_json=as_json)


def import_sims(
    file: Annotated[Path, typer.Argument(help="CSV: iccid, imsi, ki, opc, algorithm.")],
    rejects: Rejects = None,
    key_file: sim_key.KeyFile = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Import SIMs; their keys are sealed at once, and are nowhere in clear but in the file itself.

    ``opc`` is empty for an algorithm without one (milenage has one).  Remove the file afterwards.
    A row that is wrong goes to the reject file with its line, field and reason, without what stood
    there.  An import can be repeated: a card that is there exactly so is passed over.

    Exits with 0 when all are in stock, 1 when something was rejected or it cannot run.

    Example: tenure number import-sims sims-2026-11.csv
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(None), reason)
    allowed = (act, Task.IMPORT_STOCK)
    key = sim_key.read_or_make(NAME, key_file, data, dsn)

    async def work(pool: Pool) -> Report:
        if not await perform(pool, numbers.inventory.fits_key, key):
            connect.fail(NAME, sim_key.WRONG)

        async def stored(cards: Sequence[SimCard]) -> Imported:
            add_all = numbers.inventory.import_sims
            return await by_staff(pool, allowed, add_all, cards, key, os.urandom, act)

        def understood(row: Row) -> SimCard | Refused[HoldingRefusal]:
            return rules.sim_card(row, terms.home_plmns)

        columns = ("iccid", "imsi", "ki", "opc", "algorithm")
        return await Import(file, rejects, columns, understood, stored).run()

    report = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    _tell(report, "SIMs", as_json=as_json)


def range_(
    first: Annotated[str, typer.Argument(help="The first number.")],
    last: Annotated[str, typer.Argument(help="The last number.")],
    number_class: Annotated[
        str, typer.Option("--class", help="Of which class they are, such as gold.")
    ] = "ordinary",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Add one range of numbers to the stock.

    Example: tenure number range 85516000000 85516999999 --class ordinary
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(None), reason)
    asked = rules.number_range({"first": first, "last": last, "class": number_class}, terms)
    if isinstance(asked, Refused):
        connect.refused(NAME, asked, as_json=as_json)

    async def work(pool: Pool) -> Imported:
        allowed = (act, Task.IMPORT_STOCK)
        return await by_staff(pool, allowed, numbers.inventory.import_numbers, [asked], act)

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if done.refused:
        refusal = done.refused[0][1]
        connect.refused(NAME, Refused(refusal, WORDS[refusal]), as_json=as_json)
    told = {"first": str(asked.first), "last": str(asked.last), "class": asked.number_class}
    state = "in stock now" if done.new else "in stock already"
    connect.say(f"+{asked.first} to +{asked.last}: {state}", told, as_json=as_json)


def reserve(
    number: Number,
    days: Annotated[int, typer.Option(help="For so many days.", min=1)] = 1,
    release: Annotated[
        bool, typer.Option("--release", help="End your reservation instead.")
    ] = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Set a free number aside for yourself; of two at the same time, one gets it.

    Example: tenure number reserve "016 123 456" --days 2
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    allowed = (act, Task.SELL_LINE)

    async def work(pool: Pool) -> Reservation | Refused[HoldingRefusal]:
        if release:
            return await by_staff(pool, allowed, numbers.inventory.release, msisdn, act)
        until = Instant(act.at + days * DAY_MS)
        return await by_staff(pool, allowed, numbers.inventory.reserve, terms, msisdn, until, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    until = iso(act.at if release else found.until)
    told = {"msisdn": str(msisdn), "reserved_by": found.reserved_by, "until": until}
    state = "anybody may have it now" if release else f"yours until {until}"
    connect.say(f"+{msisdn}: {state}", told, as_json=as_json)


def free(
    number_class: Annotated[
        str | None, typer.Option("--class", help="Only of this class, such as gold.")
    ] = None,
    count: Annotated[int, typer.Option(help="So many at most.", min=1, max=1000)] = 10,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show numbers that somebody could get now, and SIM cards that nobody has.

    Example: tenure number free --class gold --count 5
    """
    terms = connect.terms_of(NAME, operator)
    now = connect.instant_typed(at)

    async def work(pool: Pool) -> tuple[list[Msisdn], list[Iccid]]:
        found = await perform(pool, numbers.inventory.free, terms, number_class, count, now)
        return found, await perform(pool, numbers.inventory.fresh_sims, count)

    found, cards = connect.run(NAME, data, dsn, work)
    told = {"numbers": [str(one) for one in found], "iccids": [str(one) for one in cards]}
    lines = [f"number  +{one}" for one in found] or ["no number of this kind is free"]
    lines += [f"SIM     {one}" for one in cards] or ["no SIM is left; import a file of SIMs"]
    connect.say("\n".join(lines), told, as_json=as_json)


def _tell(report: Report, what: str, *, as_json: bool) -> None:
    """What became of the file; exits with 1 when something was rejected."""
    words = f"{report.new} {what} are new, {report.known} were there already"
    if report.rejected:
        words += f", {report.rejected} rows are wrong: see {report.rejects}"
    connect.say(words, report, as_json=as_json)
    if report.rejected:
        raise typer.Exit(SOME_REJECTED)
