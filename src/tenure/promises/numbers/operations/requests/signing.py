"""Consents, approvals and stops: each signed, each over the hash of exactly what is asked."""

from typing import TypeAlias

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.requests import (
    Case,
    Consent,
    Means,
    Outcome,
    Party,
    Progress,
    Proof,
    Refusal,
)
from tenure.promises.numbers.operations.requests import telling
from tenure.promises.numbers.operations.requests.ending import end
from tenure.promises.numbers.operations.requests.loading import UNKNOWN, case_of, told
from tenure.promises.numbers.operations.requests.telling import Step
from tenure.promises.numbers.rules import requests as rules
from tenure.promises.numbers.store import requests as store
from tenure.promises.numbers.store.requests import Stored
from tenure.promises.people import operations as people
from tenure.promises.people.model import Refusal as PeopleRefusal
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, Assertion, RelyingParty
from tenure.values.refused import Refused

No: TypeAlias = Refused[Refusal] | Refused[PeopleRefusal] | Refused[StaffRefusal]


async def consent(  # noqa: PLR0913 -- who agrees to what, how, when, to whom
    tx: Transaction,
    terms: Terms,
    request_id: str,
    party: Party,
    proof: Proof,
    act: Act,
    *,
    relying: RelyingParty = PARTY,
) -> Progress | No:
    """Keep that a party agrees to exactly this request.

    With presence, ``act.by`` is the witness, and the assertion is theirs.
    """
    stored = await _found(tx, request_id)
    if stored is None:
        return UNKNOWN
    case = await case_of(tx, terms, stored, act.at)

    given = await proven(tx, terms, case, party, proof, act, relying)

    if isinstance(given, Refused):
        await _refused(tx, stored, act, "CONSENT", given)
        return given
    await keep(tx, stored, given, proof, act)
    return await told_of(tx, terms, stored, Step.CONSENTED, act.at)


async def keep(tx: Transaction, stored: Stored, given: Consent, proof: Proof, act: Act) -> None:
    """Keep a consent that was proven, with all that was signed."""
    request = stored.request
    said = {
        "kind": request.kind.value,
        "request_hash": stored.request_hash.hex(),
        "party": given.party.value,
        "means": given.means.value,
    }
    about = {
        "msisdn": str(request.msisdn),
        "request": request.request_id,
        "person": str(given.person_id),
    }
    leaf_seq = await record.append(tx, act, "numbers.consented", said, about)
    await store.consent(tx, stored, given, proof.signed, proof.seen, leaf_seq)


async def proven(  # noqa: PLR0913, PLR0917 -- who agrees to what, how, when, before whom
    tx: Transaction,
    terms: Terms,
    case: Case,
    party: Party,
    proof: Proof,
    act: Act,
    relying: RelyingParty,
) -> Consent | No:
    """The consent as somebody proves it, if it is one that the request needs."""
    given: Consent
    if proof.seen is None:
        key = await people.prove(tx, case.request_hash, proof.signed, act.at, relying)
        if isinstance(key, Refused):
            return key
        given = Consent(party, key.person_id, Means.PASSKEY, act.at, proven_since=key.added_at)
    else:
        assert proof.person_id is not None
        signed_hash = rules.seen_hash_of(case.request_hash, party, proof.person_id)
        witness = await _seen(tx, case, signed_hash, proof, act, relying)
        if not isinstance(witness, int):
            return witness
        given = Consent(party, proof.person_id, Means.PRESENCE, act.at, witness)
    return rules.consentable(case, given, terms.keeping, act.at) or given


async def _seen(
    tx: Transaction,
    case: Case,
    signed_hash: bytes,
    proof: Proof,
    act: Act,
    relying: RelyingParty,
) -> int | No:
    """Which human of ours saw somebody in the shop, who is who they say (PRV-BIO)."""
    assert proof.seen is not None
    assert proof.person_id is not None
    person = await people.recognise(tx, proof.person_id, proof.seen)
    if isinstance(person, Refused):
        return person
    member = await staff.witness(tx, act.by, signed_hash, proof.signed, act.at, party=relying)
    if isinstance(member, Refused):
        return member
    document = await store.document_of(tx, member.human_id)
    return rules.witnessable(case, member.human_id, document) or member.human_id


