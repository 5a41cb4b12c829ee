"""What may be asked of persons: to find and to enter them, and in which language they are told."""

from collections.abc import Sequence

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Acknowledgement, How, Way
from tenure.promises.people import rules
from tenure.promises.people.model import Document, Person, Refusal
from tenure.promises.people.store import persons as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.values.refused import Refused


async def find(tx: Transaction, person_id: int) -> Person | None:
    """The person with this number."""
    return await store.by_id(tx, person_id)


async def find_by_document(tx: Transaction, document: Document) -> Person | None:
    """The person with this document: one person is one row, whatever counter they come to.

    The document of a duplicate leads to whom it was merged into.
    """
    found = await store.by_document(tx, document)
    if found is None or found.merged_into is None:
        return found
    return await store.by_id(tx, await store.survivor(tx, found.person_id))


async def enter(
    tx: Transaction, terms: Terms, person: Person, act: Act
) -> Person | Refused[Refusal]:
    """Enter one person; the record keeps that it was done, and a commitment of whom.

    Who gives data acknowledges the notice in force (PRV-ACK); that is no consent to anything.
    """
    document = person.document
    known = None if document is None else await store.by_document(tx, document)

    decision = rules.entered(person, known, terms)

    if isinstance(decision, Person):
        await store.enter(tx, [person])
        await record.append(tx, act, "people.entered", {}, {"person": str(person.person_id)})
        how = How(Way.SHOP, person.language)
        given = Acknowledgement(person.person_id, "registration", how)
        await consent.acknowledge(tx, terms, given, act)
    return decision


async def enter_all(tx: Transaction, persons: Sequence[Person], act: Act) -> None:
    """Enter many people at once, unseen by rules: a demo population, or a checked import."""
    await store.enter(tx, persons)
    await record.append(tx, act, "people.entered", {"persons": len(persons)}, {})


async def choose_language(
    tx: Transaction, terms: Terms, person_id: int, language: str, act: Act
) -> Person | Refused[Refusal]:
    """Keep in which language somebody wants to be told things; one of the pack's (GTC-LANG).

    Whoever calls this from above tells them: ``numbers.profiles.choose_language``.
    """
    person = await store.by_id(tx, person_id)

    decision = rules.spoken(person, language, terms)

    if isinstance(decision, Person):
        await store.choose_language(tx, person_id, language)
        said, about = {"language": language}, {"person": str(person_id)}
        await record.append(tx, act, "people.language_chosen", said, about)
        return msgspec.structs.replace(decision, language=language)
    return decision


async def survivor(tx: Transaction, person_id: int) -> int:
    """Who somebody is by now: themselves, or whoever their row was merged into."""
    return await store.survivor(tx, person_id)


async def persons_of(tx: Transaction, person_id: int) -> tuple[int, ...]:
    """Somebody and every duplicate of theirs: under which numbers their past is found."""
    return await store.persons_of(tx, person_id)
