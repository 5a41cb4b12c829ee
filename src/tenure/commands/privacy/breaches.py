"""The commands ``tenure privacy breach``: the file of a breach, its clocks, and who is told."""

from typing import Annotated, Any, Final
from uuid import UUID

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.number.acting import by_staff
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Task
from tenure.terms.breaches import AUDIENCES, AUTHORITY, SUBJECT
from tenure.terms.model import Terms
from tenure.values.instant import HOUR_MS, Instant, iso
from tenure.values.refused import Refused

NAME: Final = "privacy breach"
app = typer.Typer(
    help="Keep the file of a breach: what, whose, since when it is known, who was told in time.",
    no_args_is_help=True,
)

Which = Annotated[UUID, typer.Argument(metavar="BREACH", help="Its id, as list shows it.")]
Note = Annotated[str, typer.Option("--note", help="What was done, with its reference.")]


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    parent.add_typer(app, name="breach")


@app.command(name="open")
def open_(
    tables: Annotated[
        list[str], typer.Argument(metavar="TABLE", help="promise.table, of the register.")
    ],
    began: Annotated[str, typer.Option("--began", help="The instant at which it began.")],
    ended: Annotated[
        str | None, typer.Option("--ended", help="The instant at which it ended; not without.")
    ] = None,
    known: Annotated[
        str | None, typer.Option("--known", help="When somebody of ours knew; now without.")
    ] = None,
    login: Annotated[
        str, typer.Option("--login", help="Only what this login of ours looked at meanwhile.")
    ] = "",
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Open the file of a breach.  From the moment somebody of ours knew, the clocks run.

    Example: tenure privacy breach open people.contact --began 2026-11-20T08:00:00+07:00
    """
    act = connect.act_of(by, connect.instant_typed(at))
    leak = model.breaches.Leak(
        tuple(tables),
        connect.instant_typed(began, "--began"),
        None if ended is None else connect.instant_typed(ended, "--ended"),
        login,
    )
    known_at = act.at if known is None else connect.instant_typed(known, "--known")
    terms = connect.terms_of(NAME, operator)
    where = (data, dsn)
    _do(
        (terms, act, passkey, as_json),
        where,
        privacy.breaches.open_file,
        terms,
        leak,
        known_at,
        act,
    )


@app.command()
def word(
    breach: Which,
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="One of the operator's.")],
    what: Annotated[str, typer.Option("--what", help="Which data, in this language.")],
    how: Annotated[str, typer.Option("--how", help="How it came about.")],
    handling: Annotated[
        str, typer.Option("--handling", help="What is done, and what they can do themselves.")
    ],
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Say what is told of it in one language; every language is needed before anybody is told.

    Example: tenure privacy breach word BREACH en --what Names --how "A disk" --handling "Found"
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    said = model.breaches.Said(what, how, handling)
    asked = (terms, breach, language, said, act)
    _do((terms, act, passkey, as_json), (data, dsn), privacy.breaches.word, *asked)


@app.command()
def scope(
    breach: Which,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Find from the register whose data it was; again when more is known.

    Example: tenure privacy breach scope 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    _do((terms, act, passkey, as_json), (data, dsn), privacy.breaches.scope, breach, act)


@app.command()
def tell(
    breach: Which,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Tell everybody whom it concerns, a thousand in a transaction; go on with the same command.

    Example: tenure privacy breach tell 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> model.breaches.BreachFile | Refused[model.breaches.BreachRefusal]:
        while True:
            found = await by_staff(
                pool, (act, Task.HANDLE_BREACH), privacy.breaches.tell, terms, breach, act
            )
            if (
                isinstance(found, Refused)
                or found.at(model.breaches.Step.SUBJECTS_TOLD) is not None
            ):
                return found

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    _say(found, terms, act.at, as_json=as_json)


@app.command()
def report(
    breach: Which,
    step: Annotated[
        model.breaches.Step,
        typer.Argument(metavar="STEP", help="authority-told, public-told, noted or closed."),
    ],
    note: Note,
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep what was done: the authority or the public told, a note, or the end.

    Example: tenure privacy breach report BREACH authority-told --note "letter 17/2026"
    """
    if step in {model.breaches.Step.SCOPED, model.breaches.Step.SUBJECTS_TOLD}:
        raise typer.BadParameter(f"{step.value} is kept by tenure privacy breach scope and tell")
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    asked = (breach, step, note, act)
    _do((terms, act, passkey, as_json), (data, dsn), privacy.breaches.report, *asked)


@app.command()
def draft(
    breach: Which,
    audience: Annotated[
        str, typer.Argument(metavar="WHOM", help="subject, authority or public.")
    ] = AUTHORITY,
    language: Annotated[
        str, typer.Option("--language", help="The prevailing one without this.")
    ] = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Print the notice for somebody, ready to be sent.

    Example: tenure privacy breach draft 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11 authority
    """
    terms = connect.terms_of(NAME, operator)
    spoken = language or terms.prevailing_language
    if audience not in AUDIENCES or spoken not in terms.languages:
        known = f"{', '.join(AUDIENCES)} in {', '.join(terms.languages)}"
        raise typer.BadParameter(f"{audience} in {spoken}: there are {known}")
    found = _found(breach, (data, dsn), (by, passkey, as_json))
    unworded = privacy.breaches.unworded(found, terms)
    if unworded is not None:
        connect.refused(NAME, unworded, as_json=as_json)
    text = privacy.breaches.draft(found, terms, audience, spoken)
    to = terms.privacy.breaches.authority[spoken] if audience == AUTHORITY else audience
    told = {"audience": audience, "to": to, "language": spoken, "text": text}
    connect.say(text if audience == SUBJECT else f"{to}\n\n{text}", told, as_json=as_json)


@app.command()
def show(
    breach: Which,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show a breach: whom it concerns, how its clocks stand, and all that was done.

    Example: tenure privacy breach show 6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11
    """
    terms = connect.terms_of(NAME, operator)
    found = _found(breach, (data, dsn), (by, passkey, as_json))
    _say(found, terms, connect.instant_typed(at), as_json=as_json)


@app.command(name="list")
def list_(
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List every breach, the newest first, with what is still to be done and until when.

    Example: tenure privacy breach list
    """
    connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> list[model.breaches.BreachFile]:
        return await by_staff(pool, (act, Task.HANDLE_BREACH), privacy.breaches.files)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    lines = [f"{one.breach.breach_id}  {_state(one, act.at)}" for one in found]
    told = [_told(one, act.at) for one in found]
    connect.say("\n".join(lines) or "no breach is known", told, as_json=as_json)


Who = tuple[Terms, Act, Any, bool]


def _do(who: Who, where: tuple[Any, str | None], operation: Any, *asked: Any) -> None:
    """Do it as somebody of ours who may, and show the file as it is then."""
    terms, act, passkey, as_json = who

    async def work(pool: Pool) -> model.breaches.BreachFile | Refused[model.breaches.BreachRefusal]:
        found: model.breaches.BreachFile | Refused[model.breaches.BreachRefusal] = await by_staff(
            pool, (act, Task.HANDLE_BREACH), operation, *asked
        )
        return found

    found = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    _say(found, terms, act.at, as_json=as_json)


def _found(
    breach: UUID, where: tuple[Any, str | None], who: tuple[str, Any, bool]
) -> model.breaches.BreachFile:
    by, passkey, as_json = who
    act = connect.act_of(by, connect.instant_typed(None))

    async def look(
        tx: Transaction,
    ) -> model.breaches.BreachFile | Refused[model.breaches.BreachRefusal]:
        found = await privacy.breaches.file(tx, breach)
        unknown = Refused(
            model.breaches.BreachRefusal.BREACH_UNKNOWN, "tenure privacy breach list shows them"
        )
        return unknown if found is None else found

    async def work(pool: Pool) -> model.breaches.BreachFile | Refused[model.breaches.BreachRefusal]:
        return await by_staff(pool, (act, Task.HANDLE_BREACH), look)

    found = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    return found


def _say(
    found: model.breaches.BreachFile | Refused[model.breaches.BreachRefusal],
    terms: Terms,
    at: Instant,
    *,
    as_json: bool,
) -> None:
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    breach, reach = found.breach, found.reach
    lines = [
        f"breach {breach.breach_id}",
        f"  data      {', '.join(breach.leak.tables)}"
        + (f", as far as {breach.leak.by_login} looked at it" if breach.leak.by_login else ""),
        f"  known     {iso(breach.known_at)}",
        f"  concerns  {reach.all:,} ({reach.told:,} told, {reach.by_hand:,} by letter)"
        if found.at(model.breaches.Step.SCOPED) is not None
        else "  concerns  not looked for yet: tenure privacy breach scope",
        *(f"  {one}" for one in _clock_lines(found, at)),
        *(f"  {iso(one.at)}  {one.step.value}  {one.by}: {one.note}" for one in found.steps),
    ]
    if (
        privacy.breaches.tells_public(found, terms)
        and found.at(model.breaches.Step.PUBLIC_TOLD) is None
    ):
        lines.append("  so many are concerned that the public is to be told as well")
    connect.say("\n".join(lines), _told(found, at), as_json=as_json)


def _clock_lines(found: model.breaches.BreachFile, at: Instant) -> list[str]:
    lines = []
    for clock in privacy.breaches.clocks(found, at):
        until = f"until {iso(clock.until)}"
        if clock.done_at is not None:
            state = "late" if clock.late else "in time"
            lines.append(f"{clock.whom.value}: done {iso(clock.done_at)}, {state} ({until})")
        else:
            left = (clock.until - at) // HOUR_MS
            lines.append(
                f"{clock.whom.value}: {'LATE' if clock.late else f'{left} h left'} ({until})"
            )
    return lines


def _state(found: model.breaches.BreachFile, at: Instant) -> str:
    if found.at(model.breaches.Step.CLOSED) is not None:
        return f"known {iso(found.breach.known_at)}, closed"
    return "; ".join(_clock_lines(found, at))


def _told(found: model.breaches.BreachFile, at: Instant) -> dict[str, Any]:
    breach = found.breach
    return {
        "breach": str(breach.breach_id),
        "tables": list(breach.leak.tables),
        "known_at": iso(breach.known_at),
        "persons": found.reach.persons,
        "subjects": found.reach.subjects,
        "humans": found.reach.humans,
        "told": found.reach.told,
        "letters": found.reach.by_hand,
        "clocks": [
            {
                "whom": one.whom.value,
                "until": iso(one.until),
                "done_at": None if one.done_at is None else iso(one.done_at),
                "late": one.late,
            }
            for one in privacy.breaches.clocks(found, at)
        ],
        "steps": [
            {"step": one.step.value, "at": iso(one.at), "by": one.by, "note": one.note}
            for one in found.steps
        ],
    }
