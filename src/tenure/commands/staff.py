"""The commands ``tenure staff``: who of us may act, and in which roles."""

from typing import Annotated

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, By, Data, Dsn, Reason
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Member, Refusal, Role
from tenure.values.instant import iso
from tenure.values.refused import Refused

app = typer.Typer(help="Enrol, suspend and list the logins of staff.", no_args_is_help=True)

NAME = "staff"


@app.command()
def enrol(
    login: Annotated[str, typer.Argument(help="A new login.")],
    name: Annotated[str, typer.Option(help="The name of the human behind it.")],
    role: Annotated[list[Role], typer.Option(help="What they are there for; may be repeated.")],
    by: By = connect.BY,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Enrol somebody.  The first one needs nobody's leave; from then on, a supervisor's.

    Example: tenure staff enrol sok --name "Sok Dara" --role care --role finance --by chan
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> Member | Refused[Refusal]:
        return await perform(pool, staff.enrol, login, name, role, act)

    _tell("enrolled", connect.run(NAME, data, dsn, work), as_json=as_json)


@app.command()
def suspend(
    login: Annotated[str, typer.Argument(help="Whose login.")],
    ends: Annotated[bool, typer.Option("--ends", help="End the suspension instead.")] = False,
    by: By = connect.BY,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Suspend a login; it may do nothing from now on.

    Example: tenure staff suspend sok --reason "case 12" --by chan
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> Member | Refused[Refusal]:
        return await perform(pool, staff.suspend, login, act, ends=ends)

    _tell(
        "reinstated" if ends else "suspended", connect.run(NAME, data, dsn, work), as_json=as_json
    )


@app.command(name="list")
def list_(data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False) -> None:
    """List all logins with their roles.

    Example: tenure staff list
    """

    async def work(pool: Pool) -> list[Member]:
        return await perform(pool, staff.members)

    members = connect.run(NAME, data, dsn, work)
    lines = [_line(member) for member in members] or ["nobody is enrolled yet"]
    connect.say("\n".join(lines), [_told(member) for member in members], as_json=as_json)


def _tell(done: str, answer: Member | Refused[Refusal], *, as_json: bool) -> None:
    if isinstance(answer, Refused):
        connect.refused(NAME, answer, as_json=as_json)
    connect.say(f"{done}: {_line(answer)}", _told(answer), as_json=as_json)


def _line(member: Member) -> str:
    roles = ", ".join(sorted(role.value for role in member.roles)) or "no role"
    if member.suspended_at is None:
        return f"{member.login} ({roles})"
    return f"{member.login} ({roles}), suspended at {iso(member.suspended_at)}"


def _told(member: Member) -> dict[str, object]:
    return {
        "login": member.login,
        "roles": sorted(role.value for role in member.roles),
        "since": iso(member.since),
        "suspended_at": None if member.suspended_at is None else iso(member.suspended_at),
    }
