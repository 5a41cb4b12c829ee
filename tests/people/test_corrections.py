"""INC-PROFILE, PRV-BIO: who somebody is on record changes by one door, with evidence."""

from datetime import date

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import Changes, Document, Person, Refusal
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused
from tests.numbers.stocked import msisdn
from tests.people.settled import AT, KH, act, evidence, leaves, populated, told

LATER = Instant(AT + 30 * DAY_MS)
RENAMED = Changes(name="Person One")
RENEWED = Changes(document=Document("passport", "X77"))

REFUSED = [
    # who, what changes, what the evidence lacks, the answer
    (99, RENAMED, {}, Refusal.UNKNOWN_PERSON),
    (1, Changes(name="  "), {}, Refusal.NAME_MISSING),
    (1, Changes(born_on=date(2030, 1, 1)), {}, Refusal.BORN_LATER),
    (1, Changes(document=Document("library-card", "7")), {}, Refusal.DOCUMENT_MALFORMED),
    (1, Changes(document=Document("passport", "N2")), {}, Refusal.DOCUMENT_KNOWN),
    (1, Changes(), {}, Refusal.NOTHING_CHANGES),
    (1, Changes(name="Person 1"), {}, Refusal.NOTHING_CHANGES),
    (1, RENAMED, {"document": Document("passport", "N2")}, Refusal.DOCUMENT_DIFFERS),
    (1, RENEWED, {"document": Document("passport", "X77")}, Refusal.DOCUMENT_DIFFERS),
    (1, RENEWED, {"own": 1}, Refusal.DOCUMENT_DIFFERS),
    (1, RENAMED, {"ppm": 949_999}, Refusal.PHOTO_DIFFERS),
    (1, RENEWED, {"document": Document("passport", "X77"), "own": 2}, Refusal.NOT_PROVEN),
    (1, RENAMED, {"witness": "rith"}, StaffRefusal.ROLE_MISSING),
]


@pytest.mark.parametrize(("who", "changes", "lacks", "expected"), REFUSED)
async def test_what_is_not_shown_changes_nothing(
    pool: Pool, who: int, changes: Changes, lacks: dict[str, object], expected: object
) -> None:
    await populated(pool)
    before = await perform(pool, people.find, 1)
    shown = evidence(who, changes, LATER, **lacks)  # type: ignore[arg-type]  # columns of a table
    by = act(str(lacks.get("witness", "sok")), LATER)

    answer = await perform(pool, numbers.profiles.correct, KH, who, changes, shown, by)

    assert isinstance(answer, Refused), answer
    assert answer.refusal is expected
    assert answer.detail
    assert await perform(pool, people.find, 1) == before
    assert await leaves(pool, "people.corrected") == 0


async def test_a_correction_changes_what_was_signed_leaves_a_leaf_and_is_told(pool: Pool) -> None:
    await populated(pool)
    changes = Changes(name="Sok Dara", born_on=date(1991, 2, 3))
    shown = evidence(1, changes, LATER)

    done = await perform(pool, numbers.profiles.correct, KH, 1, changes, shown, act("sok", LATER))

    assert isinstance(done, Person)
    assert done == await perform(pool, people.find, 1)
    assert (done.name, done.born_on) == ("Sok Dara", date(1991, 2, 3))
    assert done.document == Document("passport", "N1")
    assert await leaves(pool, "people.corrected") == 1
    assert (await told(pool, msisdn(0)))[-1] == "security.profile"
    assert await perform(pool, people.corrections.corrected_at, 1) == [LATER]
    again = await perform(pool, numbers.profiles.correct, KH, 1, changes, shown, act("sok", LATER))
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.NOTHING_CHANGES


async def test_who_lost_the_document_signs_with_a_passkey_of_theirs(pool: Pool) -> None:
    await populated(pool)
    new = Document("passport", "X77")

    fresh = Instant(AT + DAY_MS)
    early = evidence(1, RENEWED, fresh, document=new, own=1)
    answer = await perform(
        pool, people.corrections.correct, KH, 1, RENEWED, early, act("sok", fresh)
    )
    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.PASSKEY_TOO_FRESH

    shown = evidence(1, RENEWED, LATER, document=new, own=1)
    done = await perform(pool, people.corrections.correct, KH, 1, RENEWED, shown, act("sok", LATER))
    assert isinstance(done, Person)
    assert await perform(pool, people.find_by_document, new) == done
    assert await perform(pool, people.find_by_document, Document("passport", "N1")) is None


async def test_a_signature_for_another_change_changes_nothing(pool: Pool) -> None:
    await populated(pool)
    shown = evidence(1, Changes(name="Somebody Else"), LATER)

    answer = await perform(
        pool, people.corrections.correct, KH, 1, RENAMED, shown, act("sok", LATER)
    )

    assert isinstance(answer, Refused)
    assert answer.refusal is StaffRefusal.NOT_PROVEN


BEHIND = [
    ("UPDATE people.person SET name = 'X' WHERE person_id = 1", "permission denied"),
    ("UPDATE people.person SET born_on = '1980-01-01'", "permission denied"),
    ("UPDATE people.person SET document_number = 'X'", "permission denied"),
    ("DELETE FROM people.person", "permission denied"),
    ("INSERT INTO people.correction (leaf_seq) VALUES (1)", "permission denied"),
]


@pytest.mark.parametrize(("statement", "answer"), BEHIND)
async def test_the_application_cannot_write_an_identity(
    pool: Pool, database: str, statement: str, answer: str
) -> None:
    await populated(pool)
    with psycopg.connect(database) as connection, pytest.raises(psycopg.Error, match=answer):
        connection.execute(statement.encode())


async def test_the_door_looks_at_the_evidence_itself(pool: Pool) -> None:
    """Whoever calls it past the rules is refused by the name of what is missing."""
    from tenure.promises.people.rules.corrections import body  # noqa: PLC0415 -- past the doors
    from tenure.promises.people.store import corrections as store  # noqa: PLC0415 -- past the doors

    await populated(pool)
    text = body(1, RENAMED, LATER)
    good = evidence(1, RENAMED, LATER)
    wrong_document = msgspec.structs.replace(
        good, seen=msgspec.structs.replace(good.seen, document=Document("passport", "N2"))
    )
    for shown, named in (
        (wrong_document, "correction_shows_the_document_on_record"),
        (good, "correction_leaf_says_so"),
    ):
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            await perform(pool, store.correct, 1, text, shown, 2, 1, LATER)
        assert caught.value.diag.constraint_name == named
