"""The commands ``tenure line``: a number is shown in words, barred, unbarred, lost and found."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.gateways.web.translate import Wording, wording
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Session
from tenure.promises.money import operations as money
from tenure.promises.money import rules as money_rules
from tenure.promises.money.model import Entry, Grant, Purse
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers import rules as number_rules
from tenure.promises.numbers.model import Bar, Change, Line, Refusal, ReportFound, ReportLost
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose, Task
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.tariffs.model import Service
from tenure.terms.model import Terms
from tenure.values.instant import NEVER, Instant, iso, moment_of
from tenure.values.money import words
from tenure.values.quantity import Unit
from tenure.values.refused import Refused

app = typer.Typer(help="Show a number in words; bar it, report it lost.", no_args_is_help=True)

NAME = "line"

Number = Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")]
Outgoing = Annotated[bool, typer.Option("--outgoing", help="Only calls, texts and data it makes.")]
Incoming = Annotated[bool, typer.Option("--incoming", help="Only what comes in.")]


class Shown(msgspec.Struct, frozen=True):
    """All there is to see of a line at an instant."""

    line: Line
    purse: Purse
    entries: list[Entry]
    sessions: list[Session]


class Looking(msgspec.Struct, frozen=True):
    """Who looks, and why they may."""

    login: str
    purpose: Purpose | None
    case: str | None


@app.command()
def show(
    number: Number,
    charges: Annotated[int, typer.Option(help="So many of the newest entries.", min=0)] = 10,
    purpose: Annotated[
        Purpose | None, typer.Option(help="What you look for; care if not given.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="The open case about this number: tenure staff open-case.")
    ] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show funds, validity, stage, plans, live sessions and the last charges in words.

    That is a look at somebody's data: it needs an open case about this number, or broken glass, and
    it is kept. The login demo is nobody real, and looks for demonstration.

    Example: tenure line show "012 345 678"
    """
    said = wording(connect.pack_of(NAME, operator))
    msisdn = connect.number_of(NAME, number, said.terms, as_json=as_json)
    now = connect.instant_typed(at)

    act = connect.act_of(by, connect.instant_typed(None), reason)
    looking = Looking(by, purpose, case)

    async def work(pool: Pool) -> Shown | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, _look, looking, msisdn, act, (charges, now))

    where = (data, dsn)
    shown = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    if isinstance(shown, Refused):
        connect.refused(NAME, shown, as_json=as_json)
    connect.say("\n".join(_lines(shown, said, now)), _told(shown, said, now), as_json=as_json)


async def _look(
    tx: Transaction, looking: Looking, msisdn: str, act: Act, wanted: tuple[int, Instant]
) -> Shown | Refused[Refusal] | Refused[StaffRefusal]:
    """What there is to see, for somebody who may see it."""
    purpose = looking.purpose or (Purpose.CARE if looking.case else Purpose.DEMONSTRATION)
    found = await staff.look(tx, looking.login, purpose, looking.case, msisdn, act)
    if isinstance(found, Refused):
        return found
    return await _load(tx, msisdn, *wanted)


async def _load(
    tx: Transaction, msisdn: str, charges: int, at: Instant
) -> Shown | Refused[Refusal]:
    line = await numbers.find(tx, msisdn)
    purse = None
    if line is not None:
        purse = (await money.purses(tx, [line.purse_id])).get(line.purse_id)
    if line is None or purse is None:
        return Refused(Refusal.UNKNOWN_NUMBER, "no line has this number; check its digits")
    entries = await money.entries(tx, line.purse_id, charges)
    return Shown(line, purse, entries, await charging.sessions_of(tx, line.purse_id, at))


def _state(line: Line, at: Instant) -> list[str]:
    states = ["outgoing barred"] if line.bar_outgoing else []
    states += ["incoming barred"] if line.bar_incoming else []
    states += ["suspended"] if line.suspended else []
    states += [
        f"restricted from {service.name.lower()} until {iso(until)}"
        for service, until in zip(Service, line.restricted_until or (), strict=False)
        if until is not None and at < until
    ]
    if line.lost_at is not None and at >= line.lost_at:
        states.append(f"reported lost at {iso(line.lost_at)}")
    return states


def _stage(shown: Shown, terms: Terms, at: Instant) -> str:
    stage = number_rules.stage(
        shown.purse.funds_end, terms.lifecycle, at, postpaid=shown.line.postpaid
    )
    return stage.name.lower().replace("_", " ")


def _grant_words(grant: Grant, terms: Terms, zone: ZoneInfo) -> str:
    if grant.unit is Unit.MICROS:
        left = f"{words(grant.remaining, terms.currency)} promotional"
    else:
        left = f"{grant.remaining:,} {grant.unit.name.lower()} of {grant.allowance}"
    return f"{left}, until {_local(grant.ends_at, zone)}"


