"""The commands ``tenure access``: services are cut for a reason that is told, and given back."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, By, Data, Dsn, Operator, PasskeyAt
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.access import operations as access
from tenure.promises.access.model import (
    Chosen,
    Clause,
    Form,
    Ground,
    Group,
    Measure,
    Refusal,
    Requested,
    Restrict,
    Suspend,
    Terminate,
    Why,
)
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Task
from tenure.promises.tariffs.model import Service
from tenure.values.instant import HOUR_MS, Instant, iso
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

app = typer.Typer(
    help="Restrict, suspend, terminate and lift, each with reason, clause and notice.",
    no_args_is_help=True,
)

NAME = "access"

Number = Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")]
Services = Annotated[
    list[str], typer.Option("--service", help="voice, sms, mms, data or content; may be repeated.")
]
Hours = Annotated[int, typer.Option("--hours", help="It ends by itself after so long.", min=1)]
OnClause = Annotated[
    Clause, typer.Option("--clause", help="What it is based on; law is an order of an authority.")
]
OnGround = Annotated[
    Ground | None, typer.Option("--ground", help="For GTC-TRAFFIC: one of its three grounds.")
]
Because = Annotated[str, typer.Option("--reason", help="Why; the subscriber is told.")]
Evidence = Annotated[str, typer.Option("--evidence", help="The case or document that shows it.")]
Where: TypeAlias = tuple[Path, str | None, Path | None]
"""--data, --dsn and --passkey."""

HOURS: Final = 24


@app.command()
def restrict(
    number: Number,
    service: Services,
    reason: Because,
    evidence: Evidence,
    clause: OnClause = Clause.ABUSE,
    ground: OnGround = None,
    hours: Hours = HOURS,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep a line from some services for some hours.  What comes in still does.

    Example: tenure access restrict "012 345 678" --service sms --reason "floods others with texts"
    --evidence "case 12" --hours 48
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(None))
    asked = _restriction(Why(clause, reason, evidence), service, ground, hours, act.at)

    async def work(tx: Transaction) -> Measure | Refused[Refusal]:
        return await access.restrict(tx, terms.access, msisdn, asked, act)

    _tell(_done(work, act, (data, dsn, passkey), as_json=as_json), as_json=as_json)


def _restriction(
    why: Why, services: list[str], ground: Ground | None, hours: int, at: Instant
) -> Restrict:
    unknown = sorted({name for name in services if name.upper() not in Service.__members__})
    if unknown:
        known = ", ".join(service.name.lower() for service in Service)
        raise typer.BadParameter(f"--service: {', '.join(unknown)} is none of {known}")
    named = frozenset(Service[name.upper()] for name in services)
    return Restrict(why, named, Instant(at + hours * HOUR_MS), ground)


@app.command()
def suspend(
    number: Number,
    reason: Because,
    evidence: Evidence,
    clause: OnClause = Clause.ILLEGAL,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Cut a line from all use until it is lifted; emergency numbers always go.

    Example: tenure access suspend "012 345 678" --reason "used for fraud" --evidence "case 13"
    """
    msisdn = connect.number_of(NAME, number, connect.terms_of(NAME, operator), as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(None))
    asked = Suspend(Why(clause, reason, evidence))

    async def work(tx: Transaction) -> Measure | Refused[Refusal]:
        return await access.suspend(tx, msisdn, asked, act)

    _tell(_done(work, act, (data, dsn, passkey), as_json=as_json), as_json=as_json)


