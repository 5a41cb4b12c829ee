"""Two rows of one human become one: asked by one of ours, approved by two others."""

from typing import Annotated

import typer

from tenure.commands import connect, presence
from tenure.commands.connect import AsJson, At, By, Data, Dsn, PasskeyAt, Reason
from tenure.commands.person.entering import NAME, Number
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import Merge, MergeRequest, Refusal
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.values.instant import iso
from tenure.values.refused import Refused

HASH_OCTETS = 32
No = Refused[Refusal] | Refused[StaffRefusal]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure person``."""
    app.command()(merge)
    app.command()(merges)
    app.command("approve-merge")(approve_merge)


def merge(
    person: Number,
    into: Annotated[int, typer.Option(help="Who they are: another person's number.")],
    reason: Annotated[str, typer.Option(help="How you know; it is part of what is approved.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Ask that a duplicate leads to whom it is; two others of ours approve exactly this.

    Who holds a number is not merged: transfer it first.  Past tenures stay as they are.

    Example: tenure person merge 4712 --into 4711 --reason "one face, a passport and an id card"
    """
    act = connect.act_of(by, connect.instant_typed(at), reason)

    async def work(pool: Pool) -> MergeRequest | No:
        member = await perform(pool, staff.allowed, act.by, Task.WITNESS, act.at)
        if isinstance(member, Refused):
            return member
        return await perform(pool, numbers.profiles.ask_merge, person, into, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    hashed = found.request_hash.hex()
    words = f"asked: {hashed}\nnext, by two others: tenure person approve-merge {hashed}"
    connect.say(words, _told(found), as_json=as_json)


def merges(data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False) -> None:
    """List the merges that were asked for and not done.

    Example: tenure person merges
    """

    async def work(pool: Pool) -> list[MergeRequest]:
        return await perform(pool, people.merging.open_requests)

    found = connect.run(NAME, data, dsn, work)
    lines = [
        f"{one.request_hash.hex()}  {one.duplicate_id} into {one.survivor_id}, "
        f"asked {iso(one.asked_at)}"
        for one in found
    ]
    words = "\n".join(lines or ["no merge waits"])
    connect.say(words, [_told(one) for one in found], as_json=as_json)


def approve_merge(
    request: Annotated[str, typer.Argument(metavar="HASH", help="As tenure person merge says it.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Approve exactly this merge; with the second approval it is done, and the survivor is told.

    Example: tenure person approve-merge 5f2c…91 --by demo-second
    """
    asked = _hash(request)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    signed = presence.signer(NAME, connect.passkey_of(by, data, passkey))(asked)

    async def work(pool: Pool) -> Merge | No:
        given = await perform(pool, staff.approve, asked, by, signed, act)
        if isinstance(given, Refused):
            return given
        return await perform(pool, numbers.profiles.merge, asked, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused) and found.refusal is Refusal.APPROVALS_MISSING:
        told: dict[str, object] = {"request": request, "approved": True, "merged": False}
        connect.say(f"approved; {found.detail}", told, as_json=as_json)
    elif isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    else:
        words = f"person {found.duplicate_id} is person {found.survivor_id} from now on"
        told = {"request": request, "approved": True, "merged": True}
        connect.say(words, told, as_json=as_json)


def _told(request: MergeRequest) -> dict[str, object]:
    return {
        "request": request.request_hash.hex(),
        "duplicate": request.duplicate_id,
        "survivor": request.survivor_id,
        "asked_at": iso(request.asked_at),
    }


def _hash(typed: str) -> bytes:
    try:
        found = bytes.fromhex(typed)
    except ValueError:
        found = b""
    if len(found) != HASH_OCTETS:
        raise typer.BadParameter("HASH: 64 hexadecimal digits, as tenure person merge says it")
    return found
