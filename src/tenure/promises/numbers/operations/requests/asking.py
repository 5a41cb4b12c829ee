"""Asks for something about a number: nothing happens yet, and everybody concerned is told."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.requests import (
    Ask,
    Kind,
    Outcome,
    Party,
    Progress,
    Proof,
    Refusal,
    Request,
)
from tenure.promises.numbers.operations.requests import paying, signing, telling
from tenure.promises.numbers.operations.requests.ending import end
from tenure.promises.numbers.operations.requests.loading import case_of, told
from tenure.promises.numbers.operations.requests.telling import Step
from tenure.promises.numbers.rules import requests as rules
from tenure.promises.numbers.store import requests as store
from tenure.promises.numbers.store.requests import Stored
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.values.passkey import PARTY, RelyingParty
from tenure.values.refused import Refused

TASK_OF: Final[Mapping[Kind, Task]] = {
    Kind.TRANSFER: Task.REQUEST_TRANSFER,
    Kind.INHERITANCE: Task.REQUEST_TRANSFER,
    Kind.RESTORATION: Task.REQUEST_TRANSFER,
    Kind.UNLOCK: Task.REQUEST_TRANSFER,
    Kind.LEGAL_ORDER: Task.REQUEST_LEGAL_ORDER,
    Kind.SIM: Task.REQUEST_SIM,
}
THE_HOLDER: Final = "<holder>"
"""Who asks without anybody of ours; what only a paper proves is not asked like that."""
NOT_BY_THEMSELVES: Final = Refused(
    Refusal.NOT_A_PARTY, "ask with the holder's own passkey, or have one of ours ask, in a shop"
)
Sign: TypeAlias = Callable[[bytes], Proof]
"""How the holder agrees to the hash of what is asked, once it is known."""


async def ask(
    tx: Transaction,
    terms: Terms,
    asked: Ask,
    act: Act,
    *,
    sign: Sign | None = None,
    relying: RelyingParty = PARTY,
) -> Progress | signing.No:
    """Keep a request, bound to the hash of exactly what is asked.

    ``act.by`` is one of ours, or the holder by themselves (``<holder>``).  With ``sign`` the holder
    agrees in the same breath; who asks by themselves has to: no stranger can occupy a number.
    """
    await store.keep_from_others(tx, asked.msisdn)

    done = await _asked(tx, terms, asked, act, sign, relying)

    if isinstance(done, Refused):
        name = done.refusal.name
        await telling.attempted(tx, asked.msisdn, asked.kind, act, "ASK", name)
    return done


async def _asked(
    tx: Transaction,
    terms: Terms,
    asked: Ask,
    act: Act,
    sign: Sign | None,
    relying: RelyingParty,
) -> Progress | signing.No:
    human_id = None
    if act.by != THE_HOLDER:
        member = await staff.allowed(tx, act.by, TASK_OF[asked.kind], act.at)
        if isinstance(member, Refused):
            return member
        human_id = member.human_id
    elif sign is None or not rules.holder_asks(asked.kind):
        return NOT_BY_THEMSELVES
    request = await _decided(tx, terms, asked, act, human_id)
    if isinstance(request, Refused):
        return request
    stored = Stored(request, rules.hash_of(request), None)
    if sign is not None:
        return await _agreed(tx, terms, stored, act, sign(stored.request_hash), relying)
    return await _in_the_way(tx, terms, stored, act) or await _kept(tx, terms, stored, act)


async def _agreed(
    tx: Transaction,
    terms: Terms,
    stored: Stored,
    act: Act,
    proof: Proof,
    relying: RelyingParty,
) -> Progress | signing.No:
    """Keep a request that its holder agrees to at once; without that it is as if nobody asked."""
    agrees = act if proof.seen is not None else msgspec.structs.replace(act, by=THE_HOLDER)
    case = await case_of(tx, terms, stored, act.at)
    given = await signing.proven(tx, terms, case, Party.FROM, proof, agrees, relying)
    if isinstance(given, Refused):
        return given
    no = await _in_the_way(tx, terms, stored, act, by_holder=True)
    made = no or await _kept(tx, terms, stored, act)
    if isinstance(made, Refused):
        return made
    await signing.keep(tx, stored, given, proof, agrees)
    return await signing.told_of(tx, terms, stored, Step.CONSENTED, act.at)


async def _decided(
    tx: Transaction, terms: Terms, asked: Ask, act: Act, human_id: int | None
) -> Request | Refused[Refusal]:
    standing = await store.standing(tx, asked.msisdn, act.at)
    if standing.holder is None:
        return Refused(Refusal.NOT_HELD, "nobody holds this number; it can be sold")
    request = Request(
        request_id=asked.request_id,
        kind=asked.kind,
        msisdn=asked.msisdn,
        from_holder=standing.holder,
        to_holder=asked.to_holder,
        iccid=asked.iccid,
        purse_id=asked.purse_id,
        funds_go=asked.funds_go,
        document=asked.document,
        asked_at=act.at,
        asked_by=human_id,
    )
    stored = Stored(request, rules.hash_of(request), None)
    case = await case_of(tx, terms, stored, act.at)
    no = rules.asked(case, terms.keeping, act.at)
    if no is not None:
        return no
    if asked.kind is Kind.SIM and not await paying.payable(tx, terms, asked.msisdn, act.at):
        return paying.NOT_PAYABLE
    return request


async def _in_the_way(
    tx: Transaction, terms: Terms, wanted: Stored, act: Act, *, by_holder: bool = False
) -> Refused[Refusal] | None:
    """What is open about the number is ended if it is over, or if the holder does not want it."""
    other = await store.open_of(tx, wanted.request.msisdn)
    if other is None:
        return None
    case = await case_of(tx, terms, other, act.at)
    if act.at >= rules.expires_at(case, terms.keeping):
        await end(tx, other, Outcome.EXPIRED, act)
    elif by_holder and rules.gives_way(case):
        await end(tx, other, Outcome.STOPPED, act)
    else:
        detail = "something else is asked about this number; stop that first"
        return Refused(Refusal.OTHER_REQUEST_OPEN, detail)
    return None


async def _kept(
    tx: Transaction, terms: Terms, stored: Stored, act: Act
) -> Progress | Refused[StaffRefusal]:
    request, request_hash = stored.request, stored.request_hash
    open_ms = rules.open_ms(request.kind, terms.keeping)
    asked = await staff.ask(tx, request.kind.value, request_hash, act, open_ms=open_ms)
    if isinstance(asked, Refused):
        return asked
    about = {
        "msisdn": str(request.msisdn),
        "request": request.request_id,
        "from": str(request.from_holder),
    }
    if request.to_holder is not None:
        about["to"] = str(request.to_holder)
    said = {"kind": request.kind.value, "request_hash": request_hash.hex()}
    leaf_seq = await record.append(tx, act, "numbers.requested", said, about)
    await store.ask(tx, request, rules.body_of(request), request_hash, leaf_seq)
    await telling.tell(tx, request, Step.ASKED, act.at)
    return told(await case_of(tx, terms, stored, act.at), terms, act.at)
