"""What an overseer asks: everything that somebody of ours did or saw, and what is unusual."""

from typing import Annotated, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Concern, Event, Refusal, Report, Task
from tenure.values.instant import iso
from tenure.values.refused import Refused

NAME: Final = "staff"
WORDS_MAX: Final = 60


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure staff``."""
    for command in (report, concerns):
        app.command()(command)


def report(
    login: Annotated[str, typer.Argument(help="Whose login.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Report everything that a human did or saw, under all their logins, as one list.

    Example: tenure staff report demo --by demo-second
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> Report | Refused[Refusal]:
        return await perform(pool, staff.report, login, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    logins = ", ".join(member.login for member in found.members)
    suspended_at = found.members[0].suspended_at
    state = "" if suspended_at is None else f", suspended at {iso(suspended_at)}"
    head = f"{found.members[0].name}, with the login {logins}{state}: {len(found.events)} events"
    told = {
        "logins": [member.login for member in found.members],
        "suspended_at": None if suspended_at is None else iso(suspended_at),
        "events": [_event_told(event) for event in found.events],
    }
    lines = [head, *(_event_line(event) for event in found.events)]
    connect.say("\n".join(lines), told, as_json=as_json)


def concerns(
    close: Annotated[
        int | None, typer.Option(help="Close this one; say with --reason what you found.")
    ] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List what is unusual about what staff did, or close a concern with words.

    tenure up looks every few minutes, and this command looks first. Nobody closes a concern about
    themselves.

    Example: tenure staff concerns --close 3 --reason "a fire in the call centre" --by demo-second
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> list[Concern] | Concern | Refused[Refusal]:
        if close is not None:
            return await perform(pool, staff.close_concern, close, act)
        return await perform(pool, _listed, terms.time_zone, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    if isinstance(found, Concern):
        connect.say(f"closed: {_line(found)}", _told(found), as_json=as_json)
        return
    lines = [_line(one) for one in found] or ["nothing unusual"]
    connect.say("\n".join(lines), [_told(one) for one in found], as_json=as_json)


async def _listed(tx: Transaction, zone: str, act: Act) -> list[Concern] | Refused[Refusal]:
    reader = await staff.allowed(tx, act.by, Task.READ_REPORTS, act.at)
    if isinstance(reader, Refused):
        return reader
    await staff.raise_concerns(tx, zone, connect.act_of("<clock>", act.at))
    return await staff.concerns(tx)


def _line(one: Concern) -> str:
    what = f"{one.pattern.value}, {one.counted} on {one.day}"
    return f"{one.concern_id}  {', '.join(one.logins)}: {what}"


def _told(one: Concern) -> dict[str, object]:
    return {
        "concern": one.concern_id,
        "logins": one.logins,
        "pattern": one.pattern.value,
        "counted": one.counted,
        "day": one.day,
        "raised_at": iso(one.raised_at),
    }


def _event_line(event: Event) -> str:
    about = ", ".join(f"{field} {_short(value)}" for field, value in sorted(event.about.items()))
    return f"{iso(event.at)}  {event.what} {event.words}" + (f"  ({about})" if about else "")


def _short(value: str) -> str:
    """A key or hash by its beginning; --json has the whole."""
    return value if len(value) <= WORDS_MAX else f"{value[:16]}…"


def _event_told(event: Event) -> dict[str, object]:
    return {
        "at": iso(event.at),
        "what": event.what,
        "words": event.words,
        "about": dict(event.about),
    }
