"""``tenure privacy disclose``: what is held leaves by the one door, to whom the pack names."""

import hashlib
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.number.acting import by_staff
from tenure.commands.privacy.outgoing import Outgoing
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model
from tenure.promises.privacy import operations as privacy
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose, Task
from tenure.terms.model import Terms
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

NAME: Final = "privacy"
PERSON: Final = "person "
ORDER_OCTETS_MAX: Final = 64 * 1024 * 1024

Done = model.disclosures.Disclosure | model.disclosures.OrderRequest | Refused[Any]
Whose = Annotated[
    list[str] | None,
    typer.Option("--for", help='Whose: numbers, or people as "person 7"; none for a report.'),
]
Fields = Annotated[
    list[str] | None, typer.Option("--field", help="Only these of the agreed fields.")
]
Document = Annotated[Path | None, typer.Option("--order", help="The document of an authority.")]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    app.command()(disclose)
    app.command()(disclosed)
    app.command()(reports)


def disclose(
    to: Annotated[str, typer.Option("--to", help="A recipient of recipients.toml.")],
    out: Annotated[Path, typer.Option("--out", help="The file to make; it must not be there.")],
    whose: Whose = None,
    purpose: Annotated[str, typer.Option("--purpose", help="The one that was agreed.")] = "",
    field: Fields = None,
    order: Document = None,
    reference: Annotated[str, typer.Option("--reference", help="Its number.")] = "",
    since: Annotated[str | None, typer.Option("--since", help="From this instant on.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Before this instant.")] = None,
    report: Annotated[str, typer.Option("--report", help="A standing report.")] = "",
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Give a recipient what was agreed, as a file of JSON lines; it is logged before it is there.

    For an authority the first time asks; once two others approved exactly this, the same command
    gives it.

    Example: tenure privacy disclose --to mailing-house --for 85515000000 --purpose service-messages --out letters.jsonl
    """  # noqa: E501 -- a line that can be typed
    terms = connect.terms_of(NAME, operator)
    act = connect.act_of(by, connect.instant_typed(at))
    if out.exists():
        raise typer.BadParameter(f"--out: {out} is there already; name another file")
    numbers, people = _whose(whose or [], terms, as_json=as_json)
    asked = model.disclosures.Ask(
        recipient=to,
        purpose=purpose or _purpose_of(to, terms),
        persons=None if report else tuple(people),
        fields=tuple(field or ()),
        numbers=tuple(numbers),
        since=None if since is None else connect.instant_typed(since),
        until=None if until is None else connect.instant_typed(until),
        order=_order(order, reference),
        report=report,
    )

    async def work(pool: Pool) -> Done:
        return await _disclosed(pool, terms, asked, out, act)

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(done, Refused):
        connect.refused(NAME, done, as_json=as_json)
    words, told = _words(done, out)
    connect.say(words, told, as_json=as_json)


async def _disclosed(
    pool: Pool, terms: Terms, asked: model.disclosures.Ask, out: Path, act: Act
) -> Done:
    allowed = (act, Task.DISCLOSE)
    asked = await by_staff(pool, allowed, privacy.disclosures.resolved, asked, act.at)
    with Outgoing(out) as leaving:
        done = await by_staff(
            pool, allowed, privacy.disclosures.disclose, terms, asked, leaving, act
        )
        if isinstance(done, model.disclosures.Disclosure):
            leaving.leave()
            return done
    if done.refusal in {
        model.disclosures.Refusal.NOT_ASKED,
        model.disclosures.Refusal.APPROVALS_MISSING,
    }:
        found = await by_staff(pool, allowed, privacy.disclosures.ask_by_order, terms, asked, act)
        return done if done.refusal is model.disclosures.Refusal.APPROVALS_MISSING else found
    return done


def _whose(typed: list[str], terms: Terms, *, as_json: bool) -> tuple[list[str], list[int]]:
    numbers, people = [], []
    for one in typed:
        if one.startswith(PERSON) and one.removeprefix(PERSON).isdecimal():
            people.append(int(one.removeprefix(PERSON)))
        else:
            numbers.append(str(connect.number_of(NAME, one, terms, as_json=as_json)))
    return numbers, people


def _purpose_of(to: str, terms: Terms) -> str:
    """What was agreed, for a standing report; whoever asks for somebody's data says what for."""
    recipient = terms.privacy.disclosing.recipient(to)
    reported = any(one.recipient == to for one in terms.privacy.disclosing.reports)
    return recipient.purpose if recipient is not None and reported else ""


def _order(document: Path | None, reference: str) -> model.disclosures.Order | None:
    if document is None:
        if reference:
            raise typer.BadParameter("--reference: give the document itself with --order")
        return None
    if not document.is_file() or document.stat().st_size > ORDER_OCTETS_MAX:
        raise typer.BadParameter(f"--order: {document} is no file of at most 64 MiB")
    return model.disclosures.Order(reference, hashlib.sha256(document.read_bytes()).hexdigest())


def _words(
    done: model.disclosures.Disclosure | model.disclosures.OrderRequest, out: Path
) -> tuple[str, dict[str, object]]:
    if isinstance(done, model.disclosures.OrderRequest):
        request = done.request_hash.hex()
        lines = (
            f"asked for, until {iso(done.until)}; two others of us approve with:",
            f"  tenure staff approve {request} --by LOGIN",
            "then type this command again",
        )
        return "\n".join(lines), {"request": request, "until": iso(done.until)}
    people = "1 person" if done.subjects == 1 else f"{done.subjects:,} people"
    said = f"{out}: {people}, {len(done.fields)} fields, to {done.agreement.recipient}; on record"
    return said, {
        "disclosure": str(done.disclosure_id),
        "subjects": done.subjects,
        "fields": done.fields,
        "sha256": done.payload_sha256.hex(),
        "leaf": done.leaf_seq,
    }


def disclosed(
    person: Annotated[int, typer.Argument(metavar="PERSON", help="The number of a person.")],
    case: Annotated[str, typer.Option("--case", help="The case of kind privacy about them.")],
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show to whom what is held of a person was given, when, why and what of it.

    Example: tenure privacy disclosed 7 --case 5f2c0000-0000-4000-8000-000000000091
    """
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> list[model.disclosures.DisclosedTo] | Refused[Any]:
        about = f"{PERSON}{person}"
        looked = await perform(
            pool, staff.look, act.by, Purpose.PRIVACY, case, about, act, "disclosures"
        )
        if isinstance(looked, Refused):
            return looked
        return await perform(pool, privacy.disclosures.disclosed_to, person)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    lines = [
        f"{iso(one.at)}  {one.recipient} ({one.class_}, {one.country}), for {one.purpose} by "
        f"{one.basis.value}: {', '.join(one.fields)}"
        for one in found
    ]
    connect.say("\n".join(lines) or "nothing was given to anybody", _told(found), as_json=as_json)


def _told(found: list[model.disclosures.DisclosedTo]) -> list[dict[str, object]]:
    return [
        {
            "at": iso(one.at),
            "recipient": one.recipient,
            "class": one.class_,
            "country": one.country,
            "measure": None if one.measure is None else one.measure.value,
            "purpose": one.purpose,
            "basis": one.basis.value,
            "fields": one.fields,
            "reference": one.reference,
        }
        for one in found
    ]


def reports(
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show the standing reports that are due: their period is over, and nothing left for it.

    Example: tenure privacy reports --operator smartfren-id
    """
    terms = connect.terms_of(NAME, operator)
    now: Instant = connect.instant_typed(at)

    async def work(pool: Pool) -> list[model.disclosures.ReportDue]:
        return await perform(pool, privacy.disclosures.reports_due, terms, now)

    found = connect.run(NAME, data, dsn, work)
    lines = [
        f"{one.report} to {one.recipient}, of {one.period}, due since {iso(one.since)}"
        for one in found
    ]
    told = [
        {"report": one.report, "to": one.recipient, "period": one.period, "since": iso(one.since)}
        for one in found
    ]
    connect.say("\n".join(lines) or "no report is due", told, as_json=as_json)
