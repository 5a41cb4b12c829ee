"""All SQL of people."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Document, Person

_PERSON: Final = """
SELECT person_id, name, language, since, born_on, document_kind, document_number
FROM people.person
"""
_BY_ID: Final = f"{_PERSON} WHERE person_id = %s"
_BY_DOCUMENT: Final = f"{_PERSON} WHERE document_kind = %s AND document_number = %s"
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


def _person(row: tuple[Any, ...]) -> Person:
    person_id, name, language, since, born_on, kind, number = row
    document = None if kind is None else Document(kind, number)
    return Person(person_id, name, language, since, born_on, document)


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
