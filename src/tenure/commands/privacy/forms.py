"""The command ``tenure privacy forms``: what visitors of the website sent, and what is answered."""

import sys
import uuid
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tenure.commands import connect, website
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.model import Act
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

NAME: Final = "privacy"
WAITING: Final = model.letters.State.WAITING
forms = typer.Typer(help="Read and answer what visitors of the website sent.", no_args_is_help=True)

Entry = Annotated[str, typer.Argument(metavar="ENTRY", help="As tenure privacy forms list has it.")]
Case = Annotated[str, typer.Option("--case", help="An open case about this form.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    forms.command(name="list")(list_)
    forms.command()(case)
    forms.command()(show)
    forms.command()(answer)
    forms.command()(letters)
    forms.command()(again)
    app.add_typer(forms, name="forms")


def list_(
    form: Annotated[str, typer.Option(help="Only this form.")] = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List what was sent and has not ended; nothing of what was written.

    Example: tenure privacy forms list --form question
    """
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> Any:
        return await perform(pool, privacy.website.listed, form, act.at)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    told = [
        {
            "entry": str(one.entry_id),
            "form": one.form,
            "language": one.language,
            "given_at": iso(one.given_at),
            "keep_until": iso(one.keep_until),
            "answered_at": None if one.answered_at is None else iso(one.answered_at),
        }
        for one in found
    ]
    lines = [
        f"{one['entry']}  {one['form']:<10} {one['given_at']}  until {one['keep_until']}"
        f"  {'answered' if one['answered_at'] else 'open'}"
        for one in told
    ]
    connect.say("\n".join(lines) or "nothing waits", told, as_json=as_json)


def case(
    entry: Entry,
    reason: Reason = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Open a case about one form, so that you may read it.

    Example: tenure privacy forms case 5f2c… --reason "to answer it"
    """
    act, case_id = connect.act_of(by, connect.instant_typed(None), reason), str(uuid.uuid4())
    asked = (privacy.website.open_case, _id(entry), case_id, act)
    found = run_as((data, dsn), act, passkey, *asked, as_json=as_json)
    assert found is None
    connect.say(f"case {case_id}", {"case": case_id}, as_json=as_json)


def show(
    entry: Entry,
    case: Case,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show what somebody wrote; that you looked is kept in the record.

    Example: tenure privacy forms show 5f2c… --case 8d1e…
    """
    act = connect.act_of(by, connect.instant_typed(None))
    with website.sealing(data, act.at) as keys:
        asked = (privacy.website.show, keys, _id(entry), case, act)
        found = run_as((data, dsn), act, passkey, *asked, as_json=as_json)
    kept, given = found
    head = f"{kept.form}, in {kept.language}, {iso(kept.given_at)}"
    lines = [f"{name}: {value}" for name, value in given.items.items()]
    told = {"form": kept.form, "language": kept.language, "items": dict(given.items)}
    connect.say("\n".join([head, *lines]), told, as_json=as_json)


def answer(
    entry: Entry,
    case: Case,
    text: Annotated[
        Path | None,
        typer.Option(help="A file with your answer, or - for what you type; it goes by mail."),
    ] = None,
    more: Annotated[bool, typer.Option("--more", help="There was an answer before.")] = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Answer somebody by mail, or keep that you answered otherwise and not what you said.

    tenure up --mail hands the answer over, once; see tenure privacy forms letters.

    Example: tenure privacy forms answer 5f2c… --case 8d1e… --text answer.txt
    """
    act = connect.act_of(by, connect.instant_typed(None))
    where = (data, dsn)
    if text is None:
        answered = privacy.website.answered
        found = run_as(where, act, passkey, answered, _id(entry), case, act, as_json=as_json)
        at = iso(found.answered_at)
        connect.say(f"answered at {at}", {"answered_at": at}, as_json=as_json)
        return
    terms = connect.terms_of(NAME, operator)
    new = model.letters.NewAnswer(_id(entry), case, _typed(text), more)
    with website.sealing(data, act.at) as keys:
        written = privacy.letters.answer
        found = run_as(where, act, passkey, written, terms, keys, new, act, as_json=as_json)
    told = {"number": found.number, "state": WAITING.value}
    connect.say(f"letter {found.number} waits for the server of mail", told, as_json=as_json)


def _typed(path: Path) -> str:
    """The text of an answer."""
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        connect.fail(NAME, f"{path}: it cannot be read as UTF-8; name another file with --text")


def letters(
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List the letters to who sent a form: those that have not left first, and why.

    Example: tenure privacy forms letters
    """
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> Any:
        return await perform(pool, privacy.letters.listed)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    told = [_of_letter(one, act.at) for one in found]
    lines = [
        f"{one['entry']} {one['number']}  {one['kind']:<6}  {one['state']:<9}  "
        f"{one['at']}{' (' + str(one['reason']) + ')' if one['reason'] else ''}"
        for one in told
    ]
    connect.say("\n".join(lines) or "no letter was written", told, as_json=as_json)


def _of_letter(one: model.letters.Letter, at: Instant) -> dict[str, object]:
    """A letter with how it is, and since when, or until when it waits."""
    moment = one.handed_at or one.due_at or one.handing_at or one.written_at
    return {
        "entry": str(one.entry_id),
        "number": one.number,
        "kind": one.kind.value,
        "state": privacy.letters.state(one, at).value,
        "at": iso(moment),
        "tries": one.tries,
        "reason": one.reason,
    }


def again(
    entry: Entry,
    number: Annotated[int, typer.Argument(help="As tenure privacy forms letters has it.")],
    case: Case,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Have a letter tried again that failed, or of which nobody knows whether it left.

    Example: tenure privacy forms again 5f2c… 1 --case 8d1e…
    """
    act = connect.act_of(by, connect.instant_typed(None))
    asked = (privacy.letters.again, (_id(entry), number), case, act)
    found = run_as((data, dsn), act, passkey, *asked, as_json=as_json)
    told = {"number": found.number, "state": WAITING.value}
    connect.say(f"letter {found.number} waits for the server of mail", told, as_json=as_json)


def run_as(
    where: tuple[Path, str | None],
    act: Act,
    passkey: Path | None,
    operation: Any,
    *arguments: Any,
    as_json: bool,
) -> Any:
    """What an operation answers to one of ours; its refusal is said."""

    async def work(pool: Pool) -> Any:
        return await perform(pool, operation, *arguments)

    found = connect.run_as(NAME, where, act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    return found


def _id(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise typer.BadParameter("ENTRY: a number as tenure privacy forms list shows it") from None
