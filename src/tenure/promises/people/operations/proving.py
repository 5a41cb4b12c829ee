"""How people prove who they are: present in a shop, or by a passkey that they brought there."""

import hashlib

from tenure.postgres.transaction import Transaction
from tenure.promises.people import rules
from tenure.promises.people.model import Key, Person, Presence, Refusal
from tenure.promises.people.store import persons
from tenure.promises.people.store import proving as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.record.rules import canonical
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, Assertion, Passkey, RelyingParty, verified
from tenure.values.refused import Refused


async def recognise(tx: Transaction, person_id: int, seen: Presence) -> Person | Refused[Refusal]:
    """The person, if what was seen in the shop shows that it is them (PRV-BIO)."""
    return rules.recognised(await persons.by_id(tx, person_id), seen)


def enrolment_hash(person_id: int, passkey: Passkey, at: Instant) -> bytes:
    """What a witness signs when somebody brings a passkey."""
    body: dict[str, Plain] = {
        "version": 1,
        "kind": "people.passkey",
        "person": str(person_id),
        "credential": passkey.credential_id.hex(),
        "public_key": passkey.public_key.hex(),
        "at": at,
    }
    return hashlib.sha256(canonical(body).encode()).digest()


async def add_passkey(
    tx: Transaction,
    new: Key,
    seen: Presence,
    witness: Assertion,
    act: Act,
    *,
    party: RelyingParty = PARTY,
) -> Key | Refused[Refusal] | Refused[StaffRefusal]:
    """Keep a passkey that somebody brought to a shop; ``act.by`` is the witness, who signs it."""
    person = await recognise(tx, new.person_id, seen)
    if isinstance(person, Refused):
        await staff.refused(tx, act.by, "PASSKEY", person.refusal.name, act.at)
        return person
    hashed = enrolment_hash(new.person_id, new.passkey, act.at)
    member = await staff.witness(tx, act.by, hashed, witness, act.at, party=party)
    if isinstance(member, Refused):
        return member

    decision = rules.keyed(new, await store.key(tx, new.passkey.credential_id))

    if isinstance(decision, Key):
        about = {
            "person": str(new.person_id),
            "credential": new.passkey.credential_id.hex(),
            "public_key": new.passkey.public_key.hex(),
        }
        said = {"photo_ppm": seen.photo.score_ppm}
        leaf_seq = await record.append(tx, act, "people.passkey_added", said, about)
        await store.add_key(tx, new, leaf_seq)
    return decision


async def prove(
    tx: Transaction, challenge: bytes, shown: Assertion, at: Instant, party: RelyingParty = PARTY
) -> Key | Refused[Refusal]:
    """Whose passkey signed exactly this; refused when nobody's did."""
    key = await store.key(tx, shown.credential_id)
    if key is None or (key.ended_at is not None and at >= key.ended_at) or at < key.added_at:
        return Refused(Refusal.NOT_PROVEN, "nobody has this passkey; bring it to a shop first")
    count = verified(key.passkey, shown, challenge, party)
    if count is None:
        return Refused(Refusal.NOT_PROVEN, "this passkey did not sign exactly this; sign it anew")
    await store.used(tx, shown.credential_id, count)
    return key


async def passkeys(tx: Transaction, person_id: int) -> list[Key]:
    """The passkeys of somebody, oldest first."""
    return await store.keys_of(tx, person_id)


async def end_passkey(tx: Transaction, credential_id: bytes, act: Act) -> Key | Refused[Refusal]:
    """End a passkey that was lost: from now on it proves nothing."""
    key = await store.key(tx, credential_id)
    if key is None or key.ended_at is not None:
        return Refused(Refusal.NOT_PROVEN, "nobody has this passkey; check its number")
    await store.end_key(tx, credential_id, act.at)
    about = {"person": str(key.person_id), "credential": credential_id.hex()}
    await record.append(tx, act, "people.passkey_ended", {}, about)
    return key
