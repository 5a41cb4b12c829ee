"""Locks a number at once, and unlocks it with a delay: by the holder alone."""

import uuid
from typing import Annotated

import typer

from tenure.commands import connect, presence
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.number.acting import NAME
from tenure.commands.number.asked import answered, say
from tenure.commands.presence import Live, OnDocument, OwnPasskey, Paper, Person, Shown
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import AskAbout, Locked, Party, Progress, RequestKind
from tenure.values.instant import iso
from tenure.values.refused import Refused

Number = Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")]
THE_HOLDER = "<holder>"


def add(family: typer.Typer) -> None:
    """Make these commands part of ``tenure number``."""
    family.command()(lock)
    family.command()(unlock)


def lock(
    number: Number,
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
    """Lock a number: no transfer and no new SIM until its holder has unlocked it.

    Example: tenure number lock "012 345 678" --own-passkey holder.key
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    shown = Shown(own_passkey, person, document, photo, document_photo)
    act = connect.act_of(by if shown.in_person else THE_HOLDER, connect.instant_typed(at))
    signed = numbers.requests.lock_hash(msisdn, act.at)
    witness = connect.passkey_of(by, data, passkey)
    proof = presence.prover(NAME, shown, witness, as_json=as_json)(signed)

    async def work(pool: Pool) -> Locked:
        done = await perform(pool, numbers.requests.lock, msisdn, proof, act)
        if isinstance(done, Refused):
            connect.refused(NAME, done, as_json=as_json)
        return done

    done = connect.run(NAME, data, dsn, work)
    words = "locked; to lift it: tenure number unlock"
    connect.say(words, {"msisdn": str(msisdn), "locked_since": iso(done.since)}, as_json=as_json)


def unlock(
    number: Number,
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
    """Lift the lock, after the delay of the terms; only the holder can, and can stop it meanwhile.

    Example: tenure number unlock "012 345 678" --own-passkey holder.key
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    shown = Shown(own_passkey, person, document, photo, document_photo)
    act = connect.act_of(by if shown.in_person else THE_HOLDER, connect.instant_typed(at))
    wish = AskAbout(str(uuid.uuid4()), RequestKind.UNLOCK, msisdn)
    witness = connect.passkey_of(by, data, passkey)

    sign = presence.prover(NAME, shown, witness, party=Party.FROM, as_json=as_json)

    async def work(pool: Pool) -> Progress:
        found = await perform(pool, numbers.requests.ask, terms, wish, act, sign=sign)
        return answered(found, as_json=as_json)

    if shown.in_person:
        made = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    else:
        made = connect.run(NAME, data, dsn, work)
    say(made, act.at, as_json=as_json)