@app.command()
def terminate(
    number: Number,
    reason: Because,
    evidence: Evidence,
    proof: Annotated[str, typer.Option(help="For abuse: what proves systematic obstruction.")] = "",
    clause: OnClause = Clause.ABUSE,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """End the contract of a line.  The first time it is asked for; once another of us has approved,
    the same command does it.

    Example: tenure access terminate "012 345 678" --reason "obstructs others" --evidence "case 14"
    --proof "decision 7"
    """
    msisdn = connect.number_of(NAME, number, connect.terms_of(NAME, operator), as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(None), reason)
    asked = Terminate(Why(clause, reason, evidence), proof)

    async def work(tx: Transaction) -> Measure | Requested | Refused[Any]:
        found = await access.terminate(tx, msisdn, asked, act)
        if isinstance(found, Refused) and found.refusal is Refusal.NOT_REQUESTED:
            return await access.ask_termination(tx, msisdn, asked, act)
        return found

    done: Measure | Requested = _done(work, act, (data, dsn, passkey), as_json=as_json)
    if isinstance(done, Measure):
        _tell(done, as_json=as_json)
        return
    request = done.request_hash.hex()
    words = (
        f"asked for, until {iso(done.until)}; another of us approves with:\n"
        f"  tenure staff approve {request} --by LOGIN"
    )
    connect.say(words, {"request": request, "until": iso(done.until)}, as_json=as_json)


@app.command()
def lift(
    measure: Annotated[int, typer.Argument(help="Its number, as listed.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is lifted.")],
    is_group: Annotated[bool, typer.Option("--group", help="The number is a group's.")] = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """End a measure, or that of a whole group, before its time.

    Example: tenure access lift 7 --reason "the texts have stopped"
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(tx: Transaction) -> Measure | Group | Refused[Refusal]:
        if is_group:
            return await access.lift_group(tx, measure, reason, act)
        return await access.lift(tx, measure, reason, act)

    done: Measure | Group = _done(work, act, (data, dsn, passkey), as_json=as_json)
    _tell(done, as_json=as_json)


@app.command()
def group(
    service: Services,
    ground: Annotated[Ground, typer.Option("--ground", help="What it is for (GTC-TRAFFIC).")],
    reason: Because,
    evidence: Evidence,
    offer: Annotated[str, typer.Option(help="All lines of this offer.")] = "",
    numbers_in: Annotated[
        Path | None, typer.Option("--list", help="A file with one number a line.")
    ] = None,
    hours: Hours = HOURS,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Restrict all lines of an offer, or of a list, for a law, for security or for an overload.

    Example: tenure access group --offer prepaid --service data --ground overload --hours 2
    --reason "the festival overloads the network" --evidence "alarm 4711"
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(None))
    asked = _restriction(Why(Clause.TRAFFIC, reason, evidence), service, ground, hours, act.at)
    if (numbers_in is None) is (not offer):
        raise typer.BadParameter("name an --offer or a --list, and not both")
    chosen = Chosen(offer, _listed(numbers_in, operator, as_json=as_json))

    async def work(tx: Transaction) -> Group | Refused[Refusal]:
        return await access.restrict_group(tx, terms.access, chosen, asked, act)

    _tell(_done(work, act, (data, dsn, passkey), as_json=as_json), as_json=as_json)


def _listed(path: Path | None, operator: str, *, as_json: bool) -> tuple[Msisdn, ...]:
    if path is None:
        return ()
    terms = connect.terms_of(NAME, operator)
    try:
        typed = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        connect.fail(NAME, f"{path} cannot be read: {wrong}")
    return tuple(
        connect.number_of(NAME, one, terms, as_json=as_json) for one in typed if one.strip()
    )


@app.command(name="list")
def list_(
    number: Annotated[
        str, typer.Argument(metavar="[MSISDN]", help="A number; without one, the groups.")
    ] = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List all measures against who holds a number, or the newest groups.

    Example: tenure access list "012 345 678"
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json) if number else None
    act = connect.act_of(by, connect.instant_typed(None))

    async def work(tx: Transaction) -> Sequence[Measure | Group] | Refused[Refusal]:
        if msisdn is None:
            return await access.groups(tx)
        line = await numbers.find(tx, msisdn)
        if line is None:
            return Refused(Refusal.UNKNOWN_NUMBER, "no line has this number; check its digits")
        return await access.of_line(tx, line)

    where = (data, dsn, passkey)
    found: Sequence[Measure | Group] = _done(work, act, where, as_json=as_json)
    lines = [_line(one, act.at) for one in found] or ["nothing was decided"]
    connect.say("\n".join(lines), [_told(one) for one in found], as_json=as_json)


@app.command()
def policy(
    form: Annotated[Form, typer.Option("--form", help="In whose words.")] = Form.FILTER,
    operator: Operator = connect.OPERATOR,
    as_json: AsJson = False,
) -> None:
    """Print what a packet gateway needs so that what is not carried is not (GTC-SMTP).

    Example: tenure access policy --form nftables
    """
    mail = connect.terms_of(NAME, operator).access.mail
    words = access.policy(mail, form)
    told = {
        "form": form.value,
        "policy": words,
        "blocked_tcp_ports": mail.blocked_tcp_ports,
        "recommended_port": mail.recommended_port,
        "since": mail.since,
    }
    connect.say(words or "nothing is blocked", told, as_json=as_json)


def _done(
    work: Callable[[Transaction], Awaitable[Any]], act: Act, where: Where, *, as_json: bool
) -> Any:
    """Do it as somebody of ours who may restrict, or say why not and exit with 1."""
    data, dsn, passkey = where

    async def by_staff(tx: Transaction) -> Any:
        member = await staff.allowed(tx, act.by, Task.RESTRICT, act.at)
        return member if isinstance(member, Refused) else await work(tx)

    async def on(pool: Pool) -> Any:
        return await perform(pool, by_staff)

    found = connect.run_as(NAME, (data, dsn), act, on, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    return found


def _tell(done: Measure | Group, *, as_json: bool) -> None:
    now = done.lifted_at or done.decided_at
    connect.say(_line(done, now), _told(done), as_json=as_json)


def _line(one: Measure | Group, at: Instant) -> str:
    """A measure or a group as a person reads it."""
    if isinstance(one, Group):
        head = f"group {one.group_id}: {one.lines:,} lines ({one.chosen}) restricted from "
        head += f"{_names(one)} for {one.ground.value} until {iso(one.ends_at)}"
    else:
        from_what = f" from {_names(one)}" if one.services else ""
        until = f" until {iso(one.ends_at)}" if one.ends_at is not None else ""
        head = f"{one.measure_id}: {one.kind.value}{from_what} ({one.clause.value}){until}"
    if one.lifted_at is not None:
        return f"{head}; lifted at {iso(one.lifted_at)}"
    ended = one.ends_at is not None and at >= one.ends_at
    return f"{head}; {'ended' if ended else one.reason}"


def _names(one: Measure | Group) -> str:
    return ", ".join(service.name.lower() for service in sorted(one.services))


def _told(one: Measure | Group) -> dict[str, object]:
    """A measure or a group as a program reads it."""
    told = msgspec.structs.asdict(one)
    for name, value in told.items():
        if name.endswith("_at") and value is not None:
            told[name] = iso(value)
    if isinstance(one, Measure):
        told["msisdn"] = str(one.msisdn)
    told["services"] = sorted(service.name.lower() for service in one.services)
    return told
