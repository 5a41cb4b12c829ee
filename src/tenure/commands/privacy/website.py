"""The command ``tenure privacy contest``: contests of the website, from their seed to their end."""

from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from tenure.commands import connect, website
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.presence import Live, OnDocument, photo_of
from tenure.commands.privacy import forms
from tenure.commands.privacy.forms import run_as
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.model import Published
from tenure.values.instant import iso
from tenure.values.refused import Refused

NAME: Final = "privacy"
contest = typer.Typer(help="Announce, draw and verify contests.", no_args_is_help=True)

Contest = Annotated[str, typer.Argument(metavar="CONTEST", help="As website.toml names it.")]


def add(app: typer.Typer) -> None:
    """Make these commands, and those of forms, part of ``tenure privacy``."""
    forms.add(app)
    contest.command()(announce)
    contest.command()(draw)
    contest.command()(verify)
    contest.command()(winners)
    contest.command()(identify)
    contest.command()(close)
    app.add_typer(contest, name="contest")


def announce(
    name: Contest,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Draw the seed of a contest, keep it in DATA/keys/contests, and announce its hash.

    Example: tenure privacy contest announce water-festival-2026
    """
    terms = connect.terms_of(NAME, operator)
    found = terms.privacy.website.contest(name)
    if found is None:
        connect.fail(NAME, f"the pack has no contest {name}; see website.toml")
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> Any:
        return await website.announce(pool, data, found, by, act.at)

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(done, Refused):
        connect.refused(NAME, done, as_json=as_json)
    told = {"contest": name, "commitment": done.commitment.hex()}
    connect.say(f"{name} is announced: SHA-256 {told['commitment']}", told, as_json=as_json)


def draw(
    name: Contest,
    right: Annotated[str, typer.Option(help="The right answer of a quiz.")] = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Draw a contest that has closed, from the seed whose hash was announced.

    Example: tenure privacy contest draw water-festival-2026 --right tonle-sap
    """
    terms = connect.terms_of(NAME, operator)
    seed = website.seed_of(data, name)
    if seed is None:
        where = data / website.SEEDS / name
        connect.fail(NAME, f"{where} has no seed; put back the one that was announced")
    act = connect.act_of(by, connect.instant_typed(at))
    with website.sealing(data, act.at) as keys:
        drawn, won = run_as(
            (data, dsn), act, passkey, privacy.contests.draw, terms, keys, name, seed, right, act,
            as_json=as_json,
        )  # fmt: skip
    told = {"tickets": len(drawn.tickets), "winners": [_told(one) for one in won]}
    words = f"{len(drawn.tickets)} took part\n" + "\n".join(_line(one) for one in won)
    connect.say(words, told, as_json=as_json)


def verify(
    file: Annotated[Path, typer.Argument(help="As the website publishes it: no names in it.")],
    as_json: AsJson = False,
) -> None:
    """Verify a published draw, anywhere: it needs no database, no key, and nobody of ours.

    Example: tenure privacy contest verify water-festival-2026.json
    """
    try:
        shown = msgspec.json.decode(file.read_bytes(), type=Published)
    except (OSError, msgspec.MsgspecError) as error:
        connect.fail(NAME, f"{file}: {error}; download it again")
    wrong = privacy.website.verified(shown)
    if wrong:
        connect.fail(NAME, "; ".join(wrong))
    words = f"{len(shown.winners)} of {len(shown.tickets)} tickets won, as seed and list say"
    connect.say(words, {"verified": True}, as_json=as_json)


def winners(
    name: Contest,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show who won, in part, and who was identified.

    To call one, open a case about their ticket: tenure privacy forms case TICKET.

    Example: tenure privacy contest winners water-festival-2026
    """
    act = connect.act_of(by, connect.instant_typed(None))
    _, won = run_as((data, dsn), act, passkey, privacy.contests.results, name, as_json=as_json)
    told = [_told(one) for one in won]
    connect.say("\n".join(_line(one) for one in won), told, as_json=as_json)


def identify(
    name: Contest,
    place: Annotated[int, typer.Option(help="Which prize.")],
    holder: Annotated[str, typer.Option("--name", help="The name, as the document has it.")],
    photo: Live = None,
    document_photo: OnDocument = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """A winner stands in the shop: compare document and photo; neither is kept.

    Example: tenure privacy contest identify water-festival-2026 --place 1 --name "Sok Dara"
    --photo live.jpg --document-photo card.jpg
    """
    if photo is None or document_photo is None:
        raise typer.BadParameter("give --photo FILE and --document-photo FILE")
    act = connect.act_of(by, connect.instant_typed(at))
    seen = photo_of(NAME, photo, document_photo, as_json=as_json)
    with website.sealing(data, act.at) as keys:
        found = run_as(
            (data, dsn), act, passkey, privacy.contests.identify, keys, name, place, holder, seen,
            act, as_json=as_json,
        )  # fmt: skip
    connect.say(_line(found), _told(found), as_json=as_json)


def close(
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Destroy now what has reached its end: who won nothing when the claims are over, and the rest.

    The clock of tenure up does it every hour.

    Example: tenure privacy contest close
    """
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> Any:
        with website.sealing(data, act.at) as keys:
            ended = await perform(pool, privacy.website.end, keys, act)
            await perform(pool, keys.settle, act.at)
        return ended

    ended = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    told = {"destroyed": ended.entries}
    connect.say(f"{ended.entries} destroyed, with their keys", told, as_json=as_json)


def _told(one: Any) -> dict[str, object]:
    seen = None if one.identified_at is None else iso(one.identified_at)
    return {"place": one.place, "ticket": str(one.ticket), "shown": one.shown, "seen_at": seen}


def _line(one: Any) -> str:
    seen = "" if one.identified_at is None else f"  seen {iso(one.identified_at)}"
    return f"{one.place:>3}  {one.ticket}  {one.shown or '…'}{seen}"
