"""A request takes effect: by the clock when it is due, or when somebody asks; once in any case."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers.model.lines import ReportFound, Resume
from tenure.promises.numbers.model.requests import (
    Case,
    Kind,
    Outcome,
    Progress,
    Refusal,
    Request,
)
from tenure.promises.numbers.operations import lines
from tenure.promises.numbers.operations.requests import paying, telling
from tenure.promises.numbers.operations.requests.ending import end
from tenure.promises.numbers.operations.requests.loading import UNKNOWN, case_of, told
from tenure.promises.numbers.operations.requests.telling import Step
from tenure.promises.numbers.rules import requests as rules
from tenure.promises.numbers.store import holding as holding_store
from tenure.promises.numbers.store import inventory as inventory_store
from tenure.promises.numbers.store import requests as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused

PAGE = 200
THE_CLOCK: Final = "<clock>"
"""Who looks every minute whether something is due: no attempt of anybody."""


async def effect(
    tx: Transaction, terms: Terms, request_id: str, act: Act
) -> Progress | Refused[Refusal]:
    """Let a request take effect, or say the gravest thing that is missing."""
    stored = await store.request(tx, request_id)
    if stored is None:
        return UNKNOWN
    await store.keep_from_others(tx, stored.request.msisdn)
    stored = await store.request(tx, request_id)
    assert stored is not None
    case = await case_of(tx, terms, stored, act.at)

    no = rules.effected(case, terms.keeping, act.at)
    if no is None and stored.request.kind is Kind.SIM:
        no = None if await paying.pay(tx, terms, stored.request, act.at) else paying.NOT_PAYABLE

    if no is not None:
        if act.by != THE_CLOCK:
            name = no.refusal.name
            await telling.attempted(
                tx, stored.request.msisdn, stored.request.kind, act, "EFFECT", name
            )
        return no
    if stored.request.to_holder is not None:
        await paying.hand_over(tx, stored.request, act.at)
    leaf_seq = await _recorded(tx, case, act)
    await store.effect(tx, request_id, act.at, leaf_seq)
    if stored.request.to_holder is not None:
        await _serve_again(tx, stored.request, act)
    await telling.tell(tx, stored.request, Step.EFFECTED, act.at)
    stored = await store.request(tx, request_id)
    assert stored is not None
    return told(await case_of(tx, terms, stored, act.at), terms, act.at)


async def _serve_again(tx: Transaction, request: Request, act: Act) -> None:
    """What cut the line was about its former holder; what is given back works again (INC-24H).

    Each has a leaf of its own, since the network follows leaves and not rows.
    """
    await lines.change(tx, request.msisdn, Resume(), act)
    if request.kind is Kind.RESTORATION:
        await lines.change(tx, request.msisdn, ReportFound(), act)


async def _recorded(tx: Transaction, case: Case, act: Act) -> int:
    """The leaf on which the network acts."""
    request = case.request
    said = {"kind": request.kind.value, "request_hash": case.request_hash.hex()}
    about = {"msisdn": str(request.msisdn), "request": request.request_id}
    if request.kind is Kind.UNLOCK:
        about["holder"] = str(request.from_holder)
        return await record.append(tx, act, "numbers.unlocked", said, about)
    (old, *_) = await holding_store.bindings(tx, request.msisdn)
    iccid, imsi = old.iccid, old.imsi
    if request.iccid is not None:
        sim = await inventory_store.sim(tx, request.iccid)
        assert sim is not None
        iccid, imsi = sim.iccid, sim.imsi
    about |= {"iccid": str(iccid), "imsi": str(imsi)}
    if request.kind is Kind.SIM:
        about |= {
            "holder": str(request.from_holder),
            "old_iccid": str(old.iccid),
            "old_imsi": str(old.imsi),
        }
        return await record.append(tx, act, "numbers.sim_replaced", said, about)
    about |= {"from": str(request.from_holder), "to": str(request.to_holder)}
    return await record.append(tx, act, "numbers.transferred", said, about)


async def open_requests(tx: Transaction, after: str = "", limit: int = PAGE) -> list[str]:
    """The next open requests, for whoever goes through them all."""
    return await store.all_open(tx, after, limit)


async def effect_due(tx: Transaction, terms: Terms, request_id: str, act: Act) -> Outcome | None:
    """What time causes: a request that is due takes effect, one that is too old ends.

    None when it still waits, or was ended before: to look again does no harm.
    """
    stored = await store.request(tx, request_id)
    if stored is None or stored.ending is not None:
        return None
    answer = await effect(tx, terms, request_id, act)
    if not isinstance(answer, Refused):
        return Outcome.EFFECTED
    if answer.refusal is not Refusal.EXPIRED:
        return None
    await end(tx, stored, Outcome.EXPIRED, act)
    return Outcome.EXPIRED


async def sim_swapped_at(tx: Transaction, msisdn: str) -> Instant | None:
    """Since when, to the millisecond, a number is on its SIM; a first SIM counts as one.

    None for a number that is on no SIM of ours.
    """
    bound = await holding_store.bindings(tx, msisdn)
    return bound[0].since if bound and bound[0].until is None else None
