"""Who hears of a request: both parties at every step, and the holder of every attempt."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Channel, NoticeKind, Telling
from tenure.promises.numbers.model.requests import Kind, Request
from tenure.promises.numbers.operations import attempts
from tenure.promises.people import operations as people
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.values.instant import Instant, iso
from tenure.values.msisdn import Msisdn


class Step(Enum):
    """What happened to a request."""

    ASKED = 1
    CONSENTED = 2
    APPROVED = 3
    STOPPED = 4
    EFFECTED = 5
    ATTEMPTED = 6


_OF_TRANSFER: Final = {
    Step.ASKED: NoticeKind.TRANSFER_ASKED,
    Step.CONSENTED: NoticeKind.TRANSFER_CONSENTED,
    Step.APPROVED: NoticeKind.TRANSFER_APPROVED,
    Step.STOPPED: NoticeKind.TRANSFER_STOPPED,
    Step.EFFECTED: NoticeKind.TRANSFER_EFFECTED,
    Step.ATTEMPTED: NoticeKind.TRANSFER_ATTEMPTED,
}
KIND_OF: Final[Mapping[Kind, Mapping[Step, NoticeKind]]] = {
    Kind.SIM: {
        Step.ASKED: NoticeKind.SIM_ASKED,
        # The last that the old SIM hears: from the effect on it hears nothing.
        Step.APPROVED: NoticeKind.SIM_OLD,
        Step.STOPPED: NoticeKind.SECURITY_ATTEMPT,
        Step.EFFECTED: NoticeKind.SIM_REPLACED,
        Step.ATTEMPTED: NoticeKind.SECURITY_ATTEMPT,
    },
    Kind.UNLOCK: {
        Step.CONSENTED: NoticeKind.LOCK_LIFTING,
        Step.STOPPED: NoticeKind.SECURITY_ATTEMPT,
        Step.EFFECTED: NoticeKind.LOCK_LIFTED,
        Step.ATTEMPTED: NoticeKind.SECURITY_ATTEMPT,
    },
}
"""A kind that is not named changes the holder, and has the notices of a transfer."""


async def tell(
    tx: Transaction, request: Request, step: Step, at: Instant, effective_at: Instant | None = None
) -> None:
    """Tell both parties; the former holder of a number is not told on that number any more."""
    kind = KIND_OF.get(request.kind, _OF_TRANSFER).get(step)
    if kind is None:
        return
    facts = {}
    if effective_at is not None:
        facts = {"effective_at": iso(effective_at), "lifted_at": iso(effective_at)}
    changed = step is Step.EFFECTED and request.to_holder is not None
    giver = await _to(tx, request.msisdn, request.from_holder, kind, at, facts)
    tellings = [_by(giver, Channel.PERSON if changed else Channel.NUMBER)]
    if request.to_holder is not None and step is not Step.ATTEMPTED:
        taker = await _to(tx, request.msisdn, request.to_holder, kind, at, facts)
        tellings.append(_by(taker, Channel.NUMBER if changed else Channel.PERSON))
    await notices.tell(tx, tellings)


async def _to(
    tx: Transaction,
    msisdn: Msisdn,
    person_id: int,
    kind: NoticeKind,
    at: Instant,
    facts: Mapping[str, str],
) -> Telling:
    person = await people.find(tx, person_id)
    language = "" if person is None else person.language
    return Telling(msisdn, person_id, language, kind, facts, at)


def _by(telling: Telling, channel: Channel) -> Telling:
    return Telling(
        telling.msisdn,
        telling.person_id,
        telling.language,
        telling.kind,
        telling.facts,
        telling.at,
        channel,
    )


async def attempted(
    tx: Transaction, msisdn: Msisdn, kind: Kind, act: Act, what: str, refusal: str
) -> None:
    """Keep that somebody was refused, and tell the holder of the number: it is theirs to know."""
    if not act.by.startswith("<"):
        await staff.refused(tx, act.by, f"{what} {kind.value}", refusal, act.at)
    told = KIND_OF.get(kind, _OF_TRANSFER)[Step.ATTEMPTED]
    said = {"what": what, "kind": kind.value, "refused": refusal}
    await attempts.keep(tx, msisdn, told, act, said)


async def lock_set(tx: Transaction, msisdn: Msisdn, person_id: int, at: Instant) -> None:
    """Tell the holder that the number is locked."""
    await notices.tell(tx, [await _to(tx, msisdn, person_id, NoticeKind.LOCK_SET, at, {})])
