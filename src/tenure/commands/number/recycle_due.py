"""Recycles numbers whose time is over, or says why they are kept; holds them for a case."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final, TypeAlias

import typer

from tenure.commands import connect, recycling
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.recycling import Page, Tally
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Hold, HoldKind, HoldRefusal, Judged, Kept
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.values.instant import iso
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

NAME: Final = "number"
SHOWN_MAX: Final = 1_000

WORDS: Final[Mapping[Kept, str]] = {
    Kept.NOT_HELD: "nobody holds it: take it over, or leave it",
    Kept.TOPPED_UP: "its books and its validity differ: somebody must look",
    Kept.HELD: "a complaint, dispute or order holds it",
    Kept.LOCKED: "its holder has locked it",
    Kept.ASKED: "a request about it is open",
    Kept.IN_USE: "it was used within a day",
    Kept.TOO_FEW_REMINDERS: "too few reminders: it stays its holder's until they top up",
}

_Answer: TypeAlias = Hold | Refused[HoldRefusal] | Refused[StaffRefusal]
_Change: TypeAlias = Callable[
    [Transaction, Msisdn, HoldKind, str, Act], Awaitable[Hold | Refused[HoldRefusal]]
]

Number = Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")]
Kind = Annotated[HoldKind, typer.Option("--kind", help="Why the number is held.")]
CaseNumber = Annotated[str, typer.Option("--case", help="The number of the case.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure number``."""
    app.command(name="recycle-due")(recycle_due)
    app.command()(hold)
    app.command()(release)


def recycle_due(
    do: Annotated[
        bool, typer.Option("--do", help="Recycle them; without this, only look.")
    ] = False,
    show: Annotated[
        int, typer.Option("--show", min=0, max=SHOWN_MAX, help="Show so many of the kept ones.")
    ] = 20,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show which numbers are due for recycling, which are kept and why; with --do recycle them.

    A running Tenure recycles by itself every hour.  What is kept is looked at again each time.

    Example: tenure number recycle-due --do
    """
    terms = connect.terms_of(NAME, operator)
    instant = connect.instant_typed(at)
    act = connect.act_of(by, instant, reason)
    kept: list[Judged] = []

    async def work(pool: Pool) -> Tally | Refused[StaffRefusal]:
        allowed = await perform(pool, staff.allowed, by, Task.RECYCLE, instant)
        if isinstance(allowed, Refused):
            return allowed
        tally = Tally()
        async for page in recycling.pages(
            pool, terms, lambda: connect.act_of(by, instant, reason), do=do
        ):
            tally.add(page)
            kept.extend(_kept(page, show - len(kept)))
            if do and page.judged and not as_json:
                sys.stderr.write(f"{tally.recycled:,} recycled so far\n")
        return tally

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(done, Refused):
        connect.refused(NAME, done, as_json=as_json)
    connect.say(_words(done, kept, do=do), _told(done, kept, do=do), as_json=as_json)


def hold(
    number: Number,
    kind: Kind,
    case: CaseNumber,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Hold a number where it is for a case: it is neither recycled nor transferred meanwhile.

    Example: tenure number hold "012 345 678" --kind complaint --case 12
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    msisdn = connect.number_of(NAME, number, connect.terms_of(NAME, operator), as_json=as_json)

    async def work(pool: Pool) -> _Answer:
        return await perform(pool, _allowed, act, numbers.lifecycle.hold, (msisdn, kind, case))

    answer = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    _tell("held", answer, as_json=as_json)


def release(
    number: Number,
    kind: Kind,
    case: CaseNumber,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """End the hold of a case.

    Example: tenure number release "012 345 678" --kind complaint --case 12
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    msisdn = connect.number_of(NAME, number, connect.terms_of(NAME, operator), as_json=as_json)

    async def work(pool: Pool) -> _Answer:
        return await perform(pool, _allowed, act, numbers.lifecycle.release, (msisdn, kind, case))

    answer = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    _tell("released", answer, as_json=as_json)


async def _allowed(
    tx: Transaction, act: Act, change: _Change, asked: tuple[Msisdn, HoldKind, str]
) -> _Answer:
    """The change, by somebody who may hold numbers."""
    allowed = await staff.allowed(tx, act.by, Task.HOLD, act.at)
    if isinstance(allowed, Refused):
        return allowed
    return await change(tx, *asked, act)


def _tell(done: str, answer: _Answer, *, as_json: bool) -> None:
    if isinstance(answer, Refused):
        connect.refused(NAME, answer, as_json=as_json)
    told = {
        "hold": answer.hold_id,
        "kind": answer.kind.value,
        "case": answer.reference,
        "since": iso(answer.since),
        "until": None if answer.until is None else iso(answer.until),
    }
    words = f"{done}: {answer.kind.value} {answer.reference}, since {iso(answer.since)}"
    connect.say(words, told, as_json=as_json)


def _kept(page: Page, room: int) -> list[Judged]:
    """The kept ones of a page, as many as there is room for."""
    return [one for one in page.judged if one.kept is not None][: max(0, room)]


def _words(tally: Tally, kept: list[Judged], *, do: bool) -> str:
    done = "recycled" if do else "due and not kept; recycle them with --do"
    lines = [f"{tally.recycled:>8,}  {done}"]
    lines += [f"{count:>8,}  kept: {WORDS[one]}" for one, count in sorted(tally.kept.items())]
    lines += [f"          +{_name(one)}: {WORDS[one.kept]}" for one in kept if one.kept]
    return "\n".join(lines)


def _name(judged: Judged) -> str:
    return str(judged.evidence.msisdn)


def _told(tally: Tally, kept: list[Judged], *, do: bool) -> dict[str, object]:
    return {
        "done": do,
        "recycled" if do else "due": tally.recycled,
        "kept": {one.name.lower(): count for one, count in sorted(tally.kept.items())},
        "numbers": [
            {"msisdn": _name(one), "kept": one.kept.name.lower()} for one in kept if one.kept
        ],
    }
