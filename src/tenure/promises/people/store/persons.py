"""SQL of persons: one human is one row."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Document, Person

_PERSON: Final = """
SELECT p.person_id, p.name, p.language, p.since, p.born_on, p.document_kind, p.document_number,
       m.survivor_id
FROM people.person p LEFT JOIN people.merge m ON m.duplicate_id = p.person_id
"""
_BY_ID: Final = f"{_PERSON} WHERE p.person_id = %s"
_BY_DOCUMENT: Final = f"{_PERSON} WHERE p.document_kind = %s AND p.document_number = %s"
# An empty text stands for what is not known: arrays have no empty places.
_ENTER: Final = """
INSERT INTO people.person (
    person_id, name, language, since, born_on, document_kind, document_number
)
SELECT person_id, name, language, since, nullif(born_on, '')::date,
       nullif(document_kind, ''), nullif(document_number, '')
FROM unnest(%b, %b, %b, %b, %b, %b, %b)
    AS entered (person_id, name, language, since, born_on, document_kind, document_number)
"""
_CHOOSE_LANGUAGE: Final = "UPDATE people.person SET language = %s WHERE person_id = %s"
_DOCUMENT_OF_LOGIN: Final = """
SELECT h.document_kind, h.document_number
FROM staff.member m JOIN staff.human h USING (human_id) WHERE m.login = %s
"""
_SURVIVOR: Final = "SELECT people.survivor_of(%s)"
_PERSONS_OF: Final = """
WITH RECURSIVE same AS (
    SELECT %s::bigint AS person_id
    UNION SELECT m.duplicate_id FROM same s JOIN people.merge m ON m.survivor_id = s.person_id
)
SELECT person_id FROM same ORDER BY person_id
"""


def _person(row: tuple[Any, ...]) -> Person:
    person_id, name, language, since, born_on, kind, number, merged_into = row
    document = None if kind is None else Document(kind, number)
    return Person(person_id, name, language, since, born_on, document, merged_into)


async def by_id(tx: Transaction, person_id: int) -> Person | None:
    """The person with this number."""
    cursor = await tx.execute(_BY_ID, [person_id])
    row = await cursor.fetchone()
    return None if row is None else _person(row)


async def by_document(tx: Transaction, document: Document) -> Person | None:
    """The person with this document."""
    cursor = await tx.execute(_BY_DOCUMENT, [document.kind, document.number])
    row = await cursor.fetchone()
    return None if row is None else _person(row)


async def enter(tx: Transaction, persons: Sequence[Person]) -> None:
    """Add people; a document that is known violates person_one_per_document."""
    documents = [person.document or Document("", "") for person in persons]
    await tx.execute(
        _ENTER,
        [
            int8s([person.person_id for person in persons]),
            texts([person.name for person in persons]),
            texts([person.language for person in persons]),
            moments([person.since for person in persons]),
            texts([person.born_on.isoformat() if person.born_on else "" for person in persons]),
            texts([document.kind for document in documents]),
            texts([document.number for document in documents]),
        ],
    )


async def choose_language(tx: Transaction, person_id: int, language: str) -> None:
    """Keep in which language somebody wants to be told things."""
    await tx.execute(_CHOOSE_LANGUAGE, [language, person_id])


async def survivor(tx: Transaction, person_id: int) -> int:
    """Who somebody is by now."""
    cursor = await tx.execute(_SURVIVOR, [person_id])
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def persons_of(tx: Transaction, person_id: int) -> tuple[int, ...]:
    """Somebody, and every row that was merged into theirs."""
    cursor = await tx.execute(_PERSONS_OF, [person_id])
    return tuple(int(row[0]) for row in await cursor.fetchall())


async def document_of_login(tx: Transaction, login: str) -> tuple[str, str] | None:
    """With which document one of ours was enrolled."""
    cursor = await tx.execute(_DOCUMENT_OF_LOGIN, [login])
    row = await cursor.fetchone()
    return None if row is None else (str(row[0]), str(row[1]))