async def approve(
    tx: Transaction,
    terms: Terms,
    request_id: str,
    signed: Assertion,
    act: Act,
    *,
    relying: RelyingParty = PARTY,
) -> Progress | No:
    """One of ours (``act.by``) says that this request is right, by a passkey of their own."""
    stored = await _found(tx, request_id)
    if stored is None:
        return UNKNOWN
    case = await case_of(tx, terms, stored, act.at)
    member = await staff.member(tx, act.by)

    no: No | None = None
    if member is not None:
        document = await store.document_of(tx, member.human_id)
        no = rules.approvable(case, member.human_id, document, terms.keeping, act.at)
    if no is None:
        done = await staff.approve(tx, stored.request_hash, act.by, signed, act, relying)
        no = done if isinstance(done, Refused) else None

    if no is not None:
        await _refused(tx, stored, act, "APPROVE", no)
        return no
    return await told_of(tx, terms, stored, Step.APPROVED, act.at)


async def stop(  # noqa: PLR0913 -- who stops what, how, when, to whom
    tx: Transaction,
    terms: Terms,
    request_id: str,
    act: Act,
    *,
    proof: Proof | None = None,
    from_number: str | None = None,
    relying: RelyingParty = PARTY,
) -> Progress | No:
    """End a request before it takes effect.

    By whom it concerns: with a passkey or presence that signs ``stop_hash_of`` it, or by a reply
    from the number itself (``from_number``).  Without either, by one of ours (``act.by``) who may
    approve: to stop takes nothing from anybody.
    """
    stored = await _found(tx, request_id)
    if stored is None:
        return UNKNOWN
    case = await case_of(tx, terms, stored, act.at)

    who = await _stopper(tx, case, proof, from_number, act, relying)
    no = who if isinstance(who, Refused) else None
    if not isinstance(who, Refused):
        person_id, means = who
        no = rules.stoppable(case, person_id, means, terms.keeping, act.at)

    if no is not None:
        return no
    await end(tx, stored, Outcome.STOPPED, act)
    stored = await store.request(tx, request_id)
    assert stored is not None
    return told(await case_of(tx, terms, stored, act.at), terms, act.at)


async def _stopper(
    tx: Transaction,
    case: Case,
    proof: Proof | None,
    from_number: str | None,
    act: Act,
    relying: RelyingParty,
) -> tuple[int | None, Means] | No:
    """Who stops, and how they show it; nobody's number for one of ours."""
    if from_number is not None:
        holder = case.standing.holder
        if from_number != case.request.msisdn or holder is None:
            return Refused(Refusal.NOT_A_PARTY, "reply from the number that this is about")
        return holder, Means.SMS
    if proof is None:
        member = await staff.allowed(tx, act.by, Task.APPROVE_TRANSFER, act.at)
        return member if isinstance(member, Refused) else (None, Means.PASSKEY)
    signed_hash = rules.stop_hash_of(case.request_hash)
    if proof.seen is None:
        key = await people.prove(tx, signed_hash, proof.signed, act.at, relying)
        return key if isinstance(key, Refused) else (key.person_id, Means.PASSKEY)
    witness = await _seen(tx, case, signed_hash, proof, act, relying)
    return (proof.person_id, Means.PRESENCE) if isinstance(witness, int) else witness


async def _found(tx: Transaction, request_id: str) -> Stored | None:
    """The request, its number kept from others: what is decided stays true until it is done."""
    stored = await store.request(tx, request_id)
    if stored is None:
        return None
    await store.keep_from_others(tx, stored.request.msisdn)
    return await store.request(tx, request_id)


async def _refused(tx: Transaction, stored: Stored, act: Act, what: str, no: No) -> None:
    request = stored.request
    await telling.attempted(tx, request.msisdn, request.kind, act, what, no.refusal.name)


async def told_of(
    tx: Transaction, terms: Terms, stored: Stored, step: Step, at: Instant
) -> Progress:
    """How far it is after a step, of which both parties hear."""
    case = await case_of(tx, terms, stored, at)
    earliest = Instant(at + rules.cools_off_ms(stored.request.kind, terms.keeping))
    effect_at = rules.takes_effect_at(case, terms.keeping, at) or earliest
    await telling.tell(tx, stored.request, step, at, effect_at)
    return told(case, terms, at)
