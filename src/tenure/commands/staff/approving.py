"""Approves what somebody else asked for, by a passkey that signs exactly that."""

from typing import Annotated, Final

import typer

from tenure.commands import connect, passkey_file
from tenure.commands.connect import AsJson, By, Data, Dsn, PasskeyAt, Reason
from tenure.commands.passkey_file import WrongPasskeyFileError
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Approval, Refusal
from tenure.values.instant import iso
from tenure.values.refused import Refused

NAME: Final = "staff"
HASH_OCTETS: Final = 32


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure staff``."""
    app.command()(approve)


def approve(
    request: Annotated[
        str, typer.Argument(metavar="HASH", help="The hash of the request, in hexadecimal.")
    ],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Approve exactly what has this hash; who asked for it cannot, under any login.

    The passkey signs the hash, so that anybody can verify later who approved what.

    Example: tenure staff approve 5f2c…91 --by demo-second
    """
    request_hash = _hash(request)
    act = connect.act_of(by, connect.instant_typed(None), reason)
    try:
        shown = passkey_file.load(connect.passkey_of(by, data, passkey)).assertion(request_hash)
    except WrongPasskeyFileError as wrong:
        connect.fail(NAME, str(wrong))

    async def work(pool: Pool) -> tuple[Approval | Refused[Refusal], int]:
        given = await perform(pool, staff.approve, request_hash, by, shown, act)
        counted = await perform(pool, staff.approvals, request_hash, act.at)
        return given, len(counted)

    where = (data, dsn)
    given, count = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    if isinstance(given, Refused):
        connect.refused(NAME, given, as_json=as_json)
    told = {
        "request": request_hash.hex(),
        "approvals": count,
        "approved_at": iso(given.approved_at),
    }
    humans = "human approves" if count == 1 else "humans approve"
    connect.say(f"approved; {count} {humans} it", told, as_json=as_json)


def _hash(typed: str) -> bytes:
    try:
        found = bytes.fromhex(typed)
    except ValueError:
        found = b""
    if len(found) != HASH_OCTETS:
        raise typer.BadParameter("HASH: 64 hexadecimal digits, as the request shows them")
    return found
