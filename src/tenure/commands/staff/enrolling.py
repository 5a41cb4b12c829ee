"""Enrols, invites, suspends and lists those of us who may act, with their passkeys."""

import base64
import os
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect, passkey_file
from tenure.commands.connect import AsJson, By, Data, Dsn, PasskeyAt, Reason
from tenure.commands.passkey_file import WrongPasskeyFileError
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import (
    INVENTED,
    SECRET_OCTETS,
    Document,
    KeyOf,
    Member,
    Refusal,
    Role,
)
from tenure.values.instant import iso
from tenure.values.passkey import Passkey
from tenure.values.refused import Refused

NAME: Final = "staff"

Login = Annotated[str, typer.Argument(help="Whose login.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure staff``."""
    for command in (enrol, invite, passkeys, suspend):
        app.command()(command)
    app.command(name="list")(list_)


def enrol(
    login: Annotated[str, typer.Argument(help="A new login.")],
    name: Annotated[str, typer.Option(help="The name of the human, as in the document.")],
    role: Annotated[list[Role], typer.Option(help="What they are there for; may be repeated.")],
    document: Annotated[str, typer.Option(help="Who it is: national-id:NUMBER, passport:NUMBER.")],
    public_key: Annotated[
        Path | None,
        typer.Option(help="Their passkey's public part, from tenure staff passkeys --export."),
    ] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Enrol somebody.  The first one needs nobody's leave; from then on, a supervisor's.

    A human is enrolled once, by a document, and may have several logins: they are one approver. A
    new human gets a passkey file of mode 0600 in DATA/passkeys, to be handed over.

    Example: tenure staff enrol sok --name "Sok Dara" --role care --document national-id:012345678
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    seen = _document(document)
    path = _new_path(login, data, passkey)

    async def work(pool: Pool) -> tuple[Member | Refused[Refusal], bool]:
        if await perform(pool, staff.members):
            asker = await connect.prove(pool, act.by, data, passkey)
            if isinstance(asker, Refused):
                return asker, False
        known = await perform(pool, staff.is_known, seen)
        made = public_key is None and not known
        key = None if known else _key(public_key, path)
        done = await perform(pool, staff.enrol, login, name, role, act, document=seen, key=key)
        if made and isinstance(done, Refused):
            path.unlink()
        return done, made

    answer, made = connect.run(NAME, data, dsn, work)
    _tell("enrolled", answer, as_json=as_json, more=f"passkey: {path}" if made else "")


def _document(typed: str) -> Document:
    kind, colon, number = typed.partition(":")
    if not colon or kind == INVENTED:
        raise typer.BadParameter("--document: write national-id:NUMBER or passport:NUMBER")
    return Document(kind, number)


def _new_path(login: str, data: Path, passkey: Path | None) -> Path:
    """Where a new passkey file goes: the folder that was named, or the one in DATA."""
    path = connect.passkey_of(login, data, passkey)
    return path if path.name == login else data / "passkeys" / login


def _key(public_key: Path | None, path: Path) -> Passkey:
    """The public part of a passkey that was brought along, or of a new one in a file."""
    try:
        return (
            passkey_file.read_public(public_key) if public_key else passkey_file.create(path).public
        )
    except WrongPasskeyFileError as wrong:
        connect.fail(NAME, str(wrong))


def invite(
    login: Login,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Print a code with which a browser may register one more passkey for a login, once.

    Example: tenure staff invite demo --by demo-second
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    code = os.urandom(SECRET_OCTETS)

    async def work(pool: Pool) -> Member | Refused[Refusal]:
        return await perform(pool, staff.invite, login, code, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    text = base64.urlsafe_b64encode(code).decode().rstrip("=")
    link = f"/invitation#{login}:{text}"
    said = f"{text}\nfor {login}, once, within a day; hand it over in person\non the page: {link}"
    connect.say(said, {"login": login, "code": text, "link": link}, as_json=as_json)


def passkeys(
    login: Login,
    end: Annotated[
        str | None, typer.Option(help="End the passkey of this name: it was lost.")
    ] = None,
    export: Annotated[
        bool, typer.Option("--export", help="Print the public part of your passkey file.")
    ] = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List the passkeys of the human behind a login, or end one.

    Example: tenure staff passkeys demo
    """
    if export:
        _export(login, data, passkey, as_json=as_json)
        return
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> list[KeyOf] | Refused[Refusal]:
        if end is None:
            return await perform(pool, staff.passkeys, login)
        return await perform(pool, staff.end_passkey, login, _name(end), act)

    if end is None:
        found = connect.run(NAME, data, dsn, work)
    else:
        found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    lines = [_key_line(one) for one in found] or ["no passkey"]
    connect.say("\n".join(lines), [_key_told(one) for one in found], as_json=as_json)


def _name(typed: str) -> bytes:
    try:
        return bytes.fromhex(typed)
    except ValueError as wrong:
        raise typer.BadParameter(
            "--end: give the name as tenure staff passkeys shows it"
        ) from wrong


def _export(login: str, data: Path, passkey: Path | None, *, as_json: bool) -> None:
    try:
        key = passkey_file.load(connect.passkey_of(login, data, passkey)).public
    except WrongPasskeyFileError as wrong:
        connect.fail(NAME, str(wrong))
    text = passkey_file.public_text(key)
    connect.say(text, {"public_key": text}, as_json=as_json)


def suspend(
    login: Login,
    ends: Annotated[bool, typer.Option("--ends", help="End the suspension instead.")] = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Suspend a human; no login of theirs may do anything from now on.

    Example: tenure staff suspend sok --reason "case 12" --by demo
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> Member | Refused[Refusal]:
        return await perform(pool, staff.suspend, login, act, ends=ends)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    _tell("reinstated" if ends else "suspended", found, as_json=as_json)


def list_(data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False) -> None:
    """List all logins with their roles.

    Example: tenure staff list
    """

    async def work(pool: Pool) -> list[Member]:
        return await perform(pool, staff.members)

    members = connect.run(NAME, data, dsn, work)
    lines = [_line(member) for member in members] or ["nobody is enrolled yet"]
    connect.say("\n".join(lines), [_told(member) for member in members], as_json=as_json)


def _tell(done: str, answer: Member | Refused[Refusal], *, as_json: bool, more: str = "") -> None:
    if isinstance(answer, Refused):
        connect.refused(NAME, answer, as_json=as_json)
    words = f"{done}: {_line(answer)}"
    connect.say(f"{words}\n{more}" if more else words, _told(answer), as_json=as_json)


def _line(member: Member) -> str:
    roles = ", ".join(sorted(role.value for role in member.roles)) or "no role"
    if member.suspended_at is None:
        return f"{member.login} ({roles})"
    return f"{member.login} ({roles}), suspended at {iso(member.suspended_at)}"


def _told(member: Member) -> dict[str, object]:
    return {
        "login": member.login,
        "human": member.human_id,
        "roles": sorted(role.value for role in member.roles),
        "since": iso(member.since),
        "suspended_at": None if member.suspended_at is None else iso(member.suspended_at),
    }


def _key_line(key: KeyOf) -> str:
    ended = "" if key.ended_at is None else f", ended at {iso(key.ended_at)}"
    return f"{key.credential_id.hex()} since {iso(key.added_at)}{ended}"


def _key_told(key: KeyOf) -> dict[str, object]:
    return {
        "credential_id": key.credential_id.hex(),
        "added_at": iso(key.added_at),
        "ended_at": None if key.ended_at is None else iso(key.ended_at),
    }
