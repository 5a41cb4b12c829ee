"""People are entered, bring passkeys, and answer for minors."""

import datetime as dt
import hashlib
import secrets
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect, passkey_file, presence
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.passkey_file import WrongPasskeyFileError
from tenure.commands.presence import Live, OnDocument, Paper, Shown
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Guardian, Key, Refusal
from tenure.promises.people.model import Person as Human
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.instant import iso
from tenure.values.refused import Refused

NAME: Final = "person"
ID_BITS: Final = 53
"""Ids are drawn; JSON everywhere reads so many bits exactly."""

Number = Annotated[int, typer.Argument(metavar="PERSON", help="The person's number.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure person``."""
    for command in (enter, passkey, guardian):
        app.command()(command)


def document_of(typed: str) -> Document:
    """A document as KIND:NUMBER."""
    kind, colon, number = typed.partition(":")
    if not (colon and number):
        raise typer.BadParameter("--document: KIND:NUMBER, such as passport:N1234567")
    return Document(kind, number)


def day_of(typed: str) -> dt.date:
    """A date of birth as 1990-01-31."""
    try:
        return dt.date.fromisoformat(typed)
    except ValueError as wrong:
        raise typer.BadParameter(f"--born: {wrong}") from wrong


def enter(
    name: Annotated[str, typer.Option(help="As it stands in the document.")],
    document: Annotated[str, typer.Option(help="national-id:NUMBER, passport:NUMBER …")],
    born: Annotated[str, typer.Option(help="The date of birth: 1990-01-31.")],
    language: Annotated[str, typer.Option(help="In which language they are told things.")] = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Enter a person with the document that was seen.

    Example: tenure person enter --name "Chan Dara" --document passport:N1 --born 1990-01-31
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    spoken = language or terms.languages[0]
    paper, born_on = document_of(document), day_of(born)
    new = Human(secrets.randbits(ID_BITS), name, spoken, act.at, born_on, paper)

    async def work(pool: Pool) -> Human | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, _entered, terms, new, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(f"person {found.person_id}", {"person": found.person_id}, as_json=as_json)


async def _entered(
    tx: Transaction, terms: Terms, new: Human, act: Act
) -> Human | Refused[Refusal] | Refused[StaffRefusal]:
    member = await staff.allowed(tx, act.by, Task.SELL_LINE, act.at)
    return member if isinstance(member, Refused) else await people.enter(tx, terms, new, act)


def passkey(
    person: Number,
    own_passkey: Annotated[Path, typer.Option(help="The file of the passkey they bring.")],
    new: Annotated[bool, typer.Option("--new", help="Make that file first.")] = False,
    document: Paper = "",
    photo: Live = None,
    document_photo: OnDocument = None,
    by: By = connect.BY,
    staff_passkey: Annotated[
        Path | None, typer.Option("--passkey", help="The passkey file of the witness.")
    ] = None,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep a passkey that somebody brings to a shop, before a witness (--by).

    Example: tenure person passkey 4711 --own-passkey dara.key --new --document passport:N1
    --photo live.jpg --document-photo paper.jpg
    """
    act = connect.act_of(by, connect.instant_typed(at))
    shown = Shown(None, person, document, photo, document_photo)
    seen = presence.presence_of(NAME, shown, as_json=as_json)
    try:
        made = passkey_file.create(own_passkey) if new else passkey_file.load(own_passkey)
    except WrongPasskeyFileError as wrong:
        connect.fail(NAME, str(wrong))
    key = Key(person, made.public, act.at)
    hashed = people.enrolment_hash(person, key.passkey, act.at)
    signed = presence.signer(NAME, connect.passkey_of(by, data, staff_passkey))(hashed)

    async def work(pool: Pool) -> Key | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, numbers.proving.bring_passkey, key, seen, signed, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=staff_passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    told = {"credential": key.passkey.credential_id.hex(), "added_at": iso(act.at)}
    connect.say(f"person {person} has this passkey since {iso(act.at)}", told, as_json=as_json)


def guardian(
    person: Number,
    guardian: Annotated[int, typer.Option(help="Who answers for them: a person's number.")],
    paper: Annotated[
        Path | None, typer.Option(help="The paper that says so; only its hash is kept.")
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="They answer for them no more.")] = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep who answers for a minor: until the eighteenth birthday begins, or until --end.

    Example: tenure person guardian 4712 --guardian 4711 --paper birth-certificate.pdf
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    digest = "" if end else _hash_of(paper)

    async def named(tx: Transaction) -> Guardian | Refused[Refusal] | Refused[StaffRefusal]:
        member = await staff.allowed(tx, act.by, Task.SELL_LINE, act.at)
        if isinstance(member, Refused):
            return member
        if end:
            return await numbers.profiles.end_guardian(tx, person, guardian, act)
        return await numbers.proving.name_guardian(tx, terms, person, guardian, digest, act)

    async def work(pool: Pool) -> Guardian | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, named)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    ended = None if found.until is None else iso(found.until)
    told = {"person": person, "guardian": guardian, "since": iso(found.since), "until": ended}
    words = f"{guardian} answers for {person} since {iso(found.since)}"
    connect.say(words + (f", until {ended}" if ended else ""), told, as_json=as_json)


def _hash_of(paper: Path | None) -> str:
    if paper is None:
        raise typer.BadParameter("--paper: the file of the paper that says so")
    try:
        return hashlib.sha256(paper.read_bytes()).hexdigest()
    except OSError as error:
        connect.fail(NAME, f"{paper}: {error.strerror}; name a file that can be read")
