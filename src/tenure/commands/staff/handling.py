"""Cases, by which somebody of ours may look at a subscriber's data, and the glass to break."""

import uuid
from typing import Annotated, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Glass, Purpose, Refusal
from tenure.values.instant import iso
from tenure.values.refused import Refused

NAME: Final = "staff"


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure staff``."""
    for command in (cases, open_case, close_case, break_glass):
        app.command()(command)


def cases(data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False) -> None:
    """List the open cases: their numbers, kinds and who opened them, and nobody's number.

    Example: tenure staff cases
    """

    async def work(pool: Pool) -> list[Case]:
        return await perform(pool, staff.cases)

    found = connect.run(NAME, data, dsn, work)
    lines = [_line(case) for case in found] or ["no case is open"]
    connect.say("\n".join(lines), [_told(case) for case in found], as_json=as_json)


def open_case(
    number: Annotated[str, typer.Argument(metavar="MSISDN", help="The number it is about.")],
    kind: Annotated[Purpose, typer.Option(help="What the case is.")],
    reason: Annotated[str, typer.Option(help="Why there is one; kept in the record.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Open a case about a number; until it is closed, staff may look at this number because of it.

    Example: tenure staff open-case "012 345 678" --kind complaint --reason "letter of 3 May"
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(None), reason)
    case_id = str(uuid.uuid4())

    async def work(pool: Pool) -> Case | Refused[Refusal]:
        return await perform(pool, staff.open_case, case_id, kind, msisdn, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(f"opened: {_line(found)}", _told(found), as_json=as_json)


def close_case(
    case: Annotated[str, typer.Argument(help="The number of the case.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Close a case: nobody may look because of it from now on.

    Example: tenure staff close-case 0b5c9c1e-6c1f-4e0e-9a53-0d7e6f3a2b11 --reason "answered"
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> Case | Refused[Refusal]:
        return await perform(pool, staff.close_case, case, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(f"closed: {found.case_id}", {"case": found.case_id}, as_json=as_json)


def break_glass(
    reason: Annotated[str, typer.Option(help="Why it cannot wait; others will read it.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Look without a case for a quarter of an hour, when somebody is in danger.

    Every supervisor and reviewer hears of it at once, and who was looked at is told a day later.

    Example: tenure staff break-glass --reason "a caller is in danger"
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    glass_id = str(uuid.uuid4())

    async def work(pool: Pool) -> Glass | Refused[Refusal]:
        return await perform(pool, staff.break_glass, glass_id, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    until = iso(found.until)
    said = f"broken until {until}; look with --purpose break-glass; supervisors and reviewers hear"
    connect.say(said, {"until": until}, as_json=as_json)


def _line(case: Case) -> str:
    return f"{case.case_id}  {case.kind.value}, opened by {case.login} at {iso(case.opened_at)}"


def _told(case: Case) -> dict[str, object]:
    return {
        "case": case.case_id,
        "kind": case.kind.value,
        "opened_by": case.login,
        "opened_at": iso(case.opened_at),
    }
