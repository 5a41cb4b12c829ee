"""The holder locks a number at once; to lift that is a request of theirs, with a delay."""

import hashlib
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.requests import Locked, Proof, Refusal, Standing
from tenure.promises.numbers.operations.requests import telling
from tenure.promises.numbers.operations.requests.loading import somebody
from tenure.promises.numbers.operations.requests.signing import No
from tenure.promises.numbers.store import requests as store
from tenure.promises.people import operations as people
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.record.rules import canonical
from tenure.promises.staff import operations as staff
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.passkey import PARTY, RelyingParty
from tenure.values.refused import Refused

NOT_HELD: Final = Refused(Refusal.NOT_HELD, "nobody holds this number; check its digits")


def lock_hash(msisdn: Msisdn, at: Instant) -> bytes:
    """What the holder, or a witness of theirs, signs to lock a number."""
    body: dict[str, Plain] = {"version": 1, "kind": "numbers.lock", "msisdn": str(msisdn), "at": at}
    return hashlib.sha256(canonical(body).encode()).digest()


async def keep_from_others(tx: Transaction, msisdn: Msisdn) -> None:
    """Let whoever else would change this number wait until the transaction ends."""
    await store.keep_from_others(tx, msisdn)


async def lock(
    tx: Transaction, msisdn: Msisdn, proof: Proof, act: Act, *, relying: RelyingParty = PARTY
) -> Locked | No:
    """Lock a number, from now on.  Only its holder can, or who answers for them (PRV-MINOR)."""
    await store.keep_from_others(tx, msisdn)
    standing = await store.standing(tx, msisdn, act.at)
    if standing.holder is None:
        return NOT_HELD
    person_id = await _proven(tx, msisdn, proof, act, relying)
    if isinstance(person_id, Refused):
        return person_id
    holder = await somebody(tx, standing.holder, act.at)
    assert holder is not None
    if person_id not in (holder.person_id, *holder.guardians):
        return Refused(Refusal.NOT_A_PARTY, "only the holder locks a number")
    return await _locked(tx, msisdn, standing, act)


async def lock_from_number(tx: Transaction, msisdn: Msisdn, act: Act) -> Locked | No:
    """Lock a number by a word from the number itself: its SIM is enough to protect it.

    It is never enough to lift the lock, or to agree to anything.
    """
    await store.keep_from_others(tx, msisdn)
    standing = await store.standing(tx, msisdn, act.at)
    return NOT_HELD if standing.holder is None else await _locked(tx, msisdn, standing, act)


async def _locked(
    tx: Transaction, msisdn: Msisdn, standing: Standing, act: Act
) -> Locked | Refused[Refusal]:
    assert standing.holder is not None
    if standing.lock is not None:
        return Refused(Refusal.LOCKED, "the number is locked already")
    about = {"msisdn": str(msisdn), "holder": str(standing.holder)}
    leaf_seq = await record.append(tx, act, "numbers.locked", {}, about)
    await store.lock(tx, msisdn, standing.holder, act.at, leaf_seq)
    await telling.lock_set(tx, msisdn, standing.holder, act.at)
    return Locked(act.at)


async def _proven(
    tx: Transaction, msisdn: Msisdn, proof: Proof, act: Act, relying: RelyingParty
) -> int | No:
    signed_hash = lock_hash(msisdn, act.at)
    if proof.seen is None:
        key = await people.prove(tx, signed_hash, proof.signed, act.at, relying)
        return key if isinstance(key, Refused) else key.person_id
    assert proof.person_id is not None
    person = await people.recognise(tx, proof.person_id, proof.seen)
    if isinstance(person, Refused):
        return person
    member = await staff.witness(tx, act.by, signed_hash, proof.signed, act.at, party=relying)
    return member if isinstance(member, Refused) else person.person_id