def _local(at: Instant, zone: ZoneInfo) -> str:
    return moment_of(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _lines(shown: Shown, said: Wording, at: Instant) -> list[str]:
    """The line as a person reads it."""
    terms, line, purse = said.terms, shown.line, shown.purse
    kind = "postpaid" if line.postpaid else "prepaid"
    zone = ZoneInfo(terms.time_zone)
    states = ", ".join([_stage(shown, terms, at), *_state(line, at)])
    lines = [f"+{line.msisdn}  {line.offer}, {kind}: {states}"]
    if line.postpaid:
        limit = words(purse.credit_limit_micros, terms.currency)
        lines.append(f"owed        {words(purse.owed_micros, terms.currency)} of at most {limit}")
        lines.append(f"on account  {words(purse.funds_micros, terms.currency)}")
    else:
        ended = "" if at < purse.funds_end else ", ended"
        until = "for ever" if purse.funds_end >= NEVER else f"until {_local(purse.funds_end, zone)}"
        funds = words(purse.funds_micros, terms.currency)
        lines.append(f"funds       {funds} {until}{ended}")
    usable = [grant for grant in purse.grants if money_rules.usable(grant, at)]
    lines += [f"plan        {_grant_words(grant, terms, zone)}" for grant in usable]
    lines += [
        f"live        {session.service.name.lower()} since {_local(session.opened_at, zone)}"
        for session in shown.sessions
    ]
    lines += [f"{_local(entry.at, zone)}  {_explained(entry, said)}" for entry in shown.entries]
    return lines


def _explained(entry: Entry, said: Wording) -> str:
    return charging.explain(entry, said.terms.currency, names=said.names)


def _told(shown: Shown, said: Wording, at: Instant) -> dict[str, object]:
    """The line as a program reads it."""
    terms, line, purse = said.terms, shown.line, shown.purse
    return {
        "msisdn": str(line.msisdn),
        "offer": line.offer,
        "postpaid": line.postpaid,
        "stage": _stage(shown, terms, at),
        "bar_outgoing": line.bar_outgoing,
        "bar_incoming": line.bar_incoming,
        "suspended": line.suspended,
        "lost_at": None if line.lost_at is None else iso(line.lost_at),
        "funds_micros": purse.funds_micros,
        "usable_micros": money_rules.valid_funds(purse, at),
        "funds_end": iso(purse.funds_end),
        "owed_micros": purse.owed_micros,
        "credit_limit_micros": purse.credit_limit_micros,
        "grants": [
            {
                "unit": grant.unit.name.lower(),
                "remaining": grant.remaining,
                "allowance": grant.allowance,
                "ends_at": iso(grant.ends_at),
                "usable": money_rules.usable(grant, at),
            }
            for grant in purse.grants
        ],
        "sessions": [
            {"service": session.service.name.lower(), "opened_at": iso(session.opened_at)}
            for session in shown.sessions
        ],
        "entries": [
            {
                "seq": entry.seq,
                "at": iso(entry.at),
                "kind": entry.kind.name.lower(),
                "account": entry.account.name.lower(),
                "contra_micros": entry.contra_micros,
                "funds_after_micros": entry.funds_after_micros,
                "words": _explained(entry, said),
            }
            for entry in shown.entries
        ],
    }


@app.command()
def bar(
    number: Number,
    outgoing: Outgoing = False,
    incoming: Incoming = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Bar a line, both ways unless one is named.  Live sessions are told at once.

    Example: tenure line bar "012 345 678" --outgoing --reason "asked by its holder"
    """
    asked = _bars(outgoing, incoming, on=True)
    _change(number, asked, (by, passkey, reason), operator, (data, dsn), as_json=as_json)


@app.command()
def unbar(
    number: Number,
    outgoing: Outgoing = False,
    incoming: Incoming = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Lift the bars of a line, both unless one is named.

    Example: tenure line unbar "012 345 678"
    """
    asked = _bars(outgoing, incoming, on=False)
    _change(number, asked, (by, passkey, reason), operator, (data, dsn), as_json=as_json)


def _bars(outgoing: bool, incoming: bool, *, on: bool) -> Bar:
    both = outgoing == incoming
    return Bar(on if outgoing or both else None, on if incoming or both else None)


@app.command()
def lost(
    number: Number,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Report the SIM lost or stolen: from this instant on nothing is charged (GTC-LOST).

    Example: tenure line lost "012 345 678" --reason "stolen on a bus"
    """
    _change(number, ReportLost(), (by, passkey, reason), operator, (data, dsn), as_json=as_json)


@app.command()
def found(
    number: Number,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Report the SIM found again: use is allowed and charged from now on.

    Example: tenure line found "012 345 678"
    """
    _change(number, ReportFound(), (by, passkey, reason), operator, (data, dsn), as_json=as_json)


def _change(
    number: str,
    asked: Change,
    who: tuple[str, Path | None, str],
    operator: str,
    where: tuple[Path, str | None],
    *,
    as_json: bool,
) -> None:
    """Change the line and say what it is now."""
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    by, passkey, reason = who
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> Line | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, _by_staff, msisdn, asked, act)

    line = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    if isinstance(line, Refused):
        connect.refused(NAME, line, as_json=as_json)
    state = ", ".join(_state(line, act.at)) or "nothing bars it"
    told = {"msisdn": str(line.msisdn), "state": _state(line, act.at)}
    connect.say(f"+{line.msisdn}: {state}", told, as_json=as_json)


async def _by_staff(
    tx: Transaction, msisdn: str, asked: Change, act: Act
) -> Line | Refused[Refusal] | Refused[StaffRefusal]:
    member = await staff.allowed(tx, act.by, Task.BAR_LINE, act.at)
    if isinstance(member, Refused):
        return member
    return await numbers.change(tx, msisdn, asked, act)
