"""INC-PROFILE: a registered profile is corrected with the check of a registration (PRV-BIO)."""

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.people import rules
from tenure.promises.people.model import Changes, Document, Evidence, Person, Refusal
from tenure.promises.people.operations.proving import prove
from tenure.promises.people.store import corrections as store
from tenure.promises.people.store import persons
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, RelyingParty
from tenure.values.refused import Refused


def correction_hash(person_id: int, changes: Changes, at: Instant) -> bytes:
    """What the witness signs, and the person who cannot show the document on record."""
    return rules.body_hash(rules.body(person_id, changes, at))


async def correct(  # noqa: PLR0913 -- whose, what, by which evidence, to whom it was signed
    tx: Transaction,
    terms: Terms,
    person_id: int,
    changes: Changes,
    evidence: Evidence,
    act: Act,
    *,
    party: RelyingParty = PARTY,
) -> Person | Refused[Refusal] | Refused[StaffRefusal]:
    """Change who somebody is on record, exactly as ``act.by``, the witness, signed it.

    The photo is not kept; its score and the provider's reference are (PRV-BIO).  Whoever calls this
    from above tells the person: ``numbers.profiles.correct``.
    """
    person = await persons.by_id(tx, person_id)
    known = None
    if changes.document is not None:
        known = await persons.by_document(tx, changes.document)
    ours = await _document_of(tx, act.by)

    decision = rules.corrected(person, changes, evidence, known, ours, act.at)

    if isinstance(decision, Refused):
        await staff.refused(tx, act.by, "CORRECTION", decision.refusal.name, act.at)
        return decision
    assert person is not None
    hashed = correction_hash(person_id, changes, act.at)
    if evidence.own is not None:
        own = await prove(tx, hashed, evidence.own, act.at, party)
        theirs = own if isinstance(own, Refused) else rules.own_key(own, person_id, terms, act.at)
        if isinstance(theirs, Refused):
            await staff.refused(tx, act.by, "CORRECTION", theirs.refusal.name, act.at)
            return theirs
    witness = await staff.witness(tx, act.by, hashed, evidence.witness, act.at, party=party)
    if isinstance(witness, Refused):
        return witness

    body = rules.body(person_id, changes, act.at)
    said = {"photo_ppm": evidence.seen.photo.score_ppm}
    about = {"person": str(person_id), "body": body}
    leaf_seq = await record.append(tx, act, "people.corrected", said, about)
    await store.correct(tx, person_id, body, evidence, witness.human_id, leaf_seq, act.at)
    return _otherwise(person, changes)


async def _document_of(tx: Transaction, login: str) -> Document | None:
    """The document of one of ours, as people have theirs."""
    found = await persons.document_of_login(tx, login)
    return None if found is None else Document(*found)


def _otherwise(person: Person, changes: Changes) -> Person:
    return msgspec.structs.replace(
        person,
        name=person.name if changes.name is None else changes.name.strip(),
        born_on=changes.born_on or person.born_on,
        document=changes.document or person.document,
    )


async def corrected_at(tx: Transaction, person_id: int) -> list[Instant]:
    """When somebody's identity was corrected, oldest first."""
    return await store.corrected_at(tx, person_id)
