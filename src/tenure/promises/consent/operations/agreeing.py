"""Somebody accepts terms, acknowledges a notice, or answers for another person's data."""

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import rules, store
from tenure.promises.consent.model import (
    Acceptance,
    Accepted,
    Acknowledged,
    Acknowledgement,
    Agreed,
    Refusal,
    Representation,
    Represented,
)
from tenure.promises.consent.operations.texts import keep_notice
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.terms.model import Terms
from tenure.values.refused import Refused


async def accept(
    tx: Transaction, terms: Terms, acceptance: Acceptance, act: Act
) -> Accepted | Refused[Refusal]:
    """GTC-ACCEPT: keep which version binds somebody, in which manner, and since when.

    The first of a manner counts; the same one again is answered as it was.
    """
    decision = rules.accepted(acceptance, terms, act)

    if isinstance(decision, Refused):
        return decision
    new, version = decision
    known = await store.accepted(tx, new)
    if known is not None:
        return known
    kept = await keep_notice(tx, version, act)
    if isinstance(kept, Refused):
        return kept
    said: dict[str, Plain] = {
        "document": version.document,
        "version": version.version,
        "sha256": new.sha256,
        "manner": acceptance.manner.value,
        "way": acceptance.how.way.value,
    }
    about = {"person": str(acceptance.person_id), "acceptance": str(new.acceptance_id)}
    leaf_seq = await record.append(tx, act, "consent.accepted", said, about)
    await store.accept(tx, new, leaf_seq)
    return msgspec.structs.replace(new, leaf_seq=leaf_seq)


async def acknowledge(
    tx: Transaction, terms: Terms, said: Acknowledgement, act: Act
) -> Acknowledged | Refused[Refusal]:
    """PRV-ACK: keep which notice somebody could read who gave data, and that it is true.

    It is no consent, to nothing: what needs a yes still needs it.
    """
    decision = rules.acknowledged(said, terms, act)

    if isinstance(decision, Refused):
        return decision
    new, version = decision
    kept = await keep_notice(tx, version, act)
    if isinstance(kept, Refused):
        return kept
    words: dict[str, Plain] = {
        "document": version.document,
        "version": version.version,
        "sha256": new.sha256,
        "occasion": said.occasion,
    }
    about = {"person": str(said.person_id), "acknowledgement": str(new.acknowledgement_id)}
    leaf_seq = await record.append(tx, act, "consent.acknowledged", words, about)
    await store.acknowledge(tx, new, leaf_seq)
    return msgspec.structs.replace(new, leaf_seq=leaf_seq)


async def represent(
    tx: Transaction, terms: Terms, said: Representation, act: Act
) -> Represented | Refused[Refusal]:
    """PRV-THIRD: keep that somebody states to have the consent of whose data they give."""
    decision = rules.represented(said, terms, act)

    if isinstance(decision, Refused):
        return decision
    words: dict[str, Plain] = {"about": said.about, "occasion": said.occasion}
    about = {
        "supplier": str(said.supplier_id),
        "representation": str(decision.representation_id),
    }
    leaf_seq = await record.append(tx, act, "consent.represented", words, about)
    await store.represent(tx, decision, leaf_seq)
    return msgspec.structs.replace(decision, leaf_seq=leaf_seq)


async def agreed(tx: Transaction, person_id: int) -> Agreed:
    """What somebody accepted, acknowledged and represented."""
    return Agreed(
        tuple(await store.acceptances(tx, person_id)),
        tuple(await store.acknowledgements(tx, person_id)),
        tuple(await store.representations(tx, person_id)),
    )
