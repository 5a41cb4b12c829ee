"""Recipients hear of what changes, and what they answer is believed when they signed it."""

import hashlib
from collections.abc import Collection
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.privacy.model.propagation import Address, Change, Message, Refusal
from tenure.promises.privacy.rules import propagation as rules
from tenure.promises.privacy.store import propagation as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.values.instant import Instant
from tenure.values.refused import Refused

No = Refused[Refusal]


async def propagate(
    tx: Transaction, person_id: int, change: Change, act: Act, case_id: UUID | None = None
) -> tuple[Message, ...]:
    """Have every recipient told who was given something of somebody (GDPR article 19).

    Authorities that asked by an order are not told: theirs is the file of their case.  To be called
    with every correction, erasure, restriction or lifting, before what left is forgotten.
    """
    found = await store.recipients_of(tx, person_id)
    made = rules.messages(found, change, case_id, act)
    for one in made:
        said: dict[str, Plain] = {"recipient": one.recipient, "change": change.value}
        about = {"person": str(person_id), "message": str(one.message_id)}
        leaf_seq = await record.append(tx, act, "privacy.propagated", said, about)
        await store.add(tx, one, person_id, leaf_seq)
    return made


async def due(tx: Transaction, at: Instant, limit: int = 1_000) -> list[Message]:
    """What recipients are to be told by now, or again, the oldest first; kept from others until
    the commit."""
    return await store.due(tx, at, limit)


async def sending(
    tx: Transaction, controller: str, seed: bytes, at: Instant, limit: int = 1_000
) -> list[Message]:
    """What leaves now, signed; without a receipt it is due again, later each time.

    It is counted as told before it leaves: what a crash keeps here is due again.  What is sent
    again is the same octets, so that the id stands for one text for ever.
    """
    found = []
    for one in await store.due(tx, at, limit):
        signed = one.signed or consent.signed(rules.told(one, controller), seed, rules.MESSAGE)
        await store.told(tx, one.message_id, signed, rules.again_at(one, at))
        found.append(msgspec.structs.replace(one, signed=signed, attempts=one.attempts + 1))
    return found


async def acknowledged(tx: Transaction, receipt: bytes, act: Act) -> Message | No:
    """Keep that a recipient has done what it was told: its receipt is there, whole and verified.

    Refused: RECEIPT_UNUSABLE, UNKNOWN_MESSAGE, KEY_UNKNOWN, RECEIPT_FORGED, RECEIPT_DIFFERS,
    NOT_COMPLETED, RECEIPT_REPLAYED.  Of a refused receipt nothing is kept.
    """
    text = receipt[: rules.RECEIPT_OCTETS_MAX + 1].decode("ascii", "replace").strip()
    parts = consent.unverified(text) if len(receipt) <= rules.RECEIPT_OCTETS_MAX else None
    said = rules.UNUSABLE if parts is None else rules.read(*parts)
    if isinstance(said, Refused):
        return said
    known = await store.message(tx, said.message_id)
    if known is None:
        return Refused(Refusal.UNKNOWN_MESSAGE, "no recipient was told anything under this id")
    key = rules.key_of(said, await store.address(tx, known.recipient))
    signed = key is not None and consent.opened(text, {"x": key}) is not None
    refused = rules.judged(said, known, is_of_theirs=key is not None, is_signed=signed)
    if refused is not None:
        return refused
    digest = hashlib.sha256(text.encode()).hexdigest()
    told: dict[str, Plain] = {
        "recipient": known.recipient,
        "change": known.change.value,
        "receipt": digest,
    }
    about = {"message": str(known.message_id)}
    leaf_seq = await record.append(tx, act, "privacy.acknowledged", told, about)
    await store.acknowledge(tx, known.message_id, text, leaf_seq, act.at)
    return msgspec.structs.replace(known, done_at=act.at, next_at=None)


async def addresses(tx: Transaction) -> dict[str, Address]:
    """Where recipients hear of changes, by their name: as the pack says, or said last of them."""
    return {one.recipient: one for one in await store.addresses(tx)}


async def unanswered(tx: Transaction) -> list[Message]:
    """What was told and not answered, the longest overdue first."""
    return await store.unanswered(tx)


async def overdue(tx: Transaction, at: Instant) -> list[Message]:
    """What recipients should have answered by now: for the desk, and about nobody by name."""
    return [one for one in await store.unanswered(tx) if rules.overdue(one, at)]


async def waits_for(tx: Transaction, case_id: UUID) -> tuple[str, ...]:
    """Which recipients a case waits for, until they have signed that it is done."""
    return rules.waits_for(await store.of_case(tx, case_id))


async def of_cases(tx: Transaction, case_ids: Collection[UUID]) -> list[Message]:
    """What was told because of these cases."""
    return [one for case_id in case_ids for one in await store.of_case(tx, case_id)]
