"""Loads all that decides a request at an instant, and tells how far it is."""

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.requests import (
    Case,
    Kind,
    Locked,
    Progress,
    Refusal,
    Request,
    Somebody,
    Standing,
)
from tenure.promises.numbers.rules import requests as rules
from tenure.promises.numbers.store import holding as holding_store
from tenure.promises.numbers.store import inventory as inventory_store
from tenure.promises.numbers.store import requests as store
from tenure.promises.numbers.store.requests import Stored
from tenure.promises.people import operations as people
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused

UNKNOWN = Refused(Refusal.UNKNOWN_REQUEST, "no such request; see: tenure number transfer show")


async def case_of(tx: Transaction, terms: Terms, stored: Stored, at: Instant) -> Case:
    """All that decides a request at an instant."""
    request = stored.request
    taker = request.to_holder
    return Case(
        request=request,
        request_hash=stored.request_hash,
        standing=await _standing(tx, terms, stored, at),
        giver=await somebody(tx, request.from_holder, at),
        taker=await _taker(tx, request, at),
        taker_held_before=taker is not None
        and await store.held_before(tx, request.msisdn, taker, at),
        taker_numbers=await _counted_numbers(tx, request, at),
        sim_is_free=await _sim_is_free(tx, terms, request.iccid),
        consents=tuple(await store.consents(tx, request.request_id)),
        approvals=tuple(await store.approvals(tx, stored.request_hash)),
        ending=stored.ending,
    )


async def _taker(tx: Transaction, request: Request, at: Instant) -> Somebody | None:
    """Who is to have it; a duplicate, whose row was merged, is nobody who can."""
    taker = request.to_holder
    if taker is None:
        return None
    passes = request.kind in {Kind.TRANSFER, Kind.INHERITANCE}
    if passes and await people.survivor(tx, taker) != taker:
        return None
    return await somebody(tx, taker, at)


async def somebody(tx: Transaction, person_id: int, at: Instant) -> Somebody | None:
    """A party, with who answers for them at an instant."""
    person = await people.find(tx, person_id)
    if person is None:
        return None
    named = [one.guardian_id for one in await people.guardians(tx, person_id, at)]
    guardians = [await people.find(tx, guardian_id) for guardian_id in named]
    documents = tuple(
        one.document for one in guardians if one is not None and one.document is not None
    )
    return Somebody(person_id, person.born_on, person.document, tuple(named), documents)


async def _standing(tx: Transaction, terms: Terms, stored: Stored, at: Instant) -> Standing:
    """How the number stands; a lock lifts when the holder's own request to lift it is due."""
    found = await store.standing(tx, stored.request.msisdn, at)
    if found.lock is None:
        return found
    lifting = await store.open_of(tx, stored.request.msisdn)
    if lifting is None or lifting.request.kind is not Kind.UNLOCK:
        return found
    case = Case(
        request=lifting.request,
        request_hash=lifting.request_hash,
        standing=found,
        giver=await somebody(tx, lifting.request.from_holder, at),
        taker=None,
        consents=tuple(await store.consents(tx, lifting.request.request_id)),
    )
    lifts_at = rules.takes_effect_at(case, terms.keeping, at)
    lock = msgspec.structs.replace(found.lock, lifts_at=lifts_at)
    return msgspec.structs.replace(found, lock=lock)


async def _counted_numbers(tx: Transaction, request: Request, at: Instant) -> int:
    """How many numbers of the taker the market counts; a postpaid one is not counted."""
    if request.to_holder is None:
        return 0
    held = await holding_store.tenures(tx, request.msisdn)
    if not held or not held[0].prepaid:
        return 0
    return await holding_store.prepaid_held(tx, request.to_holder, at)


async def _sim_is_free(tx: Transaction, terms: Terms, iccid: str | None) -> bool:
    if iccid is None:
        return True
    sim = await inventory_store.sim(tx, iccid)
    if sim is None or sim.died_at is not None or sim.bound:
        return False
    return str(sim.imsi).startswith(terms.home_plmns)


async def progress(
    tx: Transaction, terms: Terms, request_id: str, at: Instant
) -> Progress | Refused[Refusal]:
    """How far a request is, and everything that it still waits for."""
    stored = await store.request(tx, request_id)
    if stored is None:
        return UNKNOWN
    return told(await case_of(tx, terms, stored, at), terms, at)


def told(case: Case, terms: Terms, at: Instant) -> Progress:
    """A case as it is answered."""
    return Progress(
        request=case.request,
        request_hash=case.request_hash,
        ending=case.ending,
        missing=() if case.ending else tuple(rules.missing(case, terms.keeping, at)),
        takes_effect_at=rules.takes_effect_at(case, terms.keeping, at),
        expires_at=rules.expires_at(case, terms.keeping),
    )


async def find(tx: Transaction, request_id: str) -> Request | None:
    """The request with this id."""
    stored = await store.request(tx, request_id)
    return None if stored is None else stored.request


async def open_of(tx: Transaction, msisdn: str) -> Request | None:
    """The open request of a number: there is one at most."""
    stored = await store.open_of(tx, msisdn)
    return None if stored is None else stored.request


async def newest(
    tx: Transaction, terms: Terms, msisdn: str, at: Instant, limit: int = 10
) -> list[Progress]:
    """The requests of a number, the newest first."""
    found = await store.of_number(tx, msisdn, limit)
    return [told(await case_of(tx, terms, one, at), terms, at) for one in found]


async def lock_of(tx: Transaction, terms: Terms, msisdn: str, at: Instant) -> Locked | None:
    """The holder's lock on a number, and from when on it holds no longer."""
    found = (await store.standing(tx, msisdn, at)).lock
    lifting = await store.open_of(tx, msisdn)
    if found is None or lifting is None or lifting.request.kind is not Kind.UNLOCK:
        return found
    return (await _standing(tx, terms, lifting, at)).lock
