"""Writes down a yes or a no that came to a counter or by mail, and shows what was said."""

from typing import Annotated, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.number.acting import by_staff
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import (
    Acceptance,
    Accepted,
    Agreed,
    Answer,
    Event,
    How,
    Manner,
    Medium,
    Refusal,
    Stand,
    Way,
    Wish,
)
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

NAME: Final = "consent"

Person = Annotated[int, typer.Argument(metavar="PERSON", help="The person's number.")]
WayOf = Annotated[Way, typer.Option("--way", help="How it reached us.")]
Evidence = Annotated[
    str, typer.Option("--evidence", help="The form, call or mail that proves it: its id.")
]
Language = Annotated[
    str, typer.Option("--language", help="In which they read it; the person's own if not given.")
]
OnlyBy = Annotated[
    list[Medium] | None, typer.Option("--medium", help="Only by this medium; may be repeated.")
]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure consent``."""
    app.command()(give)
    app.command()(withdraw)
    app.command()(show)
    app.command()(accept)


def give(
    person: Person,
    purposes: Annotated[list[str], typer.Argument(metavar="PURPOSE", help="Of the pack.")],
    medium: OnlyBy = None,
    guardian: Annotated[
        int | None, typer.Option("--guardian", help="Who answers for a minor and says it.")
    ] = None,
    way: WayOf = Way.SHOP,
    evidence: Evidence = "",
    language: Language = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep a yes to purposes whose texts the person could read.

    Example: tenure consent give 4711 offers --medium sms --evidence form-7
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    how = How(way, language, evidence)
    wish = Wish(person, how, tuple(purposes), tuple(medium or ()), guardian)

    async def work(pool: Pool) -> Answer | Refused[Refusal]:
        return await by_staff(pool, (act, Task.KEEP_CONSENT), _give, terms, wish, act)

    _say(connect.run_as(NAME, (data, dsn), act, work, passkey=passkey), as_json=as_json)


def withdraw(
    person: Person,
    purposes: Annotated[
        list[str] | None,
        typer.Argument(metavar="PURPOSE", help="Without any, all direct marketing."),
    ] = None,
    medium: OnlyBy = None,
    way: WayOf = Way.SHOP,
    evidence: Evidence = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep a no: from now on nobody is contacted for it.  Nothing else is asked of the person.

    Example: tenure consent withdraw 4711
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    how = How(way, terms.prevailing_language, evidence)
    wish = Wish(person, how, tuple(purposes) if purposes else None, tuple(medium or ()))

    async def work(pool: Pool) -> Answer | Refused[Refusal]:
        return await by_staff(
            pool, (act, Task.KEEP_CONSENT), numbers.consents.withdraw, terms, wish, act
        )

    _say(connect.run_as(NAME, (data, dsn), act, work, passkey=passkey), as_json=as_json)


def show(
    person: Person,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show how somebody stands to each purpose, what they ever said, and which texts bind them.

    Example: tenure consent show 4711
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> tuple[tuple[Stand, ...], list[Event], Agreed]:
        return await by_staff(pool, (act, Task.KEEP_CONSENT), _shown, terms, person, act.at)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey)
    stands, events, agreed = found
    lines = [_line_of(stand) for stand in stands]
    lines += [_line(event) for event in events]
    lines += [_bound(one) for one in agreed.acceptances]
    told = {
        "purposes": {one.purpose.name: sorted(one.open) for one in stands},
        "words": [_told(event) for event in events],
        "accepted": [_accepted(one) for one in agreed.acceptances],
        "acknowledged": [
            {"version": one.version, "occasion": one.acknowledgement.occasion, "at": iso(one.at)}
            for one in agreed.acknowledgements
        ],
    }
    connect.say("\n".join(lines), told, as_json=as_json)


def accept(
    person: Person,
    manner: Annotated[Manner, typer.Option("--manner", help="What makes the terms bind.")],
    document: Annotated[str, typer.Option(help="general-terms or privacy-notice.")] = (
        "general-terms"
    ),
    version: Annotated[str | None, typer.Option(help="The one in force if not given.")] = None,
    way: WayOf = Way.SHOP,
    evidence: Evidence = "",
    language: Language = "",
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Keep that somebody accepted a version, in which manner, and what proves it (GTC-ACCEPT).

    Example: tenure consent accept 4711 --manner signature --evidence form-7
    """
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    asked = Acceptance(person, manner, How(way, language, evidence), document, version)

    async def work(pool: Pool) -> Accepted | Refused[Refusal]:
        return await by_staff(pool, (act, Task.KEEP_CONSENT), _accept, terms, asked, act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(_bound(found), _accepted(found), as_json=as_json)


async def _give(tx: Transaction, terms: Terms, wish: Wish, act: Act) -> Answer | Refused[Refusal]:
    how = How(wish.how.way, await _spoken(tx, terms, wish.person_id, wish.how), wish.how.evidence)
    asked = Wish(wish.person_id, how, wish.purposes, wish.media, wish.by)
    return await numbers.consents.give(tx, terms, asked, act)


async def _accept(
    tx: Transaction, terms: Terms, asked: Acceptance, act: Act
) -> Accepted | Refused[Refusal]:
    if await people.find(tx, asked.person_id) is None:
        return numbers.consents.NOBODY
    how = How(
        asked.how.way, await _spoken(tx, terms, asked.person_id, asked.how), asked.how.evidence
    )
    named = Acceptance(asked.person_id, asked.manner, how, asked.document, asked.version)
    return await consent.accept(tx, terms, named, act)


async def _spoken(tx: Transaction, terms: Terms, person_id: int, how: How) -> str:
    """The language that was typed, else the person's own, else the one that prevails."""
    if how.language:
        return how.language
    person = await people.find(tx, person_id)
    own = "" if person is None else person.language
    return own if own in terms.languages else terms.prevailing_language


async def _shown(
    tx: Transaction, terms: Terms, person_id: int, at: Instant
) -> tuple[tuple[Stand, ...], list[Event], Agreed]:
    stands = await consent.overview(tx, terms, person_id, at)
    return stands, await consent.history(tx, person_id), await consent.agreed(tx, person_id)


def _say(found: Answer | Refused[Refusal], *, as_json: bool) -> None:
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    lines = [_line(event) for event in found.changed] or ["nothing new: it was said before"]
    told = {
        "changed": [_told(event) for event in found.changed],
        "standing": [[one.purpose, one.medium.value] for one in found.standing],
    }
    connect.say("\n".join(lines), told, as_json=as_json)


def _line_of(stand: Stand) -> str:
    media = ", ".join(one.value for one in stand.media if one in stand.open)
    by = "" if media == Medium.NONE.value else f" by {media}"
    return f"{stand.purpose.name:<17} {f'yes{by}' if stand.open else 'no'}"


def _line(event: Event) -> str:
    until = "" if event.until is None else f" until {iso(event.until)}"
    medium = "" if event.medium is Medium.NONE else f" by {event.medium.value}"
    said = f"{event.purpose}{medium} {event.word.value}{until}"
    return f"{iso(event.at)}  {said}  {event.how.way.value}  {event.record_id}"


def _bound(one: Accepted) -> str:
    said = one.acceptance
    return f"{iso(one.at)}  {said.document} {one.version} accepted by {said.manner.value}"


def _accepted(one: Accepted) -> dict[str, object]:
    return {
        "document": one.acceptance.document,
        "version": one.version,
        "manner": one.acceptance.manner.value,
        "at": iso(one.at),
        "sha256": one.sha256,
        "leaf": one.leaf_seq,
    }


def _told(event: Event) -> dict[str, object]:
    return {
        "record": str(event.record_id),
        "purpose": event.purpose,
        "medium": event.medium.value,
        "word": event.word.value,
        "at": iso(event.at),
        "until": None if event.until is None else iso(event.until),
        "way": event.how.way.value,
        "by": event.by,
        "leaf": event.leaf_seq,
    }
