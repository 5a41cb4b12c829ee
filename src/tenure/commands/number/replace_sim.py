"""Replaces the SIM of a number: asked and agreed to in one step, approved by somebody else."""

import uuid
from typing import Annotated

import typer

from tenure.commands import connect, presence
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.number.acting import NAME
from tenure.commands.number.asked import answered, say
from tenure.commands.presence import Live, OnDocument, OwnPasskey, Paper, Person, Shown
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers import rules
from tenure.promises.numbers.model import AskAbout, Party, Progress, RequestKind
from tenure.values.refused import Refused


def add(family: typer.Typer) -> None:
    """Make this command part of ``tenure number``."""
    family.command(name="replace-sim")(replace_sim)


def replace_sim(
    number: Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")],
    iccid: Annotated[str, typer.Option(help="The card number printed on the new SIM.")],
    own_passkey: OwnPasskey = None,
    person: Person = None,
    document: Paper = "",
    photo: Live = None,
    document_photo: OnDocument = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Ask for a new SIM, and have the holder agree; one other of ours approves it.

    The fee is taken from the purse when it takes effect, and the old SIM never works again.

    Example: tenure number replace-sim "012 345 678" --iccid 8985502000090000016
    --own-passkey holder.key
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    card = rules.iccid(iccid)
    if isinstance(card, Refused):
        connect.refused(NAME, card, as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    shown = Shown(own_passkey, person, document, photo, document_photo)
    wish = AskAbout(str(uuid.uuid4()), RequestKind.SIM, msisdn, iccid=str(card))
    witness = connect.passkey_of(by, data, passkey)

    sign = presence.prover(NAME, shown, witness, party=Party.FROM, as_json=as_json)

    async def work(pool: Pool) -> Progress:
        found = await perform(pool, numbers.requests.ask, terms, wish, act, sign=sign)
        return answered(found, as_json=as_json)

    made = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    say(made, act.at, as_json=as_json)
