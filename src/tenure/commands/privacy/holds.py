"""The commands ``tenure privacy hold``: what is held back for a case, and how that ends."""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.number.acting import by_staff
from tenure.commands.privacy.retention import WhoseId, whose_of
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.staff.model import Task
from tenure.values.instant import iso
from tenure.values.refused import Refused

NAME: Final = "privacy hold"
app = typer.Typer(
    help="Hold back what would end, for a case and an authority; release it by four eyes.",
    no_args_is_help=True,
)

Order = Annotated[
    Path,
    typer.Option(exists=True, dir_okay=False, help="The order it rests on; its hash is kept."),
]
Which = Annotated[str, typer.Argument(metavar="HOLD", help="Its id, as list shows it.")]


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    parent.add_typer(app, name="hold")


@app.command(name="add")
def add_(
    whose: WhoseId,
    document: Order,
    case: Annotated[str, typer.Option("--case", help="The reference of the case.")],
    authority: Annotated[str, typer.Option(help="Who wants it.")],
    review: Annotated[str, typer.Option(help="When somebody looks whether it is still needed.")],
    keep: Annotated[
        list[str] | None, typer.Option(help="Only this class: evidence, usage …; all without.")
    ] = None,
    since: Annotated[str | None, typer.Option("--from", help="Only what was over later.")] = None,
    until: Annotated[str | None, typer.Option(help="Only what was over before.")] = None,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Hold back what is named, at once; somebody else approves it within two weeks, or it lapses.

    Example: tenure privacy hold add person:4711 --document order.pdf --case "12/2026"
    --authority "Court of Phnom Penh" --review 2027-01-01T00:00:00+07:00 --keep evidence
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    asked = model.retention.Hold(
        uuid4(),
        whose_of(whose),
        tuple(sorted(set(keep or ()))),
        None if since is None else connect.instant_typed(since, "--from"),
        None if until is None else connect.instant_typed(until, "--until"),
        case,
        authority,
        hashlib.sha256(document.read_bytes()).hexdigest(),
        connect.instant_typed(review, "--review"),
        act.at,
        "",
        b"",
    )

    async def work(pool: Pool) -> Any:
        return await by_staff(pool, (act, Task.HOLD_DATA), privacy.holding.hold, terms, asked, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    hashed = found.request_hash.hex()
    words = f"hold {found.hold_id}; somebody else approves it: tenure staff approve {hashed}"
    connect.say(words, {"hold": str(found.hold_id), "request_hash": hashed}, as_json=as_json)


@app.command(name="list")
def list_(data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False) -> None:
    """All holds, the oldest first.

    Example: tenure privacy hold list
    """
    found = connect.run(NAME, data, dsn, lambda pool: perform(pool, privacy.holding.held))
    words = "\n".join(
        f"{one.hold_id}  {one.whose.kind} {one.whose.whom}  {', '.join(one.keeps) or 'all'}  "
        + (f"released {iso(one.released_at)}" if one.released_at else f"look {iso(one.review_at)}")
        for one in found
    )
    told = [
        {
            "hold": str(one.hold_id),
            "whose": f"{one.whose.kind}:{one.whose.whom}",
            "classes": list(one.keeps),
            "case": one.reference,
            "authority": one.authority,
            "review_at": iso(one.review_at),
            "released_at": None if one.released_at is None else iso(one.released_at),
        }
        for one in found
    ]
    connect.say(words or "nothing is held", told, as_json=as_json)


@app.command(name="ask-release")
def ask_release(
    hold: Which,
    at: At = None,
    reason: Reason = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Ask that a hold ends; somebody else approves exactly that.

    Example: tenure privacy hold ask-release 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11 --reason closed
    """
    act = connect.act_of(by, connect.instant_typed(at), reason)

    async def work(pool: Pool) -> Any:
        return await by_staff(pool, (act, Task.HOLD_DATA), privacy.holding.ask_release, hold, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    words = f"somebody else approves it: tenure staff approve {found.hex()}"
    connect.say(words, {"request_hash": found.hex()}, as_json=as_json)


@app.command()
def release(
    hold: Which,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """End a hold whose end was approved; what it postponed goes on by itself.

    Example: tenure privacy hold release 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11
    """
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> Any:
        return await by_staff(pool, (act, Task.HOLD_DATA), privacy.holding.release, hold, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(f"released; {found:,} erasures go on", {"again": found}, as_json=as_json)
