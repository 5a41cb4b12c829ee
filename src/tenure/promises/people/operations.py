"""What may be asked of people: to find and to enter them."""

from collections.abc import Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.people import rules, store
from tenure.promises.people.model import Person, Refusal
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.values.refused import Refused


async def find(tx: Transaction, person_id: int) -> Person | None:
    """The person with this number."""
    return await store.by_id(tx, person_id)


async def enter(
    tx: Transaction, terms: Terms, person: Person, act: Act
) -> Person | Refused[Refusal]:
    """Enter one person; the record keeps that it was done, and a commitment of whom."""
    document = person.document
    known = None if document is None else await store.by_document(tx, document)

    decision = rules.entered(person, known, terms)

    if isinstance(decision, Person):
        await store.enter(tx, [person])
        await record.append(tx, act, "people.entered", {}, {"person": str(person.person_id)})
    return decision


async def enter_all(tx: Transaction, persons: Sequence[Person], act: Act) -> None:
    """Enter many people at once, unseen by rules: a demo population, or a checked import."""
    await store.enter(tx, persons)
    await record.append(tx, act, "people.entered", {"persons": len(persons)}, {})
