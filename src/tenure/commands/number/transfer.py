"""Transfers a number: asked, consented to, approved, stopped, in effect; each step by others."""

import hashlib
import secrets
import uuid
from pathlib import Path
from typing import Annotated

import typer

from tenure.commands import connect, presence
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.number.acting import NAME
from tenure.commands.number.asked import answered, say, say_all
from tenure.commands.presence import Live, OnDocument, OwnPasskey, Paper, Person, Shown
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import AskAbout, Party, Progress, RequestKind

ID_BITS = 53
"""The new purse is drawn; JSON everywhere reads so many bits exactly."""
THE_HOLDER = "<holder>"

app = typer.Typer(help="Give a number to another person, by the consent of both.")


def _named(typed: str) -> str:
    """The name of a request in its usual form."""
    try:
        return str(uuid.UUID(typed))
    except ValueError as wrong:
        remedy = "see tenure number transfer show NUMBER"
        raise typer.BadParameter(f"{typed} is no name of a request; {remedy}") from wrong


Id = Annotated[
    str,
    typer.Argument(metavar="REQUEST", help="The request, as it was named.", callback=_named),
]


def add(family: typer.Typer) -> None:
    """Make these commands part of ``tenure number``."""
    family.add_typer(app, name="transfer")


@app.command()
def ask(
    number: Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")],
    to: Annotated[int, typer.Option(help="The new holder: a person who is entered.")],
    iccid: Annotated[str | None, typer.Option(help="A new SIM as well.")] = None,
    funds: Annotated[bool, typer.Option("--funds-go/--funds-stay", help="Of the purse.")] = True,
    kind: Annotated[RequestKind, typer.Option(help="On what it rests.")] = RequestKind.TRANSFER,
    paper: Annotated[Path | None, typer.Option("--paper", help="The paper it rests on.")] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Ask that a number goes to another person.  Nothing happens yet; the holder is told.

    Example: tenure number transfer ask "012 345 678" --to 4711
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    wish = AskAbout(
        request_id=str(uuid.uuid4()),
        kind=kind,
        msisdn=msisdn,
        to_holder=to,
        iccid=iccid,
        purse_id=secrets.randbits(ID_BITS),
        funds_go=funds,
        document="" if paper is None else _digest(paper),
    )

    async def work(pool: Pool) -> Progress:
        found = await perform(pool, numbers.requests.ask, terms, wish, act)
        return answered(found, as_json=as_json)

    made = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    say(made, act.at, as_json=as_json)


@app.command()
def consent(
    request: Id,
    party: Annotated[Party, typer.Option(help="In which part.")],
    own_passkey: OwnPasskey = None,
    person: Person = None,
    document: Paper = "",
    photo: Live = None,
    document_photo: OnDocument = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Agree to exactly this request, by a passkey of one's own or present before a witness.

    Example: tenure number transfer consent 0b9f0e1e-… --party from --own-passkey holder.key
    """
    terms = connect.terms_of(NAME, operator)
    shown = Shown(own_passkey, person, document, photo, document_photo)
    who = by if shown.in_person else THE_HOLDER
    act = connect.act_of(who, connect.instant_typed(at))
    witness = connect.passkey_of(by, data, passkey)

    async def work(pool: Pool) -> tuple[bytes, str]:
        there = await perform(pool, numbers.requests.progress, terms, request, act.at)
        found = answered(there, as_json=as_json)
        return found.request_hash, found.request.request_id

    signed_hash, request_id = connect.run(NAME, data, dsn, work)
    prove = presence.prover(NAME, shown, witness, party=party, as_json=as_json)
    proof = prove(signed_hash)

    async def agree(pool: Pool) -> Progress:
        given = await perform(pool, numbers.requests.consent, terms, request_id, party, proof, act)
        return answered(given, as_json=as_json)

    say(connect.run(NAME, data, dsn, agree), act.at, as_json=as_json)


@app.command()
def approve(
    request: Id,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Say that a request is right; who asked, saw a consent or is a party cannot.

    Example: tenure number transfer approve 0b9f0e1e-… --by demo-second
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    sign = presence.signer(NAME, connect.passkey_of(by, data, passkey))

    async def work(pool: Pool) -> Progress:
        there = await perform(pool, numbers.requests.progress, terms, request, act.at)
        signed = sign(answered(there, as_json=as_json).request_hash)
        given = await perform(pool, numbers.requests.approve, terms, request, signed, act)
        return answered(given, as_json=as_json)

    made = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    say(made, act.at, as_json=as_json)


@app.command()
def stop(
    request: Id,
    own_passkey: OwnPasskey = None,
    from_number: Annotated[
        str | None, typer.Option(help="The number that a reply by text came from.")
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
    """Stop a request before it takes effect: by whom it concerns, or by one of ours.

    Example: tenure number transfer stop 0b9f0e1e-… --own-passkey holder.key
    """
    terms = connect.terms_of(NAME, operator)
    by_staff = own_passkey is None and from_number is None
    act = connect.act_of(by if by_staff else THE_HOLDER, connect.instant_typed(at), reason)
    replied = None
    if from_number is not None:
        replied = str(connect.number_of(NAME, from_number, terms, as_json=as_json))

    async def work(pool: Pool) -> Progress:
        there = await perform(pool, numbers.requests.progress, terms, request, act.at)
        proof = None
        if own_passkey is not None:
            signed_hash = numbers.requests.stop_hash_of(
                answered(there, as_json=as_json).request_hash
            )
            shown = Shown(own_passkey, None, "", None, None)
            proof = presence.prover(NAME, shown, own_passkey, as_json=as_json)(signed_hash)
        done = await perform(
            pool, numbers.requests.stop, terms, request, act, proof=proof, from_number=replied
        )
        return answered(done, as_json=as_json)

    if by_staff:
        made = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    else:
        made = connect.run(NAME, data, dsn, work)
    say(made, act.at, as_json=as_json)


@app.command()
def effect(
    request: Id,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Let a request take effect if it is due, as the clock does by itself every minute.

    Example: tenure number transfer effect 0b9f0e1e-…
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of("<by hand>", connect.instant_typed(at))

    async def work(pool: Pool) -> Progress:
        done = await perform(pool, numbers.requests.effect, terms, request, act)
        return answered(done, as_json=as_json)

    say(connect.run(NAME, data, dsn, work), act.at, as_json=as_json)


@app.command()
def show(
    number: Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")],
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show what was asked about a number, and what each request still waits for.

    Example: tenure number transfer show "012 345 678"
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    now = connect.instant_typed(at)

    async def work(pool: Pool) -> list[Progress]:
        return await perform(pool, numbers.requests.newest, terms, msisdn, now)

    say_all(connect.run(NAME, data, dsn, work), now, as_json=as_json)


def _digest(paper: Path) -> str:
    try:
        return hashlib.sha256(paper.read_bytes()).hexdigest()
    except OSError as error:
        connect.fail(NAME, f"{paper}: {error.strerror}; name a file that can be read")
