"""All SQL of people."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s, moments, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Document, Guardian, Key, Person
from tenure.values.instant import Instant, moment_of
from tenure.values.passkey import Passkey

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


_KEY: Final = """
SELECT credential_id, public_key, sign_count, person_id, added_at, ended_at FROM people.passkey
"""
_KEY_BY_ID: Final = f"{_KEY} WHERE credential_id = %s"
_KEYS_OF: Final = f"{_KEY} WHERE person_id = %s ORDER BY added_at"
_ADD_KEY: Final = """
INSERT INTO people.passkey (
    credential_id, person_id, public_key, sign_count, added_at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s)
"""
_USED: Final = "UPDATE people.passkey SET sign_count = %s WHERE credential_id = %s"
_END_KEY: Final = "UPDATE people.passkey SET ended_at = %s WHERE credential_id = %s"
_GUARDIANS: Final = """
SELECT ward_id, guardian_id, since, until FROM people.guardian
WHERE ward_id = %(ward)s AND since <= %(at)s AND (until IS NULL OR %(at)s < until)
ORDER BY guardian_id
"""
_ADD_GUARDIAN: Final = """
INSERT INTO people.guardian (ward_id, guardian_id, since, leaf_seq) VALUES (%s, %s, %s, %s)
"""


def _key(row: tuple[Any, ...]) -> Key:
    credential_id, public_key, sign_count, person_id, added_at, ended_at = row
    passkey = Passkey(bytes(credential_id), bytes(public_key), sign_count)
    return Key(person_id, passkey, added_at, ended_at)


async def key(tx: Transaction, credential_id: bytes) -> Key | None:
    """The passkey with this id."""
    cursor = await tx.execute(_KEY_BY_ID, [credential_id])
    row = await cursor.fetchone()
    return None if row is None else _key(row)


async def keys_of(tx: Transaction, person_id: int) -> list[Key]:
    """The passkeys of somebody, oldest first."""
    cursor = await tx.execute(_KEYS_OF, [person_id])
    return [_key(row) for row in await cursor.fetchall()]


async def add_key(tx: Transaction, new: Key, leaf_seq: int) -> None:
    """Add a passkey; one that is known violates passkey_is_one_persons."""
    passkey = new.passkey
    await tx.execute(
        _ADD_KEY,
        [
            passkey.credential_id,
            new.person_id,
            passkey.public_key,
            passkey.sign_count,
            moment_of(new.added_at),
            leaf_seq,
        ],
    )


async def used(tx: Transaction, credential_id: bytes, sign_count: int) -> None:
    """Keep how often a passkey was used, by its own counter."""
    await tx.execute(_USED, [sign_count, credential_id])


async def end_key(tx: Transaction, credential_id: bytes, at: Instant) -> None:
    """End a passkey: from then on it proves nothing."""
    await tx.execute(_END_KEY, [moment_of(at), credential_id])


async def guardians(tx: Transaction, ward_id: int, at: Instant) -> list[Guardian]:
    """Who answers for somebody at an instant."""
    cursor = await tx.execute(_GUARDIANS, {"ward": ward_id, "at": moment_of(at)})
    return [Guardian(*row) for row in await cursor.fetchall()]


async def add_guardian(tx: Transaction, new: Guardian, leaf_seq: int) -> None:
    """Add a guardian."""
    await tx.execute(_ADD_GUARDIAN, [new.ward_id, new.guardian_id, moment_of(new.since), leaf_seq])
