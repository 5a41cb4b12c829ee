"""We know you by as little as we need: who may be entered, and that one person is one row."""

from datetime import date

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.people import operations as people
from tenure.promises.people import rules
from tenure.promises.people.model import Document, Person, Refusal
from tenure.promises.record.model import Act
from tenure.terms import pack
from tenure.values.instant import Instant
from tenure.values.refused import Refused

AT = Instant(1_800_000_000_000)  # 2027-01-15
ACT = Act("sok", AT, bytes(range(32)))
TERMS = pack.load("smart-kh").terms
DARA = Person(1, "Dara", "km", AT, date(1990, 1, 31), Document("national-id", "010203040"))

ENTERED = [
    (DARA, None, None),
    (DARA, DARA, None),
    (msgspec.structs.replace(DARA, name="  "), None, Refusal.NAME_MISSING),
    (msgspec.structs.replace(DARA, language="xx"), None, Refusal.UNKNOWN_LANGUAGE),
    (msgspec.structs.replace(DARA, born_on=date(2027, 1, 15)), None, None),
    (msgspec.structs.replace(DARA, born_on=date(2027, 1, 16)), None, Refusal.BORN_LATER),
    (
        msgspec.structs.replace(DARA, document=Document("library-card", "7")),
        None,
        Refusal.DOCUMENT_MALFORMED,
    ),
    (
        msgspec.structs.replace(DARA, document=Document("passport", " ")),
        None,
        Refusal.DOCUMENT_MALFORMED,
    ),
    (DARA, msgspec.structs.replace(DARA, person_id=2), Refusal.DOCUMENT_KNOWN),
]


@pytest.mark.parametrize(("person", "known", "refusal"), ENTERED)
def test_who_may_be_entered(person: Person, known: Person | None, refusal: Refusal | None) -> None:
    found = rules.entered(person, known, TERMS)

    assert (found.refusal if isinstance(found, Refused) else None) is refusal


def test_a_person_has_no_readable_repr() -> None:
    assert "Dara" not in repr(DARA)
    assert "010203040" not in repr(DARA) + repr(DARA.document)


async def test_a_person_is_entered_once(pool: Pool) -> None:
    entered = await perform(pool, people.enter, TERMS, DARA, ACT)
    again = msgspec.structs.replace(DARA, person_id=2)
    refused = await perform(pool, people.enter, TERMS, again, ACT)

    assert entered == DARA
    assert await perform(pool, people.find, 1) == DARA
    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.DOCUMENT_KNOWN
    assert await perform(pool, people.find, 2) is None


async def test_people_without_documents_are_entered_together(pool: Pool) -> None:
    crowd = [Person(number, "Demo", "en", AT) for number in range(1, 1_001)]

    await perform(pool, people.enter_all, crowd, ACT)

    assert await perform(pool, people.find, 1_000) == crowd[-1]


async def test_the_table_refuses_a_second_row_for_a_document(pool: Pool) -> None:
    await perform(pool, people.enter_all, [DARA], ACT)

    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        await perform(pool, people.enter_all, [msgspec.structs.replace(DARA, person_id=2)], ACT)

    assert caught.value.diag.constraint_name == "person_one_per_document"
