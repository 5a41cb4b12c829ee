"""The commands ``tenure privacy case``: what somebody asks about what is held of them, in hours."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from tenure.commands import connect, presence
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.presence import Live, OnDocument, OwnPasskey, Paper, Shown
from tenure.commands.privacy.case_words import line, report, said, told
from tenure.commands.privacy.propagating import waiting
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy import model, operations
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.terms.rights import ProofWay, Right
from tenure.values.instant import HOUR_MS, iso
from tenure.values.refused import Refused
from tenure.values.sealing import Whose

held = model.rights
rights = operations.rights

NAME: Final = "privacy case"
app = typer.Typer(
    help="Take in, prove, answer and refuse what people ask about what is held of them.",
    no_args_is_help=True,
)

Which = Annotated[UUID, typer.Argument(metavar="CASE", help="Its id, as list shows it.")]
Overview = tuple[
    list[held.Row],
    list[held.Alert],
    list[model.propagation.Message],
    list[model.disclosures.ReportDue],
]
Found = held.Dossier | Refused[held.Refusal] | Refused[StaffRefusal]


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    parent.add_typer(app, name="case")


@app.command(name="open")
def open_(
    right: Annotated[Right, typer.Argument(help="What is asked.")],
    whom: Annotated[int, typer.Argument(metavar="PERSON", help="Whom it is about.")],
    channel: Annotated[held.Receipt, typer.Option(help="By which it was received.")],
    kind: Annotated[str, typer.Option(help="person, subject, or human: one of ours.")] = "person",
    received: Annotated[
        str | None, typer.Option(help="When it was received, at the dealer or by mail; now.")
    ] = None,
    wanted: Annotated[
        list[str] | None, typer.Option(help="A purpose, a ground of a restriction, a field.")
    ] = None,
    number: Annotated[str, typer.Option(help="A number that it names.")] = "",
    full_name: Annotated[str, typer.Option(help="The name that it is signed with.")] = "",
    asked_by: Annotated[
        int | None, typer.Option(help="The person who asks for them: a guardian.")
    ] = None,
    mandate: Annotated[str, typer.Option(help="SHA-256 of a power of attorney.")] = "",
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Take in a request.  Its hours run from when any of us received it, nights and feasts too.

    Example: tenure privacy case open copy 4711 --channel e-mail --received 2026-11-20T23:50:00Z
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    if kind not in {held.PERSON, held.SUBJECT, held.HUMAN}:
        raise typer.BadParameter("--kind: person, subject or human")
    msisdn = str(connect.number_of(NAME, number, terms, as_json=as_json)) if number else ""
    new = held.NewCase(
        case_id=uuid.uuid4(),
        right=right,
        whose=Whose(kind, whom),
        channel=channel,
        received_at=act.at if received is None else connect.instant_typed(received, "--received"),
        wanted=tuple(wanted or ()),
        msisdn=msisdn,
        full_name=full_name,
        mandate=None if asked_by is None else held.Mandate(asked_by, mandate),
    )

    async def receive(tx: Transaction) -> Found:
        return await rights.receive(tx, terms, new, act)

    _do((terms, act, passkey, as_json), (data, dsn), receive)


@app.command()
def prove(
    case: Which,
    own_passkey: OwnPasskey = None,
    document: Paper = "",
    photo: Live = None,
    document_photo: OnDocument = None,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show who asks: their passkey signs this request, or a witness (--by) saw them in a shop.

    Without either, one of ours shows by their login that they ask about themselves.  To have a SIM,
    or to read its messages, shows nothing.

    Example: tenure privacy case prove CASE --document passport:N1 --photo live.jpg
    --document-photo paper.jpg
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    known = connect.run(NAME, data, dsn, lambda pool: perform(pool, rights.find, case))
    if known is None:
        connect.refused(NAME, rights.UNKNOWN, as_json=as_json)
    hashed = rights.proof_hash(known.case)
    if own_passkey is not None:
        signed = presence.signer(NAME, own_passkey)(hashed)
        shown = held.Shown(ProofWay.PASSKEY, signed)
    elif document:
        if photo is None or document_photo is None:
            raise typer.BadParameter("with --document, give --photo and --document-photo as well")
        asks = Shown(None, known.case.prover.whom, document, photo, document_photo)
        seen = presence.presence_of(NAME, asks, as_json=as_json)
        signed = presence.signer(NAME, connect.passkey_of(by, data, passkey))(hashed)
        shown = held.Shown(ProofWay.PRESENCE, signed, seen)
    else:
        shown = held.Shown(ProofWay.LOGIN)

    async def proven(tx: Transaction) -> Found:
        return await rights.prove(tx, terms, case, shown, act)

    _do((terms, act, passkey, as_json), (data, dsn), proven)


@app.command(name="list")
def list_(
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List the open cases, the most urgent first, and what officers had to hear: nobody's names.

    Standing reports that a law wants by now are among it, until they have left.

    Example: tenure privacy case list
    """
    terms = connect.terms_of(NAME, operator)
    now = connect.instant_typed(at)

    async def look(tx: Transaction) -> Overview:
        late = await operations.propagation.overdue(tx, now)
        owed = await operations.disclosures.reports_due(tx, terms, now)
        return await rights.cases(tx, now), await rights.alerts(tx), late, owed

    found, alerts, late, owed = connect.run(NAME, data, dsn, lambda pool: perform(pool, look))
    lines = [
        f"ALERT {one.case_id}: {one.percent} % of its time was over at {iso(one.raised_at)}"
        for one in alerts
    ]
    lines += [f"ALERT {waiting(one, now)}" for one in late]
    lines += [f"ALERT {report(one)}" for one in owed]
    lines += [line(one, now) for one in found] or ["no case is open"]
    shown = {"cases": found, "alerts": alerts, "unanswered": late, "reports": owed}
    connect.say("\n".join(lines), shown, as_json=as_json)


