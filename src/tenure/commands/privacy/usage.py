"""The command ``tenure privacy usage``: which months of usage end, and the end of them by hand."""

import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.privacy import releases
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy import model, operations
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

held = model.usage
log = logging.getLogger(__name__)

BY: Final = "<clock>"

NAME: Final = "privacy usage"
MEGABYTE: Final = 1 << 20


class Done(msgspec.Struct, frozen=True):
    """What there was, what was due, and what came of it."""

    months: list[held.Months]
    coming: list[tuple[held.Stage, Instant]]
    """Of each month, which stage comes next, and when it falls due."""
    due: list[held.Due]
    ended: list[held.Ended]


_Answer = Done | Refused[held.Refusal] | Refused[StaffRefusal]


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    parent.command()(usage)
    releases.add(parent)


def usage(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what is due; nothing ends.")
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
    """End the usage of months whose period is over: first the details, later whose it was.

    A running Tenure does it by itself.  Each month and stage is one transaction, in which the
    database compares what the month came to before and after.  What a hold keeps stays as it is.

    Example: tenure privacy usage --dry-run
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)

    async def work(pool: Pool) -> _Answer:
        allowed = await perform(pool, staff.allowed, act.by, Task.END_USAGE, act.at)
        if isinstance(allowed, Refused):
            return allowed
        return await _work(pool, terms, act, dry_run=dry_run, quiet=as_json)

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(done, Refused):
        connect.refused(NAME, done, as_json=as_json)
    connect.say("\n".join(_lines(done, dry_run=dry_run)), _told(done), as_json=as_json)


async def _look(
    tx: Transaction, terms: Terms, at: Instant
) -> tuple[list[held.Months], list[held.Due]]:
    return await operations.usage.months(tx), await operations.usage.due(tx, terms, at)


async def _work(pool: Pool, terms: Terms, act: Act, *, dry_run: bool, quiet: bool) -> _Answer:
    """Each month in a transaction of its own, the oldest first; said as it is done."""
    months, due = await perform(pool, _look, terms, act.at)
    ended: list[held.Ended] = []
    for nth, one in enumerate(() if dry_run else due, 1):
        if not quiet:
            what = f"{one.month:%Y-%m} {one.stage.value}, about {one.entries:,} entries"
            sys.stderr.write(f"{nth} of {len(due)}: {what} …\n")
        fresh = connect.act_of(act.by, act.at, act.reason)
        made = await perform(pool, operations.usage.anonymise, terms, one.month, one.stage, fresh)
        if isinstance(made, Refused):
            return made
        ended.append(made)
    return Done(months, operations.usage.coming(terms, months, act.at), due, ended)


def ending(pool: Pool, terms: Terms) -> Callable[[Instant], Awaitable[None]]:
    """What time causes: the usage of months ends whose period is over, one after the other."""

    async def end(at: Instant) -> None:
        for one in await perform(pool, operations.usage.due, terms, at):
            act = connect.act_of(BY, at)
            made = await perform(pool, operations.usage.anonymise, terms, one.month, one.stage, act)
            if not isinstance(made, Refused):
                what = (f"{one.month:%Y-%m}", one.stage.value, made.ended, made.held)
                log.info("privacy: usage of %s ended: %s of %d entries, %d held", *what)

    return end


def _lines(done: Done, *, dry_run: bool) -> list[str]:
    """What was done, as a person reads it."""
    lines = []
    if dry_run:
        pairs = zip(done.months, done.coming, strict=True)
        lines = [_month(one, done.due, coming) for one, coming in pairs]
    for one in done.ended:
        what = _WORDS[one.stage]
        kept = f", {one.held:,} held" if one.held else ""
        told = f"; {one.totals:,} sums are told" if one.stage is not held.Stage.DETAILS else ""
        lines.append(
            f"{one.month:%Y-%m}  {what} {one.ended:,} entries{kept}{told}; books unchanged"
        )
    return lines or ["no month of usage is due"]


_WORDS: Final = {
    held.Stage.DETAILS: "details of",
    held.Stage.TOTALS: "usage became totals:",
    held.Stage.BOOKS: "books were carried forward:",
}


def _month(one: held.Months, due: list[held.Due], coming: tuple[held.Stage, Instant]) -> str:
    """A month and what comes next of it."""
    found = [each for each in due if each.month == one.month]
    what = "details ended" if one.details_ended else "with details"
    what = "totals" if one.totals_made else what
    size = f"about {one.entries:,} entries, {one.octets // MEGABYTE:,} MB"
    then = f"; next: {coming[0].value}, {iso(coming[1])}"
    if found:
        then = f"; due since {iso(found[0].since)}: {found[0].stage.value}"
    return f"{one.month:%Y-%m}  {what}, {size}{then}"


def _told(done: Done) -> dict[str, object]:
    """The same for a program."""
    return {
        "months": [
            {
                "month": f"{one.month:%Y-%m}",
                "entries": one.entries,
                "octets": one.octets,
                "details_ended": one.details_ended,
                "totals_made": one.totals_made,
            }
            for one in done.months
        ],
        "due": [
            {"month": f"{one.month:%Y-%m}", "stage": one.stage.value, "since": iso(one.since)}
            for one in done.due
        ],
        "ended": [
            {
                "month": f"{one.month:%Y-%m}",
                "run": one.run,
                "stage": one.stage.value,
                "ended": one.ended,
                "held": one.held,
                "totals": one.totals,
                "totals_sha256": one.totals_sha256,
            }
            for one in done.ended
        ],
    }
