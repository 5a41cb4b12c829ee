"""The commands ``tenure privacy retention, erase, erased, replay``: what ends, and what ended."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID, uuid4

import typer

from tenure.commands import connect, ending
from tenure.commands.connect import AsJson, At, By, Data, Dsn, PasskeyAt, Reason
from tenure.commands.number.acting import by_staff
from tenure.keystore.shelf import Shelf
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.operations import Ledger
from tenure.promises.staff.model import Task
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused
from tenure.values.sealing import Whose

NAME: Final = "privacy"
KINDS: Final = ("person", "subject", "human")

WhoseId = Annotated[
    str, typer.Argument(metavar="KIND:NUMBER", help="person:4711, subject:4711 or human:4711.")
]
LedgerAt = Annotated[
    Path | None,
    typer.Option("--ledger", help="The ledger file beside the keys, if it is elsewhere."),
]


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    for command in (retention, erase, erased, replay):
        parent.command()(command)


def whose_of(typed: str) -> Whose:
    """Somebody as KIND:NUMBER."""
    kind, _, number = typed.partition(":")
    if kind not in KINDS or not number.isdecimal():
        raise typer.BadParameter("write KIND:NUMBER, such as person:4711")
    return Whose(kind, int(number))


def ledger_of(data: Path, named: Path | None) -> Ledger:
    """The ledger that was named, or that of the data folder."""
    return ending.ledger_below(data) if named is None else Ledger(named)


def retention(
    forecast: Annotated[
        bool, typer.Option("--forecast", help="Say what ends in which month; end nothing.")
    ] = False,
    at: At = None,
    ledger: LedgerAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """End what was kept for its longest time by now, and look again at what was deferred.

    ``tenure up`` does the same by itself.  With --forecast nothing is changed.

    Example: tenure privacy retention --forecast --at 2030-01-01T00:00:00+07:00
    """
    moment = connect.instant_typed(at)
    if forecast:
        found = connect.run(
            NAME, data, dsn, lambda pool: perform(pool, privacy.retention.forecast, moment)
        )
        connect.say(_foretold(found), [_plain(one) for one in found], as_json=as_json)
        return
    book = ledger_of(data, ledger)
    with ending.shelf_below(data) as shelf:
        done = connect.run(NAME, data, dsn, lambda pool: _end(pool, book, moment, shelf))
    went, again = done
    rows = sum(one.rows for one in went.gone) if went else 0
    words = f"{rows:,} rows ended with their period; {again:,} erasures were looked at again"
    connect.say(words, {"rows": rows, "again": again}, as_json=as_json)


async def _end(
    pool: Pool, ledger: Ledger, at: Instant, shelf: Shelf | None
) -> tuple[model.retention.Certificate | None, int]:
    went = await ending.end_periods(pool, ledger, at)
    return went, await ending.go_on(pool, ledger, at, shelf)


def _plain(one: model.retention.Ending) -> dict[str, Any]:
    return {
        "store": one.store,
        "keep": one.keep,
        "state": one.state.value,
        "month": None if one.month is None else iso(one.month)[:7],
        "rows": one.rows,
    }


def _foretold(found: list[model.retention.Ending]) -> str:
    """By month and class, how many rows have to be gone."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in found:
        month = "held back" if one.state.value == "held" else "no end in sight"
        if one.state.value in ("due", "minimum") and one.month is not None:
            month = iso(one.month)[:7]
        counted[month, one.keep, one.state.value] += one.rows
    return "\n".join(
        f"{month:<16} {keep:<12} {rows:>12,} rows{'  due now' * (state == 'due')}"
        for (month, keep, state), rows in sorted(counted.items())
    )


def erase(
    whose: WhoseId,
    at: At = None,
    reason: Reason = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    ledger: LedgerAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """End all that is held about somebody and that nothing keeps; say what stays, and why.

    Example: tenure privacy erase person:4711 --reason "rights case 5f2c"
    """
    act, asked = connect.act_of(by, connect.instant_typed(at), reason), whose_of(whose)
    book = ledger_of(data, ledger)

    async def work(pool: Pool) -> model.retention.Certificate | Refused[model.retention.Refusal]:
        allowed = (act, Task.ANSWER_RIGHTS)
        entry = await by_staff(pool, allowed, privacy.retention.erase, asked, uuid4(), act)
        if isinstance(entry, Refused):
            return entry
        with ending.shelf_below(data) as shelf:
            return await ending.proceed(pool, book, entry, act.at, shelf)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(told(found), certified(found), as_json=as_json)


def erased(
    entry: Annotated[UUID, typer.Argument(metavar="CERTIFICATE", help="Its id, as erase said it.")],
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """The certificate of an erasure: what went, what stays until when and why, and its leaves.

    Example: tenure privacy erased 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11
    """
    found = connect.run(
        NAME, data, dsn, lambda pool: perform(pool, privacy.retention.certificate, entry)
    )
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(told(found), certified(found), as_json=as_json)


def replay(
    at: At = None,
    ledger: LedgerAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """After a copy was put back: end again what had ended, by the ledger beside the keys.

    Example: tenure privacy replay --data .tenure
    """
    moment, book = connect.instant_typed(at), ledger_of(data, ledger)
    count = connect.run(NAME, data, dsn, lambda pool: ending.replay(pool, book, moment))
    words = f"{count:,} erasures of the ledger were not in this database, and are carried out"
    connect.say(words, {"replayed": count}, as_json=as_json)


def certified(found: model.retention.Certificate) -> dict[str, Any]:
    """A certificate for a program."""
    return {
        "certificate": str(found.entry.entry_id),
        "written_at": iso(found.entry.at),
        "went": [{"store": one.store, "act": one.act, "rows": one.rows} for one in found.gone],
        "stays": [
            {
                "store": one.store,
                "class": one.keep,
                "ground": one.ground.value,
                "rows": one.rows,
                "until": None if one.until is None else iso(one.until)[:7],
            }
            for one in found.left
        ],
        "again": None if found.again is None else iso(found.again),
        "leaves": list(found.leaves),
    }


def told(found: model.retention.Certificate) -> str:
    """A certificate for a person."""
    lines = [f"certificate {found.entry.entry_id}, written {iso(found.entry.at)}"]
    lines += [f"went   {one.store:<28} {one.rows:>8,} rows ({one.act})" for one in found.gone]
    for one in found.left:
        until = "" if one.until is None else f", first in {iso(one.until)[:7]}"
        lines.append(
            f"stays  {one.store:<28} {one.rows:>8,} rows ({one.keep}: {one.ground.value}{until})"
        )
    if found.again is not None:
        lines.append(f"looked at again by itself: {iso(found.again)}")
    lines.append(f"leaves of the record: {', '.join(map(str, found.leaves))}")
    return "\n".join(lines)
