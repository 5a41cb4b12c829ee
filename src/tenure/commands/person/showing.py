"""All that is held about somebody is shown to who has a case about them, and that is kept."""

import uuid
from typing import Annotated, Final

import msgspec
import typer

from tenure.commands import connect, people_keys
from tenure.commands.connect import AsJson, By, Data, Dsn, PasskeyAt, Reason
from tenure.commands.people_keys import KeysAt
from tenure.commands.person.entering import NAME, Number
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.people import operations as people
from tenure.promises.people.model import (
    Contact,
    Guardian,
    Item,
    Known,
    Person,
    Refusal,
    Sealed,
)
from tenure.promises.privacy.operations import Keys
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Purpose
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

PERSON: Final = "person"
SEALED: Final = "(sealed)"
No = Refused[Refusal] | Refused[StaffRefusal]


class Seen(msgspec.Struct, frozen=True):
    """All that is held about a person."""

    person: Person
    merged: tuple[int, ...]
    """Rows of theirs that were merged into this one."""
    contacts: list[Contact]
    guardians: list[Guardian]
    wards: list[Guardian]
    corrected_at: list[Instant]
    known: list[Known]


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure person``."""
    app.command()(show)
    app.command()(case)


def case(
    person: Number,
    kind: Annotated[Purpose, typer.Option(help="What the case is.")],
    reason: Annotated[str, typer.Option(help="Why there is one; kept in the record.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Open a case about a person; until it is closed, staff may look at their profile by it.

    Example: tenure person case 4711 --kind care --reason "asked for a correction"
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    case_id = str(uuid.uuid4())

    async def work(pool: Pool) -> Case | Refused[StaffRefusal]:
        return await perform(pool, staff.open_case, case_id, kind, about(person), act)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(f"opened: {found.case_id}", {"case": found.case_id}, as_json=as_json)


def about(person: int) -> str:
    """How a case and a look name a person: as they would name a number."""
    return f"{PERSON} {person}"


def show(
    person: Number,
    purpose: Annotated[
        Purpose | None, typer.Option(help="What you look for; care if not given.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(help="The open case about this person: tenure person case.")
    ] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    keys: KeysAt = None,
    as_json: AsJson = False,
) -> None:
    """Show all that is held about a person, to who has a case about them; that is kept.

    What is sensitive is opened for a case alone, and stays sealed without one.

    Example: tenure person show 4711 --case 0b5c9c1e-6c1f-4e0e-9a53-0d7e6f3a2b11
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    wanted = purpose or (Purpose.CARE if case else Purpose.DEMONSTRATION)

    async def work(pool: Pool) -> Seen | No:
        with people_keys.reading(NAME, keys, data, dsn) as keys_:
            return await perform(pool, _look, person, (wanted, case), act, keys_)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say("\n".join(_lines(found)), _told(found), as_json=as_json)


async def _look(
    tx: Transaction,
    person_id: int,
    why: tuple[Purpose, str | None],
    act: Act,
    keys: Keys | None,
) -> Seen | No:
    purpose, case_id = why
    found = await staff.look(tx, act.by, purpose, case_id, about(person_id), act, PERSON)
    if isinstance(found, Refused):
        return found
    person = await people.find(tx, person_id)
    if person is None:
        return Refused(Refusal.UNKNOWN_PERSON, "nobody has this number; see: tenure person enter")
    same = await people.persons_of(tx, person_id)
    return Seen(
        person,
        tuple(one for one in same if one != person_id),
        await people.addresses.all_of(tx, person_id),
        await people.guardians(tx, person_id, act.at),
        await people.wards(tx, person_id, act.at),
        await people.corrections.corrected_at(tx, person_id),
        await people.subjects.of_person(tx, same, None if case_id is None else keys),
    )


def _lines(seen: Seen) -> list[str]:
    """A person as a person reads it."""
    who = seen.person
    document = "none" if who.document is None else f"{who.document.kind}:{who.document.number}"
    born = "unknown" if who.born_on is None else who.born_on.isoformat()
    lines = [
        f"person {who.person_id}",
        f"name        {who.name}",
        f"born        {born}",
        f"document    {document}",
        f"language    {who.language}",
        f"since       {iso(who.since)}",
    ]
    if who.merged_into is not None:
        lines.append(f"merged into {who.merged_into}")
    lines += [f"was also    person {one}" for one in seen.merged]
    lines += [f"{one.channel.value:<11} {one.address}" for one in seen.contacts]
    lines += [f"guardian    person {one.guardian_id}" for one in seen.guardians]
    lines += [f"answers for person {one.ward_id}" for one in seen.wards]
    lines += [f"corrected   {iso(at)}" for at in seen.corrected_at]
    for known in seen.known:
        lines.append(f"as {known.subject.kind}, subject {known.subject.subject_id}")
        lines += [f"  {one.item:<18} {_value(one)}{_until(one)}" for one in known.items]
    return lines


def _value(item: Item) -> str:
    return SEALED if isinstance(item.value, Sealed) else item.value


def _until(item: Item) -> str:
    return f", until {iso(item.ended_at)}" if item.ended_at else ""


def _told(seen: Seen) -> dict[str, object]:
    """A person as a program reads it."""
    who = seen.person
    return {
        "person": who.person_id,
        "name": who.name,
        "born_on": None if who.born_on is None else who.born_on.isoformat(),
        "document": None if who.document is None else f"{who.document.kind}:{who.document.number}",
        "language": who.language,
        "since": iso(who.since),
        "merged_into": who.merged_into,
        "was_also": seen.merged,
        "contacts": {one.channel.value: one.address for one in seen.contacts},
        "guardians": [one.guardian_id for one in seen.guardians],
        "answers_for": [one.ward_id for one in seen.wards],
        "corrected_at": [iso(at) for at in seen.corrected_at],
        "known": [
            {
                "kind": known.subject.kind,
                "subject": known.subject.subject_id,
                "items": [
                    {"item": one.item, "value": _value(one), "since": iso(one.since)}
                    for one in known.items
                ],
            }
            for known in seen.known
        ],
    }
