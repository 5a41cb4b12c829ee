"""A profile is corrected with the check of a registration; languages and addresses are chosen."""

import os
import secrets
import uuid
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect, presence, secret_file
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.person import mailing
from tenure.commands.person.entering import NAME, Number, day_of, document_of
from tenure.commands.person.mailing import NotSentError
from tenure.commands.presence import Live, OnDocument, Paper, Shown
from tenure.gateways.mail.server.submission import Relay
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import (
    CODE_DIGITS,
    Changes,
    Channel,
    Code,
    Contact,
    Evidence,
    Person,
    Refusal,
)
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

KEY_OCTETS: Final = 32
KEY_MISSING: Final = "it is made with the first code: tenure person contact"

_Proposed = tuple[Code, str] | Refused[Refusal] | Refused[StaffRefusal]
"""A code, with the language of its reader."""

Email = Annotated[str | None, typer.Option(help="The e-mail address.")]
Postal = Annotated[str | None, typer.Option(help="The postal address.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure person``."""
    for command in (correct, language, contact, confirm):
        app.command()(command)


def correct(
    person: Number,
    name: Annotated[str | None, typer.Option(help="The name, as the document has it.")] = None,
    born: Annotated[str | None, typer.Option(help="The date of birth: 1990-01-31.")] = None,
    new_document: Annotated[
        str | None, typer.Option(help="Another document: passport:N1234567.")
    ] = None,
    document: Paper = "",
    photo: Live = None,
    document_photo: OnDocument = None,
    own_passkey: Annotated[
        Path | None, typer.Option(help="Of who cannot show the document on record.")
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
    """Correct who somebody is on record, before a witness (--by), with document and live photo.

    Example: tenure person correct 4711 --name "Sok Dara" --document passport:N1
    --photo live.jpg --document-photo paper.jpg
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    changes = Changes(
        name,
        None if born is None else day_of(born),
        None if new_document is None else document_of(new_document),
    )
    shown = Shown(None, person, document, photo, document_photo)
    seen = presence.presence_of(NAME, shown, as_json=as_json)
    hashed = people.corrections.correction_hash(person, changes, act.at)
    own = None if own_passkey is None else presence.signer(NAME, own_passkey)(hashed)
    signed = presence.signer(NAME, connect.passkey_of(by, data, passkey))(hashed)
    evidence = Evidence(seen, signed, own)

    async def work(pool: Pool) -> Person | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, numbers.profiles.correct, terms, person, changes, evidence, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    told = {"person": person, "corrected_at": iso(act.at)}
    connect.say(f"person {person} is corrected, and told", told, as_json=as_json)


def language(
    person: Number,
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="One of the pack's: km.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Tell somebody everything in another language from now on.

    Example: tenure person language 4711 km
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)

    async def chosen(tx: Transaction) -> Person | Refused[Refusal] | Refused[StaffRefusal]:
        member = await staff.allowed(tx, act.by, Task.WITNESS, act.at)
        if isinstance(member, Refused):
            return member
        return await numbers.profiles.choose_language(tx, terms, person, language, act)

    async def work(pool: Pool) -> Person | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, chosen)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    told = {"person": person, "language": language}
    connect.say(f"person {person} is told everything in {language}", told, as_json=as_json)


def contact(
    person: Number,
    letter: Annotated[
        Path | None,
        typer.Option(help="Where to write the code, for whoever sends it; a new file."),
    ] = None,
    mail: Annotated[
        Path | None,
        typer.Option(help="Mail it at once, by the server in this file (as of tenure up --mail)."),
    ] = None,
    email: Email = None,
    postal: Postal = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Have a code sent to an address; it is theirs when they say the code: tenure person confirm.

    Example: tenure person contact 4711 --email dara@example.com --mail mail.toml

    Example: tenure person contact 4711 --postal "12 Street 9, Phnom Penh" --letter code.txt
    """
    act = connect.act_of(by, connect.instant_typed(at), reason)
    channel, address = _address(email, postal)
    relay = _relay(letter, mail, channel)
    secret_file.make(NAME, _key_path(data), KEY_OCTETS)
    key = secret_file.read(NAME, _key_path(data), KEY_OCTETS, KEY_MISSING)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    code_id = str(uuid.uuid4())
    asked = (person, channel, address, code, key, code_id)

    async def work(pool: Pool) -> _Proposed:
        return await perform(pool, _proposed, asked, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    proposed, language_ = found
    spoken, until = f"{code[:4]} {code[4:]}", iso(proposed.until)
    words = f"a code is on its way; it is valid until {until}"
    if letter is not None:
        _write(letter, f"{proposed.address}\n\n{spoken}\n")
        words = f"a code waits in {letter} until {until}; send it, and keep no copy"
    elif relay is not None:
        _mail(relay, operator, language_, proposed, spoken, act.at)
    told = {"person": person, "channel": channel.value, "until": until}
    connect.say(words, told, as_json=as_json)


async def _proposed(
    tx: Transaction, asked: tuple[int, Channel, str, str, bytes, str], act: Act
) -> _Proposed:
    member = await staff.allowed(tx, act.by, Task.WITNESS, act.at)
    if isinstance(member, Refused):
        return member
    proposed = await people.addresses.propose(tx, *asked, act)
    if isinstance(proposed, Refused):
        return proposed
    whose = await people.find(tx, proposed.person_id)
    assert whose is not None, "a code is proposed for somebody who is there"
    return proposed, whose.language


def _relay(letter: Path | None, mail: Path | None, channel: Channel) -> Relay | None:
    """The server that mails the code; None when somebody else sends the letter."""
    if (letter is None) == (mail is None):
        raise typer.BadParameter("say how the code gets there: --mail FILE, or --letter FILE")
    if letter is not None and letter.exists():
        connect.fail(NAME, f"{letter}: is there already; name a new file")
    if mail is None:
        return None
    if channel is not Channel.EMAIL:
        raise typer.BadParameter("--mail is for --email; a postal address needs --letter")
    try:
        return mailing.relay_of(mail)
    except NotSentError as wrong:
        connect.fail(NAME, str(wrong))


def _mail(
    relay: Relay, operator: str, language_: str, proposed: Code, spoken: str, at: Instant
) -> None:
    try:
        mailing.send(relay, operator, language_, proposed, spoken, at)
    except NotSentError as wrong:
        connect.fail(NAME, str(wrong))


def confirm(
    person: Number,
    code: Annotated[str, typer.Argument(metavar="CODE", help="What they read in the letter.")],
    postal: Annotated[bool, typer.Option("--postal", help="It came on paper.")] = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Believe that an address is somebody's, because they know the code that was sent there.

    Example: tenure person confirm 4711 "1234 5678"
    """
    act = connect.act_of(by, connect.instant_typed(at), reason)
    channel = Channel.POSTAL if postal else Channel.EMAIL
    key = secret_file.read(NAME, _key_path(data), KEY_OCTETS, KEY_MISSING)

    async def typed(tx: Transaction) -> Contact | Refused[Refusal] | Refused[StaffRefusal]:
        member = await staff.allowed(tx, act.by, Task.WITNESS, act.at)
        if isinstance(member, Refused):
            return member
        return await numbers.profiles.confirm_contact(tx, person, channel, code, key, act)

    async def work(pool: Pool) -> Contact | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, typed)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    told = {"person": person, "channel": channel.value, "verified_at": iso(found.verified_at)}
    words = f"the {channel.value} address of person {person} is confirmed"
    connect.say(words, told, as_json=as_json)


def _address(email: str | None, postal: str | None) -> tuple[Channel, str]:
    if (email is None) == (postal is None):
        raise typer.BadParameter("name one address: --email or --postal")
    return (Channel.EMAIL, email) if email is not None else (Channel.POSTAL, postal or "")


def _key_path(data: Path) -> Path:
    return data / "keys" / "contacts"


def _write(letter: Path, text: str) -> None:
    """A file that its owner alone reads."""
    try:
        handle = os.open(letter, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        connect.fail(NAME, f"{letter}: {error.strerror}; name a file that can be made")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