@app.command()
def show(
    case: Which,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show one case with all that was done; that you looked is in the record.

    Example: tenure privacy case show 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))

    async def look(tx: Transaction) -> Found:
        return await rights.show(tx, case, act)

    _do((terms, act, passkey, as_json), (data, dsn), look, goes_on=False)


@app.command()
def extend(
    case: Which,
    by_hours: Annotated[int, typer.Option("--hours", help="How many more.")],
    reason: Reason,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Answer later, before the deadline is over and as far as the terms allow; the person is told.

    Example: tenure privacy case extend CASE --hours 24 --reason "two of your numbers moved"
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)

    async def later(tx: Transaction) -> Found:
        return await rights.extend(tx, terms, case, by_hours * HOUR_MS, act)

    _do((terms, act, passkey, as_json), (data, dsn), later, goes_on=False)


@app.command()
def refuse(
    case: Which,
    reason: Reason,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Refuse what cannot be done: first ask another of ours, and again when they approved it.

    Until they did, it is refused as APPROVAL_MISSING, with what they have to type.

    Example: tenure privacy case refuse CASE --reason "asked daily, answered yesterday"
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)

    async def no(tx: Transaction) -> Found:
        done = await rights.refuse(tx, case, act)
        if isinstance(done, Refused) and done.refusal is held.Refusal.APPROVAL_MISSING:
            asked = await rights.ask_refusal(tx, case, act)
            if isinstance(asked, Refused):
                return asked
            approve = f"tenure staff approve {asked.hex()}"
            detail = f"somebody else has to agree: {approve}; then type this again"
            return Refused(held.Refusal.APPROVAL_MISSING, detail)
        return done

    _do((terms, act, passkey, as_json), (data, dsn), no)


@app.command()
def answer(
    case: Which,
    letter: Annotated[
        str, typer.Option(help="The letter by which they were told, who have no number of ours.")
    ] = "",
    taken_back: Annotated[
        bool, typer.Option("--taken-back", help="They do not want it any more.")
    ] = False,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Do all that nothing is in the way of, and tell it; the clock does the same every minute.

    Example: tenure privacy case answer CASE --letter "of 22 November"
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))

    async def go_on(tx: Transaction) -> Found:
        if taken_back:
            return await rights.take_back(tx, case, act)
        if letter:
            return await rights.told_by_letter(tx, case, letter, act)
        return await rights.show(tx, case, act)

    _do((terms, act, passkey, as_json), (data, dsn), go_on)


def _do(
    who: tuple[Terms, Act, Any, bool],
    where: tuple[Any, str | None],
    operation: Callable[[Transaction], Awaitable[Found]],
    *,
    goes_on: bool = True,
) -> None:
    """Do it as somebody of ours, go on as far as nothing is in the way, and show the case."""
    terms, act, passkey, as_json = who

    async def work(pool: Pool) -> tuple[Found, str]:
        found = await perform(pool, operation)
        if isinstance(found, Refused) or not goes_on:
            return found, ""
        case_id = found.case.case_id
        further = await perform(pool, rights.work, terms, case_id, act)
        if isinstance(further, Refused):
            known = await perform(pool, rights.find, case_id)
            return known or found, f"  waits     {further.detail}\n"
        return further, ""

    found, waits = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    words = said(found, terms, act.at)
    connect.say(f"{words}\n{waits}".rstrip(), told(found, act.at), as_json=as_json)
