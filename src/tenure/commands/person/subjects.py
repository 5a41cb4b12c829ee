"""Everybody else of whom something is known: entered, told of, and asked by the pack's words."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect, people_keys
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt, Reason
from tenure.commands.people_keys import KeysAt
from tenure.commands.person.entering import ID_BITS, NAME
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.people import operations as people
from tenure.promises.people.model import Asked, Given, Known, Refusal, Subject
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.terms.subjects import SubjectKind
from tenure.values.instant import iso
from tenure.values.refused import Refused

No = Refused[Refusal] | Refused[StaffRefusal]
VISITOR: Final = "visitor"
VISIT: Final = "visit"

Items = Annotated[
    list[str] | None, typer.Option("--item", help="NAME=VALUE, as often as there are any.")
]
Occasion = Annotated[str, typer.Option(help="When it is collected, as the pack names it.")]
Represented = Annotated[
    bool,
    typer.Option("--represented", help="Who gives it states that everybody it tells of agrees."),
]
Number = Annotated[int, typer.Argument(metavar="SUBJECT", help="As tenure person subject says it.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure person``."""
    for command in (kinds, subject, visit, tell):
        app.command()(command)


def kinds(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Only this kind, in full.")] = "",
    language: Annotated[str, typer.Option(help="In this language.")] = "",
    operator: Operator = connect.OPERATOR,
    as_json: AsJson = False,
) -> None:
    """Show what each kind of people is asked for, what is voluntary, and what follows without it.

    Example: tenure person kinds visitor --language km
    """
    terms = connect.terms_of(NAME, operator)
    spoken = language or terms.prevailing_language
    if not kind:
        titles = {one.name: one.title.get(spoken, "") for one in terms.people.kinds}
        words = "\n".join(f"{name:<17} {title}" for name, title in titles.items())
        connect.say(words, titles, as_json=as_json)
        return
    asked = people.subjects.asked(terms, kind, spoken)
    if isinstance(asked, Refused):
        connect.refused(NAME, asked, as_json=as_json)
    found = terms.people.kind(kind)
    assert found is not None
    words = "\n".join(_kind_words(found, asked, spoken))
    connect.say(words, _kind_told(found, asked), as_json=as_json)


def subject(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="See: tenure person kinds.")],
    occasion: Occasion,
    item: Items = None,
    person: Annotated[int | None, typer.Option(help="Whose profile it goes with.")] = None,
    named_by: Annotated[
        str | None, typer.Option(help='Who names them: "person 4711" or "subject 4711".')
    ] = None,
    represented: Represented = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    keys: KeysAt = None,
    as_json: AsJson = False,
) -> None:
    """Enter somebody of a kind that the pack declares, with what they gave.

    Example: tenure person subject partner --occasion agreement --item name=Heng
    --item company=Heng --item phone=+85512345678
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    new = Subject(secrets.randbits(ID_BITS), kind, occasion, act.at, person, named_by)
    given = Given(_typed(item or []), occasion, represented)
    _enter(terms, new, given, act, (data, dsn, passkey, keys), as_json=as_json)


def visit(
    name: Annotated[str, typer.Option(help="Who comes.")],
    why: Annotated[str, typer.Option(help="The reason of the visit.")],
    host: Annotated[str | None, typer.Option(help="Whom they come to.")] = None,
    item: Items = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    keys: KeysAt = None,
    as_json: AsJson = False,
) -> None:
    """Somebody comes in, now; they leave with: tenure person tell … --item left-at=INSTANT.

    Example: tenure person visit --name "Chan Rith" --why "a meeting" --host "Sok"
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    new = Subject(secrets.randbits(ID_BITS), VISITOR, VISIT, act.at)
    said = [f"name={name}", f"visit-reason={why}", f"arrived-at={iso(act.at)}", *(item or [])]
    said += [f"host={host}"] if host else []
    where = (data, dsn, passkey, keys)
    _enter(terms, new, Given(_typed(said), VISIT), act, where, as_json=as_json)


def tell(
    subject: Number,
    occasion: Occasion,
    item: Items = None,
    instead: Annotated[bool, typer.Option("--instead", help="What was known before ends.")] = False,
    represented: Represented = False,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    keys: KeysAt = None,
    as_json: AsJson = False,
) -> None:
    """Add what is known of somebody: a time out, a door, a paper; or put it right, with --instead.

    Example: tenure person tell 4713 --occasion visit --item left-at=2026-11-22T17:00:00+07:00
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at), reason)
    given = Given(_typed(item or []), occasion, represented)

    async def work(pool: Pool) -> Known | No:
        add_ = people.subjects.add
        with people_keys.sealing(NAME, keys, data, dsn, act.at) as keys_:
            return await perform(pool, add_, terms, subject, given, act, keys_, instead=instead)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    names = ", ".join(sorted(given.items))
    connect.say(f"kept of {subject}: {names}", {"subject": subject}, as_json=as_json)


def _enter(
    terms: Terms,
    new: Subject,
    given: Given,
    act: Act,
    where: tuple[Path, str | None, Path | None, Path | None],
    *,
    as_json: bool,
) -> None:
    data, dsn, passkey, keys = where

    async def work(pool: Pool) -> Known | No:
        with people_keys.sealing(NAME, keys, data, dsn, act.at) as keys_:
            return await perform(pool, people.subjects.enter, terms, new, given, act, keys_)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    told = {"subject": new.subject_id, "kind": new.kind}
    connect.say(f"subject {new.subject_id}, a {new.kind}", told, as_json=as_json)


def _typed(items: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """``NAME=VALUE`` as often as it was typed."""
    found: dict[str, tuple[str, ...]] = {}
    for one in items:
        name, equals, value = one.partition("=")
        if not equals:
            raise typer.BadParameter(f"--item: NAME=VALUE, not {name!r} alone")
        found[name] = (*found.get(name, ()), value)
    return found


def _kind_words(kind: SubjectKind, asked: Sequence[Asked], language: str) -> list[str]:
    lines = [f"{kind.name}: {kind.title.get(language, '')}"]
    lines += [f"  entered by   {', '.join(kind.entered_by)}"]
    for title, named in (("collected", kind.occasions), ("used", kind.purposes)):
        lines += [f"  {title:<12} {one.title.get(language, one.name)}" for one in named]
    lines += [
        f"  {one.item:<18} {one.title} ({one.form}, {one.category})"
        + (f": {one.consequence}" if one.consequence else "")
        for one in asked
    ]
    return lines


def _kind_told(kind: SubjectKind, asked: Sequence[Asked]) -> dict[str, object]:
    return {
        "kind": kind.name,
        "entered_by": kind.entered_by,
        "occasions": [one.name for one in kind.occasions],
        "purposes": [one.name for one in kind.purposes],
        "items": [
            {
                "item": one.item,
                "title": one.title,
                "form": one.form,
                "category": one.category,
                "obligatory": bool(one.consequence),
                "consequence": one.consequence,
            }
            for one in asked
        ],
    }
