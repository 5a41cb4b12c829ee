"""Asks for something about a number: nothing happens yet, and everybody concerned is told."""

from collections.abc import Mapping
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.requests import (
    Ask,
    Kind,
    Outcome,
    Progress,
    Refusal,
    Request,
)
from tenure.promises.numbers.operations.requests import paying, telling
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


async def ask(
    tx: Transaction, terms: Terms, asked: Ask, act: Act
) -> Progress | Refused[Refusal] | Refused[StaffRefusal]:
    """Keep a request, bound to the hash of exactly what is asked.

    ``act.by`` is one of ours, or the holder by themselves (``<holder>``).
    """
    await store.keep_from_others(tx, asked.msisdn)
    human_id = None
    if act.by != THE_HOLDER:
        member = await staff.allowed(tx, act.by, TASK_OF[asked.kind], act.at)
        if isinstance(member, Refused):
            name = member.refusal.name
            await telling.attempted(tx, asked.msisdn, asked.kind, act, "ASK", name)
            return member
        human_id = member.human_id

    decision = await _decided(tx, terms, asked, act, human_id)

    if isinstance(decision, Refused):
        name = decision.refusal.name
        await telling.attempted(tx, asked.msisdn, asked.kind, act, "ASK", name)
        return decision
    return await _kept(tx, terms, decision, act)


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
    other = await store.open_of(tx, asked.msisdn)
    if other is not None:
        open_case = await case_of(tx, terms, other, act.at)
        if act.at < rules.expires_at(open_case, terms.keeping):
            return Refused(
                Refusal.OTHER_REQUEST_OPEN,
                "something else is asked about this number; stop that first",
            )
        await end(tx, other, Outcome.EXPIRED, act)
    if asked.kind is Kind.SIM and not await paying.payable(tx, terms, asked.msisdn, act.at):
        return paying.NOT_PAYABLE
    return request


async def _kept(
    tx: Transaction, terms: Terms, request: Request, act: Act
) -> Progress | Refused[StaffRefusal]:
    request_hash = rules.hash_of(request)
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
    stored = Stored(request, request_hash, None)
    return told(await case_of(tx, terms, stored, act.at), terms, act.at)
